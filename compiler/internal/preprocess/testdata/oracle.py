"""Answers requests about source files with the syntax trees that CPython compiles.

A request is a line on stdin: an optimisation level, a space and a path. The answer
is the length of a text and the text: ast.dump(tree, include_attributes=True), and at level 0
a line for each warning of preprocessing; or "!" and the error.
"""
import ast
import gc
import sys
import warnings


def answer(level, path):
    with open(path, "rb") as f:
        data = f.read()
    try:
        tree = compile(data, path, "exec", ast.PyCF_OPTIMIZED_AST, dont_inherit=True, optimize=level)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        return f"!{type(e).__name__}: {e}"
    lines = [ast.dump(tree, include_attributes=True)]
    if level == 0 and b"finally" in data:
        lines += exits(data, path)
    return "\n".join(lines)


def exits(data, path):
    """Returns the warnings of preprocessing, which go with code alone."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(data, path, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            pass  # raised behind preprocessing
    return [f"{w.lineno} {w.category.__name__} {w.message}" for w in caught if "'finally' block" in str(w.message)]


def main():
    warnings.simplefilter("ignore")
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
