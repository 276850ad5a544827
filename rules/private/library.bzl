"""The rule py_pyc_library."""

load("//rules:providers.bzl", "PycInfo")
load(":aspect.bzl", "ARCHIVER_ATTRS", "collect", "pyc_aspect")
load(":paths.bzl", "paths")
load(":py_info.bzl", "PyInfo")
load(":variant.bzl", "VARIANT_ATTRS", "VARIANT_TOOLCHAINS", "variant_of")

def _imports(ctx):
    own = []
    for entry in ctx.attr.imports:
        path = paths.import_path(entry, ctx.label.package, ctx.label.workspace_name or ctx.workspace_name)
        if path == None:
            fail("%s: the entry %r of imports leaves the repository" % (ctx.label, entry))
        own.append(path)
    return own

def _py_info(ctx, with_sources):
    infos = [dep[PyInfo] for dep in ctx.attr.deps if PyInfo in dep]

    # A folder is in the runfiles together with its pycs.
    sources = depset(
        [source for source in ctx.files.srcs if not source.is_directory],
        transitive = [info.transitive_sources for info in infos],
    )
    return PyInfo(
        imports = depset(_imports(ctx), transitive = [info.imports for info in infos]),
        transitive_sources = sources if with_sources else depset(),
        uses_shared_libraries = any([info.uses_shared_libraries for info in infos]),
    )

def _py_pyc_library_impl(ctx):
    variant = variant_of(ctx)
    with_sources = variant.layout != "sourceless"
    info = collect(
        ctx,
        name = ctx.label.name,
        variant = variant,
        sources = ctx.files.srcs,
        deps = ctx.attr.deps,
        data = ctx.attr.data,
    )
    py_info = _py_info(ctx, with_sources)
    runfiles = info.runfiles
    if with_sources:
        runfiles = runfiles.merge(ctx.runfiles(transitive_files = py_info.transitive_sources))
        runfiles = runfiles.merge_all([dep[DefaultInfo].default_runfiles for dep in ctx.attr.deps])
    return [
        DefaultInfo(files = info.transitive_pycs, runfiles = runfiles),
        OutputGroupInfo(pyc = info.transitive_pycs),
        coverage_common.instrumented_files_info(
            ctx,
            source_attributes = ["srcs"],
            dependency_attributes = ["deps", "data"],
        ),
        info,
        py_info,
    ]

py_pyc_library = rule(
    implementation = _py_pyc_library_impl,
    doc = """Compiles Python sources, and Python targets with all that they depend on.

The outputs are the pycs. As a dependency of a `py_binary`, `py_test` or
`py_library` it stands for the compiled code: in the layout `pycache` with the
sources, in the layout `sourceless` without them.

Sources may be files of any package, generated files, and folders (tree
artifacts) of sources. Any number of targets may share a source.
""",
    attrs = VARIANT_ATTRS | ARCHIVER_ATTRS | {
        "data": attr.label_list(
            allow_files = True,
            doc = "Files that the sources need when they run.",
        ),
        "deps": attr.label_list(
            aspects = [pyc_aspect],
            doc = """Python targets (`py_library` and its like, or `py_pyc_library`). Their
sources, and those of all that they depend on, are compiled in the same way.""",
            providers = [[PyInfo], [PycInfo]],
        ),
        "imports": attr.string_list(
            doc = "Folders, relative to the package, that are added to Python's path.",
        ),
        "srcs": attr.label_list(
            allow_files = [".py"],
            doc = "Python sources, or folders of such.",
        ),
    },
    provides = [PyInfo, PycInfo],
    toolchains = VARIANT_TOOLCHAINS,
)
