"""The toolchain that compiles Python: the pyc command and its interpreters."""

load("//rules/private:versions.bzl", "PYTHON_VERSIONS")

PYC_TOOLCHAIN_TYPE = Label("//rules:toolchain_type")

PycToolchainInfo = provider(
    doc = "How to compile Python sources.",
    fields = {
        "interpreters": """list of struct: the CPythons that compile, with the fields `version` (str)
and `path` (File, or str for an absolute path).""",
        "pyc": "FilesToRunProvider: the pyc command.",
        "python_version": "str: the version to compile for where nothing else says one, or empty.",
        "tools": "list: what an action that runs pyc needs beside it.",
    },
)

def _check_version(version):
    if version not in PYTHON_VERSIONS:
        fail("Python version %r is not one of %s" % (version, ", ".join(PYTHON_VERSIONS)))

def _interpreters(ctx):
    found = []
    for version, path in ctx.attr.interpreter_paths.items():
        _check_version(version)
        found.append(struct(version = version, path = path))
    for target, version in ctx.attr.interpreters.items():
        _check_version(version)
        found.append(struct(version = version, path = target[DefaultInfo].files_to_run.executable))
    return found

def _pyc_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(pyc = PycToolchainInfo(
        interpreters = _interpreters(ctx),
        pyc = ctx.attr.pyc[DefaultInfo].files_to_run,
        python_version = ctx.attr.python_version,
        tools = [target[DefaultInfo].files_to_run for target in ctx.attr.interpreters],
    ))]

pyc_toolchain = rule(
    implementation = _pyc_toolchain_impl,
    doc = """Says which pyc command compiles, and with which interpreters.

Register it with a `toolchain` target of type `@rules_pyc//rules:toolchain_type`.
A default one, without interpreters, comes with this module.
""",
    attrs = {
        "interpreter_paths": attr.string_dict(
            doc = """Absolute paths of CPython interpreters on the machines that execute
actions, by version: `{"3.14": "/usr/bin/python3.14"}`. They are not inputs of the
actions: like any program of the host's, they must be the same wherever results
are shared.""",
        ),
        "interpreters": attr.label_keyed_string_dict(
            cfg = "exec",
            doc = """CPython interpreters that are targets, with their versions:
`{"@python_3_14_host//:python": "3.14"}`. They are inputs of the actions, and so
work with remote execution.""",
        ),
        "pyc": attr.label(
            cfg = "exec",
            default = "//cmd/pyc:offline",
            doc = "The pyc command. The default lacks the parts that need a network, which no action uses.",
            executable = True,
        ),
        "python_version": attr.string(
            doc = """The version to compile for when neither the target nor the Python
toolchain says one.""",
            values = [""] + PYTHON_VERSIONS,
        ),
    },
)
