"""Train the recogniser and export it: `python -m training.zone_letters.train --seconds 480 --out DIR`."""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from training import onnx_file
from training.zone_letters import glyphs
from training.zone_letters.network import HEIGHT, Letters
from training.zone_letters.synthesis import Batch, Press
from training.zone_letters.texts import CLASSES, Lines

_FONTS = (  # noqa: SIM905 - names without spaces
    "OCRB.otf OCRBS.otf DejaVuSansMono.ttf DejaVuSansMono-Bold.ttf LiberationMono-Regular.ttf LiberationMono-Bold.ttf "
    "FreeMonoBold.ttf"
).split()
#: Lines are stretched by this before they are read, so that narrow characters have steps enough.
STRETCH = 1.25


def main() -> None:
    """Train for a stated time, say how well it reads, and write checkpoint and model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=480)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--crops", type=Path, help="what `glyphs.pack_crops` wrote of the real line crops")
    parser.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--workers", type=int, default=2, help="processes that make up what lines say")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judged", type=int, default=8, help="batches of made-up lines that judge the result")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    fonts = [found for name in _FONTS for found in sorted(args.fonts.rglob(name))[:1]]
    press = Press(fonts, args.crops, device, seed=args.seed)
    judge = Press(fonts, None, device, seed=7)
    lines = iter(Lines(128, seed=7))
    fixed = [judge.batch(next(lines)) for _ in range(args.judged)]
    network = Letters().to(device)
    if args.resume:
        network.load_state_dict(torch.load(args.resume, map_location=device))
    kept = _train(network, press, args, device)
    report = {"synthetic": _exact(kept, fixed, device)}
    if args.crops:
        report |= _real(kept, args.crops, device)
    print(json.dumps(report), flush=True)
    torch.save(kept.state_dict(), args.out / "letters.pt")
    _export(kept.cpu(), args.out / "zone_letters.onnx")
    (args.out / "letters.json").write_text(json.dumps(report))


def _train(network: Letters, press: Press, args: argparse.Namespace, device: str) -> Letters:
    kept = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=0.01, betas=(0.9, 0.99))
    begun, step, said = time.monotonic(), 0, 0.0
    lines = iter(DataLoader(Lines(args.batch, args.seed), None, num_workers=args.workers, prefetch_factor=8))
    while (spent := (time.monotonic() - begun) / args.seconds) < 1:
        warm = min(1.0, (step + 1) / 200)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * spent)) / 2)
        batch = press.batch(next(lines))
        network.train()
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            chances = network(batch.strips)
        loss = _loss(chances, batch, device)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        _follow(kept, network, min(0.998, step / (step + 20)))
        step += 1
        if time.monotonic() - said > 15:
            said = time.monotonic()
            print(f"{said - begun:.0f} s step {step} loss {loss.item():.4f}", flush=True)
            torch.save(kept.state_dict(), args.out / "letters.pt")
    return kept


def _loss(chances: torch.Tensor, batch: Batch, device: str) -> torch.Tensor:
    steps = torch.full((chances.shape[0],), chances.shape[1], dtype=torch.long)
    told, along = batch.classes.to(device), chances.transpose(0, 1)
    total = F.ctc_loss(along, told, steps, batch.lengths, zero_infinity=True, reduction="sum")
    return total / batch.lengths.sum()


@torch.no_grad()
def _follow(kept: Letters, network: Letters, inertia: float) -> None:
    for old, new in zip(kept.state_dict().values(), network.state_dict().values(), strict=True):
        if old.dtype.is_floating_point:
            old.lerp_(new, 1 - inertia)
        else:
            old.copy_(new)


def said(chances: torch.Tensor) -> list[str]:
    """Return what each of *chances* [B, steps, classes] says when its likeliest classes are taken."""
    found = []
    for row in chances.argmax(dim=2).cpu().tolist():
        kept = [c for place, c in enumerate(row) if c and (place == 0 or row[place - 1] != c)]
        found.append("".join(CLASSES[c - 1] for c in kept))
    return found


@torch.no_grad()
def _exact(network: Letters, batches: list[Batch], device: str) -> float:
    read = [text for batch in batches for text in said(network(batch.strips))]
    hits = [
        text == other for text, other in zip((text for batch in batches for text in batch.texts), read, strict=True)
    ]
    return sum(hits) / len(hits)


@torch.no_grad()
def _real(network: Letters, crops: Path, device: str) -> dict[str, float]:
    """Exact share on the real crops that were trained on and on those that were not."""
    held = np.load(crops)
    ink = np.unpackbits(held["ink"], axis=2)
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for row, width, text, apart in zip(ink, held["widths"], held["texts"], held["apart"], strict=True):
        strip = torch.from_numpy(1.0 - row[None, None, :, :width].astype(np.float32)).to(device)
        size = HEIGHT, round(width * HEIGHT / glyphs.CELL * STRETCH)
        strip = F.interpolate(strip, size, mode="bilinear", antialias=True)
        strip = (strip - strip.mean()) / (strip.std() + 0.02)
        hits[bool(apart)].append(said(network(strip))[0] == str(text))
    named = {"crops trained on": hits[False], "crops apart": hits[True]}
    return {name: sum(found) / max(1, len(found)) for name, found in named.items()}


def _export(network: Letters, path: Path) -> None:
    network.eval()
    torch.onnx.export(
        network,
        (torch.randn(1, 1, HEIGHT, 880),),
        str(path),
        opset_version=17,
        input_names=["strips"],
        output_names=["chances"],
        dynamic_axes={"strips": {0: "batch", 3: "width"}, "chances": {0: "batch", 1: "steps"}},
        dynamo=False,
    )
    onnx_file.halve(path)


if __name__ == "__main__":
    main()
