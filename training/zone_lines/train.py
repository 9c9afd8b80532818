"""Train the detector for a given time and export it.

python -m training.zone_lines.train --seconds 480 --out DIR --workers 14 [--resume FILE] [--fonts DIR]
    [--backgrounds DIR]
"""

from __future__ import annotations

import argparse
import copy
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.zone_lines import assets, scenes
from training.zone_lines.network import ZoneLines, export, loss
from training.zone_lines.score import Score

Drawn = tuple[NDArray[np.uint8], NDArray[np.float16]]
CHECKPOINT_EVERY, LOG_EVERY = 60.0, 10.0


class Scenes(IterableDataset[Drawn]):
    """Scenes without end, or the *fixed* ones of the validation set."""

    def __init__(self, options: argparse.Namespace, seed: int, fixed: int = 0) -> None:
        self.options, self.seed, self.fixed = options, seed, fixed

    def __iter__(self) -> Iterator[Drawn]:
        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        options = self.options
        own = self.seed if self.fixed else self.seed + number
        pool = assets.make(own, options.fonts, options.backgrounds, options.pool)
        rng = np.random.default_rng(own)
        index = number
        while not self.fixed or index < self.fixed:
            if self.fixed:
                rng = np.random.default_rng((self.seed, index))
                index += workers
            else:
                pool.renew(rng)
            drawn = scenes.scene(rng, pool, options.side)
            yield np.ascontiguousarray(drawn.image.transpose(2, 0, 1)), drawn.target.astype(np.float16)


class Average:
    """The exponential moving average of a network's weights."""

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.network, self.decay, self.steps = copy.deepcopy(network).eval(), decay, 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the average towards *network*."""
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        for mine, theirs in zip(self.network.state_dict().values(), network.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)


def _stack(drawn: list[Drawn]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    return np.stack([image for image, _ in drawn]), np.stack([target for _, target in drawn])


def loader_of(dataset: Scenes, options: argparse.Namespace, batch: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches of *dataset*: tensors through shared memory where there is enough of it, else arrays through pipes."""
    shared = Path("/dev/shm")
    room = shutil.disk_usage(shared).free if shared.is_dir() else 0
    plenty = room > options.workers * 4 * batch * options.side**2 * 4
    ahead = 4 if plenty else 2
    return DataLoader(
        dataset, batch_size=batch, num_workers=options.workers, collate_fn=None if plenty else _stack,
        pin_memory=plenty and torch.cuda.is_available(), prefetch_factor=ahead if options.workers else None,
    )  # fmt: skip


def prepare(images: Tensor, train: bool) -> Tensor:
    """Scale bytes to 0..1; in training jitter brightness, contrast and noise a little, scene by scene."""
    x = images.float().div_(255)
    if not train:
        return x
    shape = (x.shape[0], 1, 1, 1)
    gain = 1 + 0.15 * (torch.rand(shape, device=x.device) - 0.5)
    tint = 1 + 0.06 * (torch.rand((x.shape[0], 3, 1, 1), device=x.device) - 0.5)
    x = x * gain * tint + 0.08 * (torch.rand(shape, device=x.device) - 0.5)
    x = x + torch.randn_like(x) * 0.02 * torch.rand(shape, device=x.device)
    return x.clamp_(0, 1)


def rate(spent: float, peak: float) -> float:
    """One cycle over the time *spent* (0..1): a short rise, then a cosine to nearly nothing."""
    if spent < 0.06:
        return peak * (0.05 + 0.95 * spent / 0.06)
    return peak * (0.005 + 0.995 * 0.5 * (1 + float(np.cos(np.pi * min(1.0, (spent - 0.06) / 0.94)))))


def evaluate(network: nn.Module, options: argparse.Namespace, device: torch.device) -> Score:
    """Score *network* on the fixed scenes."""
    loader = loader_of(Scenes(options, 990_001, options.validation), options, 16)
    score = Score()
    with torch.inference_mode():
        for images, targets in loader:
            answers = network(prepare(torch.as_tensor(images).to(device), train=False)).float().cpu().numpy()
            for answer, target in zip(answers, torch.as_tensor(targets).float().numpy(), strict=True):
                score.add(answer, target)
    return score


def _save(average: Average, network: nn.Module, folder: Path) -> None:
    state = {"average": average.network.state_dict(), "network": network.state_dict()}
    torch.save(state, folder / "zone_lines.pt")


def _say(seconds: float, steps: int, speed: float, values: dict[str, Tensor]) -> None:
    told = " ".join(f"{name} {value.item():.4f}" for name, value in values.items())
    print(f"{seconds:6.0f} s step {steps} {speed:.0f} scenes/s {told}", flush=True)


def train(options: argparse.Namespace, device: torch.device) -> nn.Module:
    """Train until the time is over; return the averaged network."""
    begun = time.monotonic()
    network = ZoneLines()
    if options.resume:
        network.load_state_dict(torch.load(options.resume, map_location="cpu")["average"])
    network = network.to(device, memory_format=torch.channels_last)
    average = Average(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.02)
    loader = loader_of(Scenes(options, options.seed), options, options.batch)
    logged = saved = begun
    for steps, (images, targets) in enumerate(loader, 1):
        spent = (time.monotonic() - begun) / options.seconds
        if spent >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate(spent, options.peak)
        x = prepare(torch.as_tensor(images).to(device, non_blocking=True), train=True).contiguous(
            memory_format=torch.channels_last
        )
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            answer = network(x)
        total, parts = loss(answer, torch.as_tensor(targets).to(device, non_blocking=True))
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        average.update(network)
        now = time.monotonic()
        if now - logged > LOG_EVERY:
            logged = now
            _say(now - begun, steps, steps * options.batch / (now - begun), {"loss": total, **parts})
        if now - saved > CHECKPOINT_EVERY:
            saved = now
            _save(average, network, options.out)
    _save(average, network, options.out)
    return average.network


def main() -> None:
    """Parse the command line, train, export, score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True, help="time for training, without export and scoring")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--fonts", type=Path, default=assets.SYSTEM_FONTS)
    parser.add_argument("--backgrounds", type=Path)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--side", type=int, default=640, help="pixels of a scene's side, a multiple of 32")
    parser.add_argument("--peak", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--pool", type=float, default=1.0, help="size of each worker's pool of assets")
    parser.add_argument("--validation", type=int, default=400, help="scenes of the fixed validation set")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    network = train(options, device)
    export(copy.deepcopy(network), options.out / "zone_lines.onnx")
    print(f"exported {(options.out / 'zone_lines.onnx').stat().st_size} bytes", flush=True)
    score = evaluate(network, options, device)
    print(score, flush=True)
    (options.out / "score.txt").write_text(f"{score}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
