"""Made-up strips of zone lines, a batch at a time, on whatever device torch has: print, paper, light, lens, bytes.

Everything is drawn as ink first, at about twice the size that the network sees, then seen by a camera: bent, blurred,
shrunk to the size it has in the picture, disturbed there, and enlarged again as the reader enlarges what it cuts out.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from training.zone_letters import glyphs, texts
from training.zone_letters.glyphs import CAPITAL, CELL, CROP, PITCH
from training.zone_letters.network import HEIGHT

#: Samples that share one lens, one size in the picture, one compression.
GROUP = 16
_TALL = 2 * HEIGHT


@dataclass(frozen=True, slots=True)
class Batch:
    """Strips [B, 1, HEIGHT, W] of mean 0 and deviation 1; classes (blank is 0) end to end, and how many a strip."""

    strips: torch.Tensor
    classes: torch.Tensor
    lengths: torch.Tensor
    texts: list[str]


class Press:
    """Prints lines and photographs them. `real` is the share of lines that come from real crops."""

    def __init__(self, fonts: list[Path], crops: Path | None, device: str, *, seed: int, apart: bool = False) -> None:
        self.device = device
        self.rng = random.Random(seed)
        torch.manual_seed(seed)
        self.atlas = torch.from_numpy(glyphs.atlas(fonts)).to(device).half() / 255
        self.main_fonts = 2
        self.real: torch.Tensor | None = None
        self.real_texts: list[str] = []
        if crops is not None:
            held = np.load(crops)
            chosen = np.flatnonzero(held["apart"] == apart)
            self.real = torch.from_numpy(np.unpackbits(held["ink"], axis=2)[chosen]).to(device).half()
            self.real_widths = torch.from_numpy(held["widths"][chosen]).to(device).float()
            self.real_texts = [str(held["texts"][place]) for place in chosen]

    def _uniform(self, count: int, low: float, high: float) -> torch.Tensor:
        return torch.rand(count, device=self.device) * (high - low) + low

    def _chance(self, count: int, share: float) -> torch.Tensor:
        return torch.rand(count, device=self.device) < share

    def batch(self, said: list[str], *, real: float = 0.15) -> Batch:
        """Return strips of the lines *said* (a multiple of GROUP), all of one width, which changes from batch to batch.

        A share of the lines is replaced by real crops and what they say.
        """
        wide, size, said = self.rng.choice((1024, 1408, 1792, 1792, 2048, 2048)), len(said), list(said)
        widths = torch.tensor([len(text) * PITCH for text in said], device=self.device).float()
        ink = self._printed(said)
        count = int(size * real) if self.real is not None else 0
        if count and self.real is not None:
            picked = torch.randint(len(self.real_texts), (count,), device=self.device)
            ink[:count, 1] = self.real[picked]
            widths[:count] = self.real_widths[picked]
            said[:count] = [self.real_texts[place] for place in picked.tolist()]
        ink = self._worn(ink)
        seen = self._laid(ink, widths, torch.tensor([len(t) for t in said], device=self.device).float(), wide)
        strips = self._photographed(self._on_paper(seen))
        flat = [texts.CLASSES.index(c) + 1 for text in said for c in text]
        lengths = torch.tensor([len(text) for text in said])
        return Batch(strips, torch.tensor(flat), lengths, said)

    def _printed(self, said: list[str]) -> torch.Tensor:
        """Ink of each line and of the lines above and below it: [B, 3, CELL, CROP]."""
        size = len(said)
        places = torch.from_numpy(glyphs.places(said)).to(self.device)
        # Any other line will do for a neighbour.
        where = torch.stack([places.roll(1, 0), places, places.roll(7, 0)], dim=1)
        other = self._chance(size, 0.12)
        font = torch.where(
            other,
            torch.randint(self.atlas.shape[0], (size,), device=self.device),
            torch.randint(self.main_fonts, (size,), device=self.device),
        )
        cells = self.atlas[font[:, None, None], where.clamp(min=0)] * (where >= 0)[..., None, None]
        return cells.permute(0, 1, 3, 2, 4).reshape(size, 3, CELL, CROP)

    def _worn(self, ink: torch.Tensor) -> torch.Tensor:
        """Thicker or thinner strokes, and here and there ink that did not take."""
        size = ink.shape[0]
        soft = ink.clone()
        soft[:, 1:2] = _gauss(ink[:, 1:2], 2.2)
        level = self._uniform(size, 0.16, 0.62)[:, None, None, None]
        hard = torch.sigmoid((soft - level) * self._uniform(size, 8, 30)[:, None, None, None])
        ink = torch.where(self._chance(size, 0.75)[:, None, None, None], hard, ink.float())
        spots = F.interpolate(torch.rand(size, 1, 16, CROP // 4, device=self.device), (CELL, CROP), mode="bilinear")
        gone = ((spots - self._uniform(size, 0.05, 0.35)[:, None, None, None]) * 12).clamp(0, 1)
        return torch.where(self._chance(size, 0.25)[:, None, None, None], ink * gone, ink)

    def _laid(self, ink: torch.Tensor, widths: torch.Tensor, counts: torch.Tensor, wide: int) -> torch.Tensor:
        """Place the lines in strips of 2 * HEIGHT x *wide*: stretched, a little askew, bent, in perspective."""
        size, device = ink.shape[0], self.device
        pitch = torch.minimum(self._uniform(size, 0.72, 0.985) * wide / counts, self._uniform(size, 30, 58))
        capital = (pitch / self._uniform(size, 0.72, 1.5)).clamp(24, 46)
        across = pitch * counts
        start = torch.rand(size, device=device) * (wide - across).clamp(min=0)
        start = torch.where(self._chance(size, 0.7), start.clamp(max=60), start)
        x = torch.arange(wide, device=device).float()[None, :]
        y = torch.arange(_TALL, device=device).float()[None, :]
        along = (x - start[:, None]) / across[:, None]  # 0 to 1 over the line
        bent = (along + self._uniform(size, -0.05, 0.05)[:, None] * along * (1 - along)) * widths[:, None]
        sway = self._uniform(size, -5, 5)[:, None] * (along - 0.5) * 2 + self._uniform(size, -3.5, 3.5)[:, None]
        sway = sway + self._uniform(size, -4, 4)[:, None] * (4 * (along - 0.5) ** 2 - 0.5)
        grow = 1 + self._uniform(size, -0.1, 0.1)[:, None] * (along - 0.5) * 2
        up = (y[:, :, None] - _TALL / 2 - sway[:, None, :]) / (capital[:, None] * grow)[:, None, :] * CAPITAL
        lean = bent[:, None, :] + up * self._uniform(size, -0.2, 0.2)[:, None, None]
        gap = self._uniform(size, 1.25, 2.4)[:, None, None] * CAPITAL
        shown = torch.zeros(size, 1, _TALL, wide, device=device)
        for row, shift in ((1, 0.0), (0, -1.0), (2, 1.0)):
            down = (up - shift * gap + CELL / 2) / CELL * 2 - 1
            grid = torch.stack([lean / CROP * 2 - 1, down.expand_as(lean)], dim=-1)
            layer = F.grid_sample(ink[:, row : row + 1].float(), grid, align_corners=False, padding_mode="zeros")
            if row != 1:
                layer = layer * self._chance(size, 0.55)[:, None, None, None]
            shown = torch.maximum(shown, layer)
        return torch.maximum(shown, self._strokes(size, wide))

    def _strokes(self, size: int, wide: int) -> torch.Tensor:
        """Frames along the line or across its ends, now and then."""
        y = torch.arange(_TALL, device=self.device).float()[None, :, None]
        x = torch.arange(wide, device=self.device).float()[None, None, :]
        edge = torch.where(self._chance(size, 0.5), self._uniform(size, 0, 8), self._uniform(size, 56, 64))
        slope = self._uniform(size, -0.004, 0.004)[:, None, None]
        rule = (y - edge[:, None, None] - slope * x).abs() < self._uniform(size, 0.6, 3)[:, None, None]
        end = torch.where(self._chance(size, 0.5), self._uniform(size, 0, 20), wide - self._uniform(size, 0, 20))
        post = (x - end[:, None, None]).abs() < self._uniform(size, 0.6, 4)[:, None, None]
        rule = rule & self._chance(size, 0.1)[:, None, None]
        return (rule | (post & self._chance(size, 0.15)[:, None, None]))[:, None].float()

    def _on_paper(self, ink: torch.Tensor) -> torch.Tensor:
        """Grey strips, 0 to 1: security print, uneven light, ink of some strength, glare and shadow."""
        size, _, tall, wide = ink.shape
        level = self._uniform(size, 0.35, 0.98)[:, None, None, None]
        paper = level + self._clouds(size, tall, wide, 1, 6) * self._uniform(size, 0, 0.10)[:, None, None, None]
        busy = self._waves(size, tall, wide) * self._uniform(size, 0, 0.12)[:, None, None, None]
        paper = paper + busy * self._chance(size, 0.6)[:, None, None, None]
        spots = self._clouds(size, tall, wide, 10, 300) * self._uniform(size, 0.0, 0.16)[:, None, None, None]
        paper = paper + spots * self._chance(size, 0.35)[:, None, None, None]
        depth = self._uniform(size, 0.18, 1.0)[:, None, None, None] * level
        fade = 1 + self._clouds(size, tall, wide, 1, 8) * self._uniform(size, 0, 0.4)[:, None, None, None]
        seen = paper - ink * depth * fade.clamp(0.3, 1.3)
        light = 1 + self._clouds(size, tall, wide, 1, 5) * self._uniform(size, 0, 0.5)[:, None, None, None]
        seen = seen * torch.where(self._chance(size, 0.5)[:, None, None, None], light, torch.ones_like(light))
        glare = (self._clouds(size, tall, wide, 1, 7) - 0.35).clamp(min=0)
        strength = self._uniform(size, 0, 2.2) * self._chance(size, 0.15)
        seen = seen + glare * strength[:, None, None, None]
        seen = torch.where(self._chance(size, 0.05)[:, None, None, None], 1 - seen, seen)
        return seen.clamp(-0.1, 1.1)

    def _clouds(self, size: int, tall: int, wide: int, rows: int, columns: int) -> torch.Tensor:
        noise = torch.rand(size, 1, rows + 1, columns + 1, device=self.device) * 2 - 1
        return F.interpolate(noise, (tall, wide), mode="bicubic", align_corners=True)

    def _waves(self, size: int, tall: int, wide: int) -> torch.Tensor:
        """Interfering line work as in guilloches."""
        y = torch.arange(tall, device=self.device).float()[None, :, None]
        x = torch.arange(wide, device=self.device).float()[None, None, :]
        total = torch.zeros(size, tall, wide, device=self.device)
        for _ in range(3):
            angle, step = self._uniform(size, 0, math.pi), self._uniform(size, 5, 40)
            turn, beat = self._uniform(size, 0, 6.3), self._uniform(size, 60, 400)
            phase = x * torch.cos(angle)[:, None, None] + y * torch.sin(angle)[:, None, None]
            sway = torch.sin(x / beat[:, None, None] + turn[:, None, None]) * self._uniform(size, 0, 30)[:, None, None]
            total += torch.sin((phase + sway) / step[:, None, None] * 6.28) / 2
        return total[:, None]

    def _photographed(self, seen: torch.Tensor) -> torch.Tensor:
        groups = [self._through_lens(group) for group in seen.split(GROUP)]
        strips = torch.cat(groups)
        flat = strips.flatten(1)
        mean, deviation = flat.mean(dim=1), flat.std(dim=1)
        return (strips - mean[:, None, None, None]) / (deviation[:, None, None, None] + 0.02)

    def _through_lens(self, seen: torch.Tensor) -> torch.Tensor:
        """Blur, the size in the picture, noise, compression, sharpening, thresholds; then as high as a strip is."""
        rng, (size, _, tall, wide) = self.rng, seen.shape
        small = math.exp(rng.uniform(math.log(9.5), math.log(64)))  # rows of a strip as the picture has them
        shrink = small / tall
        if rng.random() < 0.6:
            seen = _gauss(seen, rng.uniform(0.2, 0.5 if shrink < 0.3 else 0.9) / shrink)
        if rng.random() < 0.12:
            seen = _motion(seen, rng.uniform(0.05, 0.3) * CAPITAL, rng.uniform(0, math.pi))
        rows, columns = max(8, round(small)), max(64, round(wide * shrink * rng.uniform(0.9, 1.1)))
        seen = F.interpolate(seen, (rows, columns), mode="bilinear", antialias=True)
        noise = self._uniform(size, 0, 0.05)[:, None, None, None] * self._chance(size, 0.7)[:, None, None, None]
        seen = seen + torch.randn_like(seen) * noise
        if rng.random() < 0.6:
            seen = _compressed(seen, rng.uniform(0.01, 0.16 if rows > 20 else 0.09))
        if rng.random() < 0.25:
            seen = seen + (seen - _gauss(seen, 1.2)) * rng.uniform(0.4, 1.8)
        if rng.random() < 0.06 and rows > 24:
            middle = seen.flatten(1).mean(dim=1)[:, None, None, None]
            seen = torch.sigmoid((seen - middle + rng.uniform(-0.05, 0.02)) * 60)
        seen = seen.clamp(0, 1) ** rng.uniform(0.6, 1.6)
        how = rng.choice(("bicubic", "bicubic", "bilinear"))
        return F.interpolate(seen, (HEIGHT, wide // 2), mode=how, antialias=rows > HEIGHT)


def _gauss(seen: torch.Tensor, sigma: float) -> torch.Tensor:
    reach = max(1, min(15, round(2.5 * sigma)))
    at = torch.arange(-reach, reach + 1, device=seen.device, dtype=seen.dtype)
    kernel = torch.exp(-((at / max(sigma, 0.1)) ** 2) / 2)
    kernel = kernel / kernel.sum()
    channels = seen.shape[1]
    across = kernel.view(1, 1, 1, -1).repeat(channels, 1, 1, 1)
    seen = F.conv2d(F.pad(seen, (reach, reach, 0, 0), mode="replicate"), across, groups=channels)
    down = kernel.view(1, 1, -1, 1).repeat(channels, 1, 1, 1)
    return F.conv2d(F.pad(seen, (0, 0, reach, reach), mode="replicate"), down, groups=channels)


def _motion(seen: torch.Tensor, length: float, angle: float) -> torch.Tensor:
    reach = max(1, min(20, math.ceil(length / 2)))
    kernel = torch.zeros(2 * reach + 1, 2 * reach + 1, device=seen.device)
    for step in np.linspace(-min(length / 2, reach), min(length / 2, reach), 4 * reach + 1):
        kernel[reach + round(step * math.sin(angle)), reach + round(step * math.cos(angle))] += 1
    kernel = (kernel / kernel.sum())[None, None]
    return F.conv2d(F.pad(seen, (reach,) * 4, mode="replicate"), kernel)


def _compressed(seen: torch.Tensor, step: float) -> torch.Tensor:
    """Quantise the cosine transform of 8 x 8 blocks as JPEG does, coarser for finer detail."""
    size, _, tall, wide = seen.shape
    seen = F.pad(seen, (0, -wide % 8, 0, -tall % 8), mode="replicate")
    at = torch.arange(8, device=seen.device).float()
    basis = torch.cos((2 * at[None, :] + 1) * at[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    blocks = seen.reshape(size, seen.shape[2] // 8, 8, seen.shape[3] // 8, 8).permute(0, 1, 3, 2, 4)
    table = step * (0.35 + (at[:, None] + at[None, :]) / 4)
    coded = torch.round(basis @ blocks @ basis.T / table) * table
    back = (basis.T @ coded @ basis).permute(0, 1, 3, 2, 4).reshape(size, 1, seen.shape[2], seen.shape[3])
    return back[:, :, :tall, :wide]
