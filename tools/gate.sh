#!/usr/bin/env bash
# Assembles every built kernel whose name matches PATTERN (all by default) for all supported cards, prints registers, shared memory and blocks per
# multiprocessor, and fails on spills, stack frames, or less than two blocks. ptxas comes into the user's cache folder. Exit code 3: there is no ptxas.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
configuration="${CONFIGURATION:-Release}"
ptxas="$("$root/tools/get-ptxas.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/xlstmsam/ptxas")"
exec dotnet "$root/tools/XlstmSam.KernelCompiler/bin/$configuration/net10.0/XlstmSam.KernelCompiler.dll" gate \
    "$root/kernels/XlstmSam.Kernels.Cuda/obj/$configuration/kernels.zip" "$ptxas" "$root/kernels/XlstmSam.Kernels.Cuda.Source/gate-exceptions.txt" "${1:-*}"
