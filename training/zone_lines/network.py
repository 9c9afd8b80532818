"""The network: a small convolutional pyramid, stride 4, four numbers a cell; its loss; its export to ONNX."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

#: Sides of a picture must be multiples of this.
MULTIPLE = 32


def _conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    padding = kernel // 2
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class _Residual(nn.Module):
    """Two plain convolutions and a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


class _Wide(nn.Module):
    """A depthwise 5 x 5 and a pointwise convolution with a shortcut: sight over hundreds of pixels for little."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depth = _conv(width, width, 5, groups=width)
        self.point = nn.Sequential(nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.point(self.depth(x)))


class ZoneLines(nn.Module):
    """RGB in 0..1 [N, 3, H, W] to [N, 4, H/4, W/4]: core logit, cosine, sine, log of cap height in pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(3, 16, stride=2), _conv(16, 32, stride=2), _Residual(32))
        self.eighth = nn.Sequential(_conv(32, 48, stride=2), _Residual(48), _Residual(48))
        self.sixteenth = nn.Sequential(_conv(48, 64, stride=2), _Residual(64), _Wide(64), _Wide(64))
        self.thirtysecond = nn.Sequential(_conv(64, 80, stride=2), *(_Wide(80) for _ in range(4)))
        self.from32, self.from16 = _conv(80, 48, 1), _conv(64, 48, 1)
        self.from8, self.from4 = _conv(48, 48, 1), _conv(32, 32, 1)
        self.join16, self.join8 = _Wide(48), _conv(48, 32)
        last = nn.Conv2d(32, 4, 1)
        with torch.no_grad():  # cells of a line are rare, and capitals about 12 px high: begin there
            last.bias.copy_(torch.tensor([-4.0, 0.0, 0.0, 2.5]))
        self.head = nn.Sequential(_conv(32, 32), last)

    def forward(self, x: Tensor) -> Tensor:
        """Answer for the pictures *x*, whose sides are multiples of MULTIPLE."""
        four = self.stem(x)
        eight = self.eighth(four)
        sixteen = self.sixteenth(eight)
        deep = self.from32(self.thirtysecond(sixteen))
        deep = self.join16(self.from16(sixteen) + _double(deep))
        deep = self.join8(self.from8(eight) + _double(deep))
        return self.head(self.from4(four) + _double(deep))


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def loss(answer: Tensor, target: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Focal and dice loss of the core, distance of direction and height on it; the parts by name for the log."""
    answer, target = answer.float(), target.float()
    weight, core = target[:, 4], target[:, 0]
    logit = answer[:, 0]
    chance = torch.sigmoid(logit)
    cross = functional.binary_cross_entropy_with_logits(logit, core, reduction="none")
    count = (core * weight).sum() + 200.0
    focal = (cross * (core - chance).abs().pow(1.5) * weight).sum() / count
    both = (chance * core * weight).sum()
    dice = 1 - (2 * both + 200.0) / ((chance * weight).sum() + (core * weight).sum() + 200.0)
    mask = (core > 0.4).float() * weight
    on = mask.sum() + 1.0
    direction = functional.normalize(answer[:, 1:3], dim=1, eps=1e-4)
    turned = ((1 - (direction * target[:, 1:3]).sum(1)) * mask).sum() / on
    # The raw vector is kept near length 1 so that its length says how sure the direction is.
    length = ((answer[:, 1:3] - target[:, 1:3]).abs().sum(1) * mask).sum() / on
    height = ((answer[:, 3] - target[:, 3]).abs() * mask).sum() / on
    total = 3 * focal + dice + 0.5 * turned + 0.3 * length + 0.5 * height
    return total, {"focal": focal, "dice": dice, "turn": turned, "height": height}


def export(network: nn.Module, path: Path) -> None:
    """Write *network* as ONNX, opset 17, with free height and width (multiples of MULTIPLE)."""
    network = network.eval().cpu().float()
    sample = torch.zeros(1, 3, 256, 320)
    axes = {"picture": {0: "n", 2: "h", 3: "w"}, "cells": {0: "n", 2: "h4", 3: "w4"}}
    torch.onnx.export(
        network, (sample,), str(path), input_names=["picture"], output_names=["cells"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
