"""Papers of every kind that people hand in, of invented people and issuers, drawn with their truth.

    python -m bench.papers --seed 1 --count 300 --out out/bench/kinds

What the papers say is data (`wording/`), how they look is shared by all kinds (`pages.typ`). Receipts, invoices and
documents with a machine-readable zone come from the other generators. Nothing here knows the definitions of kinds: the
wording was written from what issuers write, so that the figure says how well papers are known that nobody has seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from bench.papers import drawing, elsewhere, shots
from bench.papers.drafting import drafted
from bench.papers.paper import UNKNOWN, Paper
from bench.papers.wording import FOLDERS, Wording, wordings

#: Longer papers are not photographed: reading their pictures takes long and says nothing new.
_MOST_PAGES = 3


def papers(
    seed: int,
    *,
    kinds: Sequence[str] = (),
    languages: Sequence[str] = (),
    limit: int = 0,
    photographed: float = 0.0,
    others: bool = True,
    unseen: int = 0,
) -> Iterator[Paper]:
    """Draw every wording once in each of its layouts, in an order that mixes kinds; the same seed, the same papers.

    *kinds* and *languages*: only these, where given (`unknown` for papers of no kind). *limit*: so many at most.
    *photographed*: the share that is scanned or photographed. *others*: also receipts, invoices and documents with a
    machine-readable zone, from the other generators. *unseen*: from the first (1) or second (2) wording that nobody
    was shown instead.
    """
    plans = [
        (kind, each, layout)
        for kind, some in wordings(FOLDERS[unseen]).items()
        for each in some
        for layout in each.layouts
        if (not kinds or kind in kinds) and (not languages or each.language in languages) and _printable(each)
    ]
    order = np.random.default_rng((seed, 5)).permutation(len(plans))
    plans = [plans[at] for at in order]
    made = (_paper(seed, number, *plan) for number, plan in enumerate(plans))
    every = _interleaved(made, elsewhere.papers(seed, kinds) if others and not languages else iter(()))
    for paper in islice(every, limit or None):
        share, how = chance(paper, seed)
        yield pictured(paper, seed, how) if share < photographed else paper


def chance(paper: Paper, seed: int) -> tuple[float, str]:
    """A number in 0..1 below which share of photographed papers *paper* is one, and how: "photo" or "scan"."""
    if paper.how != "text" or paper.pages > _MOST_PAGES:
        return 1.0, paper.how
    first, second = np.random.default_rng((seed, zlib.crc32(paper.pdf), 6)).random(2)
    return float(first), "photo" if second < 0.6 else "scan"


def pictured(paper: Paper, seed: int, how: str) -> Paper:
    """*paper* scanned ("scan") or photographed ("photo"): its pages as pictures in a PDF without text."""
    return replace(paper, pdf=picture(paper.pdf, seed, how), how=how)


def picture(pdf: bytes, seed: int, how: str) -> bytes:
    """The pages of *pdf* as pictures in a PDF; what is drawn by lot hangs on what they say, not on other papers."""
    return shots.pictured(pdf, np.random.default_rng((seed, zlib.crc32(pdf))), how)


def _paper(seed: int, number: int, kind: str, wording: Wording, layout: str) -> Paper:
    own = zlib.crc32(f"{kind} {wording.title} {wording.issuer} {layout}".encode())
    draft = drafted(wording, layout, np.random.default_rng((seed, own)))
    pdf, pages = drawing.typeset(draft.data)
    name = f"{number:04d}-{kind}-{wording.language}-{layout}"
    return Paper(kind, wording.language, layout, pdf, pages, draft.truth, name=name, either=wording.either)


def _printable(wording: Wording) -> bool:
    return wording.language != "ja" or drawing.has_japanese()


def _interleaved(made: Iterator[Paper], others: Iterator[Paper]) -> Iterator[Paper]:
    """One of *others* after every eleventh of *made*, the rest at the end."""
    for number, paper in enumerate(made):
        yield paper
        if number % 11 == 10:
            yield from (each for each in [next(others, None)] if each is not None)
    yield from others


__all__ = ["UNKNOWN", "Paper", "chance", "papers", "picture", "pictured"]
