"""Disassembles with the running interpreter's own dis module.

    python3.14 -I -S testdata/reference.py plain < names of source files

For each file it writes, to standard output, the length of the marshalled code
object, the length of the text (both four bytes, big-endian), the code object
and the text. A file that does not compile has two lengths of zero. With "full"
in place of "plain" the text has caches, offsets and positions, as far as the
version shows them.
"""

import dis
import inspect
import io
import marshal
import re
import struct
import sys
import warnings

# The address of a code object is different in each run.
ADDRESS = re.compile(r'(<code object .*?) at 0x[0-9a-f]+(, file ")')


def text(code, full):
    options = {}
    if full:
        known = inspect.signature(dis.dis).parameters
        for option in ("show_caches", "show_offsets", "show_positions"):
            if option in known:
                options[option] = True
    out = io.StringIO()
    dis.dis(code, file=out, **options)
    return ADDRESS.sub(r"\1\2", out.getvalue())


def main():
    warnings.simplefilter("ignore")
    full = sys.argv[1] == "full"
    for name in sys.stdin.read().splitlines():
        try:
            with open(name, "rb") as file:
                code = compile(file.read(), name, "exec", dont_inherit=True)
            marshalled = marshal.dumps(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            sys.stdout.buffer.write(struct.pack(">II", 0, 0))
            continue
        shown = text(code, full).encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(struct.pack(">II", len(marshalled), len(shown)) + marshalled + shown)


if __name__ == "__main__":
    main()
