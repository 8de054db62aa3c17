#!/usr/bin/env bash
# Makes DIR/libcuda.so.1: a CUDA driver without a card, for tests. It runs PTX on the processor and checks every access (tests/XlstmSam.EmulatedDriver):
#   LD_LIBRARY_PATH=DIR xsam-engine verify --device cuda --filter Conv3d
# Takes about a minute. Needs the .NET 10 SDK, a C compiler to link with, and NuGet's registry.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
project="$root/tests/XlstmSam.EmulatedDriver/XlstmSam.EmulatedDriver.csproj"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
    echo "emulated-driver: $1" >&2
    exit "${2:-1}"
}

[[ $# == 1 && -n "$1" && "$1" != -* ]] || fail "usage: tools/emulated-driver.sh DIR" 2
[[ "$(uname -sm)" == "Linux x86_64" ]] || fail "this makes a library for Linux on x86-64, on such a machine; this one is $(uname -sm)." 3
command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0." 3
command -v clang > /dev/null || command -v gcc > /dev/null || fail "a C compiler is missing; on Debian: apt-get install gcc libc6-dev." 3
mkdir -p "$1"
target="$(cd "$1" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
if ! dotnet publish "$project" -c Release -r linux-x64 -p:PublishAot=true --artifacts-path "$scratch/build" -o "$scratch/out" -nodeReuse:false -v quiet > "$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    fail "the build failed; the messages above say why."
fi

cp "$scratch/out/XlstmSam.EmulatedDriver.so" "$target/.libcuda.so.1"
mv "$target/.libcuda.so.1" "$target/libcuda.so.1"
echo "$target/libcuda.so.1"
