#!/bin/bash
# bazel-modules.sh [DIR]: the Bazel modules that this repository and its
# examples use, laid out under DIR (default: the cache folder's bazel-modules)
# so that Bazel needs neither a registry nor any download:
#   DIR/bzlmod.bazelrc      for a build with MODULE.bazel
#   DIR/workspace.bazelrc   for a build with WORKSPACE
#   DIR/mods/NAME           the modules
# Use: bazel --bazelrc=DIR/bzlmod.bazelrc build …
#
# rules_go and gazelle are Go modules and come through the Go module proxy, at
# the versions in MODULE.bazel; skylib, platforms, rules_cc and their like come
# from Debian (bazel.sh). For what neither has, modules/ beside this script
# holds stand-ins with the symbols that get loaded. Go itself is the host's.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/ci/lib.sh
source "$HERE/lib.sh"
REPOSITORY=$(cd "$HERE/../.." && pwd)

# version_of MODULE: the version that MODULE.bazel asks for.
version_of() {
  sed -n "s/^bazel_dep(name = \"$1\", .*version = \"\([^\"]*\)\".*/v\1/p" "$REPOSITORY/MODULE.bazel"
}

# from_go PATH@VERSION NAME: copies a Go module. Module zips have no executable
# bits, and the module cache is read-only.
from_go() {
  local dir
  dir=$(cd / && GOFLAGS='' GOWORK=off go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  [[ -n $dir ]] || die "downloading $1 through the Go module proxy did not succeed"
  cp -r "$dir" "$DIR/mods/$2"
  chmod -R u+w "$DIR/mods/$2"
  find "$DIR/mods/$2" -name '*.sh' -exec chmod +x {} +
  say "$2 is $1"
}

# from_debian NAME FOLDER: copies a module of bazel.sh's unpacked packages.
from_debian() {
  cp -rL "$CACHE/bazel/root/usr/share/bazel/$2" "$DIR/mods/$1"
  say "$1 is Debian's"
}

# Gazelle's zip lacks its nested module, and a repository rule builds its tools
# with `go build`, from modules that have to be in the cache by then.
gazelle() {
  local v2
  from_go "github.com/bazelbuild/bazel-gazelle@$(version_of gazelle)" gazelle
  v2=$(sed -n 's,^[[:space:]]*github.com/bazel-contrib/bazel-gazelle/v2 \(v[^ ]*\).*,\1,p' "$DIR/mods/gazelle/go.mod")
  if [[ -n $v2 && ! -d $DIR/mods/gazelle/v2 ]]; then
    from_go "github.com/bazel-contrib/bazel-gazelle/v2@$v2" gazelle/v2
    touch "$DIR/mods/gazelle/v2/go.sum"
  fi
  (cd "$DIR/mods/gazelle" && GOTOOLCHAIN=local go mod download)
}

# rules_go downloads the Go SDK that a module asks for. Here it takes the
# host's, and does not ask for the list of Go's releases.
rules_go() {
  from_go "github.com/bazelbuild/rules_go@$(version_of rules_go)" rules_go
  local file=$DIR/mods/rules_go/go/private/extensions.bzl
  sed -i '/^def _download_sdk(/a\
    if not goos and not goarch:\
        go_host_sdk_rule(name = name, experiments = download_tag.experiments)\
        return' "$file"
  grep -q '        go_host_sdk_rule(name = name, experiments = download_tag.experiments)$' "$file" ||
    die "rules_go's extensions.bzl is not as expected: update ${0##*/}"
  # The SDKs of other platforms would be registered by version.
  sed -i 's/^            if download_tag.version and not download_tag.goos and not download_tag.goarch:$/            if False:/' "$file"
}

# What Debian's bazel_features is too old to know.
bazel_features() {
  from_debian bazel_features tools/features
  sed -i 's/^_rules = struct(/&\n    instrumented_files_info_has_baseline_coverage_files = False,/' \
    "$DIR/mods/bazel_features/features.bzl"
}

# override FLAG NAME MODULE: one line of an rc file.
override() { printf 'common --override_%s=%s=%s/mods/%s\n' "$1" "$2" "$DIR" "$3"; }

common_flags() {
  # With the host's Go caches gazelle's repository rules take seconds instead
  # of minutes in each new output base.
  printf 'common --repo_env=GO_REPOSITORY_USE_HOST_CACHE=1 --repo_env=GOCACHE=%s --repo_env=GOMODCACHE=%s\n' \
    "$(go env GOCACHE)" "$(go env GOMODCACHE)"
  printf 'common --repo_env=GOPROXY=%s --repo_env=GONOSUMDB=%s --repo_env=GOTOOLCHAIN=local --repo_env=GOFLAGS=-modcacherw\n' \
    "$(go env GOPROXY)" "$(go env GONOSUMDB)"
  printf 'common --color=no --curses=no\n'
}

bazelrcs() {
  local module
  mkdir -p "$DIR/registry/modules"
  echo '{}' >"$DIR/registry/bazel_registry.json"
  {
    printf '# Written by %s.\n' "${0##*/}"
    printf 'common --registry=file://%s/registry --lockfile_mode=off --noenable_workspace\n' "$DIR"
    for module in "$DIR"/mods/*; do override module "$(basename "$module")" "$(basename "$module")"; done
    common_flags
  } >"$DIR/bzlmod.bazelrc"
  {
    printf '# Written by %s.\n' "${0##*/}"
    printf 'common --noenable_bzlmod --enable_workspace\n'
    override repository io_bazel_rules_go rules_go
    override repository bazel_gazelle gazelle
    override repository com_google_protobuf protobuf
    for module in bazel_features bazel_skylib package_metadata platforms rules_cc rules_java rules_license \
      rules_proto rules_python rules_shell; do
      override repository "$module" "$module"
    done
    common_flags
  } >"$DIR/workspace.bazelrc"
  for module in "$DIR"/mods/*; do [[ -e $module/WORKSPACE ]] || : >"$module/WORKSPACE"; done
}

main() {
  need go sed awk
  DIR=$(realpath -m "${1:-$CACHE/bazel-modules}")
  "$HERE/bazel.sh"
  local stamp name
  stamp=$(stamp_of "$DIR" "$(version_of rules_go)" "$(version_of gazelle)" "$(go env GOPROXY GOCACHE GOMODCACHE)" \
    "$(<"$CACHE/bazel/.finished")" "$(<"$HERE/rules-python-standin.sh")" \
    "$(find "$HERE/modules" -type f -print0 | sort -z | xargs -0 sha256sum)")
  lock "$DIR"
  if is_finished "$DIR" "$stamp"; then
    say "the modules are in $DIR"
    return
  fi
  say "laying out Bazel modules in $DIR"
  rm -rf "$DIR"
  mkdir -p "$DIR/mods"
  rules_go
  gazelle
  bazel_features
  from_debian bazel_skylib tools/skylib
  from_debian platforms tools/platforms
  for name in cc java license proto python shell; do from_debian "rules_$name" "rules/$name"; done
  for name in apple_support buildozer package_metadata protobuf zlib; do
    cp -r "$HERE/modules/$name" "$DIR/mods/$name"
    say "$name is a stand-in"
  done
  "$HERE/rules-python-standin.sh" "$DIR/mods/rules_python"
  bazelrcs
  mark_finished "$DIR" "$stamp"
  say "the modules are in $DIR, $(du -sm "$DIR" | cut -f 1) MB"
}

main "$@"
