"""The network: strips of one line in, the chances of each character at each step out (CTC; class 0 is the blank)."""

from __future__ import annotations

import torch
from torch import nn

from training.zone_letters.texts import CLASSES

#: Strips are this high; a step of the answer is this many columns wide.
HEIGHT, STEP = 32, 4


def _conv(into: int, out: int, stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class _Along(nn.Module):
    """Two convolutions along the line, added to what came in."""

    def __init__(self, width: int, reach: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            nn.Conv1d(width, width, 3, padding=reach, dilation=reach, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(inplace=True),
            nn.Conv1d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm1d(width),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.steps(x))


class Letters(nn.Module):
    """Strips [B, 1, 32, W] of mean 0 and deviation 1 to log-probabilities [B, W / 4, classes]."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Sequential(
            _conv(1, 24),
            _conv(24, 48, (2, 2)),
            _conv(48, 48),
            _conv(48, 96, (2, 2)),
            _conv(96, 96),
            _conv(96, 128, (2, 1)),
            _conv(128, 128),
        )
        self.squeeze = nn.Sequential(
            nn.Conv1d(128 * HEIGHT // 8, 192, 1, bias=False), nn.BatchNorm1d(192), nn.ReLU(inplace=True)
        )
        self.along = nn.Sequential(_Along(192, 1), _Along(192, 2), _Along(192, 4))
        self.say = nn.Conv1d(192, len(CLASSES) + 1, 1)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        seen = self.look(strips)
        batch, channels, rows, steps = seen.shape
        flat = seen.reshape(batch, channels * rows, steps)
        said = self.say(self.along(self.squeeze(flat)))
        return torch.log_softmax(said.float(), dim=1).transpose(1, 2)
