"""Tests of what the rules and the aspect declare, without running anything."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_python//python:py_library.bzl", "py_library")
load("//rules:defs.bzl", "PycInfo", "py_pyc_archive", "py_pyc_library")
load("//rules/private:py_info.bzl", "PyInfo")

def _compile_actions(actions):
    return [action for action in actions if action.mnemonic == "PycCompile"]

def _inside(file):
    """The path of an output below the folders of its target, variant and repository."""
    _, _, rest = file.short_path.partition(".pycs/")
    return "/".join(rest.split("/")[2:])

def _action_test_impl(ctx):
    env = analysistest.begin(ctx)
    actions = _compile_actions(analysistest.target_actions(env))
    asserts.equals(env, 2, len(actions), "one action for each source")
    for action in actions:
        asserts.equals(env, 1, len(action.outputs.to_list()))
        argv = action.argv
        asserts.equals(env, "worker", argv[1])
        request = argv[argv.index("--src"):]
        asserts.equals(env, [
            "--src",
            "--src_name",
            "--pyc",
            "--python_version",
            "--optimize",
            "--invalidation_mode",
        ], request[::2])
        source, name, pyc, version, optimize, mode = request[1::2]
        asserts.false(env, name.startswith("bazel-out"), "the stored name is no output path: " + name)
        asserts.true(env, source.endswith(name), "%s is stored for %s" % (name, source))
        asserts.equals(env, action.outputs.to_list()[0].path, pyc)
        asserts.equals(env, ["3.13", "1", "checked_hash"], [version, optimize, mode])
    return analysistest.end(env)

_action_test = analysistest.make(_action_test_impl)

def _names_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[PycInfo]
    asserts.equals(env, ctx.attr.want, [_inside(pyc) for pyc in info.transitive_pycs.to_list()])
    return analysistest.end(env)

_names_test = analysistest.make(_names_test_impl, attrs = {"want": attr.string_list()})

def _sources_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[PyInfo]
    sources = [source.basename for source in info.transitive_sources.to_list()]
    asserts.equals(env, sorted(ctx.attr.want), sorted(sources))
    target = analysistest.target_under_test(env)
    in_runfiles = [
        file.basename
        for file in target[DefaultInfo].default_runfiles.files.to_list()
        if file.extension == "py"
    ]
    asserts.equals(env, sorted(ctx.attr.want), sorted(in_runfiles))
    return analysistest.end(env)

_sources_test = analysistest.make(_sources_test_impl, attrs = {"want": attr.string_list()})

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    attrs = {"message": attr.string()},
    expect_failure = True,
)

def _subjects():
    """The targets that the tests look at. None of them is built."""
    tags = ["manual"]
    native.genrule(
        name = "generated",
        outs = ["generated.py"],
        cmd = "touch $@",
        tags = tags,
    )
    py_library(
        name = "base",
        srcs = ["base.py"],
        data = ["BUILD.bazel"],
        tags = tags,
    )
    py_library(
        name = "top",
        srcs = ["top.py"],
        tags = tags,
        deps = [":base"],
    )
    py_pyc_library(
        name = "own",
        srcs = ["base.py", ":generated"],
        invalidation_mode = "checked_hash",
        optimize = 1,
        python_version = "3.13",
        tags = tags,
    )
    py_pyc_library(
        name = "shared",
        srcs = ["base.py", "//rules/tests/foreign:foreign.py"],
        python_version = "3.14",
        tags = tags,
    )
    py_pyc_library(
        name = "closure",
        python_version = "3.12",
        tags = tags,
        deps = [":top"],
    )
    py_pyc_library(
        name = "sourceless",
        srcs = [":generated"],
        layout = "sourceless",
        optimize = 2,
        python_version = "3.12",
        tags = tags,
        deps = [":top"],
    )
    py_pyc_library(
        name = "mixed",
        optimize = 2,
        python_version = "3.13",
        tags = tags,
        deps = [":own"],
    )
    py_pyc_library(
        name = "outside",
        srcs = ["base.py"],
        imports = ["../../.."],
        python_version = "3.13",
        tags = tags,
    )
    py_pyc_archive(
        name = "archive_of_mixed",
        layout = "pycache",
        python_version = "3.11",
        tags = tags,
        deps = [":own"],
    )

def action_test_suite(name):
    """The tests of this file.

    Args:
      name: the name of the test suite.
    """
    _subjects()
    _action_test(
        name = "action_test",
        target_under_test = ":own",
    )
    _names_test(
        name = "foreign_source_test",
        target_under_test = ":shared",
        want = [
            "rules/tests/__pycache__/base.cpython-314.pyc",
            "rules/tests/foreign/__pycache__/foreign.cpython-314.pyc",
        ],
    )
    _names_test(
        name = "closure_test",
        target_under_test = ":closure",
        want = [
            "rules/tests/__pycache__/base.cpython-312.pyc",
            "rules/tests/__pycache__/top.cpython-312.pyc",
        ],
    )
    _names_test(
        name = "sourceless_test",
        target_under_test = ":sourceless",
        want = [
            "rules/tests/base.pyc",
            "rules/tests/top.pyc",
            "rules/tests/generated.pyc",
        ],
    )
    _sources_test(
        name = "sources_test",
        target_under_test = ":closure",
        want = ["base.py", "top.py"],
    )
    _sources_test(
        name = "no_sources_test",
        target_under_test = ":sourceless",
        want = [],
    )
    _failure_test(
        name = "mixed_test",
        message = "is compiled with optimize = 2, but depends on",
        target_under_test = ":mixed",
    )
    _failure_test(
        name = "archive_of_mixed_test",
        message = "is compiled with python_version = \"3.11\", but depends on",
        target_under_test = ":archive_of_mixed",
    )
    _failure_test(
        name = "imports_test",
        message = "leaves the repository",
        target_under_test = ":outside",
    )
    native.test_suite(
        name = name,
        tests = [
            ":action_test",
            ":archive_of_mixed_test",
            ":closure_test",
            ":foreign_source_test",
            ":imports_test",
            ":mixed_test",
            ":no_sources_test",
            ":sourceless_test",
            ":sources_test",
        ],
    )
