"""The repositories that rules_pyc needs in a WORKSPACE.

A WORKSPACE calls rules_pyc_dependencies, and then rules_pyc_setup of setup.bzl,
which loads what this file declares.
"""

load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")

# name: (URL, integrity, folder to strip). The integrities are those of the
# Bazel Central Registry.
_ARCHIVES = {
    "bazel_features": (
        "https://github.com/bazel-contrib/bazel_features/releases/download/v1.51.0/bazel_features-v1.51.0.tar.gz",
        "sha256-VFC/ssi0vJYcdTaIOPhhVvVjzJre8b59UE/FYZ1U2qs=",
        "bazel_features-1.51.0",
    ),
    "bazel_gazelle": (
        "https://github.com/bazel-contrib/bazel-gazelle/releases/download/v0.53.0/bazel-gazelle-v0.53.0.tar.gz",
        "sha256-/seiSssCc1nrfSsx0RaxfIHS+rNYQva/st1ZReEHE0Y=",
        "",
    ),
    "bazel_skylib": (
        "https://github.com/bazelbuild/bazel-skylib/releases/download/1.9.2/bazel-skylib-1.9.2.tar.gz",
        "sha256-N837xvrv6pT3s3dgowXJjAiYERbCvJ6CHjtCMiH62Mg=",
        "",
    ),
    "io_bazel_rules_go": (
        "https://github.com/bazel-contrib/rules_go/releases/download/v0.63.0/rules_go-v0.63.0.zip",
        "sha256-w+JTI3EJqy4qjTywdWiLmKbm/OQ9hJhJZI6OOoTyDW8=",
        "",
    ),
    "platforms": (
        "https://github.com/bazelbuild/platforms/releases/download/1.1.0/platforms-1.1.0.tar.gz",
        "sha256-261KI6vMphceR7ee3FO9akEGejt1+eixBGVrRZ/yUEY=",
        "",
    ),
    "rules_python": (
        "https://github.com/bazel-contrib/rules_python/releases/download/2.3.2/rules_python-2.3.2.tar.gz",
        "sha256-JaANVeQ3bvbZ8ok4toA4+soXyVWAya/mlT593gE9AOQ=",
        "rules_python-2.3.2",
    ),
}

def rules_pyc_dependencies():
    """Declares the repositories that the WORKSPACE has not declared before."""
    for name, (url, integrity, strip_prefix) in _ARCHIVES.items():
        if name not in native.existing_rules():
            http_archive(
                name = name,
                integrity = integrity,
                strip_prefix = strip_prefix,
                url = url,
            )
