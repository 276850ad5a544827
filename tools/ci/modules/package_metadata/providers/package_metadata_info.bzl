"""The provider of package_metadata targets."""

PackageMetadataInfo = provider(
    doc = "What is known of a package.",
    fields = {
        "files": "depset of File: everything that describes the package.",
        "metadata": "File: the description, as JSON.",
    },
)
