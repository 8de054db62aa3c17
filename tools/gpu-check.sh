#!/usr/bin/env bash
# Makes DIR/xsam-gpu-check.tar.gz: everything to check and time xsam-engine on a machine that has an NVIDIA driver and nothing else. There:
#   tar xzf xsam-gpu-check.tar.gz && xsam-gpu-check/run.sh [--quick]
# Needs what tools/publish.sh needs.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
most_bytes=$((60 * 1000 * 1000))

fail() {
    echo "gpu-check: $1" >&2
    exit "${2:-1}"
}

[[ $# == 1 && -n "$1" && "$1" != -* ]] || fail "usage: tools/gpu-check.sh DIR" 2
mkdir -p "$1"
target="$(cd "$1" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
bundle="$scratch/xsam-gpu-check"
mkdir "$bundle"
"$root/tools/publish.sh" "$scratch/published" > /dev/null
cp "$scratch/published/xsam-engine" "$root/tools/gpu-check/run.sh" "$root"/tools/gpu-check/*.json "$root"/benchmarks/peers/torch_*.py "$bundle"
chmod +x "$bundle/run.sh"
tar -C "$scratch" --owner=0 --group=0 --sort=name -czf "$target/.xsam-gpu-check.tar.gz" xsam-gpu-check
bytes="$(stat -c %s "$target/.xsam-gpu-check.tar.gz")"
((bytes <= most_bytes)) || fail "the bundle has $bytes bytes; at most $most_bytes are wanted."
mv "$target/.xsam-gpu-check.tar.gz" "$target/xsam-gpu-check.tar.gz"
echo "$target/xsam-gpu-check.tar.gz ($bytes bytes)"
