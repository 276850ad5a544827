#!/bin/bash
# pythons.sh [DIR]: real CPython 3.13, 3.14 and 3.15 with their standard
# libraries and test suites, from Debian's testing suite, unpacked under DIR
# (default: the cache folder's pythons). No root rights are needed and nothing
# is installed on the host. Then
#   DIR/bin/python3.14              runs it
#   DIR/root/usr/lib/python3.14     is its standard library, Lib/test included
#
# The interpreters run through the unpacked loader, because the host's C
# library may be too old for them. The Debian mirror is the one of the host's
# apt configuration, or $MIRROR.
set -euo pipefail
# shellcheck source=tools/ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
SUITE=${SUITE:-testing}
VERSIONS=(3.13 3.14 3.15)

# wrapper VERSION: writes DIR/bin/pythonVERSION.
wrapper() {
  local program=$DIR/root/usr/bin/python$1
  cat >"$DIR/bin/python$1.new" <<EOF
#!/bin/sh
exec $LOADER --library-path $LIBS --argv0 $program $program "\$@"
EOF
  chmod +x "$DIR/bin/python$1.new"
  mv "$DIR/bin/python$1.new" "$DIR/bin/python$1"
}

check() {
  # Also leaves bytecode of what every compilation imports, as an installation has.
  "$DIR/bin/python$1" -I -c 'import py_compile, sys, test.support; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$1" ||
    die "$DIR/bin/python$1 does not run as Python $1 with its test suite"
  say "python$1 is $("$DIR/bin/python$1" -c 'import platform; print(platform.python_version())')"
}

main() {
  need apt-get dpkg-deb flock
  DIR=$(realpath -m "${1:-$CACHE/pythons}")
  local stamp version
  local -a packages
  stamp=$(stamp_of "$DIR" "$SUITE")
  lock "$DIR"
  if ! is_finished "$DIR" "$stamp"; then
    say "unpacking Python ${VERSIONS[*]} from Debian $SUITE into $DIR"
    for version in "${VERSIONS[@]}"; do packages+=("python$version" "libpython$version-testsuite"); done
    rm -rf "$DIR/root.new" "$DIR/root.old" "$DIR/.finished"
    mkdir -p "$DIR/bin"
    private_apt "$DIR/apt" "$SUITE"
    unpack_debs "$DIR/apt" "$DIR/root.new" "${packages[@]}"
    # Somebody may be running the interpreters of an earlier run.
    [[ ! -e $DIR/root ]] || mv "$DIR/root" "$DIR/root.old"
    mv "$DIR/root.new" "$DIR/root"
    rm -rf "$DIR/root.old" "$DIR/apt"
    LOADER=$(loader_of "$DIR/root")
    LIBS=$(dirname "$(find "$DIR/root/usr/lib" -name libc.so.6 | head -n 1)")
    for version in "${VERSIONS[@]}"; do wrapper "$version"; done
    mark_finished "$DIR" "$stamp"
  fi
  for version in "${VERSIONS[@]}"; do check "$version"; done
}

main "$@"
