"""Collect the names of public and drawn papers with their evidence, and which of them is the merchant's.

    python -m training.receipt_scorer.evidence --out evidence.jsonl FOLDER...

A FOLDER holds `truth.jsonl` (`file` and one of `company`, `vendor`, `seller`, `merchant`) and the papers. One line a
paper; a second line, `cut`, is the same paper without the rows that name the merchant: there every answer is wrong,
and a score that is sure of one vouches for too much.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from toolkit import pages, sniff
from toolkit.model import Method, Page
from toolkit.readers.money import figures, letterhead, merchant, merchant_names
from toolkit.readers.money.head_rows import glyphs, loose
from toolkit.readers.money.rows import Row, rows

#: Names at least this alike are one name, misread or not.
_ONE = 0.85
#: What truth files call the merchant. `company` and `merchant` are whole names; the others may be a brand.
_KEYS = ("company", "vendor", "seller", "merchant", "issuer")


@dataclass(frozen=True, slots=True)
class Truth:
    """The merchant of a paper, and whether only the name as a whole counts."""

    name: str
    whole: bool

    def holds(self, value: str) -> bool:
        """Whether *value* is the merchant, a misread letter or two aside."""
        got = loose(value)
        if SequenceMatcher(None, got, self.name).ratio() >= _ONE:
            return True
        return not self.whole and (self.name in got or (len(got) > 3 and got in self.name))

    def exact(self, value: str) -> bool:
        """Whether *value* is the merchant letter for letter."""
        return loose(value) == self.name if self.whole else self.holds(value)


def of_truth(said: dict[str, str | None]) -> Truth | None:
    """Return the merchant of a row of `truth.jsonl`, None where it names none."""
    key = next((each for each in _KEYS if said.get(each)), None)
    return None if key is None else Truth(loose(str(said[key])), key in ("company", "merchant"))


def papers(name: str, file: str, words: Sequence[Page], truth: Truth) -> Iterator[dict[str, object]]:
    """Yield the evidence of a paper as it is, and of the same without the rows of its merchant."""
    lines = rows(words)
    if not lines:
        return
    found = _named(lines)
    yield _line(name, file, "whole", lines, truth)
    gone = {row.index for each in found if truth.holds(each.value) for row in each.rows}
    left = tuple(replace(row, index=at) for at, row in enumerate(row for row in lines if row.index not in gone))
    if gone and len(left) > 4:
        yield _line(name, file, "cut", left, truth)


def _named(lines: tuple[Row, ...]) -> list[merchant_names.Candidate]:
    return merchant_names.candidates(_layout(lines))


def _layout(lines: tuple[Row, ...]) -> letterhead.Layout:
    return letterhead.layout(lines, {figure.row.index for figure in figures.figures(lines)})


def _line(name: str, file: str, variant: str, lines: tuple[Row, ...], truth: Truth) -> dict[str, object]:
    sure = {each.value: each.confidence for each in merchant.ranked(_layout(lines))}
    return {
        "set": name,
        "file": file,
        "variant": variant,
        "group": truth.name,
        "names": [
            {
                "evidence": dict(each.evidence),
                "points": merchant.points(each),
                "confidence": sure.get(each.value, 0.0),
                "glyphs": glyphs(each.rows),
                "printed": each.rows[0].method is Method.TEXT_LAYER,
                "right": truth.holds(each.value),
                "exact": truth.exact(each.value),
            }
            for each in _named(lines)
        ],
    }


def main() -> None:
    """Read every paper of the folders and write its evidence."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    with given.out.open("w", encoding="utf-8") as out:
        for folder in given.folders:
            for text in (folder / "truth.jsonl").read_text("utf-8").splitlines():
                said = json.loads(text)
                truth = of_truth(said)
                path = next(each for each in (folder / said["file"], folder.parent / said["file"]) if each.exists())
                if truth is None:
                    continue
                data = path.read_bytes()
                opened = pages.open_bytes(data, sniff.media_type(data))
                for line in papers(folder.name, said["file"], opened.pages, truth):
                    out.write(json.dumps(line, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
