#!/usr/bin/env bash
# Checks and times xsam-engine on the NVIDIA card of this machine, which needs a driver and nothing else. Made by tools/gpu-check.sh.
# All output goes into one folder; the last lines are a summary; the exit code is 1 when anything failed.
set -u -o pipefail
here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [--quick] [--no-torch] [--out DIR]
  --quick     fewer timings: about three minutes instead of ten
  --no-torch  do not time PyTorch, even where python3 has it
  --out DIR   a new folder for the output; results-TIME by default
What is checked: every op against its definition in every precision; two trainings of one seed and one that is killed and resumed end with the same
bytes; where only rounding differs, each loss is the processor's within 0.1 % in fp32, 1 % in tf32, 5 % in bf16, gradient norms within five times
that; in training, where rounding moves clicks, means of 10 losses stay within 10 % of the processor's.
TEXT
}

quick=0 torch=1 out="results-$(date +%Y%m%d-%H%M%S)"
while [[ $# -gt 0 ]]; do
    case "$1" in
        --quick) quick=1 ;;
        --no-torch) torch=0 ;;
        --out) out="${2:?--out needs a folder}"; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "run: unknown option '$1'" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

# Settings for other programs, models and machines.
read -ra engine <<< "${CHECK_ENGINE:-$here/xsam-engine}"
config="${CHECK_CONFIG:-$here/check.json}"     # what is trained
first="${CHECK_FIRST:-$here/first-click.json}" # what must be alike: one round, whose clicks depend on labels only, and weights that stay
kill_after="${CHECK_KILL_AFTER:-20}"           # the step whose line in the metrics is the sign to kill the third training
phantoms="${CHECK_PHANTOMS:-20}"
filter="${CHECK_FILTER:-}"                     # of the op cases
read -ra models <<< "${CHECK_MODELS:-paper small}" # presets or configuration files, the first with larger batches
read -ra peers <<< "${CHECK_PEERS:-paper}"
batches="${CHECK_BATCHES:-}"                   # of the first model in tf32; while they fit by default
minutes="${CHECK_MINUTES:-9}"                  # after which no more timings are begun
python="${CHECK_PYTHON:-python3}"
scripts="$here"
[[ -e "$scripts/torch_cuda.py" ]] || scripts="$here/../../benchmarks/peers"
torch_device="${CHECK_TORCH_DEVICE:-cuda}"
seconds=0.3
[[ "$quick" == 1 ]] && seconds=0.1 && batches="${batches:-1,2}"

mkdir -p "$out" && out="$(cd "$out" && pwd)" || exit 2
[[ -z "$(ls -A "$out")" ]] || { echo "run: '$out' is not empty." >&2; exit 2; }
failures=0 summary=()
note() { summary+=("$1"); echo "$1"; }
fail() { failures=$((failures + 1)); note "FAIL $1"; }

# check NAME COMMAND... runs it with its output in NAME.txt
check() {
    local name="$1" begin=$SECONDS
    shift
    if "$@" > "$out/$name.txt" 2> "$out/$name.err"; then
        note "ok   $name ($((SECONDS - begin)) s)$(tail -1 "$out/$name.txt" | sed -n 's/^\(cuda.* failed\)$/: \1/p')"
    else
        fail "$name: exit code $?: $(tail -1 "$out/$name.err")"
        return 1
    fi
}

time_left() { ((SECONDS < minutes * 60)); }
model_option() { [[ "$1" == *.json ]] && echo "--config $1" || echo "--preset $1"; }
steps() { awk -F, '$1 == "train" { print $3, $8 }' "$out/$1/metrics.csv"; }

# beside KIND PRECISION PROGRAM: an awk program over the steps of two trainings, loss and gradient norm on the processor (1, 2) and on the card (3, 4).
beside() {
    paste -d ' ' <(steps "$1-cpu") <(steps "$1-$2") | awk -v precision="$2" '
        function off(card, processor) { d = (card - processor) / processor; return d < 0 ? -d : d }
        function most(a, b) { return a > b ? a : b }
        NF != 4 { print "the runs have different lengths"; bad = 1; exit }
        '"$3"
}

# alike PRECISION: weights that stay and clicks that do not depend on them leave only rounding between the card and the processor.
alike() {
    beside first "$1" '
        { loss = most(loss, off($3, $1)); norm = most(norm, off($4, $2)) }
        END {
            allowed = precision == "fp32" ? 0.001 : precision == "tf32" ? 0.01 : 0.05
            printf "losses within %.4f %% (%.1f allowed), gradient norms within %.4f %% (%.1f allowed)\n", 100 * loss, 100 * allowed, 100 * norm, 500 * allowed
            exit bad || NR == 0 || !(loss <= allowed) || !(norm <= 5 * allowed)
        }'
}

# follows PRECISION: rounding moves clicks to other voxels, so only means over steps stay close.
follows() {
    beside train "$1" '
        function mean() { worst = most(worst, off(card, processor)); processor = card = n = 0 }
        { processor += $1; card += $3 }
        ++n == 10 { mean() }
        END {
            if (n > 0) mean()
            printf "mean losses of 10 steps within %.2f %% (10 allowed)\n", 100 * worst
            exit bad || NR == 0 || !(worst <= 0.1)
        }'
}

training=(train --data "$out/phantoms" --seed 1 --cache none)
# train NAME CONFIG OPTION...
train() { "${engine[@]}" "${training[@]}" --config "$2" "${@:3}" --out "$out/$1"; }

killed_and_resumed() {
    # Not through a function: that would be a shell of its own, and to kill it would leave the training alive.
    "${engine[@]}" "${training[@]}" --config "$config" --device cuda --precision "$1" --out "$out/train-killed" &
    local run=$!
    while kill -0 "$run" 2> /dev/null && ! grep -q "^train,$kill_after," "$out/train-killed/metrics.csv" 2> /dev/null; do sleep 0.05; done
    kill -KILL "$run" 2> /dev/null
    wait "$run" 2> /dev/null
    [[ $? == 137 ]] || { echo "the training ended before it was killed" >&2; return 1; }
    "${engine[@]}" train --resume "$out/train-killed" --cache none --device cuda
}

same_weights() {
    cmp "$out/$1/last.safetensors" "$out/$2/last.safetensors" && echo "$1 and $2 end with the same weights"
}

"${engine[@]}" info --devices > "$out/devices.txt" 2>&1
cat "$out/devices.txt"
grep -q "usable *yes" "$out/devices.txt" || { echo "FAIL There is no card that can be used; see above."; exit 1; }
read -ra precisions <<< "$("${engine[@]}" verify --help | sed -n 's/.*--precision <\([^>]*\)>.*/\1/p' | tr '|' ' ')"
default=tf32

for precision in "${precisions[@]}"; do
    check "verify-$precision" "${engine[@]}" verify --device cuda --precision "$precision" ${filter:+--filter "$filter"} --quiet
done

if check phantoms "${engine[@]}" phantom --out "$out/phantoms" --count "$phantoms" --device cpu &&
    check first-cpu train first-cpu "$first" --device cpu && check train-cpu train train-cpu "$config" --device cpu; then
    for precision in "${precisions[@]}"; do
        on_card=(--device cuda --precision "$precision")
        check "first-$precision" train "first-$precision" "$first" "${on_card[@]}" && check "alike-$precision" alike "$precision"
        summary+=("       $(cat "$out/alike-$precision.txt" 2> /dev/null)")
        check "train-$precision" train "train-$precision" "$config" "${on_card[@]}" && check "follows-$precision" follows "$precision"
        summary+=("       $(cat "$out/follows-$precision.txt" 2> /dev/null)")
    done
    check train-again train train-again "$config" --device cuda --precision "$default" && check same-twice same_weights "train-$default" train-again
    check train-killed killed_and_resumed "$default" && check same-resumed same_weights "train-$default" train-killed
fi

rows=()
for model in "${models[@]}"; do
    for precision in "$default" "${precisions[@]/$default/}"; do
        [[ -n "$precision" ]] || continue
        name="bench-$(basename "$model" .json)-$precision"
        time_left || { note "skip $name: $minutes minutes are over"; continue; }
        [[ "$model" == "${models[0]}" && "$precision" == "$default" ]] && batch="$batches" || batch=1,2
        # shellcheck disable=SC2046
        check "$name" "${engine[@]}" bench $(model_option "$model") --device cuda --precision "$precision" --seconds "$seconds" ${batch:+--batch "$batch"} --json "$out/$name.json" &&
            rows+=("$name" "$(sed -n 2p "$out/$name.txt")" "$(grep -E '^(work|encoder|one click|training step)' "$out/$name.txt")")
    done
done

if [[ "$torch" == 1 ]] && "$python" -c "import torch, numpy; assert '$torch_device' == 'cpu' or torch.cuda.is_available()" 2> /dev/null; then
    for model in "${peers[@]}"; do
        for precision in "$default" "${precisions[@]/$default/}"; do
            [[ -n "$precision" ]] || continue
            name="torch-$(basename "$model" .json)-$precision"
            time_left || { note "skip $name: $minutes minutes are over"; continue; }
            peer="$out/$name"
            mkdir -p "$peer"
            for turn in 1 2; do
                # shellcheck disable=SC2046
                check "$name-ours-$turn" "${engine[@]}" bench $(model_option "$model") --device cuda --precision "$precision" --seconds "$seconds" --peer "$peer" --json "$peer/ours-$turn.json"
                compile=()
                [[ "$quick" == 1 || "$turn" == 2 ]] && compile=(--no-compile)
                check "$name-theirs-$turn" timeout 180 "$python" "$scripts/torch_cuda.py" time --weights "$peer/weights.safetensors" --precision "$precision" --device "$torch_device" --seconds "$seconds" "${compile[@]}" --json "$peer/torch-$turn.json"
            done
            check "$name" "$python" "$scripts/torch_cuda.py" compare --ours "$peer"/ours-*.json --torch "$peer"/torch-*.json
            rows+=("$(cat "$out/$name.txt")")
        done
    done
else
    note "skip the comparison with PyTorch: $python has none for $torch_device, or it was not wanted"
fi

{
    echo
    echo "Summary ($((SECONDS)) s), all output in $out"
    cat "$out/devices.txt"
    printf '%s\n' "${summary[@]}" "${rows[@]}"
    echo "$failures failed"
} | tee "$out/summary.txt"
[[ "$failures" == 0 ]]
