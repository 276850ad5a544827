# shellcheck shell=bash
# What the scripts beside this file share. Sourced, never run.

# The folder that everything downloaded or built goes under.
# shellcheck disable=SC2034 # used by the scripts
CACHE=${RULES_PYC_CACHE:-$HOME/.cache/rules_pyc}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# need PROGRAM...: fails early, and by name, when the host lacks one.
need() {
  local program
  for program; do
    command -v "$program" >/dev/null || die "needs $program, which is not on the PATH"
  done
}

# A folder is finished when it holds a stamp made from everything it was made
# by: the scripts' text and the arguments given here. A run that was cut short
# leaves no stamp, a changed script leaves an outdated one; both are redone.
stamp_of() { { cat "$(dirname "${BASH_SOURCE[0]}")/lib.sh" "$0" && printf '%s\n' "$@"; } | sha256sum | cut -d ' ' -f 1; }
is_finished() { [[ -f $1/.finished && $(<"$1/.finished") == "$2" ]]; }
mark_finished() { printf '%s\n' "$2" >"$1/.finished"; }

# lock DIR: waits until no other run works on DIR. Held until the script ends.
lock() {
  mkdir -p "$(dirname "$1")"
  exec 9>"$1.lock"
  flock 9
}

# The URI of a Debian mirror: $MIRROR, or the one the host's own apt uses.
debian_mirror() {
  local uri=${MIRROR:-}
  # shellcheck disable=SC2016 # $(REPO_URI) is apt's
  [[ -n $uri ]] || uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
    grep -v security | head -n 1)
  [[ -n $uri ]] || die "no Debian mirror in this host's apt configuration; set MIRROR to the URI of one"
  printf '%s\n' "${uri%/}"
}

# private_apt DIR SUITE PACKAGE...: makes apt-get look at SUITE with its state
# under DIR, as an ordinary user, and believe that each PACKAGE is installed
# (so that neither it nor what only it needs is ever downloaded). The host's
# own lists and package database are not touched; signatures are checked.
private_apt() {
  local dir=$1 suite=$2 package
  shift 2
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
  : >"$dir/status"
  for package; do
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: %s\nVersion: 999:0\nMaintainer: none\nMulti-Arch: foreign\nDescription: none\n\n' \
      "$package" "$(dpkg --print-architecture)" >>"$dir/status"
  done
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
    "$(debian_mirror)" "$suite" >"$dir/sources.list"
  cat >"$dir/apt.conf" <<EOF
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::State::extended_states "$dir/extended_states";
Dir::Cache "$dir/cache";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Debug::NoLocking "true";
EOF
  export APT_CONFIG=$dir/apt.conf
  apt-get -qq update
}

# unpack_debs DIR ROOT PACKAGE...: downloads the packages and all they depend
# on into private_apt's DIR and unpacks them, without installing, under ROOT.
# Absolute links are made relative, so that they stay inside ROOT.
unpack_debs() {
  local dir=$1 root=$2 deb link
  shift 2
  find "$dir/cache/archives" -maxdepth 1 -name '*.deb' -delete
  apt-get -qq -y --download-only install "$@" </dev/null >&2
  mkdir -p "$root"
  for deb in "$dir"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$root"; done
  while read -r link; do
    ln -sfnr "$root$(readlink "$link")" "$link"
  done < <(find "$root" -type l -lname '/*')
  say "unpacked $(find "$dir/cache/archives" -maxdepth 1 -name '*.deb' | wc -l) packages:" \
    "$(du -sm "$root" | cut -f 1) MB in $root"
}

# loader_of ROOT: the dynamic loader of an unpacked system.
loader_of() {
  local found
  found=$(find "$1/usr/lib" "$1/usr/lib64" \( -name 'ld-linux-*.so.2' -o -name 'ld-linux-*.so.1' \) 2>/dev/null | head -n 1)
  [[ -n $found ]] || die "no dynamic loader in $1"
  printf '%s\n' "$found"
}
