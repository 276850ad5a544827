#!/bin/bash
# buildbox.sh [DIR]: BuildBox, a REAPI server that caches and executes and
# tools that speak to one, from Debian's testing suite, unpacked under DIR
# (default: the cache folder's buildbox). No root rights are needed and nothing
# is installed on the host. Then
#   DIR/bin/buildbox-casd             is the server
#   DIR/bin/buildbox-run-hosttools    carries out its actions, with the tools of
#                                     the host: the server's --buildbox-run
#   DIR/bin/casupload                 uploads a tree, or says what its digest is
#
# The programs run through the unpacked loader, because the host's C library
# may be too old for them. The Debian mirror is the one of the host's apt
# configuration, or $MIRROR.
set -euo pipefail
# shellcheck source=tools/ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SUITE=${SUITE:-testing}
PROGRAMS=(buildbox-casd buildbox-run-hosttools casupload)

# wrapper PROGRAM: writes DIR/bin/PROGRAM.
wrapper() {
  local program=$DIR/root/usr/bin/$1
  [[ -x $program ]] || die "Debian $SUITE's buildbox has no program $1"
  cat >"$DIR/bin/$1" <<EOF
#!/bin/sh
exec $LOADER --library-path $LIBS --argv0 $program $program "\$@"
EOF
  chmod +x "$DIR/bin/$1"
}

main() {
  need apt-get dpkg-deb flock
  DIR=$(realpath -m "${1:-$CACHE/buildbox}")
  local stamp program
  stamp=$(stamp_of "$DIR" "$SUITE")
  lock "$DIR"
  if ! is_finished "$DIR" "$stamp"; then
    say "unpacking BuildBox from Debian $SUITE into $DIR"
    rm -rf "$DIR"
    mkdir -p "$DIR/bin"
    private_apt "$DIR/apt" "$SUITE"
    unpack_debs "$DIR/apt" "$DIR/root" buildbox
    rm -rf "$DIR/apt"
    LOADER=$(loader_of "$DIR/root")
    LIBS=$(dirname "$(find "$DIR/root/usr/lib" -name libc.so.6 | head -n 1)")
    for program in "${PROGRAMS[@]}"; do wrapper "$program"; done
    mark_finished "$DIR" "$stamp"
  fi
  say "$("$DIR/bin/buildbox-casd" --version 2>&1 | head -n 1) is in $DIR, $(du -sm "$DIR" | cut -f 1) MB"
}

main "$@"
