"""The second step in a WORKSPACE: sets up what repositories.bzl has declared."""

load("@bazel_gazelle//:deps.bzl", "gazelle_dependencies")
load("@io_bazel_rules_go//go:deps.bzl", "go_register_toolchains", "go_rules_dependencies")
load("//rules/private:go_repositories.bzl", "go_repositories")

# buildifier: disable=unnamed-macro
def rules_pyc_setup(go_version = None):
    """Sets up Go, the Go modules of pyc, and the pyc toolchain.

    A WORKSPACE that has a pyc_toolchain of its own registers it before.

    Args:
      go_version: the version of Go to build pyc with, for example "1.26.0", or
        "host"; None if the WORKSPACE has registered Go toolchains before.
    """

    # Before rules_go and gazelle declare the versions that they need.
    go_repositories()
    go_rules_dependencies()
    if go_version:
        go_register_toolchains(version = go_version)
    gazelle_dependencies()
    native.register_toolchains("@rules_pyc//rules:default_toolchain")
