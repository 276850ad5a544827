"""Answers requests about source files with the syntax trees that CPython compiles.

A request is a line on stdin: an optimisation level, a space and a path. The answer
is the length of a text and the text: ast.dump(tree, include_attributes=True) and a
line for each warning of preprocessing, or "!" and the error.
"""
import ast
import gc
import sys
import warnings


def answer(level, path):
    with open(path, "rb") as f:
        data = f.read()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree = compile(data, path, "exec", ast.PyCF_OPTIMIZED_AST, dont_inherit=True, optimize=level)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
            return f"!{type(e).__name__}: {e}"
    lines = [ast.dump(tree, include_attributes=True)]
    for w in caught:
        if "'finally' block" in str(w.message):
            lines.append(f"{w.lineno} {w.category.__name__} {w.message}")
    return "\n".join(lines)


def main():
    sys.setrecursionlimit(100_000)
    gc.disable()
    for n, line in enumerate(sys.stdin):
        level, path = line[:-1].split(" ", 1)
        text = answer(int(level), path).encode("utf-8", "surrogatepass")
        sys.stdout.buffer.write(b"%d\n" % len(text) + text)
        sys.stdout.buffer.flush()
        if n % 50 == 0:
            gc.collect()


main()
