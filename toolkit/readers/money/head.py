"""The head of the paper: what each of its rows is, the merchant's name, address and tax number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from statistics import median
from typing import Literal

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.model import Method, Word
from toolkit.readers.money import tax_number
from toolkit.readers.money.labels import DATA, Role, roles
from toolkit.readers.money.rows import Row
from toolkit.readers.money.tax_number import TaxNumber

#: A head is no longer than this; letters of companies put their own address at the foot, which is looked at too.
_LONGEST = 26
#: Words further apart than this share of the page do not belong to one name.
_GAP = 0.08

RowClass = Literal["company", "registration", "contact", "tax_id", "document", "slogan", "address", "name", "noise"]


class HeadWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `head.toml`: regular expressions by what a row that matches is."""

    company: tuple[str, ...]
    tail: tuple[str, ...]
    registration: tuple[str, ...]
    contact: tuple[str, ...]
    tax_id: tuple[str, ...]
    document: tuple[str, ...]
    slogan: tuple[str, ...]
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A value of the head with the rows it came from."""

    value: str
    confidence: float
    rows: tuple[Row, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says; None where it says nothing that can be told."""

    merchant: Found | None
    others: tuple[Found, ...]
    address: Found | None
    tax_id: TaxNumber | None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = definitions.load(DATA / "head.toml", HeadWords)
    return {
        name: re.compile("|".join(f"(?:{each})" for each in getattr(words, name))) for name in words.__struct_fields__
    }


def _has(name: str, text: str) -> re.Match[str] | None:
    return _patterns()[name].search(text)


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    return fold(text).replace("ß", "ss")


def company_end(text: str) -> int | None:
    """Return where the company form in *text* ends, None without one. A form is not the whole of a name."""
    folded = fold(text)
    ends = [m.end() for m in _patterns()["company"].finditer(folded) if re.search(r"[^\W\d_]{2}", folded[: m.start()])]
    return ends[-1] if ends else None


def classify(row: Row) -> RowClass:
    """Say what *row* is, the more telling answer first."""
    text = _folded(row.text)
    letters = sum(each.isalpha() for each in text)
    checks: tuple[tuple[RowClass, Callable[[], bool]], ...] = (
        ("tax_id", lambda: bool(_has("tax_id", text))),
        ("noise", lambda: _is_noise(text, letters)),
        ("slogan", lambda: bool(_has("slogan", text))),
        ("registration", lambda: bool(_has("registration", text)) and company_end(row.text) is None),
        ("document", lambda: "buyer" in roles(row.text)),
        ("company", lambda: company_end(row.text) is not None and not _starts_as_address(text)),
        ("document", lambda: bool(_has("document", text))),
        ("contact", lambda: bool((found := _has("contact", text)) and found.start() < 6)),
        ("address", lambda: bool(_has("address", text)) and bool(re.search(r"\d|,", text))),
        ("contact", lambda: bool(_has("contact", text))),
        ("address", lambda: bool(_has("address", text)) and letters > 3),
    )
    return next((name for name, holds in checks if holds()), "name")


def _is_noise(text: str, letters: int) -> bool:
    return "(c)" in text or "©" in text or (letters < 3 and not re.fullmatch(r"\W*\d{5}\W*", text))


def _starts_as_address(text: str) -> bool:
    return bool(re.match(r"\W*(?:no\b|lot\b|blk\b|\d+[a-z]?\W)", text)) and bool(_has("address", text))


def read(rows: Sequence[Row], priced: frozenset[int] | set[int]) -> Head:
    """Read the head of *rows*; *priced* are the indexes of the rows with amounts: the first of them ends the head."""
    top = [cell for row in rows[:_LONGEST] for cell in _cells(row)]
    classes = [classify(row) for row in top]
    # `Seksyen 2.5, 40400 Shah Alam`: numbers in addresses look like amounts.
    body = next((i for i, row in enumerate(top) if row.index in priced and classes[i] != "address"), len(top))
    top, classes = top[: max(body, 3)], classes[: max(body, 3)]
    ranked = _merchants(rows, top, classes)
    merchant = ranked[0][1] if ranked else None
    address = _address(top, classes, merchant)
    return Head(
        merchant, tuple(found for _, found in ranked[1:3]), address, tax_number.read(rows, _patterns()["tax_id"])
    )


def _cells(row: Row) -> list[Row]:
    """The parts of a row that a wide gap keeps apart: letterheads print a name at the left and a title at the right."""
    parts: list[list[Word]] = [[row.words[0]]]
    for before, word in pairwise(row.words):
        if word.box.left - before.box.right > _GAP:
            parts.append([])
        parts[-1].append(word)
    if len(parts) == 1:
        return [row]
    return [replace(row, words=tuple(part)) for part in parts]


def _merchants(rows: Sequence[Row], top: Sequence[Row], classes: Sequence[RowClass]) -> list[tuple[float, Found]]:
    tall = median(row.height for row in rows) if rows else 0.0
    text = _loose(" ".join(row.text for row in rows))
    scored: list[tuple[float, Found]] = []
    place = 0
    at = 0
    while at < len(top):
        if classes[at] not in ("company", "name"):
            at += 1
            continue
        span = _joined(top, classes, at, tall)
        points, found = _merchant(rows, top, classes, at, span, tall, text, place)
        if len(_loose(found.value)) >= 3:
            scored.append((points, found))
            place += 1
        at += span
    scored += _elsewhere(rows[top[-1].index + 1 - rows[0].index :], [found for _, found in scored])
    scored = sorted((each for each in scored if each[0] >= 1), key=lambda each: -each[0])
    return [(points, _sure(points, found, scored)) for points, found in scored]


def _merchant(
    rows: Sequence[Row],
    top: Sequence[Row],
    classes: Sequence[RowClass],
    at: int,
    span: int,
    tall: float,
    text: str,
    place: int,
) -> tuple[float, Found]:
    own = tuple(top[at : at + span])
    value = trimmed(" ".join(row.text for row in own))
    following = classes[at + span] if at + span < len(top) else "noise"
    loose = _loose(value)
    repeated = len(loose) > 3 and text.count(loose) > 1
    points = 2.0 - 0.5 * min(place, 3)
    points += 3.0 if company_end(value) is not None else 0.0
    points += 1.0 if following in ("address", "registration", "tax_id") else 0.3 if following == "contact" else 0.0
    points += 0.7 if own[0].height > 1.3 * tall else 0.0
    points += 1.5 if _in_domain(value, rows) else 1.0 if repeated else 0.0
    points -= 1.0 if any(each in classes[:at] for each in ("address", "document")) else 0.0
    points += 2.5 if any(_labels(row, "seller") for row in top[max(0, at - 3) : at]) else 0.0
    points -= 3.0 if any("buyer" in roles(row.text) for row in top[:at]) else 0.0
    confidence = min(word.confidence for row in own for word in row.words)
    points -= 1.5 if at and re.search(r"\b(?:owned|operated) by\b", _folded(top[at - 1].text)) else 0.0
    points -= 1.0 if confidence < 0.80 else 0.0
    points -= 1.0 if sum(each.isdigit() for each in value) > 0.3 * len(value) else 0.0
    points -= 0.8 if len(loose) < 4 or not re.search(r"[^\W\d_]{3}", value) else 0.0
    return points, Found(value, confidence, own, repeated)


def _labels(row: Row, role: Role) -> bool:
    """Whether *row* is a label of that role and little else."""
    return role in roles(row.text) and len(row.text) <= 24


def _joined(top: Sequence[Row], classes: Sequence[RowClass], at: int, tall: float) -> int:
    """How many rows the name takes: an open bracket or a word such as `TRADING` goes on where the first row ended."""
    span = 1
    while at + span < len(top) and span < 3 and classes[at + span] in ("company", "name"):
        so_far = " ".join(row.text for row in top[at : at + span])
        following = _folded(top[at + span].text)
        opened = so_far.count("(") > so_far.count(")")
        goes_on = company_end(so_far) is None and (_has("tail", following) or _only_form(following))
        if not (opened or goes_on or _one_sign(top[at], top[at + span], tall)):
            break
        span += 1
    return span


def _one_sign(first: Row, following: Row, tall: float) -> bool:
    """Whether two rows of one large word each are one sign over the shop: `GOLDEN` over `LION`."""
    single = all(len(row.text.split()) == 1 and row.height > 1.1 * tall for row in (first, following))
    return single and abs(first.height - following.height) < 0.15 * first.height


def _only_form(text: str) -> bool:
    rest = _patterns()["company"].sub(" ", text)
    return rest != text and not re.search(r"[^\W\d_]{3}", rest)


def _in_domain(name: str, rows: Sequence[Row]) -> bool:
    """Whether a word of *name* is part of a web or mail address on the page."""
    words = [_loose(word) for word in name.split()]
    domains = " ".join(
        each for row in rows for each in re.findall(r"(?:www\.|@)\S+", _folded(row.text)) if "." in each
    ).replace("-", "")
    return any(len(word) >= 5 and word in domains for word in words)


def _elsewhere(rows: Sequence[Row], heads: Sequence[Found]) -> list[tuple[float, Found]]:
    """Legal names further down: shops print their company at the foot, where no logo blurs it."""
    scored = []
    for row in rows:
        parts = re.split(r"\s*[,|]\s|\s[-–]\s", row.text)
        part = next((each for each in parts if company_end(each) is not None), None)
        if part is None or len(row.text) > 70 or re.search(r"\d[.,]\d\d\b", row.text) or classify(row) != "company":
            continue
        behind_number = re.sub(r"^.*\d\S*\s+(?=[^\W\d_]{2})", "", part)
        value = trimmed(behind_number if company_end(behind_number) else part)
        confidence = min(word.confidence for word in row.words)
        points = 3.8 if any(_alike(value, each.value) for each in heads[:2]) else 2.2
        scored.append((points, Found(value, confidence, (row,))))
    return scored[:2]


def _alike(legal: str, logo: str) -> bool:
    """Whether a word of the legal name is the blurred word of a logo: `MSTERMANN` and `Erika Mustermann GmbH`."""
    loose = _loose(logo)
    return any(len(word) > 3 and SequenceMatcher(None, _loose(word), loose).ratio() > 0.7 for word in legal.split())


def _sure(points: float, found: Found, scored: Sequence[tuple[float, Found]]) -> Found:
    lead = min((points - other for other, each in scored if each is not found), default=2.0)
    legal = company_end(found.value) is not None
    confidence = 0.93 if legal and points >= 4.5 else 0.86 if found.repeated and points >= 3.5 else 0.80
    if lead < 0.8:
        confidence = min(confidence, 0.75)
    if points < 2.5:
        confidence = min(confidence, 0.60)
    # Names have no check digit: a doubtful letter makes a doubtful name.
    if found.confidence < 0.96:
        confidence = min(confidence, 0.85)
    return Found(found.value, min(confidence, max(found.confidence, 0.3)), found.rows, found.repeated)


def trimmed(text: str) -> str:
    """Return a name without the registration number, telephone or tax number printed behind it."""
    end = company_end(text)
    if end is not None and (re.search(r"\d|\(", text[end:]) or _has("contact", fold(text[end:]))):
        text = text[:end]
    text = re.sub(r"\s*\((?:\d[\d ]*-? ?[A-Z]|Co\b.*|Reg\b.*)\)\s*$", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?i)^\W*(?:name|firma|company|merchant|sold by|verk.ufer|seller|vendor)\s*:\s*", "", text)
    text = re.sub(r"(?i)\bsdn(\.? ?)dhd\b", r"SDN\1BHD", text)
    return mended(" ".join(text.split()).strip(" -*:|,;'\"=~_").removesuffix(" ."))


def mended(text: str) -> str:
    """Return *text* with a capital I between small letters read as the l it was."""
    return re.sub(r"(?<=[a-z])I(?=[a-z])", "l", text)


def _address(top: Sequence[Row], classes: Sequence[RowClass], merchant: Found | None) -> Found | None:
    own = merchant.rows[-1] if merchant else None
    start = next((at + 1 for at, row in enumerate(top) if row is own), 0)
    if "address" not in classes[start:]:
        start = 0
    first = next((i for i in range(start, len(top)) if classes[i] == "address"), None)
    if first is None:
        return None
    taken: list[Row] = []
    texts: list[str] = []
    for at in range(first, len(top)):
        if not _beneath(top[first], top[at]):
            continue
        text, whole = _address_part(top, classes, at)
        if not text or (texts and _COUNTRY.search(_folded(texts[-1]))):
            break
        taken.append(top[at])
        texts.append(text)
        if not whole:
            break
    if not texts:
        return None
    value = " ".join(" ".join(texts).split()).strip(" -:|(")
    glyphs = min(word.confidence for row in taken for word in row.words)
    below = merchant is not None and merchant.rows[-1].index < taken[0].index
    printed = below and all(row.method is Method.TEXT_LAYER for row in taken)
    # Addresses have no check digit: what a camera saw of one is never vouched for.
    return Found(mended(value), 0.90 if printed else min(0.85, max(glyphs, 0.3)), tuple(taken))


def _beneath(first: Row, row: Row) -> bool:
    """Whether *row* stands in the column of *first*."""
    return row.box.left < first.box.right and first.box.left < row.box.right


#: A country ends an address.
_COUNTRY = re.compile(
    r"\b(?:malaysia|singapore(?: \d{6})?|india|deutschland|germany|france|espana|usa|uk|united kingdom)\W*$"
)


def _address_part(top: Sequence[Row], classes: Sequence[RowClass], at: int) -> tuple[str, bool]:
    """What of a row belongs to the address, and whether that is all of it."""
    text = top[at].text
    number = re.search(r"(?i)\b(?:t[e3][l1i](?:efon|ephone)?\b|fax\b|phone\b|h/p\b|gst\b)", text)
    if number and number.start() > 4 and _has("address", _folded(text[: number.start()])):
        return text[: number.start()].strip(" ,.-(|"), False
    if classes[at] == "address":
        return text, True
    if classes[at] == "name" and at:
        short = len(text) <= 32 and not re.search(r"\d[.,]\d\d\b", text)
        between = at + 1 < len(top) and classes[at + 1] == "address"
        goes_on = top[at - 1].text.rstrip().endswith(",")
        if short and (between or goes_on):
            return text, True
    return "", False


def _loose(text: str) -> str:
    return "".join(each for each in fold(text) if each.isalnum())
