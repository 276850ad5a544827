"""The Go modules of go.mod as repositories for a WORKSPACE; written by

    bazel run //:gazelle -- update-repos -from_file=go.mod -prune \\
        -to_macro=rules/private/go_repositories.bzl%go_repositories
"""

load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_repositories():
    """Declares the Go modules that pyc is built from."""
