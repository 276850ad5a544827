"""A package_metadata rule that describes its target by label and purl."""

load("//providers:package_metadata_info.bzl", "PackageMetadataInfo")

def _package_metadata_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".package-metadata.json")
    ctx.actions.write(out, json.encode({"attributes": {}, "label": str(ctx.label), "purl": ctx.attr.purl}))
    files = depset([out])
    return [DefaultInfo(files = files), PackageMetadataInfo(metadata = out, files = files)]

_package_metadata = rule(
    implementation = _package_metadata_impl,
    attrs = {
        "attributes": attr.label_list(),
        "purl": attr.string(),
    },
    provides = [PackageMetadataInfo],
)

def package_metadata(name, **kwargs):
    """Describes a package.

    Args:
      name: the name of the target.
      **kwargs: the rule's attributes.
    """

    # A package's default_package_metadata names this very target: without its
    # own, empty list it would depend on itself.
    _package_metadata(name = name, applicable_licenses = [], **kwargs)
