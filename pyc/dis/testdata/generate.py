"""Writes the goldens of the running interpreter.

    for v in 3.11 3.12 3.13 3.14 3.15; do python$v -I -S testdata/generate.py; done

For each file of src, compiled as FILE.py, it writes into a folder named for the
version: FILE.pyc, FILE.dis (what "python -m dis" prints, without addresses) and
FILE.full.dis (with caches, offsets and positions as far as the version shows
them). A source whose first line starts "# since 3.X" is for 3.X and later; one
that starts "# plain" is long and has no FILE.full.dis.
"""

import importlib.util
import marshal
import pathlib
import py_compile
import re
import sys
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import reference  # noqa: E402


def since(source):
    found = re.match(r"# since 3\.(\d+)", source)
    return (3, int(found.group(1)) if found else 0)


def main():
    warnings.simplefilter("ignore")
    folder = HERE / ("%d.%d" % sys.version_info[:2])
    folder.mkdir(exist_ok=True)
    for path in sorted((HERE / "src").glob("*.py")):
        source = path.read_text("utf-8")
        if sys.version_info[:2] < since(source):
            continue
        compiled = folder / (path.stem + ".pyc")
        py_compile.compile(str(path), str(compiled), dfile=path.name, doraise=True,
                           invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        code = marshal.loads(compiled.read_bytes()[16:])
        write(folder / (path.stem + ".dis"), reference.text(code, False))
        if not source.startswith("# plain"):
            write(folder / (path.stem + ".full.dis"), reference.text(code, True))


def write(path, text):
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
