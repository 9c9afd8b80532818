"""What an opened file is: its sheets, each with words and a picture that is drawn only when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Page
from toolkit.zone_strips import Match

Picture = NDArray[np.uint8]


class Sheet:
    """One page of an opened file: its words, its zones, and its upright picture, drawn only when somebody asks."""

    def __init__(self, page: Page, draw: Callable[[], Picture], zones: Sequence[Match] | None = None) -> None:
        self.page = page
        #: The machine-readable zones in its picture, or None where it was not looked at.
        self.zones = zones
        self._draw = draw

    @cached_property
    def image(self) -> Picture:
        """The upright page as RGB, height x width x 3, at about 200 dpi for PDFs and at full size for pictures."""
        return self._draw()


@dataclass(frozen=True)
class Opened:
    """A file taken apart: its pages, the files embedded in it (PDF attachments) by name, and notes for the officer."""

    media_type: str
    data: bytes = field(repr=False)
    sheets: tuple[Sheet, ...]
    attachments: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    #: The same file with its open changes rejected (Word's tracked changes), without values that change by themselves;
    #: None where nothing is open. What both do not say alike is not agreed.
    before: Opened | None = field(default=None, repr=False)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages without their pictures."""
        return tuple(sheet.page for sheet in self.sheets)


def turned(picture: Picture, degrees: int) -> Picture:
    """Return *picture* turned clockwise by 0, 90, 180 or 270 *degrees*."""
    return np.ascontiguousarray(np.rot90(picture, k=-degrees // 90)) if degrees else picture
