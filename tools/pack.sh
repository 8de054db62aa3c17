#!/usr/bin/env bash
# Makes the NuGet packages of the libraries in DIR: Files, Imaging, Kernels, Kernels.Cpu, Kernels.Cuda, Engine, Models, Runtime. Needs the .NET 10 SDK.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
    echo "pack: $1" >&2
    exit "${2:-1}"
}

usage="usage: tools/pack.sh DIR [--no-build]
  --no-build  packs what the last build in Release left; it must have been one"
[[ "${1:-}" != -h && "${1:-}" != --help ]] || { echo "$usage"; exit 0; }
[[ $# -ge 1 && -n "$1" && "$1" != -* && ( $# -eq 1 || ( $# -eq 2 && "$2" == --no-build ) ) ]] || fail "$usage" 2
command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0." 3
mkdir -p "$1"
target="$(cd "$1" && pwd)"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# The runtime knows all the others; packing it builds them.
options=(-c Release -o "$target" -nodeReuse:false -v quiet)
[[ $# -eq 1 ]] || options+=(--no-build)
for project in engine/XlstmSam.Runtime kernels/XlstmSam.Kernels kernels/XlstmSam.Kernels.Cpu kernels/XlstmSam.Kernels.Cuda \
    engine/XlstmSam.Files engine/XlstmSam.Imaging engine/XlstmSam.Engine engine/XlstmSam.Models; do
    dotnet pack "$root/$project" "${options[@]}" > "$log" 2>&1 || { cat "$log" >&2; fail "packing $project failed; the messages above say why."; }
    [[ " ${options[*]} " == *" --no-build "* ]] || options+=(--no-build)
done
ls "$target"/XlstmSam.*.nupkg
