"""Answers requests about source files with what the code generator makes of them.

A request is a line: the level of optimization and a path. The answer is the
length of a text and the text: the instructions of all units, inner ones first,
the constants of the module and the warnings, or "!" and the error.
"""

import ast
import opcode
import os
import sys
import warnings

import _testinternalcapi

sys.set_int_max_str_digits(0)
NAMES = {number: name for name, number in opcode.opmap.items()}


def sequence(seq, out):
    for nested in seq.get_nested():
        sequence(nested, out)
    out.append("unit")
    for op, arg, line, end_line, col, end_col in seq.get_instructions():
        out.append(f"{NAMES[op]} {arg or 0} {line} {end_line} {col} {end_col}")


def text(src, level):
    try:
        tree = compile(src, "x.py", "exec", ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return "!parser"
    out = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            seq, metadata = _testinternalcapi.compiler_codegen(tree, "x.py", level)
        except SyntaxError as e:
            return f"!{type(e).__name__}: {e.msg} {e.lineno},{e.offset}-{e.end_lineno},{e.end_offset}"
        except Exception as e:
            return f"!{type(e).__name__}: {e}"
    sequence(seq, out)
    for const in metadata["consts"]:
        out.append(repr(const) if not hasattr(const, "co_name") else "code " + const.co_name)
    for w in caught:
        out.append(f"{w.lineno}: {w.category.__name__}: {w.message}")
    return "\n".join(out)


def answer(request):
    level, path = request.rstrip("\n").split(" ", 1)
    with open(path, "rb") as f:
        out = text(f.read(), int(level)).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(b"%d\n%s" % (len(out), out))
    sys.stdout.buffer.flush()


for line in sys.stdin:
    # The interpreter does not survive many calls of compiler_codegen: it counts
    # references to sequences wrongly.
    pid = os.fork()
    if pid == 0:
        answer(line)
        os._exit(0)
    os.waitpid(pid, 0)
