"""Every name in the head and the foot of a paper that may be the merchant's, with what speaks for and against it.

Weighs nothing: `merchant.py` does, by `scorer.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from statistics import median

from toolkit.model import Method
from toolkit.readers.money import misread
from toolkit.readers.money.head_rows import (
    RowClass,
    cells,
    class_of,
    classify,
    company_end,
    folded,
    glyphs,
    has,
    loose,
    mended,
    names_buyer,
    patterns,
    trimmed,
)
from toolkit.readers.money.labels import roles
from toolkit.readers.money.letterhead import BRANCH, STREET, Layout
from toolkit.readers.money.rows import Row

#: Of a long paper no more rows than this are looked at for a company at the foot, from either end.
_FOOT = 150
#: A label is no longer than this.
_LABEL = 24
#: Names of fewer letters than this are no sign of anything where they stand a second time.
_TELLING = 4
_AMOUNT = re.compile(r"\d[.,]\d\d\b")
#: The number of a company's register behind its name: `(728515-M)`, `(867388 U)`.
_REGISTERED = re.compile(r"[^\W\d_]{2}.*\(?\b\d{5,9} ?-? ?[A-Z]\)?\W*$")
#: A web or mail address.
_DOMAIN = re.compile(r"(?:www\.|@|\b(?=[\w-]+\.[a-z]{2,3}\b))\S+")
#: Scripts in which two letters are a name.
_DENSE = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]")
_ADDRESSED: frozenset[RowClass] = frozenset({"address", "place", "registration", "tax_id"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name with its evidence; what does not speak is left out."""

    value: str
    rows: tuple[Row, ...]
    evidence: Mapping[str, float]

    def __repr__(self) -> str:
        return f"<Candidate in {len(self.rows)} rows>"


def candidates(layout: Layout) -> list[Candidate]:
    """Return every name of the head, then those of companies at the foot, in the order of the paper."""
    page = _Page(layout)
    found: list[Candidate] = []
    at = 0
    while at < len(layout.top):
        if layout.classes[at] not in ("company", "name") and not _titled(layout.top[at], layout.classes[at]):
            at += 1
            continue
        span = _joined(layout, at, page.tall)
        each = page.in_head(at, span, len(found))
        if each is not None:
            found.append(each)
        at += span
    return found + page.at_foot(found)


def alike(legal: str, sign: str) -> bool:
    """Whether a word of the legal name is the blurred word of a sign: `MSTERMANN` and `Erika Mustermann GmbH`."""
    written = loose(sign)
    if len(written) < _TELLING:
        return False
    return any(len(word) > 3 and SequenceMatcher(None, loose(word), written).ratio() > 0.7 for word in legal.split())


def same(one: str, other: str) -> bool:
    """Whether one name is the other or how it begins, as `Muster` is of `Muster Markt GmbH`."""
    short, long = sorted((loose(one), loose(other)), key=len)
    return short == long or (len(short) >= _TELLING and long.startswith(short))


class _Page:
    """What candidates are held against: the words, mail addresses, buyers and payees of the whole paper."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.near = [*layout.rows[:_FOOT], *layout.rows[_FOOT:][-_FOOT:]]
        self.tall = median(row.height for row in self.near) if self.near else 0.0
        self.text = loose(" ".join(row.text for row in self.near))
        texts = [folded(row.text) for row in self.near]
        self.domains = " ".join(each for text in texts for each in _DOMAIN.findall(text) if "." in each).replace(
            "-", ""
        )
        self.buyers = [_behind_label(layout.top[at].text) for at in sorted(layout.bought)]
        self.paid = loose(" ".join(text for text in texts if has("payee", text)))

    def in_head(self, at: int, span: int, order: int) -> Candidate | None:
        """Return the candidate that begins at cell *at*; None where nothing of a name is left."""
        layout = self.layout
        own = layout.top[at : at + span]
        value = _spelled(trimmed(" ".join(row.text for row in own)), own)
        bare = _labels(own[-1]) and company_end(value) is None
        if at in layout.bought or bare or len(loose(value)) < (2 if _DENSE.search(value) else 3):
            return None
        following = next(iter(layout.classes[at + span : at + span + 1]), "noise")
        above = list(zip(layout.top[:at], layout.classes[:at], strict=True))
        evidence = self._of_name(value, own) | {
            "order": min(order, 3),
            "then_address": following in _ADDRESSED,
            "near_address": following not in _ADDRESSED and self._leads_to_address(at + span, value),
            "then_contact": following == "contact",
            "after_address": "address" in layout.classes[:at],
            "after_document": any(each == "document" and not _is_title(row) for row, each in above),
            "after_buyer": any(place < at for place in layout.bought),
            "bought": any(alike(value, name) for name in self.buyers),
            "seller": any(_labels(row) for row in layout.top[max(0, at - 3) : at]) or _said(own[0].text),
            "owner": bool(above) and bool(re.search(r"\b(?:owned|operated) by\b", folded(above[-1][0].text))),
        }
        if order == 0 and evidence["then_address"]:
            evidence["label"] = False  # a word of a sign may mean something elsewhere
        return Candidate(value, own, _spoken(evidence))

    def _leads_to_address(self, at: int, value: str) -> bool:
        """Whether an address or register number follows behind a row or two of dates and numbers."""
        for row, each in list(zip(self.layout.top, self.layout.classes, strict=True))[at : at + 3]:
            if each in _ADDRESSED:
                return True
            numbers = each == "noise" or sum(letter.isdigit() for letter in row.text) > 3
            if not (numbers or BRANCH.match(row.text) or same(row.text, value)):
                return False
        return False

    def _of_name(self, value: str, own: tuple[Row, ...]) -> dict[str, float]:
        plain, legal = loose(value), company_end(value) is not None
        printed = " ".join(row.text for row in own)
        domain, telling = self._in_domain(value), len(plain) >= _TELLING
        trade, words = bool(has("trade", folded(value))), re.findall(r"[^\W\d_]{4,}", value)
        return {
            "legal": legal,
            "trade": trade,
            "tall": own[0].height > 1.3 * self.tall,
            "domain": domain,
            "repeated": not domain and telling and self.text.count(plain) > 1,
            "payee": telling and plain in self.paid,
            "registered": bool(_REGISTERED.search(printed)),
            "blurred": glyphs(own) < 0.80,
            "digits": sum(each.isdigit() for each in value) > 0.3 * len(value),
            "short": len(plain) < _TELLING or not re.search(r"[^\W\d_]{3}", value),
            "odd": glyphs(own) < 0.95 and bool(re.search(r"[a-z][A-Z]", re.sub(r"GmbH|\bMa?c|\bDe", "", value))),
            "sentence": not legal and len(value.split()) > 2 and printed.rstrip().endswith((".", "!", "?")),
            "street": not legal and ("," in value or STREET.fullmatch(value) is not None),
            "mended": plain not in loose(mended(printed)),
            "known": bool(words) and all(misread.known(word, "name") for word in words),
            "colon": printed.rstrip().endswith((":", "：")),
            "label": not legal and not trade and bool(roles(value) - {"seller"}),
        }

    def _in_domain(self, name: str) -> bool:
        """Whether a word of *name* is part of a web or mail address on the page."""
        words = (loose(word) for word in name.split() if not has("trade", folded(word)))
        return any(len(word) >= 5 and word in self.domains for word in words)

    def at_foot(self, heads: Sequence[Candidate]) -> list[Candidate]:
        """Legal names further down: shops print their company at the foot, where no sign blurs it."""
        past = self.layout.top[-1].index if self.layout.top else -1
        below = [cell for row in self.near if row.index > past for cell in cells(row)]
        found: list[Candidate] = []
        label, seller = -9, False
        for at, (row, following) in enumerate(zip_longest(below, below[1:])):
            if names_buyer(row.text) or _labels(row):
                label, seller = at, _labels(row)
            register = following is not None and bool(has("registration", folded(following.text)))
            value = self._foot_name(row, register)
            if value is None:
                continue
            labelled = at - label <= 3
            evidence = self._of_name(value, (row,)) | {
                "order": 3,
                "foot": True,
                "alike": any(alike(value, each.value) for each in heads[:2]),
                "above_register": register and classify(row) != "company",
                "seller": labelled and seller,
                "bought": (labelled and not seller) or any(alike(value, name) for name in self.buyers),
            }
            found.append(Candidate(value, (row,), _spoken(evidence)))
        return found[:3]

    def _foot_name(self, row: Row, register: bool) -> str | None:
        """The name in a row of the foot: a company's, or one that is known above a row of a register."""
        own = classify(row)
        if len(row.text) > 70 or own not in ("company", "name") or _AMOUNT.search(row.text):
            return None
        if own == "company":
            part = _company_part(row.text)
            return None if part is None else _spelled(part, (row,))
        plain = loose(row.text)
        known = len(plain) >= _TELLING and (self.text.count(plain) > 1 or self._in_domain(row.text))
        return _spelled(trimmed(row.text), (row,)) if register and known and len(row.text) <= 40 else None


def _spoken(evidence: Mapping[str, float]) -> dict[str, float]:
    return {name: float(amount) for name, amount in evidence.items() if amount}


def _spelled(value: str, own: tuple[Row, ...]) -> str:
    """*value* as it is printed, or with what a camera misread in known words set right."""
    if own[0].method is Method.TEXT_LAYER:
        return value
    return misread.mended(misread.parted(value), "name")


def _titled(row: Row, own: RowClass) -> bool:
    """Whether a row is a name with a title or telephone behind it: `Example Works Invoice`, `Example Ltd Tel: 1`."""
    if own not in ("document", "contact"):
        return False
    text = folded(row.text)
    behind = has("title" if own == "document" else "contact", text)
    if behind is None or len(loose(text[: behind.start()])) < 6:
        return False
    return class_of(row.text[: behind.start()]) in ("name", "company")


def _company_part(text: str) -> str | None:
    """The part of a row that is a company's name, without an amount or number in front."""
    parts = re.split(r"\s*[,|]\s|\s[-–]\s", text)
    part = next((each for each in parts if company_end(each) is not None), None)
    if part is None:
        return None
    behind_number = re.sub(r"^.*\d\S*\s+(?=[^\W\d_]{2})", "", part)
    return trimmed(behind_number if company_end(behind_number) else part)


def _labels(row: Row) -> bool:
    """Whether *row* is a label of the seller and little else."""
    return "seller" in roles(row.text) and len(row.text) <= _LABEL


def _is_title(row: Row) -> bool:
    """Whether *row* is nothing but the title of the paper: `TAX INVOICE`, `Quittung`."""
    return len(row.text) <= _LABEL and not re.search(r"[\d:]", row.text)


def _behind_label(text: str) -> str:
    return re.sub(r"^[^:：]{0,30}[:：]\s*", "", text)


def _said(text: str) -> bool:
    label = has("seller", folded(text))
    return label is not None and label.start() == 0 and label.end() < len(text)


def _joined(layout: Layout, at: int, tall: float) -> int:
    """How many rows the name takes: an open bracket or a word such as `TRADING` goes on where the first row ended."""
    top, classes = layout.top, layout.classes
    span = 1
    while at + span < len(top) and span < 3 and classes[at + span] in ("company", "name"):
        so_far = " ".join(row.text for row in top[at : at + span])
        following = folded(top[at + span].text)
        opened = so_far.count("(") > so_far.count(")")
        goes_on = company_end(so_far) is None and (bool(has("tail", following)) or _only_form(following))
        if not (opened or goes_on or _one_sign(top[at], top[at + span], tall)):
            break
        span += 1
    return span


def _one_sign(first: Row, following: Row, tall: float) -> bool:
    """Whether two rows of one large word each are one sign over the shop: `GOLDEN` over `LION`."""
    single = all(len(row.text.split()) == 1 and row.height > 1.1 * tall for row in (first, following))
    return single and abs(first.height - following.height) < 0.15 * first.height


def _only_form(text: str) -> bool:
    rest = patterns()["company"].sub(" ", text)
    return rest != text and not re.search(r"[^\W\d_]{3}", rest)
