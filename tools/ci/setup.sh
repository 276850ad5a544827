#!/bin/bash
# setup.sh: everything that .ci/run and the end-to-end tests use, under the
# cache folder ($RULES_PYC_CACHE, or ~/.cache/rules_pyc): real CPythons, a real
# Bazel with its modules, a cache server, an executor, and a Python with gRPC.
# Needs a Debian machine with Go, git and apt; what of Debian's own tools is
# missing it installs, as root.
#
# What is there already is kept, so that a second run takes seconds.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/ci/lib.sh
source "$HERE/lib.sh"

# install_missing PROGRAM=PACKAGE...: installs the packages of the programs
# that the host does not have.
install_missing() {
  local pair packages=()
  for pair; do
    command -v "${pair%%=*}" >/dev/null || packages+=("${pair#*=}")
  done
  [[ ${#packages[@]} -gt 0 ]] || return 0
  say "installing ${packages[*]}"
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${packages[@]}" >/dev/null
}

main() {
  need go git apt-get
  install_missing shellcheck=shellcheck unzip=unzip flock=util-linux xz=xz-utils zstd=zstd
  "$HERE/pythons.sh"
  "$HERE/bazel.sh"
  "$HERE/bazel-modules.sh"
  "$HERE/bazel-remote.sh"
  "$HERE/buildbox.sh"
  "$HERE/grpc-python.sh"
  say "$(du -sm "$CACHE" | cut -f 1) MB in $CACHE"
}

main "$@"
