"""Rules that compile Python sources to the .pyc files CPython itself would write.

This file holds all that BUILD files load, but for the toolchain (toolchain.bzl)
and the precompiler for rules_python (precompiler.bzl), which most never need.
"""

load("//rules/private:archive.bzl", _py_pyc_archive = "py_pyc_archive")
load("//rules/private:aspect.bzl", _pyc_aspect = "pyc_aspect")
load("//rules/private:library.bzl", _py_pyc_library = "py_pyc_library")
load(":providers.bzl", _PycInfo = "PycInfo")

PycInfo = _PycInfo
py_pyc_archive = _py_pyc_archive
py_pyc_library = _py_pyc_library
pyc_aspect = _pyc_aspect
