"""Compiles the closure of a target, and the provider that comes of it."""

load("//rules:providers.bzl", "PycInfo")
load(":action.bzl", "compile_source")
load(":py_info.bzl", "PyInfo")
load(":variant.bzl", "VARIANT_ATTRS", "VARIANT_TOOLCHAINS", "check_variant", "variant_of")

# What everything that compiles has beside VARIANT_ATTRS.
ARCHIVER_ATTRS = {
    "_archiver": attr.label(
        cfg = "exec",
        default = "//rules/private/archive",
        executable = True,
    ),
}

def is_source(file):
    """Whether a file in srcs is compiled: a Python source, or a folder of such."""
    return file.extension == "py" or file.is_directory

def collect(ctx, name, variant, sources, deps, data):
    """Compiles sources and adds what the dependencies have compiled.

    Args:
      ctx: the context of a rule or aspect.
      name: the name of the target.
      variant: how to compile.
      sources: list of File.
      deps: list of Target; those with PycInfo count.
      data: list of Target that the sources need when they run.

    Returns:
      A PycInfo.
    """
    archiver = ctx.attr._archiver[DefaultInfo].files_to_run
    entries = [
        compile_source(ctx, name, variant, source, archiver)
        for source in sources
        if is_source(source)
    ]
    infos = []
    for dep in deps:
        if PycInfo in dep:
            check_variant(ctx.label, variant, dep.label, dep[PycInfo])
            infos.append(dep[PycInfo])
    pycs = [entry.pyc for entry in entries]

    # A pyc is not beside its source on disk: the link in the runfiles is what
    # puts it there.
    runfiles = ctx.runfiles(
        root_symlinks = {entry.pyc_path: entry.pyc for entry in entries},
        transitive_files = depset(transitive = [target[DefaultInfo].files for target in data]),
    )
    return PycInfo(
        direct_pycs = pycs,
        invalidation_mode = variant.invalidation_mode,
        layout = variant.layout,
        optimize = variant.optimize,
        python_version = variant.python_version,
        runfiles = runfiles.merge_all(
            [target[DefaultInfo].default_runfiles for target in data] +
            [info.runfiles for info in infos],
        ),
        transitive_entries = depset(entries, transitive = [info.transitive_entries for info in infos]),
        transitive_pycs = depset(pycs, transitive = [info.transitive_pycs for info in infos]),
        transitive_sources = depset(
            [entry.source for entry in entries],
            transitive = [info.transitive_sources for info in infos],
        ),
    )

def _targets(attributes, name):
    value = getattr(attributes, name, None)
    if type(value) == "Target":
        return [value]
    if type(value) != "list":
        return []
    return [target for target in value if type(target) == "Target"]

def _pyc_aspect_impl(target, ctx):
    if PycInfo in target:
        return []
    if PyInfo not in target:
        return []
    info = collect(
        ctx,
        name = ctx.rule.attr.name,
        variant = variant_of(ctx),
        sources = getattr(ctx.rule.files, "srcs", []),
        deps = _targets(ctx.rule.attr, "deps"),
        data = _targets(ctx.rule.attr, "data"),
    )
    return [info, OutputGroupInfo(pyc = info.transitive_pycs)]

pyc_aspect = aspect(
    implementation = _pyc_aspect_impl,
    doc = """Compiles the sources of a Python target and of all that it depends on.

It needs no change to a BUILD file:

    bazel build //app --aspects=@rules_pyc//rules:defs.bzl%pyc_aspect --output_groups=pyc

The attributes are set with `--aspects_parameters=optimize=1`. A rule that
applies the aspect to its own dependencies gets PycInfo of each; the rule must
have the attributes of the aspect (and py_pyc_library is such a rule).
""",
    attr_aspects = ["deps"],
    attrs = VARIANT_ATTRS | ARCHIVER_ATTRS,
    toolchains = VARIANT_TOOLCHAINS,
)
