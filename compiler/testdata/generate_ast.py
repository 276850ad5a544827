"""Writes what real CPythons make of the sources in ast/*.txtar into those archives.

Usage: python3 generate_ast.py [NAME...]

An archive is a comment, a source in.py, and a section for each group of versions
that agree, named by the versions. A section holds ast.dump(tree,
include_attributes=True), a statement a line, or the error with its attributes. The
interpreters are python3.11 to python3.15 on PATH; the sections of one that is
absent are lost, so have all of them.
"""
import pathlib
import subprocess
import sys

VERSIONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]

ASK = r"""
import ast, sys, warnings
warnings.simplefilter("ignore")
source = sys.stdin.buffer.read()
try:
    tree = ast.parse(source)
except (SyntaxError, ValueError) as e:
    at = [getattr(e, a, None) for a in ("lineno", "offset", "end_lineno", "end_offset")]
    text = f"{type(e).__name__}: {getattr(e, 'msg', e)}\n{at}\n{getattr(e, 'text', None)!r}\n"
else:
    text = "".join(ast.dump(s, include_attributes=True) + "\n" for s in tree.body)
sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
"""


def ask(version, source):
    command = [f"python{version}", "-I", "-S", "-X", "utf8", "-c", ASK]
    return subprocess.run(command, input=source, capture_output=True, check=True).stdout


def update(path):
    head, marker, rest = path.read_bytes().partition(b"-- in.py --\n")
    source = rest.split(b"\n-- 3.", 1)[0].rstrip(b"\n") + b"\n"
    groups = {}
    for version in VERSIONS:
        groups.setdefault(ask(version, source), []).append(version)
    sections = b"".join(b"-- %s --\n%s" % (" ".join(vs).encode(), text) for text, vs in groups.items())
    path.write_bytes(head + marker + source + sections)


def main():
    folder = pathlib.Path(__file__).parent / "ast"
    for path in sorted(folder.glob("*.txtar")):
        if not sys.argv[1:] or path.stem in sys.argv[1:]:
            update(path)


main()
