"""Writes what CPython's compiler makes of Python files at each stage of its
back end, as text: the instructions that the code generator emits for every code
unit, what optimize_cfg makes of them, and the final code object.

    python3.14 -I -S dump.py FILE... > dump.txt

Lines of the output, by their first word:

    file NAME
    unit DEPTH NLOCALS              a code unit, before the units within it
    i NAME ARG LINE ENDLINE COL ENDCOL       an instruction
    a …                             one of the module's deferred annotations
    k INDEX HEX                     what a constant is, if the source tells
    consts HEX                      the constants for optimize_cfg
    o …                             an instruction after optimize_cfg
    oconsts HEX                     the constants after optimize_cfg
    code HEX                        the code object of the file

HEX is a marshalled object, of several constants a tuple. Constants of units
within the module are not known, so that optimize_cfg gets arbitrary ones.
"""

import _testinternalcapi
import ast
import ctypes
import marshal
import opcode
import os
import random
import sys
import warnings

NAMES = {number: name for name, number in opcode.opmap.items()}
POOL = [None, True, False, 0, 1, 7, 255, 256, -1, 1.5, -0.0, 2j, "", "a", "text", "two words", b"", b"xyz",
        (), (1, 2), ("a", None), ..., 1 << 70, "\xe9", "a" * 50]


def out(*words):
    print(*words)


def pack(consts):
    return marshal.dumps(tuple(consts)).hex()


def instructions(tag, seq):
    for op, arg, *loc in seq.get_instructions():
        out(tag, NAMES[op], arg or 0, *loc)


class Sequence(ctypes.Structure):
    _fields_ = [
        ("head", ctypes.c_byte * object.__basicsize__),
        ("instrs", ctypes.c_void_p),
        ("allocated", ctypes.c_int),
        ("used", ctypes.c_int),
        ("next_label", ctypes.c_int),
        ("labelmap", ctypes.c_void_p),
        ("labelmap_size", ctypes.c_int),
        ("nested", ctypes.c_void_p),
        ("annotations", ctypes.c_void_p),
    ]


KEEP = []  # sequences are never freed: some versions free their annotations twice


def annotations_of(seq):
    if sys.version_info < (3, 14):
        return None
    address = Sequence.from_address(id(seq)).annotations
    if not address:
        return None
    found = ctypes.cast(address, ctypes.py_object).value
    KEEP.append(found)
    return found


def remove_texts(tree):
    """Removes docstrings, which are cleaned, and annotations if they become
    strings."""
    futures = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
               for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
        for field in ("annotation", "returns"):
            if "annotations" in futures and hasattr(node, field):
                setattr(node, field, None)


def constants_by_place(tree):
    """Maps the places of constants in the source to their values."""
    found = {}
    remove_texts(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.MatchSingleton)):
            value = node.value
        elif isinstance(node, ast.Slice) and sys.version_info >= (3, 14):
            parts = [node.lower, node.upper, node.step]
            if not all(part is None or isinstance(part, ast.Constant) for part in parts):
                continue
            value = slice(*[part and part.value for part in parts])
        else:
            continue
        if node.lineno < 0:  # made from a % format
            continue
        found.setdefault((node.lineno, node.end_lineno, node.col_offset, node.end_col_offset), value)
    return found


def unit(seq, depth, consts, places):
    KEEP.append(seq)
    instrs = seq.get_instructions()
    local = [arg for op, arg, *_ in instrs if NAMES[op] in LOCAL]
    nlocals = max(local, default=-1) + 1
    out("unit", depth, nlocals)
    instructions("i", seq)
    annotations = annotations_of(seq)
    if annotations is not None:
        instructions("a", annotations)
    loads = [(arg, tuple(loc)) for op, arg, *loc in instrs if NAMES[op] == "LOAD_CONST"]
    if consts is None:
        values = {}
        for arg, loc in loads:
            if loc in places:
                values.setdefault(arg, set()).add(marshal.dumps(places[loc]).hex())
        all_found = [value for found in values.values() for value in found]
        for arg, found in values.items():
            # Other constants can be loaded where the source has one.
            if len(found) == 1 and all_found.count(*found) == 1:
                out("k", arg, *found)
        rng = random.Random(len(instrs))
        consts = [rng.choice(POOL) for _ in range(max((arg for arg, _ in loads), default=-1) + 1)]
    out("consts", pack(consts))
    consts = list(consts)
    try:
        result = _testinternalcapi.optimize_cfg(seq, consts, nlocals)
    except ValueError as e:
        # A constant was taken for one of another type.
        out("error", e)
    else:
        KEEP.append(result)
        instructions("o", result)
        out("oconsts", pack(consts))
    for nested in seq.get_nested() or ():
        unit(nested, depth + 1, None, places)
    if annotations is not None:
        for nested in annotations.get_nested() or ():
            unit(nested, depth + 1, None, places)


LOCAL = {"LOAD_FAST", "STORE_FAST", "DELETE_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_AND_CLEAR", "STORE_FAST_MAYBE_NULL"}


def dump(path):
    try:
        with open(path, "rb") as f:
            source = f.read()
        code = compile(source, "file.py", "exec", dont_inherit=True, optimize=0)
        tree = ast.parse(source, "file.py")
        places = constants_by_place(compile(source, "file.py", "exec", ast.PyCF_OPTIMIZED_AST, True, optimize=0))
        seq, metadata = _testinternalcapi.compiler_codegen(tree, "file.py", 0)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    out("file", path)
    consts = metadata["consts"]
    unit(seq, 0, list(consts), places)
    out("code", marshal.dumps(code).hex())


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100000)
    for path in sys.argv[1:]:
        dump(path)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
