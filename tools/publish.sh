#!/usr/bin/env bash
# Makes DIR/xsam-engine, one native program that needs neither .NET nor any library but libc and libm, and DIR/xsam-engine-VERSION-linux-x64.tar.gz
# with it, the README, the licence and the notices of others' works. It needs AVX2 and FMA; with x86-64-v4 it needs AVX-512, which is then used. Takes about a minute. Needs the .NET 10 SDK, a C compiler to link with, and NuGet's registry.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
project="$root/tools/XlstmSam.Cli/XlstmSam.Cli.csproj"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
    echo "publish: $1" >&2
    exit "${2:-1}"
}

level="${2:-x86-64-v3}"
[[ $# -ge 1 && $# -le 2 && -n "$1" && "$1" != -* && "$level" =~ ^x86-64-v[34]$ ]] || fail "usage: tools/publish.sh DIR [x86-64-v3|x86-64-v4]" 2
[[ "$(uname -sm)" == "Linux x86_64" ]] || fail "this makes a program for Linux on x86-64, on such a machine; this one is $(uname -sm)." 3
command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0." 3
mkdir -p "$1"
target="$(cd "$1" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# The same choice as the build's: clang, else gcc.
can_link() {
    local compiler
    compiler="$(command -v clang || command -v gcc)" && echo 'int main(void) { return 0; }' | "$compiler" -x c -o "$scratch/linked" - -lm 2> /dev/null
}

install_linker() {
    local packages=(gcc libc6-dev)
    echo "publish: there is no C compiler to link with; installing ${packages[*]}." >&2
    apt install "${packages[@]}" || { apt update && apt install "${packages[@]}"; } || { tail -3 "$scratch/apt" >&2; return 1; }
}

apt() {
    local command=(env DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends "$@")
    [[ "$(id -u)" == 0 ]] || command=(sudo -n "${command[@]}")
    "${command[@]}" >> "$scratch/apt" 2>&1 < /dev/null
}

can_link || { install_linker && can_link; } ||
    fail "a C compiler is missing and could not be installed; on Debian: apt-get install gcc libc6-dev (or clang), elsewhere gcc or clang with the C library's headers." 3

runtime="$(dotnet msbuild "$project" -getProperty:BundledNETCoreAppPackageVersion)"
echo "publish: compiling to native code, about a minute." >&2
if ! dotnet publish "$project" -c Release -r linux-x64 -p:PublishAot=true -p:IlcInstructionSet="$level" --artifacts-path "$scratch/build" -o "$scratch/out" -nodeReuse:false -v quiet > "$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    ! grep -q "error NU" "$scratch/log" ||
        fail "a package could not be fetched; the native compiler of this SDK is runtime.linux-x64.Microsoft.DotNet.ILCompiler $runtime." 3
    fail "the build failed; the messages above say why."
fi

name="xsam-engine-$(dotnet msbuild "$project" -getProperty:Version)-linux-${level/x86-64-v3/x64}"
mkdir "$scratch/$name"
cp "$scratch/out/xsam-engine" "$root/README.md" "$root/LICENSE" "$root/NOTICE" "$root/THIRD-PARTY-NOTICES.md" "$scratch/$name"
mkdir "$scratch/$name/licences"
install -m 644 "$root/training/XlstmSam.Training/Metrics/Tables/LICENSE.surface-distance" "$scratch/$name/licences/surface-distance.txt"
install -m 644 "${NUGET_PACKAGES:-$HOME/.nuget/packages}/runtime.linux-x64.microsoft.dotnet.ilcompiler/$runtime/THIRD-PARTY-NOTICES.TXT" "$scratch/$name/licences/dotnet-runtime.txt"
tar -C "$scratch" --owner=0 --group=0 --sort=name -czf "$target/.$name.tar.gz" "$name"
cp "$scratch/out/xsam-engine" "$target/.xsam-engine"
sync "$target/.$name.tar.gz" "$target/.xsam-engine"
mv "$target/.$name.tar.gz" "$target/$name.tar.gz"
mv "$target/.xsam-engine" "$target/xsam-engine"
echo "$target/xsam-engine"
echo "$target/$name.tar.gz"
