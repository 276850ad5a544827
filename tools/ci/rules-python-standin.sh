#!/bin/bash
# rules-python-standin.sh DIR: lays a test double of rules_python's
# precompiling (modules/rules_python, beside this script) over DIR, a copy of a
# rules_python that is older than precompiling, such as Debian's 0.22.
#
# It is a stand-in, not rules_python: see the head of pyc_stand_in.bzl.
set -euo pipefail
# shellcheck source=tools/ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -eq 1 && -f $1/python/BUILD.bazel ]] || die "usage: ${0##*/} DIR, where DIR holds rules_python"
[[ ! -e $1/python/py_exec_tools_toolchain.bzl ]] || die "$1 can precompile: nothing to stand in for"

cp "$(dirname "${BASH_SOURCE[0]}")/modules/rules_python/python/private/pyc_stand_in.bzl" "$1/python/private/"
export_from_stand_in() {
  printf '"""Public entry point for %s (stand-in)."""\n\nload("//python/private:pyc_stand_in.bzl", _symbol = "%s")\n\n%s = _symbol\n' \
    "$2" "$2" "$2" >"$DIR/python/$1.bzl"
}
DIR=$1
for symbol in py_library py_binary py_test py_runtime py_runtime_pair py_exec_tools_toolchain; do
  export_from_stand_in $symbol $symbol
done
export_from_stand_in py_runtime_info PyRuntimeInfo
export_from_stand_in py_exec_tools_info PyExecToolsInfo
cat >>"$DIR/python/BUILD.bazel" <<'EOF'

toolchain_type(name = "exec_tools_toolchain_type")

filegroup(name = "none")
EOF
cat >>"$DIR/python/config_settings/BUILD.bazel" <<'EOF'

load("@bazel_skylib//rules:common_settings.bzl", "string_flag")

string_flag(
    name = "precompile",
    build_setting_default = "auto",
    values = ["auto", "enabled", "disabled", "force_enabled", "force_disabled"],
    visibility = ["//visibility:public"],
)
EOF
say "laid a stand-in for precompiling over $DIR"
