"""Writes hashes of what real CPythons compile small sources to.

Usage: python3 tools/goldens/pycs.py [ARCHIVE...]

The sources are those of the code generator's archives. compiler/testdata/pycs/3.X.txt
has a line for each source and level of optimisation: the archive, the number of the
source in it, the level, and the hash of the compiled module without its header, or the
class of the error. Every module is compiled in a process of its own, since what a
process has compiled before shows in the bytes. With arguments, only the lines of those
archives are written anew.
"""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

VERSIONS = ["3.13", "3.14", "3.15"]
ROOT = pathlib.Path(__file__).parents[2] / "compiler"
PROGRAM = """import py_compile, sys
py_compile.compile(sys.argv[1], sys.argv[2], "x.py", doraise=True, optimize=int(sys.argv[3]),
                   invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""
HEADER = 16
LENGTH = 16  # of a hash, in hexadecimal digits


def outcome(version, source, level, folder):
    path, compiled = folder / "in.py", folder / "out.pyc"
    path.write_bytes(source)
    compiled.unlink(missing_ok=True)
    command = [f"python{version}", "-I", "-S", "-B", "-W", "ignore", "-c", PROGRAM, path, compiled, str(level)]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if compiled.exists():
        return hashlib.sha256(compiled.read_bytes()[HEADER:]).hexdigest()[:LENGTH]
    # The last line of a traceback of a PyCompileError is its text.
    return "!" + run.stderr.rstrip().splitlines()[-1].rpartition("Sorry: ")[2].split(":")[0].strip()


def outcomes(version, path, folder):
    text = path.read_bytes().partition(b"-- in.py --\n")[2].split(b"\n-- 3.", 1)[0].rstrip(b"\n") + b"\n"
    for i, source in enumerate(text.split(b"# ---\n")):
        for level in range(3):
            yield f"{path.stem} {i} {level} {outcome(version, source, level, folder)}\n"


def main():
    paths = sorted((ROOT / "internal/codegen/testdata").glob("*.txtar"))
    wanted = sys.argv[1:] or [p.stem for p in paths]
    for version in VERSIONS:
        target = ROOT / "testdata/pycs" / f"{version}.txt"
        target.parent.mkdir(exist_ok=True)
        known = target.read_text().splitlines(keepends=True) if target.exists() else []
        lines = []
        with tempfile.TemporaryDirectory() as name:
            for path in paths:
                if path.stem in wanted:
                    lines += outcomes(version, path, pathlib.Path(name))
                else:
                    lines += [line for line in known if line.split()[0] == path.stem]
        target.write_text("".join(lines))


main()
