#!/bin/bash
# proto.sh: checks the interfaces in proto/: their style, that what clients rely
# on still works, and that the generated code is that of the .proto files.
#
#   proto.sh            checks
#   proto.sh --release  makes the interfaces of this checkout those that later
#                       ones are compared with; for releases
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/ci/lib.sh
source "$HERE/lib.sh"
ROOT=$(realpath "$HERE/../..")
# The version that "go generate" runs, so that there is one to build.
BUF=$(sed -n 's/^\/\/go:generate go run \(github.com[^ ]*\) .*/\1/p' "$ROOT/proto/bazel/worker/doc.go")
buf() { go run "$BUF" "$@"; }

main() {
  need go
  cd "$ROOT/proto"
  if [[ ${1:-} == --release ]]; then
    buf build --exclude-source-info -o released.binpb
    return
  fi
  buf lint
  buf breaking --against released.binpb
  local made
  made=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$made'" EXIT
  buf generate --template buf.gen.yaml --output "$made" .
  (cd "$made" && find . -name '*.go') | while read -r file; do
    diff -u "$file" "$made/$file" || die "proto/$file is not current: run \"go generate ./proto/...\""
  done
  say "the interfaces are well, and their generated code is current"
}

main "$@"
