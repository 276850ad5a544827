"""A rule that generates a folder of Python sources."""

def _python_tree_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(
        outputs = [out],
        arguments = [out.path],
        command = """
mkdir -p "$1/inner"
: >"$1/__init__.py"
printf 'from features.{name}.inner import deep\\n\\ndef answer():\\n    return deep.ANSWER\\n' >"$1/top.py"
: >"$1/inner/__init__.py"
printf 'ANSWER = 42\\n' >"$1/inner/deep.py"
""".format(name = ctx.label.name),
    )
    return [DefaultInfo(files = depset([out]))]

python_tree = rule(
    implementation = _python_tree_impl,
    doc = "A folder whose module top has a function answer.",
)
