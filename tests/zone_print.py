"""Zone lines in OCR-B for tests: pages with the place of every line known, and strips as the recogniser takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from toolkit.zone_letters import CAPITAL, HEIGHT, STRETCH

FONT = Path(__file__).resolve().parent / "specimens" / "fonts" / "OCRB.otf"
#: Doc 9303-4, appendix B; -6, appendix B; -5, appendix B.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Printed:
    """A line as printed, in pixels: the ink of its first and last character, the middle and height of its capitals."""

    text: str
    left: float
    right: float
    middle: float
    capital: float

    def points(self) -> NDArray[np.float64]:
        """Left end, right end, and the foot and top of a capital halfway, as (x, y)."""
        half, centre = self.capital / 2, (self.left + self.right) / 2
        return np.array(
            [
                [self.left, self.middle],
                [self.right, self.middle],
                [centre, self.middle + half],
                [centre, self.middle - half],
            ]
        )


@cache
def font(capital: int) -> ImageFont.FreeTypeFont:
    """OCR-B at the size where capitals are *capital* pixels high."""
    box = ImageFont.truetype(str(FONT), 200).getbbox("H")
    return ImageFont.truetype(str(FONT), round(200 * capital / (box[3] - box[1])))


def page(
    lines: Sequence[str], *, capital: int = 20, size: tuple[int, int] = (1200, 800), at: tuple[int, int] = (80, 600)
) -> tuple[Picture, list[Printed]]:
    """Print *lines* on a pale page of *size* (width, height), the first with its foot at *at*, 2.4 capitals apart."""
    face = font(capital)
    image = Image.new("RGB", size, (238, 238, 232))
    drawn = ImageDraw.Draw(image)
    printed = []
    for number, text in enumerate(lines):
        foot = (at[0], at[1] + number * 2.4 * capital)
        drawn.text(foot, text, font=face, fill=(20, 20, 20), anchor="ls")
        _, top, _, bottom = drawn.textbbox(foot, "H", font=face, anchor="ls")
        left, _, right, _ = drawn.textbbox(foot, text, font=face, anchor="ls")
        printed.append(Printed(text, left, right, (top + bottom) / 2, bottom - top))
    return np.asarray(image), printed


def strip(text: str, *, capital: int = 40) -> Picture:
    """Print *text* as the grey strip that `toolkit.zone_letters.chances` takes, with a capital's room at its ends."""
    tall = round(capital / CAPITAL)
    wide = round(font(capital).getlength(text)) + 2 * capital
    image = Image.new("L", (wide, tall), 236)
    ImageDraw.Draw(image).text((capital, (tall + capital) / 2), text, font=font(capital), fill=24, anchor="ls")
    across = max(HEIGHT, round(wide * HEIGHT / tall * STRETCH))
    return np.asarray(cv2.resize(np.asarray(image), (across, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
