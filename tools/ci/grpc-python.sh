#!/bin/bash
# grpc-python.sh [DIR]: a Python with gRPC's own client library, from Debian's
# testing suite, unpacked under DIR (default: the cache folder's grpc-python).
# It is the client in another language that the compile service is tested with.
# No root rights are needed and nothing is installed on the host. Then
#   DIR/bin/python   runs it
set -euo pipefail
# shellcheck source=tools/ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SUITE=${SUITE:-testing}

# wrapper: writes DIR/bin/python.
wrapper() {
  local libs program
  libs=$(dirname "$(find "$DIR/root/usr/lib" -name libc.so.6 | head -n 1)")
  program=$(realpath "$DIR/root/usr/bin/python3")
  mkdir -p "$DIR/bin"
  cat >"$DIR/bin/python" <<EOF
#!/bin/sh
PYTHONPATH=$DIR/root/usr/lib/python3/dist-packages exec $(loader_of "$DIR/root") --library-path $libs --argv0 $program $program "\$@"
EOF
  chmod +x "$DIR/bin/python"
}

main() {
  need apt-get dpkg-deb flock
  local stamp
  DIR=$(realpath -m "${1:-$CACHE/grpc-python}")
  stamp=$(stamp_of "$DIR" "$SUITE")
  lock "$DIR"
  if ! is_finished "$DIR" "$stamp"; then
    say "unpacking Python's grpc from Debian $SUITE into $DIR"
    rm -rf "$DIR/root" "$DIR/.finished"
    private_apt "$DIR/apt" "$SUITE"
    unpack_debs "$DIR/apt" "$DIR/root" python3 python3-grpcio python3-protobuf
    rm -rf "$DIR/apt"
    wrapper
    mark_finished "$DIR" "$stamp"
  fi
  say "$("$DIR/bin/python" -c 'import sys, grpc, google.protobuf as p; print("grpc", grpc.__version__, "and protobuf", p.__version__, "for Python", sys.version.split()[0])')"
}

main "$@"
