"""Writes what real CPythons make of small sources into the archives of the stages.

Usage: python3 tools/goldens/cases.py STAGE [NAME...]

An archive compiler/internal/STAGE/testdata/NAME.txtar is described in package
internal/golden; oracle.py beside it says what an interpreter makes of a source. The
interpreters are python3.11 to python3.15 on PATH, all of which must be there.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

VERSIONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]
SHOWN = VERSIONS[2:]  # those that show preprocessed trees
# What is asked of the oracle about each source, and of which versions. Archives
# whose name ends in _level2 are about that optimisation level.
STAGES = {
    "codegen": ("{level} {path}", SHOWN),
    "preprocess": ("{level} {path}", SHOWN),
    "symtable": ("{path}", VERSIONS),
    "unparse": ("{path}", VERSIONS),
}


def ask(version, script, requests):
    command = [f"python{version}", "-I", "-S", "-B", "-X", "utf8", "-c", script]
    lines = "".join(r + "\n" for r in requests).encode()
    # The answers do not depend on the seed; it keeps the order of sets that they are taken from.
    env = os.environ | {"PYTHONHASHSEED": "0"}
    output = subprocess.run(command, input=lines, capture_output=True, check=True, env=env).stdout
    while output:
        size, _, output = output.partition(b"\n")
        yield output[: int(size)]
        output = output[int(size) :]


def update(path, script, request, versions):
    level = 2 if path.stem.endswith("_level2") else 0
    head, marker, rest = path.read_bytes().partition(b"-- in.py --\n")
    text = rest.split(b"\n-- 3.", 1)[0].rstrip(b"\n") + b"\n"
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for i, source in enumerate(text.split(b"# ---\n")):
            file = pathlib.Path(folder, f"{i}.py")
            file.write_bytes(source)
            asked.append(request.format(level=level, path=file))
        groups = {}
        for version in versions:
            answers = [a + b"\n" for a in ask(version, script, asked)]
            groups.setdefault(b"---\n".join(answers), []).append(version)
    sections = b"".join(b"-- %s --\n%s" % (" ".join(vs).encode(), answer) for answer, vs in groups.items())
    path.write_bytes(head + marker + text + sections)


def main():
    stage, names = sys.argv[1], sys.argv[2:]
    folder = pathlib.Path(__file__).parents[2] / "compiler/internal" / stage / "testdata"
    script = (folder / "oracle.py").read_text()
    for path in sorted(folder.glob("*.txtar")):
        if not names or path.stem in names:
            update(path, script, *STAGES[stage])


main()
