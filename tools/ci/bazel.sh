#!/bin/bash
# bazel.sh [DIR]: Bazel 7.7.1 from Debian's testing suite, on any older Debian,
# with no root rights, no chroot and nothing installed on the host.
#
# The packages are unpacked under DIR (default: the cache folder's bazel) and
# patched to use the C library, the JRE and the jars that were unpacked beside
# them; DIR must not be moved afterwards. Then
#   DIR/bazel ARGS...          runs it; $BAZEL_STARTUP adds startup options
#   DIR/root/usr/share/bazel   holds Debian's Bazel modules (bazel-modules.sh)
#
# The Debian mirror is the one of the host's apt configuration, or $MIRROR.
set -euo pipefail
# shellcheck source=tools/ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=7.7.1
SUITE=${SUITE:-testing}

# Packages that Bazel's own depend on, but which only compiling C++ or Java,
# installing packages, or other users of the same jars need.
UNNEEDED=(
  build-essential default-jdk-headless default-jre-headless java-common ca-certificates-java ca-certificates
  zlib1g-dev python3 perl perl-base debconf util-linux dpkg tar
  libjetty9-java libeclipse-jdt-core-java libbcprov-java
)

# patch FILE [RPATH]: makes a program of the unpacked system use its loader and
# libraries. Two calls: patchelf damages non-PIE programs when asked for both.
patch() {
  chmod u+w "$1"
  "${PATCHELF[@]}" --force-rpath --set-rpath "${2:+$2:}$LIBS" "$1"
  "${PATCHELF[@]}" --set-interpreter "$LOADER" "$1"
}

# The folder that Bazel believes it has extracted itself to, links resolved.
install_base() {
  local program
  cp -rL "$ROOT/usr/share/bazel" "$DIR/install"
  cp "$ROOT/usr/bin/bazel" "$DIR/client"
  for program in daemonize linux-sandbox process-wrapper build-runfiles embedded_tools/tools/zip/zipper/zipper; do
    patch "$DIR/install/$program"
  done
  patch "$DIR/client"
}

# jars FILE...: each jar and those which its manifest's Class-Path names.
jars() {
  local jar
  for jar; do
    printf '%s\n' "$jar"
    # A manifest folds its lines at 72 bytes, going on after a blank.
    "${UNZIP[@]}" -p "$(readlink -f "$ROOT$jar")" META-INF/MANIFEST.MF 2>/dev/null |
      tr -d '\r' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n //g' | sed -n 's/^Class-Path: //p' | tr ' ' '\n' |
      sed -n 's|^\(file:\)\{0,1\}/usr/share/java|/usr/share/java|p' || true
  done
}

# The server's class path is a list of absolute paths, as are the manifests'.
class_path() {
  local list=$DIR/install/bazel_classpath_debian_depends.txt
  local -a direct
  mapfile -t direct < <(grep . "$list")
  jars "${direct[@]}" | awk 'NF && !seen[$0]++' | sed "s,^,$ROOT," >"$list.new"
  mv -f "$list.new" "$list"
}

jre() {
  local home
  home=$(find "$ROOT/usr/lib/jvm" -mindepth 1 -maxdepth 1 -type d -name 'java-*-openjdk-*' | head -n 1)
  # The links that dangle belong to what is left out, such as the certificates.
  find "$home/lib" -xtype l -delete
  mkdir -p "$DIR/jre/bin"
  cp -L "$home/bin/java" "$DIR/jre/bin/java"
  cp -rL "$home/lib" "$DIR/jre/lib"
  cp -rL "$ROOT"/etc/java-*-openjdk "$DIR/jre/conf"
  patch "$DIR/jre/bin/java" "$DIR/jre/lib:$DIR/jre/lib/server"
  patch "$DIR/jre/lib/jspawnhelper"
}

launcher() {
  cat >"$DIR/bazel" <<EOF
#!/bin/bash
# shellcheck disable=SC2086 # a list of startup options
exec "$DIR/client" --nosystem_rc --install_base="$DIR/install" --trust_install_base \\
  --server_javabase="$DIR/jre" \${BAZEL_STARTUP:-} "\$@"
EOF
  chmod +x "$DIR/bazel"
}

main() {
  need apt-get dpkg-deb flock awk sed
  DIR=$(realpath -m "${1:-$CACHE/bazel}")
  ROOT=$DIR/root
  local stamp java
  stamp=$(stamp_of "$DIR" "$SUITE")
  lock "$DIR"
  if is_finished "$DIR" "$stamp"; then
    say "$("$DIR/bazel" --version) is in $DIR"
    return
  fi
  say "unpacking Bazel $VERSION from Debian $SUITE into $DIR"
  rm -rf "$DIR"
  private_apt "$DIR/apt" "$SUITE" "${UNNEEDED[@]}"
  java=$(apt-cache show default-jre-headless | sed -n 's/^Depends: .*\(openjdk-[0-9]*-jre-headless\).*/\1/p' | head -n 1)
  unpack_debs "$DIR/apt" "$ROOT" bazel-bootstrap bazel-rules-shell "$java" patchelf unzip
  LOADER=$(loader_of "$ROOT")
  LIBS=$(dirname "$(find "$ROOT/usr/lib" -name libc.so.6 | head -n 1)")
  PATCHELF=("$LOADER" --library-path "$LIBS" "$ROOT/usr/bin/patchelf")
  UNZIP=("$LOADER" --library-path "$LIBS" "$ROOT/usr/bin/unzip")
  install_base
  class_path
  jre
  launcher
  rm -rf "$DIR/apt"
  [[ $("$DIR/bazel" --version) == "bazel $VERSION"* ]] ||
    die "Debian $SUITE has $("$DIR/bazel" --version), and this repository is tested with $VERSION: update VERSION here and .bazelversion"
  mark_finished "$DIR" "$stamp"
  say "$("$DIR/bazel" --version) is in $DIR, $(du -sm "$DIR" | cut -f 1) MB"
}

main "$@"
