"""Answers requests about source files with what CPython's own parser makes of them.

A request is a line on stdin: a letter and a path. H asks for the SHA-256 of the
text, F for the text, which is ast.dump(tree, include_attributes=True), or "!" and
the error. T asks for the seconds of CPU time that parsing takes, C for those of
compiling to the bytes of a code object. An answer is a line with the length of a
UTF-8 text (lone surrogates passed through) and the text.
"""
import ast
import gc
import hashlib
import marshal
import sys
import time
import warnings


def seconds(letter, data, path):
    start = time.process_time()
    try:
        if letter == "T":
            compile(data, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        else:
            marshal.dumps(compile(data, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        pass
    return time.process_time() - start


def answer(letter, path):
    with open(path, "rb") as f:
        data = f.read()
    if letter in "TC":
        return repr(seconds(letter, data, path)).encode()
    try:
        text = ast.dump(ast.parse(data), include_attributes=True).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError) as e:
        text = f"!{type(e).__name__}: {e}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest().encode() if letter == "H" else text


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100_000)
    gc.disable()
    for n, line in enumerate(sys.stdin):
        text = answer(line[0], line[2:-1])
        sys.stdout.buffer.write(b"%d\n" % len(text) + text)
        sys.stdout.buffer.flush()
        if n % 50 == 0:
            gc.collect()


main()
