"""Answers requests about sources with what CPython makes of them.

A request is a line: sources in hexadecimal, each behind an x, with spaces between. An answer is a
line with the length of a JSON text, and the text: an array with two values for each
source. The first is what the parser says: the SHA-256 of ast.dump(tree,
include_attributes=True), or the error, as an array of its class, message, lineno,
offset, end_lineno, end_offset and text, and of what is printed. The second is null or the error of compiling
the tree. null for both means that the interpreter gave up. What is behind the parser
reads the text of an error from the file by its name, so that there has to be one.
"""
import ast
import hashlib
import json
import sys
import tempfile
import traceback
import warnings


def error(e):
    places = [getattr(e, a, None) for a in ("lineno", "offset", "end_lineno", "end_offset", "text")]
    printed = "".join(traceback.format_exception_only(type(e), e))
    if isinstance(e, SyntaxError) and e.filename:
        printed = printed.replace(e.filename, "x.py", 1)
    return [type(e).__name__, getattr(e, "msg", str(e)), *places, printed]


def verdict(data, file, name="x.py"):
    try:
        tree = ast.parse(data, name)
        text = ast.dump(tree, include_attributes=True)
    except RecursionError:
        return [None, None]
    except (SyntaxError, ValueError, MemoryError, OverflowError) as e:
        if getattr(e, "lineno", None) and e.text is None and name == "x.py":
            return verdict(data, file, save(data, file))
        return [error(e), None]
    parsed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        compile(data, save(data, file), "exec", dont_inherit=True)
    except RecursionError:
        return [None, None]
    except (SyntaxError, ValueError, MemoryError, OverflowError) as e:
        return [parsed, error(e)]
    return [parsed, None]


def save(data, file):
    file.seek(0)
    file.truncate()
    file.write(data)
    file.flush()
    return file.name


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    with tempfile.NamedTemporaryFile() as file:
        for line in sys.stdin:
            rows = [cell for word in line.split() for cell in verdict(bytes.fromhex(word[1:]), file)]
            text = json.dumps(rows).encode()
            sys.stdout.buffer.write(b"%d\n" % len(text) + text)
            sys.stdout.buffer.flush()


main()
