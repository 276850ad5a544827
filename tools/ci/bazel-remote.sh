#!/bin/bash
# bazel-remote.sh [DIR]: builds bazel-remote, a cache server for Bazel, from the
# Go module proxy as DIR/bazel-remote (default: the cache folder's bin).
#
# It is built by the module in the folder bazel-remote beside this script, which
# pins it and all it depends on.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/ci/lib.sh
source "$HERE/lib.sh"

main() {
  need go
  local dir
  dir=$(realpath -m "${1:-$CACHE/bin}")
  lock "$dir/bazel-remote"
  # Go's build cache knows whether there is anything to do.
  GOFLAGS='' GOWORK=off CGO_ENABLED=0 go -C "$HERE/bazel-remote" build -trimpath -o "$dir/bazel-remote" github.com/buchgr/bazel-remote/v2
  say "$(go version -m "$dir/bazel-remote" | awk '$1 == "dep" && $2 ~ /buchgr/ || $1 == "mod" && $2 ~ /buchgr/ {print "bazel-remote", $3}') is $dir/bazel-remote"
}

main "$@"
