"""How well piles are cut: documents shuffled into one file, as people scan them, and cut again.

    python -m bench.piles --seed 1 --count 200

A pile holds 2 to 12 documents: receipts, invoices, contracts and passports of the public sets (../shared/data), and
papers that `bench.papers` draws. Half of the piles come from one scanner (every page A4 and read from its picture), the
others were put together from files. Some have blank backs, blank sheets, separators, both sides of cards, letters, or a
document whose numbered pages were shuffled. Words are recognised once and kept under out/bench/piles.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from bench import papers as drawn
from tests.strangers import STRANGERS
from toolkit import layout, pages, read, sniff
from toolkit.errors import ToolkitError
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.pages.pseudo import sheets as pseudo_sheets
from toolkit.zone_strips import Match

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "out" / "bench" / "piles"

#: Pages of a contract in a pile; longer ones are cut to so many.
LONGEST = 12
#: A4 at 200 dpi, as an office scanner gives it.
SCAN = (1654, 2339)
#: How many documents of a pile come from where.
SHARES = {"receipts": 3, "contracts": 2, "invoices": 2, "passports": 1, "papers": 5, "letters": 0.5, "cards": 1}

INKED = np.full((400, 300, 3), 255, np.uint8)
INKED[60:340:9, 40:260] = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One page of a document: words, zones, and what its picture shows where somebody looks."""

    page: Page
    zones: tuple[Match, ...] = ()
    look: str = "print"


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    sides: tuple[Side, ...]


# --- what piles are made of


def corpus(seed: int) -> dict[str, list[Paper]]:
    """The documents by where they come from; opened and recognised once, then kept."""
    public = _kept("public", _public) if DATA.is_dir() else {}
    own = _kept(f"papers-{seed}", lambda: {"papers": list(_papers(seed))})
    own = {"papers": [each for each in own["papers"] if "-photo-" not in each.name]}
    letters = [Paper(name, tuple(Side(each.page) for each in pseudo_sheets(text.splitlines(), 9)))
               for name, text in STRANGERS.items()]  # fmt: skip
    return {**public, **own, "letters": letters, "cards": _cards(public.get("passports", []))}


def _kept(name: str, make: Callable[[], dict[str, list[Paper]]]) -> dict[str, list[Paper]]:
    """What *make* makes, from our own file where it is there."""
    path = OUT / f"{name}.pickle"
    if not path.exists():
        OUT.mkdir(parents=True, exist_ok=True)
        plain = {part: [(each.name, [(side.page, side.zones) for side in each.sides]) for each in some]
                 for part, some in make().items()}  # fmt: skip
        path.write_bytes(pickle.dumps(plain))
    found = pickle.loads(path.read_bytes())
    return {part: [Paper(each, tuple(Side(*side) for side in sides)) for each, sides in some]
            for part, some in found.items()}  # fmt: skip


def _public() -> dict[str, list[Paper]]:
    made: dict[str, list[Paper]] = {"receipts": [], "invoices": [], "contracts": [], "passports": []}
    for line in (DATA / "kinds" / "truth.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        kind, file = row["kind"][0], row["file"]
        part = {"contract": "contracts", "receipt": "receipts", "invoice": "invoices"}.get(kind, "passports")
        if (paper := _opened(DATA / file)) is not None:
            if part == "receipts" and len(paper.sides) > 1:
                part = "invoices"
            made[part].append(paper)
    for path in sorted((DATA / "kleister_nda").rglob("*.pdf"))[::3]:
        if (paper := _opened(path)) is not None:
            made["contracts"].append(paper)
    return made


def _opened(path: Path) -> Paper | None:
    data = path.read_bytes()
    try:
        opened = pages.open_bytes(data, sniff.media_type(data))
    except ToolkitError:
        return None
    if opened.media_type not in (sniff.PDF, "image/jpeg", "image/png"):
        return None
    return Paper(path.name, tuple(Side(each.page, tuple(each.zones or ())) for each in opened.sheets))


def _papers(seed: int) -> Iterator[Paper]:
    for each in drawn.papers(seed, others=False):
        if each.kind == "photo":
            continue  # there is nothing but a picture to know it by, and pictures are not kept
        opened = pages.open_bytes(each.pdf, sniff.PDF)
        yield Paper(each.name, tuple(Side(sheet.page, tuple(sheet.zones or ())) for sheet in opened.sheets))


def _cards(passports: Sequence[Paper]) -> list[Paper]:
    """Cards of two sides: the zone of a public specimen on one, on the other what stands beside a portrait."""
    fronts = [
        "REPUBLIC OF UTOPIA\nIDENTITY CARD\nSurname\nOSTERVANG\nGiven names\nMARIT\nDate of birth\n12.03.1988",
        "REPUBLIK UTOPIA\nPERSONALAUSWEIS\nName\nGRUENWALDT\nVornamen\nJONAS\nGeburtstag\n02.11.1979",
        "RÉPUBLIQUE D'UTOPIE\nTITRE DE SÉJOUR\nNom\nOKAFOR\nPrénoms\nTOBI\nDate d'expiration\n01/02/2030",
        "REINO DE UTOPIA\nPERMISO DE RESIDENCIA\nApellidos\nCELIKHAN\nNombre\nAYLIN\nValidez\n03 04 2031",
    ]
    backs = [each for each in passports if len(each.sides) == 1 and _is_card(each.sides[0])]
    made = []
    for at, back in enumerate(backs):
        front = pseudo_sheets(fronts[at % len(fronts)].splitlines(), 1)[0].page
        size = back.sides[0].page
        front = replace(front, width=size.width, height=size.height, method=Method.OCR)
        sides = (Side(front), back.sides[0])
        made.append(Paper(f"card {back.name}", sides if at % 3 else sides[::-1]))
    return made


def _is_card(side: Side) -> bool:
    return any(match.best.zone.format in ("TD1", "TD2") for match in side.zones)


# --- a pile


@dataclass(frozen=True, slots=True)
class Pile:
    opened: Opened
    #: For each page the number of its document; -1 for blank sheets and separators.
    owner: tuple[int, ...]
    names: tuple[str, ...]


def pile(found: dict[str, list[Paper]], rng: np.random.Generator) -> Pile:
    """Draw one pile by lot."""
    sources = [name for name in SHARES if found.get(name)]
    weights = np.array([SHARES[name] for name in sources], float)
    count = int(rng.integers(2, 13))
    scanned, duplex = rng.random() < 0.5, rng.random() < 0.2
    parted = rng.random() < 0.15
    sides: list[Side] = []
    owner: list[int] = []
    names = []
    for number in range(count):
        paper = _picked(found[sources[int(rng.choice(len(sources), p=weights / weights.sum()))]], names, rng)
        own = list(paper.sides[:LONGEST])
        if len(own) >= 3 and rng.random() < 0.08 and _numbered(own):
            rng.shuffle(own)  # type: ignore[arg-type]
        names.append(paper.name)
        if number and parted:
            sides.append(_separator(rng))
            owner.append(-1)
        elif number and rng.random() < 0.08:
            sides.append(_blank())
            owner.append(-1)
        for side in own:
            sides.append(side)
            owner.append(number)
            if duplex:
                sides.append(_blank())
                owner.append(-1)
    sheets = tuple(_sheet(_on_scanner(side) if scanned else side, at) for at, side in enumerate(sides, start=1))
    return Pile(Opened(sniff.PDF, b"", sheets), tuple(owner), tuple(names))


def _picked(papers: Sequence[Paper], taken: Sequence[str], rng: np.random.Generator) -> Paper:
    """A paper that is not in the pile yet, if one of five tries finds one: a copy is no other document."""
    for _ in range(5):
        paper = papers[int(rng.integers(len(papers)))]
        if paper.name not in taken:
            break
    return paper


def _numbered(sides: Sequence[Side]) -> bool:
    """Whether the pages say "page 2 of 5": only then can anyone tell their order."""
    texts = [layout.text([side.page]).lower() for side in sides]
    return all(f"{at} of {len(sides)}" in text or f"{at}/{len(sides)}" in text.replace(" ", "")
               or f"{at} von {len(sides)}" in text for at, text in enumerate(texts, 1))  # fmt: skip


def _blank() -> Side:
    return Side(Page(1, *SCAN, (), Method.OCR), look="blank")


def _separator(rng: np.random.Generator) -> Side:
    if rng.random() < 0.5:
        return Side(Page(1, *SCAN, (), Method.OCR), look="code")
    words = tuple(Word(text, Box(0.3 + 0.2 * at, 0.45, 0.48 + 0.2 * at, 0.48), 0.99)
                  for at, text in enumerate(("Document", "separator")))  # fmt: skip
    return Side(Page(1, *SCAN, words, Method.OCR))


def _on_scanner(side: Side) -> Side:
    """The page as an A4 scan: smaller papers lie in a corner of the glass, larger ones are shrunk."""
    page = side.page
    wide, high = page.width, page.height
    if page.method is Method.TEXT_LAYER:
        across, down = 1.0, 1.0
    else:
        scale = min(0.92 * SCAN[0] / wide, 0.92 * SCAN[1] / high, 1.0)
        across, down = wide * scale / SCAN[0], high * scale / SCAN[1]
    words = tuple(
        replace(word, box=_shrunk(word.box, across, down), confidence=min(word.confidence, 0.97)) for word in page.words
    )
    return replace(side, page=replace(page, width=SCAN[0], height=SCAN[1], words=words, method=Method.OCR))


def _shrunk(box: Box, across: float, down: float) -> Box:
    return Box(box.left * across, box.top * down, box.right * across, box.bottom * down)


def _sheet(side: Side, number: int) -> Sheet:
    return Sheet(replace(side.page, number=number), lambda: _picture(side.look), side.zones)


def _picture(look: str) -> np.ndarray:
    if look == "blank":
        white = np.full((560, 400, 3), 244, np.uint8)
        speckle = np.random.default_rng(0).integers(20, 380, (30, 2))
        white[speckle[:, 0], speckle[:, 1]] = 60
        return white
    if look == "code":
        code = cv2.QRCodeEncoder_create().encode("MOBILITY-SEPARATOR")
        large = cv2.resize(code, (240, 240), interpolation=cv2.INTER_NEAREST)
        sheet = np.full((1120, 800, 3), 255, np.uint8)
        sheet[300:540, 280:520] = large[:, :, None]
        return sheet
    return INKED


# --- the figures


@dataclass(slots=True)
class Score:
    right: int = 0
    extra: int = 0
    missed: int = 0
    piles: int = 0
    exact: int = 0
    pages_in: int = 0
    pages_out: int = 0
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.extra)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def measure(
    found: dict[str, list[Paper]], seed: int, count: int, tell: Callable[[str], None] = lambda _: None
) -> Score:
    """Cut *count* piles and compare."""
    score = Score()
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        made = pile(found, rng)
        start = time.perf_counter()
        parts = read.parts(made.opened)
        score.seconds += time.perf_counter() - start
        got = _owners(parts, len(made.owner))
        wanted, seen = _boundaries(made.owner), _boundaries(got, made.owner)
        score.right += len(wanted & seen)
        score.extra += len(seen - wanted)
        score.missed += len(wanted - seen)
        score.piles += 1
        score.exact += wanted == seen and _groups(made.owner) == _groups(got)
        score.pages_in += len(made.owner)
        score.pages_out += _told(parts, len(made.owner))
        for at in sorted(wanted ^ seen):
            what = "missed" if at in wanted else "extra"
            before = max(place for place in range(at) if made.owner[place] >= 0)
            tell(f"pile {number} page {at + 1} {what}: {made.names[made.owner[before]]} | {made.names[made.owner[at]]}")
    return score


def _owners(parts: Sequence[tuple[Opened, object]], count: int) -> tuple[int, ...]:
    owner = [-1] * count
    for number, (opened, _) in enumerate(parts):
        for page in opened.pages:
            owner[page.number - 1] = number if owner[page.number - 1] < 0 else owner[page.number - 1]
    return tuple(owner)


def _boundaries(owner: Sequence[int], pages: Sequence[int] | None = None) -> set[int]:
    """Places of pages whose document is not that of the page before, blank sheets passed over."""
    real = [at for at in range(len(owner)) if (pages or owner)[at] >= 0]
    return {at for before, at in pairwise(real) if owner[before] != owner[at]}


def _groups(owner: Sequence[int]) -> set[frozenset[int]]:
    return {frozenset(at for at, each in enumerate(owner) if each == number) for number in set(owner) if number >= 0}


def _told(parts: Sequence[tuple[Opened, object]], count: int) -> int:
    """How many pages are in a document, or named in the notes of one as blank or as a separator."""
    held = {page.number for opened, _ in parts for page in opened.pages}
    notes = [note for opened, _ in parts for note in opened.notes if "blank" in note or "separator" in note]
    named = {number for note in notes for number in range(1, count + 1) if str(number) in _numbers(note)}
    return len(held | named)


def _numbers(note: str) -> set[str]:
    found = "".join(letter if letter.isdigit() else " " for letter in note).split()
    if " to " in note and len(found) == 2:
        return {str(each) for each in range(int(found[0]), int(found[1]) + 1)}
    return set(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--show", action="store_true", help="name every boundary that is wrong")
    args = parser.parse_args()
    found = corpus(args.seed)
    print({name: len(some) for name, some in found.items()})
    score = measure(found, args.seed, args.count, print if args.show else lambda _: None)
    print(
        f"{score.piles} piles, {score.pages_in} pages in, {score.pages_out} out: boundaries precision "
        f"{score.precision:.4f} recall {score.recall:.4f} F1 {score.f1:.4f}, {score.exact} piles exactly right, "
        f"{1000 * score.seconds / max(1, score.pages_in):.1f} ms a page"
    )


if __name__ == "__main__":
    main()
