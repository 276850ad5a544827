"""rules_python's PyInfo, loaded in this one place.

It is Bazel's own provider in old versions of rules_python and a provider of
rules_python in current ones; both have the fields that these rules use.
"""

load("@rules_python//python:py_info.bzl", _PyInfo = "PyInfo")

PyInfo = _PyInfo

# The toolchain that says which Python a target is run with.
PYTHON_TOOLCHAIN_TYPE = Label("@rules_python//python:toolchain_type")
