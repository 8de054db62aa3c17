#!/usr/bin/env bash
# Puts NVIDIA's PTX assembler, ptxas 12.4, into DIR: the one program of Debian's package nvidia-cuda-toolkit that the kernels' gate needs. Needs apt and a
# network but no root; nothing is installed and no apt source of the machine is touched. Prints the program's path. Exit code 3: not possible here.
set -euo pipefail
[[ $# == 1 && -n "$1" && "$1" != -* ]] || { echo "usage: tools/get-ptxas.sh DIR" >&2; exit 2; }
program="$1/ptxas"
if [[ -x "$program" ]]; then
    echo "$program"
    exit 0
fi

skip() {
    echo "get-ptxas: $1" >&2
    exit 3
}

command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || skip "there is no apt on this machine; put ptxas 12.4 into $1."
[[ "$(uname -m)" == x86_64 ]] || skip "Debian has ptxas for x86-64 only."
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r "$keys" ]] || skip "$keys is missing: this is no Debian."
archive="$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u | head -1)"
[[ -n "$archive" ]] || archive=http://deb.debian.org/debian/

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,archives/partial,parts}
echo "deb [arch=amd64 signed-by=$keys] $archive trixie non-free" > "$work/sources.list"
apt=(apt-get -qq -o Acquire::Retries=3 -o APT::Architecture=amd64 -o APT::Sandbox::User=root
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" -o Dir::State::Lists="$work/lists"
    -o Dir::Cache::archives="$work/archives" -o Dir::Cache::pkgcache="$work/packages.bin" -o Dir::Cache::srcpkgcache="$work/sources.bin")
{ "${apt[@]}" update && cd "$work" && "${apt[@]}" download nvidia-cuda-toolkit; } > "$work/log" 2>&1 ||
    { tail -3 "$work/log" >&2; skip "nvidia-cuda-toolkit could not be fetched from $archive."; }
cd - > /dev/null
dpkg-deb --fsys-tarfile "$work"/nvidia-cuda-toolkit_*.deb | tar -x -C "$work" ./usr/bin/ptxas
mkdir -p "$1"
install -m 755 "$work/usr/bin/ptxas" "$1/.ptxas.$$"
mv "$1/.ptxas.$$" "$program"
echo "$program"
