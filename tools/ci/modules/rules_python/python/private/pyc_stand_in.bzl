"""A test double for the part of rules_python that precompiles.

rules_python learned to precompile in 0.33, and Debian packages 0.22. This file
gives Debian's copy the public face of that part: the same labels, toolchain
types and attributes, and the same PyCompile action (arguments, parameter file,
environment, and requirements taken from testing.ExecutionInfo). It is written
for testing a precompiler and shares no code with rules_python; a build that
passes here shows what the precompiler does, not what rules_python does.

Unlike there, a binary always takes the pycs of what it depends on.
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

PyExecToolsInfo = provider(
    doc = "The tools that build Python targets.",
    fields = {
        "exec_interpreter": "Always None.",
        "precompiler": "Target: an executable that takes the arguments of a PyCompile action, or None.",
    },
)

# Bazel's native rules take any provider that has the fields of their own.
PyRuntimeInfo = provider(
    doc = "The interpreter that runs Python targets.",
    fields = {
        "bootstrap_template": "File: the template of a binary's launcher.",
        "coverage_files": "None.",
        "coverage_tool": "None.",
        "files": "depset of File: none.",
        "implementation_name": "str: for example cpython.",
        "interpreter": "None: the interpreter is not a target.",
        "interpreter_path": "str: an absolute path.",
        "interpreter_version_info": "struct with major and minor, or None.",
        "pyc_tag": "str: the tag in names of .pyc files, for example cpython-314, or None.",
        "python_version": "str: PY3.",
        "stub_shebang": "str: the first line of a binary's launcher.",
    },
)

_EXEC_TOOLS = Label("//python:exec_tools_toolchain_type")
_RUNTIME = Label("//python:toolchain_type")

def _py_runtime_impl(ctx):
    version = ctx.attr.interpreter_version_info
    tag = ctx.attr.pyc_tag or None
    if not tag and ctx.attr.implementation_name and version:
        tag = "{}-{}{}".format(ctx.attr.implementation_name, version["major"], version["minor"])
    return [
        DefaultInfo(),
        PyRuntimeInfo(
            bootstrap_template = ctx.file._bootstrap_template,
            coverage_files = None,
            coverage_tool = None,
            files = depset(),
            implementation_name = ctx.attr.implementation_name or None,
            interpreter = None,
            interpreter_path = ctx.attr.interpreter_path,
            interpreter_version_info = struct(major = int(version["major"]), minor = int(version["minor"])) if version else None,
            pyc_tag = tag,
            python_version = ctx.attr.python_version,
            stub_shebang = ctx.attr.stub_shebang,
        ),
    ]

py_runtime = rule(
    implementation = _py_runtime_impl,
    attrs = {
        "implementation_name": attr.string(),
        "interpreter_path": attr.string(mandatory = True),
        "interpreter_version_info": attr.string_dict(),
        "pyc_tag": attr.string(),
        "python_version": attr.string(default = "PY3"),
        "stub_shebang": attr.string(default = "#!/usr/bin/env python3"),
        "_bootstrap_template": attr.label(
            allow_single_file = True,
            default = "@bazel_tools//tools/python:python_bootstrap_template.txt",
        ),
    },
)

def _py_runtime_pair_impl(ctx):
    return [platform_common.ToolchainInfo(
        py2_runtime = None,
        py3_runtime = ctx.attr.py3_runtime[PyRuntimeInfo],
    )]

py_runtime_pair = rule(
    implementation = _py_runtime_pair_impl,
    attrs = {"py3_runtime": attr.label(providers = [PyRuntimeInfo])},
)

def _py_exec_tools_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(exec_tools = PyExecToolsInfo(
        exec_interpreter = None,
        precompiler = ctx.attr.precompiler,
    ))]

py_exec_tools_toolchain = rule(
    implementation = _py_exec_tools_toolchain_impl,
    attrs = {
        "exec_interpreter": attr.label(),
        "precompiler": attr.label(
            allow_files = True,
            cfg = "exec",
        ),
    },
)

def _enabled(ctx):
    flag = ctx.attr._precompile_flag[BuildSettingInfo].value
    if flag in ["force_enabled", "force_disabled"]:
        return flag == "force_enabled"
    if ctx.attr.precompile in ["enabled", "disabled"]:
        return ctx.attr.precompile == "enabled"
    return flag == "enabled"

def _invalidation_mode(ctx):
    mode = ctx.attr.precompile_invalidation_mode
    if mode != "auto":
        return mode
    return "unchecked_hash" if ctx.var["COMPILATION_MODE"] == "opt" else "checked_hash"

def _compile(ctx, tool, runtime, src):
    stem = src.basename[:-len(src.extension) - 1]
    pyc = ctx.actions.declare_file("__pycache__/{}.{}.pyc".format(stem, runtime.pyc_tag), sibling = src)
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add("--invalidation_mode", _invalidation_mode(ctx))
    args.add("--src", src)
    args.add("--src_name", src.short_path)
    args.add("--pyc", pyc)
    args.add("--optimize", str(ctx.attr.precompile_optimize_level))
    version = runtime.interpreter_version_info
    args.add("--python_version", "{}.{}".format(version.major, version.minor))
    requirements = tool[testing.ExecutionInfo].requirements if testing.ExecutionInfo in tool else {}
    ctx.actions.run(
        executable = tool[DefaultInfo].files_to_run,
        arguments = [args],
        inputs = [src],
        outputs = [pyc],
        env = {
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYTHONSAFEPATH": "1",
        },
        execution_requirements = requirements,
        mnemonic = "PyCompile",
        progress_message = "Python precompiling %{input} into %{output}",
    )
    return pyc

def _pycs_impl(ctx):
    tools = ctx.toolchains[_EXEC_TOOLS]
    runtime = ctx.toolchains[_RUNTIME].py3_runtime
    tool = tools.exec_tools.precompiler if tools else None
    if not tool or not getattr(runtime, "pyc_tag", None) or not _enabled(ctx):
        return [DefaultInfo()]
    pycs = [
        _compile(ctx, tool, runtime, src)
        for src in ctx.files.srcs
        if src.owner.package == ctx.label.package
    ]
    return [DefaultInfo(files = depset(pycs), runfiles = ctx.runfiles(pycs))]

_pycs = rule(
    implementation = _pycs_impl,
    attrs = {
        "precompile": attr.string(default = "inherit"),
        "precompile_invalidation_mode": attr.string(default = "auto"),
        "precompile_optimize_level": attr.int(default = 0),
        "srcs": attr.label_list(allow_files = [".py"]),
        "_precompile_flag": attr.label(default = "//python/config_settings:precompile"),
    },
    toolchains = [
        config_common.toolchain_type(_EXEC_TOOLS, mandatory = False),
        _RUNTIME,
    ],
)

def _with_pycs(native_rule, name, srcs, attrs):
    for_pycs = {
        key: attrs.pop(key)
        for key in ["precompile", "precompile_invalidation_mode", "precompile_optimize_level"]
        if key in attrs
    }
    attrs.pop("pyc_collection", None)
    _pycs(
        name = name + ".pyc",
        srcs = srcs,
        tags = attrs.get("tags"),
        testonly = attrs.get("testonly"),
        **for_pycs
    )
    native_rule(
        name = name,
        srcs = srcs,
        data = (attrs.pop("data", None) or []) + [name + ".pyc"],
        # What the native rules want to see before they run without complaint.
        tags = (attrs.pop("tags", None) or []) + ["__PYTHON_RULES_MIGRATION_DO_NOT_USE_WILL_BREAK__"],
        **attrs
    )

def py_library(name, srcs = [], **attrs):
    """A Python library.

    Args:
      name: the name of the target.
      srcs: the sources, precompiled when that is enabled.
      **attrs: the attributes of rules_python's py_library.
    """
    _with_pycs(native.py_library, name, srcs, attrs)

def py_binary(name, srcs = [], **attrs):
    """A Python program.

    Args:
      name: the name of the target.
      srcs: the sources, precompiled when that is enabled.
      **attrs: the attributes of rules_python's py_binary.
    """
    _with_pycs(native.py_binary, name, srcs, attrs)

def py_test(name, srcs = [], **attrs):
    """A Python test.

    Args:
      name: the name of the target.
      srcs: the sources, precompiled when that is enabled.
      **attrs: the attributes of rules_python's py_test.
    """
    _with_pycs(native.py_test, name, srcs, attrs)
