"""Writes what CPython says of the sources that its own tests hold.

Reads paths of test files from stdin, a line each. Takes every string constant in
them, the examples of doctests one by one, and parses it. Writes a JSON array a line:
the source, and null if it is valid, or else the error's class, message, lineno,
offset, end_lineno, end_offset and text. What is behind the parser reads the text
from the file by its name, so that there has to be one.
"""
import ast
import doctest
import json
import sys
import tempfile
import textwrap
import warnings

MAX_LENGTH = 3000


def candidates(tree):
    examples = doctest.DocTestParser()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        if ">>> " in text:
            try:
                yield from (e.source for e in examples.get_examples(text))
            except ValueError:
                pass
            continue
        yield text
        yield textwrap.dedent(text)
        if "{" in text:
            yield "f" + repr(text)


def verdict(source, name="<unknown>"):
    try:
        ast.parse(source, name)
    except (SyntaxError, ValueError, MemoryError, OverflowError, RecursionError) as e:
        if getattr(e, "lineno", None) and e.text is None and name == "<unknown>":
            with tempfile.NamedTemporaryFile() as f:
                f.write(source)
                f.flush()
                return verdict(source, f.name)
        places = [getattr(e, a, None) for a in ("lineno", "offset", "end_lineno", "end_offset", "text")]
        return [type(e).__name__, getattr(e, "msg", str(e)), *places]
    return None


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    seen = set()
    for path in sys.stdin.read().splitlines():
        with open(path, "rb") as f:
            tree = ast.parse(f.read())
        for text in candidates(tree):
            if text in seen or len(text) > MAX_LENGTH or "\0" in text:
                continue
            seen.add(text)
            try:
                source = text.encode()
            except UnicodeEncodeError:
                continue
            print(json.dumps([text, verdict(source)]))


main()
