"""Prints strings that an interpreter may have interned, one on a line, sorted:
the text in its executable and libraries, and the names and strings in its
standard library.

    python3.14 -I -S candidates.py
"""

import dis
import glob
import os
import re
import sys
import warnings


def text_of_binaries():
    maps = "/proc/self/maps"
    paths = set()
    if os.path.exists(maps):
        with open(maps) as f:
            paths = {line.split()[-1] for line in f if "/" in line}
    for path in paths | {sys.executable}:
        if os.path.isfile(path) and "python" in os.path.basename(path):
            with open(path, "rb") as f:
                data = f.read()
            for run in re.findall(rb"[ -~]{2,200}", data):
                yield run
                yield from re.findall(rb"[A-Za-z_][A-Za-z0-9_]*", run)


def text_of_code(code):
    yield from (code.co_name, code.co_qualname)
    for names in (code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars):
        yield from names
    yield from text_of_constants(code.co_consts)


def text_of_constants(consts):
    for const in consts:
        if isinstance(const, str):
            yield const
        elif isinstance(const, (tuple, frozenset)):
            yield from text_of_constants(const)
        elif hasattr(const, "co_code"):
            yield from text_of_code(const)


def text_of_library():
    folder = os.path.dirname(os.__file__)
    paths = glob.glob(folder + "/*.py") + glob.glob(folder + "/[!lt]*/*.py")
    for path in paths + glob.glob(folder + "/importlib/**/*.py", recursive=True):
        try:
            with open(path, "rb") as f:
                source = f.read()
            yield from text_of_code(compile(source, path, "exec", dont_inherit=True))
        except (OSError, SyntaxError, ValueError):
            continue
        for word in re.findall(rb"[A-Za-z_][A-Za-z0-9_]*", source):
            yield word.decode()


def main():
    warnings.simplefilter("ignore")
    found = set(text_of_binaries())
    found.update(s.encode("utf-8", "ignore") for s in text_of_library())
    found.update(name.encode() for name in dis.opmap)
    found.update(name.encode() for module in list(sys.modules.values()) for name in dir(module))
    found.update(name.encode() for name in sys.modules)
    lines = sorted(s for s in found if b"\n" not in s and 2 <= len(s) <= 200)
    sys.stdout.buffer.write(b"".join(s + b"\n" for s in lines))


if __name__ == "__main__":
    main()
