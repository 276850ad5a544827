"""Tests of private/paths.bzl."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private:paths.bzl", "paths")

def _variant(**kwargs):
    fields = {
        "invalidation_mode": "unchecked_hash",
        "layout": "pycache",
        "optimize": 0,
        "python_version": "3.14",
    }
    fields.update(kwargs)
    return struct(**fields)

def _pyc_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for source, variant, want in [
        ("a.py", _variant(), "__pycache__/a.cpython-314.pyc"),
        ("m/pkg/a.py", _variant(), "m/pkg/__pycache__/a.cpython-314.pyc"),
        ("m/a.tmpl.py", _variant(), "m/__pycache__/a.tmpl.cpython-314.pyc"),
        ("m/a.py", _variant(optimize = 1), "m/__pycache__/a.cpython-314.opt-1.pyc"),
        ("m/a.py", _variant(optimize = 2, python_version = "3.11"), "m/__pycache__/a.cpython-311.opt-2.pyc"),
        ("a.py", _variant(layout = "sourceless"), "a.pyc"),
        ("m/a.tmpl.py", _variant(layout = "sourceless", optimize = 2), "m/a.tmpl.pyc"),
        ("m.py/a.py", _variant(layout = "sourceless"), "m.py/a.pyc"),
    ]:
        asserts.equals(env, want, paths.pyc_path(source, variant))
    return unittest.end(env)

_pyc_path_test = unittest.make(_pyc_path_test_impl)

def _places_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "_main/pkg/a.py", paths.runfiles_path("pkg/a.py", "_main"))
    asserts.equals(env, "other~/pkg/a.py", paths.runfiles_path("../other~/pkg/a.py", "_main"))
    asserts.equals(env, "pkg/a.py", paths.stored_name("pkg/a.py"))
    asserts.equals(env, "other~/pkg/a.py", paths.stored_name("../other~/pkg/a.py"))
    return unittest.end(env)

_places_test = unittest.make(_places_test_impl)

def _variant_folder_test_impl(ctx):
    env = unittest.begin(ctx)
    variants = [
        _variant(),
        _variant(python_version = "3.13"),
        _variant(optimize = 1),
        _variant(layout = "sourceless"),
        _variant(invalidation_mode = "checked_hash"),
    ]
    folders = {paths.variant_folder(variant): None for variant in variants}
    asserts.equals(env, len(variants), len(folders), "every way to compile has a folder of its own")
    return unittest.end(env)

_variant_folder_test = unittest.make(_variant_folder_test_impl)

def _import_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for entry, package, want in [
        (".", "pkg", "_main/pkg"),
        ("src", "pkg", "_main/pkg/src"),
        ("..", "pkg/lib", "_main/pkg"),
        ("../other/./src", "pkg/lib", "_main/pkg/other/src"),
        (".", "", "_main"),
        ("..", "pkg", "_main"),
        ("../..", "pkg", None),
        ("..", "", None),
    ]:
        asserts.equals(env, want, paths.import_path(entry, package, "_main"))
    return unittest.end(env)

_import_path_test = unittest.make(_import_path_test_impl)

def paths_test_suite(name):
    """The tests of this file.

    Args:
      name: the name of the test suite.
    """
    unittest.suite(
        name,
        _import_path_test,
        _places_test,
        _pyc_path_test,
        _variant_folder_test,
    )
