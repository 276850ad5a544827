"""Makes pyc the precompiler of rules_python."""

load("//rules/private:action.bzl", "WORKER_REQUIREMENTS")
load("//rules/private:paths.bzl", "paths")
load("//rules/private:versions.bzl", "PYTHON_VERSIONS")

# rules_python starts its precompiler with no arguments but those of a request,
# so that something has to say `worker`. $0 is where the action sees this file,
# and pyc is in the runfiles beside it.
_LAUNCHER = """#!/bin/sh
exec "$0.runfiles/{pyc}" worker{flags} "$@"
"""

def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _pyc_precompiler_impl(ctx):
    flags = ""
    for version, path in ctx.attr.interpreter_paths.items():
        if version not in PYTHON_VERSIONS:
            fail("%s: Python version %r is not one of %s" % (ctx.label, version, ", ".join(PYTHON_VERSIONS)))
        flags += " " + _quoted("--interpreter=%s=%s" % (version, path))
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        launcher,
        _LAUNCHER.format(
            flags = flags,
            pyc = paths.runfiles_path(ctx.executable.pyc.short_path, ctx.workspace_name),
        ),
        is_executable = True,
    )
    requirements = dict(WORKER_REQUIREMENTS)
    requirements["requires-worker-protocol"] = ctx.attr.protocol
    return [
        DefaultInfo(
            executable = launcher,
            runfiles = ctx.runfiles([ctx.executable.pyc]).merge(ctx.attr.pyc[DefaultInfo].default_runfiles),
        ),
        # Where rules_python looks for what its actions may use. Without it each
        # source would start a process.
        testing.ExecutionInfo(requirements),
    ]

pyc_precompiler = rule(
    implementation = _pyc_precompiler_impl,
    doc = """A precompiler for rules_python's `py_exec_tools_toolchain`.

It compiles for the version that rules_python asks for, in one multiplexed,
sandboxed worker process:

    pyc_precompiler(name = "precompiler")

    py_exec_tools_toolchain(
        name = "exec_tools",
        exec_interpreter = "@rules_python//python:none",
        precompiler = ":precompiler",
    )

    toolchain(
        name = "exec_tools_toolchain",
        toolchain = ":exec_tools",
        toolchain_type = "@rules_python//python:exec_tools_toolchain_type",
    )
""",
    attrs = {
        "interpreter_paths": attr.string_dict(
            doc = "Absolute paths of CPython interpreters by version, as in pyc_toolchain.",
        ),
        # In rules_python the precompiler itself is in the exec configuration.
        "pyc": attr.label(
            cfg = "target",
            default = "//cmd/pyc:offline",
            doc = "The pyc command. The default lacks the parts that need a network, which no action uses.",
            executable = True,
        ),
        "protocol": attr.string(
            default = "proto",
            doc = "The worker protocol that Bazel is told to speak; pyc understands both.",
            values = ["json", "proto"],
        ),
    },
    executable = True,
)
