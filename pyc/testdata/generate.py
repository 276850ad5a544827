"""Writes the goldens of package pyc: what a real CPython says.

Run it with every supported version, from any folder:

    for v in 3.11 3.12 3.13 3.14 3.15; do
        python$v -I -S -B pyc/testdata/generate.py
    done

It writes into testdata/<version>/:

    NAME.pyc          the compiled src/NAME.py, where the version can compile it
    code.json         the attributes of the code objects in those files
    sourcehash.json   hashes of sources of many lengths
    headers.json      headers of every kind
    cachename.json    names of cached files, and what sources they are taken for

With arguments it compiles any tree, for the tests that need an interpreter:

    python3.14 -I -S -B generate.py ROOT OUT LEVEL < list

compiles each listed path below ROOT to OUT/<path>c.
"""

import posix
import py_compile
import sys


def compile_files(root, out, names, level):
    """Compiles root/NAME to out/NAMEc for every name, each in a process of its
    own: what a process compiled before shows in the bytes of the next file.
    Nothing is imported before that py_compile does not import itself."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for name in names:
        child = posix.fork()
        if child == 0:
            status = 1
            try:
                py_compile.compile(
                    root + "/" + name, out + "/" + name + "c", name, doraise=True,
                    optimize=level, invalidation_mode=mode,
                )  # fmt: skip
                status = 0
            except (py_compile.PyCompileError, ValueError, RecursionError):
                status = 0  # not a source of this version
            finally:
                posix._exit(status)
        _, status = posix.waitpid(child, 0)
        if status:
            sys.exit("compiling %s: status %d" % (name, status))


HERE = posix.getcwd() if "/" not in __file__ else __file__.rpartition("/")[0]
OUT = HERE + "/%d.%d" % sys.version_info[:2]

if len(sys.argv) > 1:
    compile_files(sys.argv[1], sys.argv[2], sys.stdin.read().split(), int(sys.argv[3]))
    sys.exit()

try:
    posix.mkdir(OUT)
except FileExistsError:
    pass
SOURCES = sorted(n for n in posix.listdir(HERE + "/src") if n.endswith(".py"))
compile_files(HERE + "/src", OUT, SOURCES, 0)

# The imports of the rest would show in the files above.
import importlib._bootstrap_external as bootstrap  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import marshal  # noqa: E402
import os.path  # noqa: E402
import struct  # noqa: E402
import types  # noqa: E402


def write_json(name, value, indent=0):
    with open(OUT + "/" + name, "w", encoding="ascii", newline="\n") as f:
        json.dump(value, f, indent=indent, sort_keys=True)
        f.write("\n")


def constant(o):
    """The type and the value of a constant, in a form without loss."""
    if isinstance(o, types.CodeType):
        return ["code", text(o.co_qualname)]
    if o is None or o is True or o is False or o is ...:
        return ["singleton", repr(o)]
    kind = type(o).__name__
    if kind == "int":
        return [kind, hex(o)]
    if kind == "float":
        return [kind, struct.pack("<d", o).hex()]
    if kind == "complex":
        return [kind, struct.pack("<dd", o.real, o.imag).hex()]
    if kind == "str":
        return [kind, text(o)]
    if kind == "bytes":
        return [kind, o.hex()]
    if kind == "tuple":
        return [kind, [constant(i) for i in o]]
    if kind == "frozenset":  # its order is that of the hashes
        return [kind, sorted((constant(i) for i in o), key=compact)]
    if kind == "slice":
        return [kind, [constant(o.start), constant(o.stop), constant(o.step)]]
    raise TypeError(kind)


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def text(s):
    return s.encode("utf-8", "surrogatepass").hex()


def attributes(code):
    """The attributes of the code object and of those among its constants."""
    found = [
        {
            "argcount": code.co_argcount,
            "posonlyargcount": code.co_posonlyargcount,
            "kwonlyargcount": code.co_kwonlyargcount,
            "stacksize": code.co_stacksize,
            "flags": code.co_flags,
            "code": code.co_code.hex(),
            "consts": [compact(constant(o)) for o in code.co_consts],
            "names": [text(s) for s in code.co_names],
            "varnames": [text(s) for s in code.co_varnames],
            "cellvars": [text(s) for s in code.co_cellvars],
            "freevars": [text(s) for s in code.co_freevars],
            "filename": text(code.co_filename),
            "name": text(code.co_name),
            "qualname": text(code.co_qualname),
            "firstlineno": code.co_firstlineno,
            "linetable": code.co_linetable.hex(),
            "exceptiontable": code.co_exceptiontable.hex(),
        }
    ]
    for o in code.co_consts:
        if isinstance(o, types.CodeType):
            found += attributes(o)
    return found


def code_objects():
    found = {}
    for name in SOURCES:
        path = OUT + "/" + name + "c"
        if os.path.exists(path):
            with open(path, "rb") as f:
                found[name + "c"] = attributes(marshal.loads(f.read()[16:]))
    return found


def content(length):
    """Bytes without a short period; golden_test.go makes the same."""
    return bytes((i * 7 + i // 256) % 256 for i in range(length))


def source_hashes():
    lengths = [*range(65), 255, 256, 257, 1000, 4096, 65537, 300001]
    return [
        {"length": n, "hash": importlib.util.source_hash(content(n)).hex()}
        for n in lengths
    ]


def headers():
    code = compile("", "x.py", "exec")
    found = []
    for length in 0, 3, 100:
        digest = importlib.util.source_hash(content(length))
        for checked in False, True:
            data = bootstrap._code_to_hash_pyc(code, digest, checked)
            mode = "checked-hash" if checked else "unchecked-hash"
            found.append({"mode": mode, "length": length, "header": data[:16].hex()})
    for mtime in 0, 1, 1700000000, 2**31, 2**32 - 1, 2**32, 2**40 + 5, -1, -(2**33):
        for size in 0, 12345, 2**32 - 1, 2**32 + 7:
            data = bootstrap._code_to_timestamp_pyc(code, mtime, size)
            header = data[:16].hex()
            found.append({"mode": "timestamp", "mtime": mtime, "size": size, "header": header})  # fmt: skip
    return found


def cache_names():
    tag = sys.implementation.cache_tag
    sources = [
        "a.py", "dir/a.py", "/abs/dir/a.py", "/a.py", "//a.py", "a//b.py", "a/./b.py",
        "./a.py", "../a.py", "a.b.c.py", "dir.with.dots/a.py", "a.pyw", "a.txt", "noext",
        "dir/noext", ".py", ".hidden", "dir/.hidden", "a.", "a..py", "..", "", "dir/",
        "dir//", "a.py/", "\u00e9t\u00e9.py", "with space.py", "__pycache__/a.py",
        "a.%s.py" % tag, "a.opt-1.py", "windows\\a.py", "\udcff.py",
    ]  # fmt: skip
    forward = []
    for source in sources:
        for level in "", 1, 2:
            cached = importlib.util.cache_from_source(source, optimization=level)
            forward.append({"source": text(source), "level": level or 0, "cached": text(cached)})  # fmt: skip
    paths = [
        "__pycache__/a.%s.pyc", "dir/__pycache__/a.%s.pyc", "/abs/__pycache__/a.%s.pyc",
        "/__pycache__/a.%s.pyc", "dir//__pycache__/a.%s.pyc", "dir/__pycache__//a.%s.pyc",
        "./__pycache__/a.%s.pyc", "dir.x/__pycache__/a.%s.pyc", "__pycache__/.%s.pyc",
        "__pycache__/a.%s.opt-1.pyc", "__pycache__/a.%s.opt-2.pyc",
        "__pycache__/a.%s.opt-0.pyc", "__pycache__/a.%s.opt-x1.pyc",
        "__pycache__/a.%s.opt-\u00e9.pyc", "__pycache__/a.%s.opt-\u00bd.pyc",
        "__pycache__/a.%s.opt-.pyc", "__pycache__/a.%s.opt--1.pyc",
        "__pycache__/a.%s.opt-1_.pyc", "__pycache__/a.%s.1.pyc", "__pycache__/a.%s.OPT-1.pyc",
        "__pycache__/a.%s.opt-1.opt-2.pyc", "__pycache__/a.pyc", "__pycache__/%s.pyc",
        "__pycache__/a.b.%s.pyc", "__pycache__/a.b.%s.opt-1.pyc", "a.%s.pyc",
        "dir/a.%s.pyc", "__pycache__", "", "__pycache__/", "x__pycache__/a.%s.pyc",
        "__pycache__/sub/a.%s.pyc", "__pycache__/\u00e9.%s.pyc",
    ]  # fmt: skip
    back = []
    for path in paths:
        path = path.replace("%s", tag)
        try:
            source = text(importlib.util.source_from_cache(path))
        except ValueError:
            source = None
        back.append({"cached": text(path), "source": source})
    return {"forward": forward, "back": back}


write_json("code.json", code_objects(), indent=None)
write_json("sourcehash.json", source_hashes())
write_json("headers.json", headers())
write_json("cachename.json", cache_names())
