"""How a target compiles its sources: attributes, and the choice of a version."""

load("//rules:toolchain.bzl", "PYC_TOOLCHAIN_TYPE")
load(":paths.bzl", "INVALIDATION_MODES", "LAYOUTS")
load(":py_info.bzl", "PYTHON_TOOLCHAIN_TYPE")
load(":versions.bzl", "PYTHON_VERSIONS")

# The attributes of everything that compiles. They have closed sets of values so
# that the aspect can take them from the rule that applies it.
VARIANT_ATTRS = {
    "invalidation_mode": attr.string(
        default = "unchecked_hash",
        doc = """How Python checks a pyc against its source: `unchecked_hash` (never),
`checked_hash` (by content, each time it is loaded), or `timestamp` (by the
source's time and size; such a pyc is not reproducible, and Bazel's sources have
no times to rely on).""",
        values = INVALIDATION_MODES,
    ),
    "layout": attr.string(
        default = "pycache",
        doc = """Where the pycs go: `pycache` (`__pycache__/name.cpython-314.pyc` beside the
source, for programs that ship their sources) or `sourceless` (`name.pyc` in the
place of the source, for programs that do not).""",
        values = LAYOUTS,
    ),
    "optimize": attr.int(
        default = 0,
        doc = """The level of optimisation: 0, 1 (`python -O`: no asserts) or 2 (`-OO`: no
docstrings either). It is part of the name of a pyc in `__pycache__`, where only an
interpreter of the same level finds it.""",
        values = [0, 1, 2],
    ),
    "python_version": attr.string(
        doc = """The version of Python to compile for, such as `3.14`. Without it, that of the
Python toolchain in use, or else that of the pyc toolchain.""",
        values = [""] + PYTHON_VERSIONS,
    ),
}

# The toolchains that a rule or aspect with VARIANT_ATTRS needs.
VARIANT_TOOLCHAINS = [
    PYC_TOOLCHAIN_TYPE,
    config_common.toolchain_type(PYTHON_TOOLCHAIN_TYPE, mandatory = False),
]

# What must be equal among targets whose pycs end up in one program.
_COMMON = ["python_version", "optimize", "layout"]

def _version_of_python_toolchain(ctx):
    toolchain = ctx.toolchains[PYTHON_TOOLCHAIN_TYPE]
    runtime = getattr(toolchain, "py3_runtime", None) if toolchain else None
    info = getattr(runtime, "interpreter_version_info", None)
    if not info:
        return None  # a runtime that is found when the program starts
    version = "{}.{}".format(info.major, info.minor)
    return version if version in PYTHON_VERSIONS else None

def _python_version(ctx):
    version = (
        ctx.attr.python_version or
        _version_of_python_toolchain(ctx) or
        ctx.toolchains[PYC_TOOLCHAIN_TYPE].pyc.python_version
    )
    if not version:
        fail(("%s: no Python version to compile for: the Python toolchain in use has none of %s. " +
              "Set python_version on the target, or on a pyc_toolchain.") % (ctx.label, ", ".join(PYTHON_VERSIONS)))
    return version

def variant_of(ctx):
    """Returns how a target is compiled.

    Args:
      ctx: the context of a rule or aspect with VARIANT_ATTRS and VARIANT_TOOLCHAINS.

    Returns:
      A struct with python_version, optimize, layout and invalidation_mode.
    """
    return struct(
        invalidation_mode = ctx.attr.invalidation_mode,
        layout = ctx.attr.layout,
        optimize = ctx.attr.optimize,
        python_version = _python_version(ctx),
    )

def check_variant(label, variant, dep_label, info):
    """Fails if a dependency is compiled in another way than its dependent.

    Args:
      label: the dependent.
      variant: how it is compiled.
      dep_label: the dependency.
      info: its PycInfo.
    """
    for field in _COMMON:
        want, got = getattr(variant, field), getattr(info, field)
        if want != got:
            fail("%s is compiled with %s = %r, but depends on %s, which is compiled with %r" %
                 (label, field, want, dep_label, got))
