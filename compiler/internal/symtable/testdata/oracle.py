"""Answers requests about source files with CPython's own symbol tables.

A request is a line on stdin: a path. The answer is the length of a text and the
text: one line for each scope, or "!" and the error.

The order of the names that a scope only passes on is that of a set, which
depends on the process, so these names come last and sorted. Scopes of
annotations that are as good as empty are left out.
"""
import _symtable
import gc
import sys
import warnings

TYPES = "function class module annotation alias parameters variable".split()
if sys.version_info[:2] == (3, 12):
    TYPES[4:] = "variable alias parameters".split()
SHIFT = 11 if sys.version_info < (3, 12) else 12
BARE = {".format", "__classdict__"}
PASSED = ~(1 << 6 | 1 << 11)


def flags(value):
    defs = value & ((1 << SHIFT) - 1)
    return defs, value >> SHIFT


def dump(entry, depth, lines):
    own, passed = [], []
    for name, value in entry.symbols.items():
        defs, place = flags(value)
        (own if defs & PASSED else passed).append(f"{name}={defs:#x}/{place}")
    lines.append(
        f"{depth} {TYPES[entry.type]} {entry.name} line={entry.lineno} nested={bool(entry.nested)}"
        f" params={','.join(entry.varnames)} {' '.join(own + sorted(passed))}"
    )
    for child in entry.children:
        if TYPES[child.type] != "annotation" or child.children or not BARE >= set(child.symbols):
            dump(child, depth + 1, lines)


def answer(path):
    with open(path, "rb") as f:
        data = f.read()
    try:
        lines = []
        dump(_symtable.symtable(data, path, "exec"), 0, lines)
        return "\n".join(lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        at = ""
        if isinstance(e, SyntaxError):
            at = f" {e.lineno},{e.offset}-{e.end_lineno},{e.end_offset}"
        return f"!{type(e).__name__}: {e.msg if hasattr(e, 'msg') else e}{at}"


def main():
    warnings.simplefilter("ignore")
    gc.disable()
    for line in sys.stdin:
        text = answer(line[:-1]).encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(b"%d\n" % len(text) + text)
        sys.stdout.buffer.flush()


main()
