"""Papers of the kinds that other generators draw: receipts, invoices, documents with a zone, and photographs.

All of them are pictures: people photograph what lies in their wallet. Cards get their fronts and titles here, because
what a card is called must agree with its zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from bench import money_papers, travel_documents
from bench.holders import Holder, invented
from bench.money_papers.drawing import Pixels
from bench.papers import shots
from bench.papers.paper import Paper
from bench.travel_documents import SCALE, back, font, inked, tinted, visual
from tests.specimens.passport import portrait

_SLIPS = ("till", "taxi", "fuel", "rail", "parking", "bill_quantity_first", "pharmacy")
_SHEETS = ("invoice", "credit_note")
#: What cards call themselves, the language they say it in, and the codes of their zones (Doc 9303-5; EU 2017/1954).
_CARDS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "identity-card": (
        ("en", "UTO", "IDENTITY CARD"),
        ("de", "D", "PERSONALAUSWEIS / IDENTITY CARD"),
        ("fr", "FRA", "CARTE NATIONALE D'IDENTITÉ"),
        ("es", "ESP", "DOCUMENTO NACIONAL DE IDENTIDAD"),
        ("it", "ITA", "CARTA DI IDENTITÀ / IDENTITY CARD"),
        ("en", "IRL", "NATIONAL IDENTITY CARD"),
    ),
    "residence-permit": (
        ("en", "IRL", "RESIDENCE PERMIT"),
        ("de", "D", "AUFENTHALTSTITEL / RESIDENCE PERMIT"),
        ("fr", "FRA", "TITRE DE SÉJOUR"),
        ("es", "ESP", "PERMISO DE RESIDENCIA"),
        ("nl", "NLD", "VERBLIJFSTITEL"),
        ("en", "GBR", "BIOMETRIC RESIDENCE PERMIT"),
    ),
}
_CODES = {"identity-card": ("ID", "I"), "residence-permit": ("IR",)}
_TYPES = {
    "en": "Type of permit",
    "de": "Art des Titels",
    "fr": "Catégorie du titre",
    "es": "Tipo de permiso",
    "nl": "Soort document",
}


def papers(seed: int, kinds: Sequence[str]) -> Iterator[Paper]:
    """Draw eight papers of each kind, mixed; the same seed, the same papers."""
    for number in range(8):
        for kind, maker in _MAKERS.items():
            if not kinds or kind in kinds:
                yield maker(kind, seed, number)


def _taken(pages: Sequence[Pixels], dpi: float, rng: np.random.Generator) -> tuple[bytes, str]:
    how = "photo" if rng.random() < 0.6 else "scan"
    scale = 200 / dpi
    small = [cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for page in pages]
    return shots.taken(small, 200, rng, how), how


@cache
def _locales() -> Sequence[str]:
    return money_papers.usable()


def _money(kind: str, seed: int, number: int) -> Paper:
    rng = np.random.default_rng((seed, 31, number, kind == "receipt"))
    layouts = _SLIPS if kind == "receipt" else _SHEETS
    layout, locales = layouts[number % len(layouts)], _locales()
    locale = locales[int(rng.integers(len(locales)))]
    page, _, truth = money_papers.drawn(layout, locale, (seed, 31, number))
    pdf, how = _taken([page], 203, rng)
    said = {name: str(truth[name]) for name in ("merchant", "date", "total", "currency") if truth.get(name)}
    return Paper(kind, locale[:2], layout, pdf, 1, said, how, f"m{number:03d}-{kind}-{locale}-{layout}")


def _photo(kind: str, seed: int, number: int) -> Paper:
    """A portrait alone, four on a sheet of photo paper, or one stuck on a sheet of paper."""
    rng = np.random.default_rng((seed, 34, number))
    face = portrait(rng, str(rng.choice(["short", "long", "none"])))
    layout = ("picture", "strip", "mounted")[number % 3]
    if layout == "strip":
        framed = cv2.copyMakeBorder(face, 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=(252, 252, 252))
        face = np.concatenate([np.concatenate([framed, framed], 1)] * 2, 0)
    elif layout == "mounted":
        sheet = np.full((297 * 10, 210 * 10, 3), 250, np.uint8)
        sheet[600 : 600 + face.shape[0], 900 : 900 + face.shape[1]] = face
        face = sheet
    pdf, how = _taken([face], 254, rng)
    return Paper(kind, "en", layout, pdf, 1, {}, how, f"f{number:03d}-{kind}-{layout}")


def _booklet(kind: str, seed: int, number: int) -> Paper:
    """A data page or a sticker of the generator of passports: the next of the right format."""
    wanted = ("TD3",) if kind == "passport" else ("MRVA", "MRVB")
    at, found = seed * 97 % 5000 + number * 60, None
    while found is None or found.holder is None or found.holder.format not in wanted:
        found, at = travel_documents.draw(at), at + 1
    cover = (found.ink.astype(np.float32) / 255)[:, :, None]
    page = found.ground * (1 - cover) + np.array(found.colour, np.float32) * cover
    rng = np.random.default_rng((seed, 32, number))
    pdf, how = _taken([np.clip(page, 0, 255).astype(np.uint8)], SCALE * 25.4, rng)
    name = f"z{number:03d}-{kind}-en-{found.holder.format}"
    return Paper(kind, "en", found.holder.format, pdf, 1, _facts(found.holder), how, name)


def _facts(holder: Holder) -> Mapping[str, str]:
    facts = {"number": holder.number, "surname": holder.surname, "given_names": holder.given_names}
    return {name: value for name, value in facts.items() if value}


def _card(kind: str, seed: int, number: int) -> Paper:
    """Front and back of a card on one page or on two."""
    rng = np.random.default_rng((seed, 33, number, kind == "identity-card"))
    language, state, title = _CARDS[kind][number % len(_CARDS[kind])]
    holder = invented(rng, "TD1", state)
    while holder.code not in _CODES[kind]:
        holder = invented(rng, "TD1", state)
    front = _front(kind, language, title, holder, rng)
    width, height = front.shape[1], front.shape[0]
    rear = back(holder, rng, tinted(rng, width, height))
    ink, _ = inked(holder.lines, (height, width), rng)
    cover = (ink.astype(np.float32) / 255)[:, :, None]
    rear = np.clip(rear * (1 - cover) + 30 * cover, 0, 255).astype(np.uint8)
    together = number % 2 == 0
    gap = np.full((60, width, 3), 235, np.uint8)
    pages = [np.concatenate([front, gap, rear])] if together else [front, rear]
    pdf, how = _taken(pages, SCALE * 25.4, rng)
    layout = "both sides" if together else "front and back"
    return Paper(kind, language, layout, pdf, len(pages), _facts(holder), how, f"z{number:03d}-{kind}-{language}-TD1")


def _front(kind: str, language: str, title: str, holder: Holder, rng: np.random.Generator) -> Pixels:
    """The front as `bench.travel_documents` draws it, under a title of our own; permits name their type."""
    width, height = (round(mm * SCALE) for mm in travel_documents.SIZES["TD1"])
    ground = visual(holder, rng, tinted(rng, width, height), height / SCALE - 6)
    canvas = Image.fromarray(ground)
    pen = ImageDraw.Draw(canvas)
    pale = tuple(int(c) for c in np.median(ground[:20].reshape(-1, 3), axis=0))
    pen.rectangle((0, 0, width, 7 * SCALE), fill=pale)
    pen.text((4 * SCALE, 2 * SCALE), f"{holder.state}   {title}", font=font(3.2), fill=(30, 34, 70))
    if kind == "residence-permit":
        sort = str(rng.choice(("ICT", "BLUE CARD EU", "SKILLED WORKER", "STUDENT")))
        pen.text((30 * SCALE, 47 * SCALE), f"{_TYPES[language]}: {sort}", font=font(2.4), fill=(25, 28, 36))
    return np.array(canvas)


_MAKERS: Mapping[str, Callable[[str, int, int], Paper]] = {
    "passport": _booklet,
    "visa-sticker": _booklet,
    "identity-card": _card,
    "residence-permit": _card,
    "receipt": _money,
    "invoice": _money,
    "photo": _photo,
}

#: What is drawn here.
KINDS = tuple(_MAKERS)
