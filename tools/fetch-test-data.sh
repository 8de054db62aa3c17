#!/usr/bin/env bash
# Fetches the hippocampus task of the Medical Segmentation Decathlon (27 MB, CC BY-SA 4.0) into DIR and writes the manifest.json that tests and xsam-engine read:
# every fourth subject is for validation. Needs curl and tar. Another address of the same archive may be given; nothing in DIR is overwritten.
set -euo pipefail

fail() {
    echo "fetch-test-data: $1" >&2
    exit "${2:-1}"
}

[[ $# -ge 1 && $# -le 2 && -n "$1" && "$1" != -* ]] || fail "usage: tools/fetch-test-data.sh DIR [URL]" 2
[[ ! -e "$1/manifest.json" ]] || fail "'$1' has a manifest.json already; give another folder or remove it." 2
url="${2:-https://msd-for-monai.s3-us-west-2.amazonaws.com/Task04_Hippocampus.tar}"
for tool in curl tar; do
    command -v "$tool" > /dev/null || fail "'$tool' is missing; on Debian: apt-get install $tool." 3
done
mkdir -p "$1"
target="$(cd "$1" && pwd)"
scratch="$(mktemp -d "$target/.fetching.XXXXXX")"
trap 'rm -rf "$scratch"' EXIT

curl -fsSL -o "$scratch/archive.tar" "$url" || fail "'$url' could not be fetched; give the address of Task04_Hippocampus.tar as the second argument."
tar -C "$scratch" -xf "$scratch/archive.tar" --exclude='._*' || fail "what '$url' gave is not a tar archive."
task="$(dirname "$(find "$scratch" -type d -name imagesTr -print -quit)")"
[[ -d "$task/labelsTr" ]] || fail "the archive of '$url' has no imagesTr and labelsTr; expected the Decathlon's layout."
[[ ! -e "$target/nifti" ]] || fail "'$target/nifti' exists already; give another folder or remove it." 2

mkdir -p "$scratch/nifti"
number=0 separator=""
{
    printf '{"version": 1, "cases": ['
    for image in "$task"/imagesTr/*.nii.gz; do
        id="$(basename "$image" .nii.gz)"
        [[ -e "$task/labelsTr/$id.nii.gz" ]] || continue
        cp "$image" "$scratch/nifti/${id}_image.nii.gz"
        cp "$task/labelsTr/$id.nii.gz" "$scratch/nifti/${id}_label.nii.gz"
        split=train
        (( number % 4 != 3 )) || split=val
        printf '%s\n {"id": "%s", "modality": "MRI", "split": "%s", "image": "nifti/%s_image.nii.gz", "label": "nifti/%s_label.nii.gz",' "$separator" "$id" "$split" "$id" "$id"
        printf ' "licence": "CC-BY-SA-4.0", "label_names": {"1": "anterior hippocampus", "2": "posterior hippocampus"}}'
        separator="," number=$((number + 1))
    done
    printf '\n]}\n'
} > "$scratch/manifest.json"
[[ "$number" -gt 0 ]] || fail "the archive of '$url' has no labelled case."
mv "$scratch/nifti" "$target/nifti"
mv "$scratch/manifest.json" "$target/manifest.json"
echo "$number cases in $target, every fourth for validation. Tests find them with XSAM_DATA=$target."
