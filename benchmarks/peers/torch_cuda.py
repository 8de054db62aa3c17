#!/usr/bin/env python3
"""Times our model written in PyTorch beside ours, from the same weights, on the same input, with the same clicks.

  xsam-engine bench --preset paper --peer DIR --json DIR/ours.json --device cuda --precision tf32
  torch_cuda.py time --weights DIR/weights.safetensors --precision tf32 --json DIR/torch.json
  torch_cuda.py compare --ours DIR/ours.json ... --torch DIR/torch.json ...

The losses of two training steps must agree, else it is not the same work and the exit code is 1. Needs torch and numpy.
"""
import argparse
import contextlib
import json
import statistics
import struct
import sys
import time

import numpy as np

# Of a loss, relative: the second comes after an update that turns tiny gradients into steps of full size.
TOLERANCES = {"fp32": (1e-4, 2e-3), "tf32": (2e-3, 1e-2), "bf16": (2e-2, 5e-2)}
ROUNDS, CLICK_FREE = 11, 5
LEARNING_RATE, DECODER_RATE, WEIGHT_DECAY = 8e-4, 0.1, 0.1
FEWEST_RUNS = 3


def read_safetensors(path):
    """Name to array, and the model's configuration."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    config = json.loads(header.pop("__metadata__")["xlstmsam.model"])
    arrays = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[first:last], dtype="<f4").reshape(entry["shape"])
    return arrays, config


def uniform(seed, length, spread=1.0, mean=0.0):
    """WorkInputs.Uniform: a hash of (seed, index)."""
    x = np.arange(length, dtype=np.uint32) + np.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    x = x ^ (x >> np.uint32(16))
    scale = np.float32(spread) / np.float32(1 << 23)
    return np.float32(mean) + ((x >> np.uint32(8)).astype(np.int32) - (1 << 23)).astype(np.float32) * scale


def inputs(side):
    """ModelInputs.Of: a ball in noise, and a fixed prompt for every round."""
    at = (2 * np.arange(side) + 1.0 - side) / side
    ball = (at[:, None, None] ** 2 + at[None, :, None] ** 2 + at[None, None, :] ** 2) < 4.0 / 9
    image = uniform(11, side**3).reshape(side, side, side) + ball.astype(np.float32)
    rounds = []
    for number in range(ROUNDS):
        point = np.floor(uniform(20 + number, 3, side / 2, side / 2))
        rounds.append(None if number in (CLICK_FREE, ROUNDS - 1) else (point, int(ball[tuple(point.astype(int))])))
    return image, ball.astype(np.float32), rounds


class Peer:
    """One form of the model: a memory format, compiled or not."""

    def __init__(self, torch, arrays, config, options, layout, compiled):
        from torch_decoder import Model

        self.torch, self.device, self.layout = torch, torch.device(options.device), layout
        self.name = f"{layout}{', compiled' if compiled else ''}"
        self.cast = (lambda: torch.autocast(options.device, dtype=torch.bfloat16)) if options.precision == "bf16" else contextlib.nullcontext
        model = Model(config)
        model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in arrays.items()}, strict=True)
        self.model = model.to(self.device).to(memory_format=self.format)
        image, target, rounds = inputs(config["size"][0])
        self.host_image = torch.from_numpy(image)[None, None]
        self.target = torch.from_numpy(target).flatten().to(self.device)
        self.rounds = [prompt and (torch.from_numpy(prompt[0])[None].to(self.device), prompt[1]) for prompt in rounds]
        self.encoder = torch.compile(self.model.image_encoder) if compiled else self.model.image_encoder
        self.decode = torch.compile(self.model.decode) if compiled else self.model.decode
        others = [*self.model.prompt_encoder.parameters(), *self.model.mask_decoder.parameters()]
        self.optimizer = torch.optim.AdamW(
            [{"params": list(self.model.image_encoder.parameters())}, {"params": others, "lr": LEARNING_RATE * DECODER_RATE}], LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        with torch.no_grad():
            self.embedding = self.encode()
            self.positions = self.model.prompt_encoder.positions(self.model.grid, self.device)

    @property
    def format(self):
        return self.torch.channels_last_3d if self.layout == "channels_last_3d" else self.torch.contiguous_format

    def image(self):
        return self.host_image.to(self.device).to(memory_format=self.format)

    def encode(self):
        with self.torch.no_grad(), self.cast():
            return self.encoder(self.image())

    def click(self):
        with self.torch.no_grad(), self.cast():
            return self.model.upscale(self.decode(self.embedding, self.positions, self.rounds[0], self.model.no_logits(self.device)))

    def step(self):
        """Encode, decode every round on the logits of the round before, sum of the losses, backward, update."""
        from torch_decoder import dice_ce

        self.optimizer.zero_grad()
        loss, mask = 0, self.model.no_logits(self.device)
        with self.cast():
            positions, embedding = self.model.prompt_encoder.positions(self.model.grid, self.device), self.encoder(self.image())
        for prompt in self.rounds:
            with self.cast():
                mask = self.decode(embedding, positions, prompt, mask)
            loss = loss + dice_ce(self.model.upscale(mask).flatten(), self.target)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def timed(peer, work, seconds):
    """Median and shortest milliseconds of a run, with everything done when the clock stops."""
    wait = peer.torch.cuda.synchronize if peer.device.type == "cuda" else (lambda: None)
    times, begin = [], time.perf_counter()
    while len(times) < FEWEST_RUNS or time.perf_counter() - begin < seconds:
        wait()
        start = time.perf_counter()
        work()
        wait()
        times.append(1e3 * (time.perf_counter() - start))
    return {"medianMs": statistics.median(times), "shortestMs": min(times), "runs": len(times)}


def time_forms(options):
    import torch

    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = options.precision != "fp32"
    arrays, config = read_safetensors(options.weights)
    forms = []
    for layout, compiled in (("contiguous", False), ("channels_last_3d", False), ("contiguous", True), ("channels_last_3d", True)):
        if compiled and (options.no_compile or not hasattr(torch, "compile")):
            continue
        try:
            peer = Peer(torch, arrays, config, options, layout, compiled)
            losses = [peer.step(), peer.step()]
            works = (("encoder", peer.encode), ("one click", peer.click), ("training step, fixed clicks", peer.step))
            for _, work in works:
                work()
            rows = {name: timed(peer, work, options.seconds) for name, work in works}
            forms.append({"form": peer.name, "losses": losses, "rows": rows})
            print(f"{peer.name}: " + ", ".join(f"{name} {row['medianMs']:.2f} ms" for name, row in rows.items()), flush=True)
        except Exception as error:  # a form that this version or card cannot do is no peer
            print(f"{layout}{', compiled' if compiled else ''}: left out, {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", flush=True)
    if not forms:
        sys.exit("torch_cuda: no form of the model ran.")
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "precision": options.precision, "forms": forms}, file, indent=2)


def compare(options):
    ours, theirs = ([json.load(open(path, encoding="utf-8")) for path in paths] for paths in (options.ours, options.torch))
    precision, agree = theirs[0]["precision"], True
    print(f"In {precision}; ours {options.ours[0]}, PyTorch {theirs[0]['torch']}, {len(ours)} and {len(theirs)} processes in turns.")
    for form in theirs[0]["forms"]:
        same = all(abs(a - b) <= tolerance * abs(b) for a, b, tolerance in zip(ours[0]["losses"], form["losses"], TOLERANCES[precision]))
        agree = agree and same
        print(f"  loss of steps 1 and 2: ours {ours[0]['losses'][0]:.6f} {ours[0]['losses'][1]:.6f}, {form['form']} {form['losses'][0]:.6f} {form['losses'][1]:.6f}{'' if same else ': NOT THE SAME WORK'}")
    print(f"  {'work':28}{'ours ms':>10}{'torch ms':>10}{'ratio':>8}  fastest form of PyTorch")
    for name in theirs[0]["forms"][0]["rows"]:
        mine = statistics.median(row["medianMs"] for run in ours for row in run["rows"] if row["name"] == name)
        best = {form["form"]: statistics.median(f["rows"][name]["medianMs"] for run in theirs for f in run["forms"] if f["form"] == form["form"]) for form in theirs[0]["forms"]}
        fastest = min(best, key=best.get)
        print(f"  {name:28}{mine:10.2f}{best[fastest]:10.2f}{best[fastest] / mine:8.2f}  {fastest}")
    if not agree:
        sys.exit("torch_cuda: the losses differ by more than the precision explains.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    timing = verbs.add_parser("time")
    timing.add_argument("--weights", required=True)
    timing.add_argument("--precision", choices=TOLERANCES, default="tf32")
    timing.add_argument("--device", default="cuda")
    timing.add_argument("--seconds", type=float, default=0.5, help="spent on each row of each form")
    timing.add_argument("--no-compile", action="store_true", help="leave torch.compile out: it takes a minute or more")
    timing.add_argument("--json", required=True)
    timing.set_defaults(run=time_forms)
    comparing = verbs.add_parser("compare")
    comparing.add_argument("--ours", nargs="+", required=True)
    comparing.add_argument("--torch", nargs="+", required=True)
    comparing.set_defaults(run=compare)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
