"""Evaluates files of Please's build language, and prints the rules they declare.

The language is a part of Python: this file checks that nothing else is used,
and has Python evaluate the rest with Please's functions replaced by ones that
write down what they are called with. It is not Please: the types of arguments
are not checked, and nothing is built.

Standard input is a JSON object: "package", "config" (what CONFIG has, with the
plugin's part under "PYC"), "defs" and "build" (paths of files, the latter that
of a BUILD file or "") and "code" (evaluated last). Standard output is one, too:
"rules", each with the arguments of its function, and "error", the message of
fail() or why a file is not of the language.
"""

import __future__
import ast
import json
import re
import sys
import types

# What Please's grammar has. It has no classes, no imports, no exceptions to
# catch, no while, no tuples but for unpacking, no varargs.
ALLOWED = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign,
    ast.For, ast.If, ast.Assert, ast.Pass, ast.Continue, ast.Break, ast.Expr,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Lambda, ast.Call, ast.keyword,
    ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Attribute, ast.Subscript, ast.Slice,
    ast.Name, ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.comprehension, ast.Tuple,
    ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)


class Failure(Exception):
    """What stops an evaluation, with the message for the user."""


def check(tree, path):
    """Fails on what Python has and Please's build language has not."""
    unpacked = {id(target) for node in ast.walk(tree) for target in targets(node)}
    for node in ast.walk(tree):
        where = f"{path}:{getattr(node, 'lineno', '?')}"
        if not isinstance(node, ALLOWED):
            raise Failure(f"{where}: the build language has no {type(node).__name__}")
        if isinstance(node, ast.Tuple) and id(node) not in unpacked:
            raise Failure(f"{where}: a tuple")
        if isinstance(node, ast.FormattedValue) and not is_name(node.value):
            raise Failure(f"{where}: an f-string with more than a name: {ast.unparse(node.value)}")
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex, bytes)):
            raise Failure(f"{where}: the value {node.value!r}")
        if isinstance(node, ast.arguments) and (node.vararg or node.kwarg or node.posonlyargs):
            raise Failure(f"{where}: varargs")


def targets(node):
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, (ast.For, ast.comprehension)) else []


def is_name(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


class Config(types.SimpleNamespace):
    """CONFIG: a key that is not there is an error, as in Please."""

    def __getattr__(self, name):
        raise Failure(f"CONFIG has no {name}")


def fail(message):
    raise Failure(message)


def functions(request, rules):
    """The functions of Please, and those of python-rules."""

    def recorder(function, tagged=True):
        def record(**arguments):
            name = arguments["name"]
            if tagged and "tag" in arguments:
                name = f"_{name}#{arguments.pop('tag')}"
            rules.append({**arguments, "function": function, "name": name})
            return f":{name}"

        return record

    config = dict(request["config"])
    recorded = ["build_rule", "filegroup", "genrule", "text_file", "remote_file",
                "python_library", "python_binary", "subrepo", "plugin_repo"]
    return {
        **{name: recorder(name) for name in recorded},
        "CONFIG": Config(PYC=Config(**config.pop("PYC")), **config),
        "fail": fail,
        "subinclude": lambda *labels: None,
        "looks_like_build_label": lambda s: bool(re.match("[/:@]", s)),
    }


def evaluate(source, path, scope):
    tree = ast.parse(source, path)
    check(tree, path)
    # The types of arguments, such as list&resources, are no expressions.
    flags = __future__.annotations.compiler_flag
    exec(compile(tree, path, "exec", flags, dont_inherit=True), scope)


def main():
    request = json.load(sys.stdin)
    rules, error = [], ""
    scope = functions(request, rules)
    try:
        for path in request["defs"] + [request["build"]]:
            if path:
                with open(path, encoding="utf-8") as f:
                    evaluate(f.read(), path, scope)
        evaluate(request["code"], "code", scope)
    except Failure as e:
        error = str(e)
    json.dump({"rules": rules, "error": error}, sys.stdout)


main()
