"""How well the network finds the lines of scenes it has not seen: by cells of the map, line by line."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

#: Cells with a higher chance than this count as found; pieces of fewer cells than the second number are dust.
CERTAIN, DUST = 0.5, 12


@dataclass(slots=True)
class Score:
    """Counts of lines over many scenes."""

    lines: int = 0
    found: int = 0
    upright: int = 0
    pieces: int = 0
    right: int = 0
    by_height: dict[str, list[int]] = field(default_factory=dict)

    def add(self, answer: NDArray[np.float32], target: NDArray[np.float32]) -> None:
        """Count one scene: *answer* [4, h, w] with logits, *target* [5, h, w]."""
        said = (answer[0] > np.log(CERTAIN / (1 - CERTAIN))).astype(np.uint8)
        truth = (target[0] > 0.5).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(truth)
        for k in range(1, count):
            cells = labels == k
            if stats[k, cv2.CC_STAT_AREA] < 2 * DUST or target[4][cells].min() == 0:
                continue
            self.lines += 1
            found = said[cells].mean() > 0.7
            self.found += int(found)
            self.upright += int(found and (answer[1:3][:, cells].mean(1) @ target[1:3][:, cells].mean(1)) > 0)
            band = self.by_height.setdefault(_band(float(np.exp(target[3][cells].mean()))), [0, 0])
            band[0] += int(found)
            band[1] += 1
        near = cv2.dilate(np.maximum(truth, (target[4] == 0).astype(np.uint8)), np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(said)
        for k in range(1, count):
            if stats[k, cv2.CC_STAT_AREA] >= DUST:
                self.pieces += 1
                self.right += int(near[labels == k].mean() > 0.5)

    def __str__(self) -> str:
        bands = " ".join(f"{name}:{a}/{b}" for name, (a, b) in sorted(self.by_height.items()))
        return (
            f"lines {self.lines} recall {self.found / max(1, self.lines):.4f}"
            f" precision {self.right / max(1, self.pieces):.4f} ({self.pieces - self.right} wrong of {self.pieces})"
            f" direction {self.upright / max(1, self.found):.4f} | recall by cap height {bands}"
        )


def _band(height: float) -> str:
    edges = [(6, "04-06"), (9, "06-09"), (14, "09-14"), (22, "14-22")]
    return next((name for limit, name in edges if height < limit), "22-up")
