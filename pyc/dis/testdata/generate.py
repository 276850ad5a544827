"""Writes the goldens of the running interpreter.

    for v in 3.11 3.12 3.13 3.14 3.15; do
      python$v -I -S testdata/generate.py
      python$v -X no_debug_ranges -I -S testdata/generate.py
    done

For each file of src, compiled as FILE.py, it writes into a folder named for the
version: FILE.pyc, FILE.dis (what "python -m dis" prints, without addresses) and
FILE.full.dis (with caches, offsets and positions as far as the version shows
them). A source whose first line starts "# since 3.X" is for 3.X and later; one
that starts "# plain" is long and has no FILE.full.dis.

functions.py has variants: nolines, whose location tables are empty, and
linezero, whose first lines are 0; and nocolumns, the only one that is written
under -X no_debug_ranges.
"""

import marshal
import pathlib
import py_compile
import re
import sys
import tempfile
import types
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import reference  # noqa: E402


def since(source):
    found = re.match(r"# since 3\.(\d+)", source)
    return (3, int(found.group(1)) if found else 0)


def change(code, **fields):
    """The code object, and those in its constants, with other fields."""
    constants = tuple(
        change(value, **fields) if isinstance(value, types.CodeType) else value
        for value in code.co_consts)
    return code.replace(co_consts=constants, **fields)


def write_golden(folder, name, compiled, plain_only=False):
    """Writes a .pyc and what dis says of the code object read back from it."""
    (folder / (name + ".pyc")).write_bytes(compiled)
    code = marshal.loads(compiled[16:])
    write(folder / (name + ".dis"), reference.text(code, False))
    if not plain_only:
        write(folder / (name + ".full.dis"), reference.text(code, True))


def compile_file(path):
    """The bytes of the .pyc of a source file."""
    with tempfile.TemporaryDirectory() as scratch:
        compiled = pathlib.Path(scratch, "golden.pyc")
        py_compile.compile(str(path), str(compiled), dfile=path.name, doraise=True,
                           invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        return compiled.read_bytes()


def main():
    warnings.simplefilter("ignore")
    folder = HERE / ("%d.%d" % sys.version_info[:2])
    folder.mkdir(exist_ok=True)
    functions = compile_file(HERE / "src" / "functions.py")
    if "no_debug_ranges" in sys._xoptions:
        write_golden(folder, "nocolumns", functions)
        return
    for name, fields in (("nolines", {"co_linetable": b""}), ("linezero", {"co_firstlineno": 0})):
        code = change(marshal.loads(functions[16:]), **fields)
        write_golden(folder, name, functions[:16] + marshal.dumps(code))
    for path in sorted((HERE / "src").glob("*.py")):
        source = path.read_text("utf-8")
        if sys.version_info[:2] >= since(source):
            write_golden(folder, path.stem, compile_file(path), source.startswith("# plain"))


def write(path, text):
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
