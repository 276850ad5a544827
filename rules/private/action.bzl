"""The actions that compile: the only ones of these rules that run pyc."""

load("//rules:toolchain.bzl", "PYC_TOOLCHAIN_TYPE")
load(":paths.bzl", "paths")

# What Bazel may do with a process of `pyc worker`. The precompiler for
# rules_python offers the same.
WORKER_REQUIREMENTS = {
    "requires-worker-protocol": "proto",
    "supports-multiplex-sandboxing": "1",
    "supports-multiplex-workers": "1",
    "supports-path-mapping": "1",
    "supports-worker-cancellation": "1",
    "supports-workers": "1",
}

def _add_interpreters(args, toolchain):
    for interpreter in toolchain.interpreters:
        args.add("--interpreter", interpreter.path, format = interpreter.version + "=%s")

def _compile_file(ctx, toolchain, variant, source, pyc):
    startup = ctx.actions.args()
    startup.add("worker")
    _add_interpreters(startup, toolchain)

    # A worker takes what is in the parameter file as one request. Sources and
    # outputs are given as Files, never as strings, so that Bazel can map their
    # paths.
    request = ctx.actions.args()
    request.use_param_file("@%s", use_always = True)
    request.set_param_file_format("multiline")
    request.add("--src", source)
    request.add("--src_name", paths.stored_name(source.short_path))
    request.add("--pyc", pyc)
    request.add("--python_version", variant.python_version)
    request.add("--optimize", str(variant.optimize))
    request.add("--invalidation_mode", variant.invalidation_mode)
    ctx.actions.run(
        executable = toolchain.pyc,
        arguments = [startup, request],
        inputs = [source],
        outputs = [pyc],
        tools = toolchain.tools,
        execution_requirements = WORKER_REQUIREMENTS,
        mnemonic = "PycCompile",
        progress_message = "Compiling Python %{input}",
        toolchain = PYC_TOOLCHAIN_TYPE,
    )

def _compile_folder(ctx, toolchain, variant, source, pycs):
    args = ctx.actions.args()
    args.add("compile")
    args.add("--quiet")
    args.add("--python", variant.python_version)
    args.add("--optimize", str(variant.optimize))
    args.add("--layout", variant.layout)
    args.add("--invalidation-mode", variant.invalidation_mode.replace("_", "-"))
    args.add("--destdir", paths.stored_name(source.short_path))
    args.add_all("--out", [pycs], expand_directories = False)
    _add_interpreters(args, toolchain)
    args.add_all([source], expand_directories = False)
    ctx.actions.run(
        executable = toolchain.pyc,
        arguments = [args],
        inputs = [source],
        outputs = [pycs],
        tools = toolchain.tools,
        execution_requirements = {"supports-path-mapping": "1"},
        mnemonic = "PycCompileFolder",
        progress_message = "Compiling Python folder %{input}",
        toolchain = PYC_TOOLCHAIN_TYPE,
    )

def _join_folders(ctx, archiver, folders, out):
    # Python reads __pycache__ only beside the sources, and two folders cannot
    # be laid over each other in the runfiles.
    args = ctx.actions.args()
    args.add("--format", "folder")
    args.add_all("--out", [out], expand_directories = False)
    args.add("--")
    for folder in folders:
        args.add(".")
        args.add_all([folder], expand_directories = False)
    ctx.actions.run(
        executable = archiver,
        arguments = [args],
        inputs = folders,
        outputs = [out],
        execution_requirements = {"supports-path-mapping": "1"},
        mnemonic = "PycJoinFolders",
        progress_message = "Joining %{output}",
    )

def compile_source(ctx, name, variant, source, archiver):
    """Declares the action that compiles a source.

    The output lies in a folder of its own for each target and each way to
    compile, so that targets can share a source and compile it in several ways.

    Args:
      ctx: the context of a rule or aspect with VARIANT_TOOLCHAINS.
      name: the name of the target, for the name of the folder.
      variant: how to compile.
      source: the File; a folder is compiled as a whole.
      archiver: FilesToRunProvider of the archive tool.

    Returns:
      An entry of PycInfo.transitive_entries.
    """
    toolchain = ctx.toolchains[PYC_TOOLCHAIN_TYPE].pyc
    source_path = paths.runfiles_path(source.short_path, ctx.workspace_name)
    folder = "{}.pycs/{}/".format(name, paths.variant_folder(variant))
    if not source.is_directory:
        pyc_path = paths.pyc_path(source_path, variant)
        pyc = ctx.actions.declare_file(folder + pyc_path)
        _compile_file(ctx, toolchain, variant, source, pyc)
        return struct(source = source, source_path = source_path, pyc = pyc, pyc_path = pyc_path)

    pycs = ctx.actions.declare_directory(folder + source_path)
    if variant.layout == "sourceless":
        _compile_folder(ctx, toolchain, variant, source, pycs)
    else:
        alone = ctx.actions.declare_directory(folder + source_path + ".alone")
        _compile_folder(ctx, toolchain, variant, source, alone)
        _join_folders(ctx, archiver, [source, alone], pycs)
    return struct(source = source, source_path = source_path, pyc = pycs, pyc_path = source_path)
