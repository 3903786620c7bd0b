#!/usr/bin/env bash
# Fetches and unpacks Debian's kernel source packages, for scripts/ecosystem.mjs and scripts/bench.mjs.
#
#   scripts/fetch-kernels.sh DEST VERSION…        e.g. scripts/fetch-kernels.sh ~/kernels 6.12 7.2
#
# Leaves DEST/linux-source-VERSION, about 1.7 GB each. The mirror is the one that this machine's apt uses; its suites
# stable, testing and unstable are searched too. Nothing is installed and apt's own state is not touched.
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
mkdir -p "$1"
dest=$(cd "$1" && pwd)
shift

work=$(mktemp -d "$dest/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The repository that the base system comes from: the first that is not a security suite.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | grep -v security | head -n 1 | cut -d ' ' -f 1)
if [ -z "$mirror" ]; then
  echo 'apt has no package source configured' >&2
  exit 1
fi
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"
cp -r /etc/apt/sources.list /etc/apt/sources.list.d/. "$work/sources/" 2>/dev/null || true
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
for suite in stable testing unstable; do
  echo "deb [signed-by=$keyring] $mirror $suite main"
done > "$work/sources/fetch-kernels.list"
apt=(apt-get -qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$work/sources" -o "Dir::State::Lists=$work/lists"
  -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)

"${apt[@]}" update
for version in "$@"; do
  if [ -d "$dest/linux-source-$version" ]; then
    echo "linux-source-$version: already there"
    continue
  fi
  (cd "$work" && "${apt[@]}" download "linux-source-$version")
  deb=$(echo "$work/linux-source-$version"_*.deb)
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work" "./usr/src/linux-source-$version.tar.xz"
  tar -x -C "$work" -f "$work/usr/src/linux-source-$version.tar.xz"
  mv "$work/linux-source-$version" "$dest/"
  echo "linux-source-$version: $(basename "$deb")"
  rm -f "$deb" "$work/usr/src/linux-source-$version.tar.xz"
done
