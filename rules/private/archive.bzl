"""The rule py_pyc_archive."""

load("//rules:providers.bzl", "PycInfo")
load(":aspect.bzl", "ARCHIVER_ATTRS", "pyc_aspect")
load(":py_info.bzl", "PyInfo")
load(":variant.bzl", "VARIANT_ATTRS", "VARIANT_TOOLCHAINS", "check_variant", "variant_of")

def _pyc_entry(entry):
    return [entry.pyc_path, entry.pyc.path]

def _source_entry(entry):
    return [entry.source_path, entry.source.path]

def _py_pyc_archive_impl(ctx):
    variant = variant_of(ctx)
    infos = []
    for dep in ctx.attr.deps:
        check_variant(ctx.label, variant, dep.label, dep[PycInfo])
        infos.append(dep[PycInfo])
    entries = depset(transitive = [info.transitive_entries for info in infos])
    inputs = [info.transitive_pycs for info in infos]
    roots = depset(transitive = [dep[PyInfo].imports for dep in ctx.attr.deps if PyInfo in dep])

    out = ctx.actions.declare_file(ctx.label.name + "." + ctx.attr.format)
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add("--format", ctx.attr.format)
    args.add("--out", out)
    if ctx.attr.prefix:
        args.add("--prefix", ctx.attr.prefix)
    args.add_all(roots, before_each = "--root")
    args.add("--root", ctx.workspace_name)
    args.add("--")
    args.add_all(entries, map_each = _pyc_entry)
    if ctx.attr.include_sources:
        args.add_all(entries, map_each = _source_entry)
        inputs += [info.transitive_sources for info in infos]
    ctx.actions.run(
        executable = ctx.executable._archiver,
        arguments = [args],
        inputs = depset(transitive = inputs),
        outputs = [out],
        mnemonic = "PycArchive",
        progress_message = "Archiving compiled Python %{output}",
    )
    return [DefaultInfo(files = depset([out]))]

py_pyc_archive = rule(
    implementation = _py_pyc_archive_impl,
    doc = """Packs the compiled code of Python targets and of all that they depend on.

The archive is the same to the byte for the same contents: entries are sorted and
have fixed times, owners and modes. Files lie where Python would import them from
if the archive, or the folder that it is unpacked in, were on `sys.path`: the
`imports` of the targets are applied. In a zip, Python imports sourceless pycs only.
""",
    attrs = VARIANT_ATTRS | ARCHIVER_ATTRS | {
        "deps": attr.label_list(
            aspects = [pyc_aspect],
            doc = "Python targets, compiled with all that they depend on.",
            mandatory = True,
            providers = [[PyInfo], [PycInfo]],
        ),
        "format": attr.string(
            default = "zip",
            doc = "`zip` or `tar`.",
            values = ["tar", "zip"],
        ),
        "include_sources": attr.bool(
            doc = "Whether the sources are in the archive too.",
        ),
        "layout": attr.string(
            default = "sourceless",
            doc = "As in py_pyc_library, but sourceless by default.",
            values = ["pycache", "sourceless"],
        ),
        "prefix": attr.string(
            doc = "A folder in the archive that everything is put under, such as `app/lib`.",
        ),
    },
    toolchains = VARIANT_TOOLCHAINS,
)
