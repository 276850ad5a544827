"""Answers requests about source files with the text that CPython makes of expressions.

A request is a line on stdin: a path. The answer is the length of a text and the text:
a JSON list of pairs, each an expression of the file and the string that it becomes as
an annotation under "from __future__ import annotations".
"""
import ast
import gc
import json
import sys
import tokenize
import warnings

INNER = (ast.NamedExpr, ast.Yield, ast.YieldFrom)
HEADER = "from __future__ import annotations\n"


def expressions(tree):
    """Yields the expressions that are in no other expression."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.expr, ast.expr_context)):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr) and not isinstance(child, (ast.Starred, ast.Slice)):
                    yield child


def segment(lines, node):
    first, last = node.lineno - 1, node.end_lineno - 1
    if first == last:
        return lines[first][node.col_offset : node.end_col_offset].decode()
    middle = lines[first + 1 : last]
    return b"".join([lines[first][node.col_offset :], *middle, lines[last][: node.end_col_offset]]).decode()


def sources(tree, lines):
    """Returns expressions that may be annotations, each once."""
    found = {}
    for node in expressions(tree):
        inside = list(ast.walk(node))
        if any(isinstance(n, ast.Await) or isinstance(n, ast.comprehension) and n.is_async for n in inside):
            continue
        text = segment(lines, node)
        if any(isinstance(n, INNER) for n in inside):
            text = f"lambda: ({text})"
        found[text] = None
    return list(found)


def answer(path):
    try:
        with tokenize.open(path) as f:
            text = f.read()
        tree = ast.parse(text)
    except (SyntaxError, ValueError, UnicodeError):
        return []
    lines = [line.encode() + b"\n" for line in text.split("\n")]
    found = sources(tree, lines)
    module = HEADER + "".join(f"def f{i}(a: ({s})): pass\n" for i, s in enumerate(found))
    names = {}
    try:
        exec(compile(module, path, "exec", dont_inherit=True), names)
    except SyntaxError:
        return [pair for s in found if (pair := alone(s, path))]
    return [(s, names[f"f{i}"].__annotations__["a"]) for i, s in enumerate(found)]


def alone(source, path):
    names = {}
    try:
        exec(compile(f"{HEADER}def f(a: ({source})): pass\n", path, "exec", dont_inherit=True), names)
    except SyntaxError:
        return None
    return source, names["f"].__annotations__["a"]


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100_000)
    gc.disable()
    for n, line in enumerate(sys.stdin):
        pairs = [json.dumps(pair) for pair in answer(line[:-1])]
        text = ("[" + ",\n".join(pairs) + "]").encode()
        sys.stdout.buffer.write(b"%d\n" % len(text) + text)
        sys.stdout.buffer.flush()
        if n % 50 == 0:
            gc.collect()


main()
