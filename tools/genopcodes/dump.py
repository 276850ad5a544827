"""Prints as JSON the instruction set of the interpreter that runs this file.

    python3.14 -I -S dump.py [--metadata pycore_opcode_metadata.h]

Everything comes from the interpreter's own modules, except what only its
headers know: how many values an instruction pops and pushes apart, and whether
it checks for signals. Debian has that header in libpython3.X-dev. Without
--metadata those fields are absent. The output depends on the interpreter's
minor version alone. One instruction per line, so that diffs can be read.
"""

import argparse
import dis
import json
import opcode
import re
import sys

import _opcode

# The operands for which effects are sampled: every small one, and some whose
# low and high bytes differ.
ARGS = list(range(65)) + [127, 128, 255, 256, 257, 511, 515, 1023, 4096, 65535]

# Pseudo-instructions of 3.11's compiler have negative numbers and no entry in
# opcode.opmap. CPython: compile.c, the macros before IS_TOP_LEVEL_AWAIT.
PSEUDO_311 = {
    "SETUP_FINALLY": -1, "SETUP_CLEANUP": -2, "SETUP_WITH": -3,
    "POP_BLOCK": -4, "JUMP": -5, "JUMP_NO_INTERRUPT": -6,
    "POP_JUMP_IF_FALSE": -7, "POP_JUMP_IF_TRUE": -8,
    "POP_JUMP_IF_NONE": -9, "POP_JUMP_IF_NOT_NONE": -10,
}


def squeeze(values):
    """A list of equal numbers as that number."""
    return values[0] if len(set(values)) == 1 else values


def effect(number, has_arg, jump):
    """Net change of stack depth for each of ARGS, or None if not known."""
    try:
        if not has_arg:
            return opcode.stack_effect(number, jump=jump)
        return squeeze([opcode.stack_effect(number, a, jump=jump) for a in ARGS])
    except ValueError:
        pass
    try:  # a pseudo-instruction may have an operand that stack_effect refuses
        return opcode.stack_effect(number, jump=jump)
    except ValueError:
        return None


def flags(number):
    """What the operand is, by the lists that dis consults."""
    kinds = {
        "arg": "hasarg", "const": "hasconst", "name": "hasname",
        "local": "haslocal", "free": "hasfree", "exc": "hasexc",
        "compare": "hascompare",
    }
    found = [flag for flag, name in kinds.items()
             if number in getattr(opcode, name, ())]
    if number in opcode.hasjrel or number in opcode.hasjabs:
        found.append("jump")
    if number in opcode.hasjabs:
        raise SystemExit("absolute jumps are not modelled")
    if not hasattr(opcode, "hasarg") and number >= opcode.HAVE_ARGUMENT:
        found.append("arg")
    if dis._is_backward_jump(number) and "jump" in found:
        found.append("backward")
    return sorted(found)


def instructions(metadata):
    rows = []
    names = dict(opcode.opmap)
    if sys.version_info[:2] == (3, 11):
        names.update(PSEUDO_311)
    for name, number in sorted(names.items(), key=lambda item: item[1]):
        row = {"name": name, "number": number}
        if number >= 0:
            row["flags"] = flags(number)
        else:
            row["flags"] = []
        cache = opcode._cache_format.get(name)
        if cache:
            row["cache"] = [[field, units] for field, units in cache.items()]
        has_arg = "arg" in row["flags"]
        row["effect"] = effect(number, has_arg, False)
        row["effect_jump"] = effect(number, has_arg, True)
        if metadata:
            row.update(metadata.get(name, {}))
        rows.append(row)
    return rows


def specialized():
    rows = []
    for number in range(256):
        base = dis._deoptop(number)
        if base != number:
            rows.append([dis._all_opname[number], number, dis.opname[base]])
    return rows


def c_value(expression, arg):
    """Value of a C expression over oparg, such as 1 + (oparg & 0xFF)."""
    ternary = re.compile(r"\(\s*([^()?]*)\s*\?\s*([^:()]*):\s*([^()]*)\)")
    expression = re.sub(r"\((oparg == \d+)\)", r"\1", expression)
    expression = ternary.sub(r"((\2) if (\1) else (\3))", expression)
    return eval(expression, {"__builtins__": {}}, {"oparg": arg})


def counts(header, function):
    """name -> values at ARGS, from one of the header's two big switches."""
    body = re.search(r"^int %s\(.*?^}" % function, header, re.S | re.M).group()
    found, pending = {}, []
    for case, value in re.findall(r"case (\w+):|return ([^;]*);", body):
        if case:
            pending.append(case)
            continue
        for name in pending:
            found[name] = squeeze([c_value(value, a) for a in ARGS])
        pending = []
    return found


def read_metadata(path):
    with open(path, encoding="utf-8") as file:
        header = file.read()
    pops = counts(header, "_PyOpcode_num_popped")
    pushes = counts(header, "_PyOpcode_num_pushed")
    checks = set(re.findall(r"^\s*\[(\w+)\] = \{[^}]*HAS_EVAL_BREAK_FLAG", header, re.M))
    return {
        name: {"pop": pops[name], "push": pushes[name], "eval_break": name in checks}
        for name in pops
    }


def common_constants():
    shown = []
    for value in getattr(opcode, "_common_constants", ()):
        shown.append(value.__name__ if isinstance(value, type) else repr(value))
    return shown


def document(metadata):
    return {
        "version": "%d.%d" % sys.version_info[:2],
        "args": ARGS,
        "have_argument": opcode.HAVE_ARGUMENT,
        # 3.11's dis takes every number from HAVE_ARGUMENT on to have an
        # operand, also one that is no instruction.
        "unknown_have_argument": not hasattr(opcode, "hasarg"),
        "compare": list(opcode.cmp_op),
        "binary": [list(pair) for pair in opcode._nb_ops],
        "intrinsic_1": list(getattr(opcode, "_intrinsic_1_descs", ())),
        "intrinsic_2": list(getattr(opcode, "_intrinsic_2_descs", ())),
        "common_constants": common_constants(),
        "special_methods": list(getattr(opcode, "_special_method_names", ())),
        "function_attributes": list(
            getattr(dis, "FUNCTION_ATTR_FLAGS", None) or dis.MAKE_FUNCTION_FLAGS),
        "specialized": specialized(),
        "instructions": instructions(metadata),
    }


def show(value):
    """JSON with one line for each element of the outer object's long lists."""
    lines = []
    for key, item in value.items():
        if key in ("instructions", "specialized", "binary"):
            rows = ",\n".join("    " + json.dumps(row) for row in item)
            lines.append('  %s: [\n%s\n  ]' % (json.dumps(key), rows))
        else:
            lines.append("  %s: %s" % (json.dumps(key), json.dumps(item)))
    return "{\n" + ",\n".join(lines) + "\n}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metadata", help="pycore_opcode_metadata.h of the same release")
    options = parser.parse_args()
    print(show(document(read_metadata(options.metadata) if options.metadata else None)))


if __name__ == "__main__":
    main()
