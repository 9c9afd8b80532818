"""What each row of a paper's head is: a company, an address, a register number, a telephone, a title of the paper.

Knows words, not places: the same row is the same wherever it stands. Everything language-bound is in `head.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.model import Word
from toolkit.readers.money.labels import DATA, roles
from toolkit.readers.money.rows import Row

#: Words further apart than this share of the page do not belong to one name.
_GAP = 0.08
#: Scripts that are written without spaces, where a company form joins a name without one.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

RowClass = Literal[
    "company", "registration", "contact", "tax_id", "document", "slogan", "address", "place", "name", "noise"
]


class HeadWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `head.toml`: regular expressions by what a row that matches is."""

    company: tuple[str, ...]
    written_company: tuple[str, ...]
    front: tuple[str, ...]
    trade: tuple[str, ...]
    tail: tuple[str, ...]
    seller: tuple[str, ...]
    payee: tuple[str, ...]
    registration: tuple[str, ...]
    contact: tuple[str, ...]
    tax_id: tuple[str, ...]
    document: tuple[str, ...]
    title: tuple[str, ...]
    buyer: tuple[str, ...]
    slogan: tuple[str, ...]
    address: tuple[str, ...]
    place: tuple[str, ...]
    address_label: tuple[str, ...]
    country: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A value of the head with the rows it came from."""

    value: str
    confidence: float
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"<Found {self.confidence:.2f} in {len(self.rows)} rows>"


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return one regular expression for each list of `head.toml`."""
    words = definitions.load(DATA / "head.toml", HeadWords)
    return {
        name: re.compile("|".join(f"(?:{each})" for each in getattr(words, name))) for name in words.__struct_fields__
    }


def has(name: str, text: str) -> re.Match[str] | None:
    """Search folded *text* for the list *name* of `head.toml`."""
    return patterns()[name].search(text)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return *text* in lower case without accents, `ß` as the `ss` that lists are written with."""
    return fold(text).replace("ß", "ss")


def loose(text: str) -> str:
    """Return the letters and digits of *text*, folded."""
    return "".join(each for each in fold(text) if each.isalnum())


@lru_cache(maxsize=4096)
def company_end(text: str) -> int | None:
    """Return where the company form in *text* ends, None without one. A form is not the whole of a name.

    A form that stands in front (`株式会社`, `PT`, `ООО`) ends with the name behind it.
    """
    found = [(match, fold(text)) for match in patterns()["company"].finditer(fold(text))]
    # `CS-SA` is a number: a short form stands behind a space.
    found += [(m, text) for m in patterns()["written_company"].finditer(text) if text[m.start() - 1] not in "-/:#"]
    ends = [
        match.end() for match, written in found if re.search(rf"[^\W\d_]{{2}}|[{_UNSPACED}]", written[: match.start()])
    ]
    in_front = patterns()["front"].search(text)
    if in_front is not None and in_front.start() < 3 and re.match(r"\W*[^\W\d_]{2}", text[in_front.end() :]):
        ends.append(len(text))
    return max(ends, default=None)


@lru_cache(maxsize=4096)
def class_of(written: str) -> RowClass:
    """Say what a row of that text is, the more telling answer first."""
    text = folded(written)
    letters = sum(each.isalpha() for each in text)
    checks: tuple[tuple[RowClass, Callable[[], bool]], ...] = (
        ("tax_id", lambda: bool(has("tax_id", text))),
        ("registration", lambda: bool(_BARE_NUMBER.fullmatch(text))),
        ("noise", lambda: _is_noise(text, letters)),
        ("slogan", lambda: bool(has("slogan", text))),
        ("address", lambda: bool(has("address_label", text)) and bool(has("address", text))),
        ("registration", lambda: bool(has("registration", text)) and company_end(written) is None),
        ("document", lambda: names_buyer(written)),
        ("company", lambda: company_end(written) is not None and not _starts_as_address(text)),
        ("document", lambda: bool(has("document", text))),
        ("place", lambda: bool((found := has("country", text)) and found.start() < 3)),
        ("contact", lambda: bool((found := has("contact", text)) and found.start() < 6)),
        ("address", lambda: bool(re.search(r"\d|,", text)) and bool(has("address", text) or has("place", text))),
        ("contact", lambda: bool(has("contact", text))),
        # `RESTORAN JALAN ALOR`: what names a trade and has no number is a name, whatever street is in it.
        ("name", lambda: bool(has("trade", text))),
        ("address", lambda: bool(has("address", text)) and letters > 3),
        ("place", lambda: bool(has("place", text))),
    )
    return next((name for name, holds in checks if holds()), "name")


def classify(row: Row) -> RowClass:
    """Say what *row* is."""
    return class_of(row.text)


#: The number of a register with its check letter, alone: `(81109-A)`, `002043319-W`, `1241045-D`.
_BARE_NUMBER = re.compile(r"\W*\d{4,9} ?- ?[a-z]\W*|\W*\(\d{4,9} ?-? ?[a-z]\)\W*")


#: Postcodes that stand on a row of their own.
_BARE_POSTCODE = re.compile(r"\W*(?:\d{5}|\d{3}-\d{4}|\d{4} ?[a-z]{2}|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2})\W*")


def _is_noise(text: str, letters: int) -> bool:
    few = 2 if re.search(f"[{_UNSPACED}]", text) else 3
    return "(c)" in text or "©" in text or (letters < few and not _BARE_POSTCODE.fullmatch(text))


def _starts_as_address(text: str) -> bool:
    return bool(re.match(r"\W*(?:no\b|lot\b|blk\b|\d+[a-z]?\W)", text)) and bool(has("address", text))


def cells(row: Row) -> list[Row]:
    """The parts of a row that a wide gap keeps apart: letterheads print a name at the left and a title at the right."""
    parts: list[list[Word]] = [[row.words[0]]]
    for before, word in pairwise(row.words):
        if word.box.left - before.box.right > _GAP:
            parts.append([])
        parts[-1].append(word)
    return [row] if len(parts) == 1 else [replace(row, words=tuple(part)) for part in parts]


def beneath(first: Row, row: Row) -> bool:
    """Whether *row* stands in the column of *first*."""
    return row.box.left < first.box.right and first.box.left < row.box.right


#: What a merchant says to all its customers names none of them.
_TO_CUSTOMERS = re.compile(
    r"(?i)customer (?:relations|services?|care|support|copy|receipt)|kunden(?:dienst|service|beleg)|service clients?"
    r"|copia (?:del )?cliente|klant(?:enservice|kopie)|kundtj[aä]nst|kundkvitto|客户联|顾客联"
)


@lru_cache(maxsize=4096)
def names_buyer(text: str) -> bool:
    """Whether *text* says that it, or what follows, is about whom the paper is made out to, and not about both.

    A company may be called `Kunde GmbH`: a word in its name is a label only in front of it.
    """
    said = roles(_TO_CUSTOMERS.sub(" ", text))
    if "seller" in said:
        return False
    if has("buyer", folded(text)):
        return True
    if ":" not in text and has("address", folded(text)):
        return False
    own_name = company_end(text) is not None and ":" not in text
    return "buyer" in (roles(text.split(maxsplit=1)[0]) if own_name else said)


def glyphs(rows: tuple[Row, ...]) -> float:
    """Return the lowest confidence of the words in *rows*."""
    return min(word.confidence for row in rows for word in row.words)


def trimmed(text: str) -> str:
    """Return a name without its label, the title of the paper, or the numbers printed behind it."""
    label = has("seller", folded(text))
    if label is not None and label.start() == 0 and len(loose(text[label.end() :])) > 2:
        text = text[label.end() :]
    text = re.sub(r"(?i)^\W*name\s*[:：]\s*", "", text)
    title = has("title", folded(text))
    if title is not None and len(loose(text[: title.start()])) > 5:
        text = text[: title.start()]
    contact = has("contact", folded(text))
    if contact is not None and len(loose(text[: contact.start()])) > 5:
        text = text[: contact.start()]
    end = company_end(text)
    if end is not None and (re.search(r"\d|\(", text[end:]) or has("contact", fold(text[end:]))):
        text = text[:end]
    text = re.sub(r"\s*\((?:\d[\d ]*-? ?[A-Z]|Co\b.*|Reg\b.*)\)\s*$", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?i)\bsdn(\.? ?)dhd\b", r"SDN\1BHD", text)
    return mended(" ".join(text.split()).strip(" -*:|,;'\"=~_").removesuffix(" ."))


def mended(text: str) -> str:
    """Return *text* with a capital I or a figure one between letters read as the l it was."""
    # `Pharmacie de 1'Écluse`: what stands before an apostrophe is an article.
    text = re.sub(r"(?<!\d)1(?=['’][^\W\d_])", lambda one: "L" if text[one.end() + 1 :][1:2].isupper() else "l", text)
    text = re.sub(r"(?<=[a-z])I(?=[a-z])|(?<=[Ss]\.r\.)[I1]\b", "l", text)
    text = re.sub(r"(?<=S\.R\.)[I1]\b", "L", text)
    text = re.sub(r"(?<=z )0\.( ?)0\b", r"o.\1o", re.sub(r"(?<=[sS]\.r\.)0\b", "o", text))
    text = re.sub(r"(?<=[A-Z]{2})0(?=[A-Z])|(?<=[A-Z]{3})0\b|(?<=\bD)0(?= [A-Z])", "O", text)
    return re.sub(r"(?<=[A-Za-z])1(?=[a-z]{1,})(?![a-z]*\d)", "l", text)
