"""How much of a value a field of a form holds at the size of its print, and the drawing of what is typed in it.

Typst measures and draws with fonts of its own, so that every letter shows in every viewer, whatever fonts it has. Knows
places and texts; knows no definition, no fact and no PDF parser.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden
from datetime import date
from functools import cache
from typing import Any

from toolkit import shipped, typeset
from toolkit.acroform_fields import FormField, Place
from toolkit.errors import DefinitionError

_SOURCE = "forms/fields.typ"
#: Sizes that are tried where a form leaves the size to the viewer: from what fits the height, down to what is legible.
_LARGEST, _SMALLEST, _STEP = 11.0, 6.5, 0.5
#: A line of print is about so much higher than its size.
_HIGH = 1.35
_PIECES = re.compile(r"\S+\s*|\s+")
#: Scripts that the fonts have, by the first word of a letter's Unicode name.
_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "MODIFIER", "COMBINING", "FEMININE", "MASCULINE", "MICRO"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A text in one place of a field."""

    field: FormField
    place: Place
    text: str = hidden(repr=False)


def pieces(text: str) -> list[str]:
    """Return the words of *text* with the white space behind them: joined, they are *text* again."""
    return _PIECES.findall(text)


def printable(text: str) -> bool:
    """Whether the fonts have every letter of *text*."""
    for sign in text:
        if sign in "\n\t":
            continue
        category = unicodedata.category(sign)
        if category[0] in "LM" and unicodedata.name(sign, "").partition(" ")[0] not in _SCRIPTS:
            return False
        if category in ("Cc", "Cf", "Co", "Cs", "Cn"):
            return False
    return True


def held(typed: Sequence[Typed]) -> list[str]:
    """Return how much of each text its place holds: all of it, or its first words. A comb counts signs alone."""
    if not typed:
        return []
    found = json.loads(query(_SOURCE, _data(typed), "<fits>"))
    counts = {each["at"]: each["words"] for each in found}
    return [_beginning(each, counts[at]) for at, each in enumerate(typed)]


def drawn(typed: Sequence[Typed], today: date) -> bytes:
    """Return a PDF with one page for each of *typed*, as large as its place, with its text on it."""
    return typeset.pdf(_SOURCE, _data(typed), today=today)


def _beginning(each: Typed, words: int) -> str:
    text = each.text[: each.field.longest] if each.field.longest else each.text
    if each.field.comb:
        return text
    fitting = "".join(pieces(each.text)[:words])
    if each.field.longest and len(fitting) > each.field.longest:
        whole = [part for part in pieces(text)[:-1]]
        return "".join(whole)
    return fitting


def _data(typed: Sequence[Typed]) -> dict[str, Any]:
    return {
        "fields": [
            {
                "words": pieces(each.text),
                "width": max(4.0, each.place.across),
                "height": max(4.0, each.place.high),
                "sizes": _sizes(each.field, each.place),
                "mono": each.field.mono,
                "lines": each.field.lines,
                "ruled": each.field.ruled,
                "comb": each.field.longest if each.field.comb else 0,
                "centred": each.field.centred,
            }
            for each in typed
        ]
    }


def _sizes(field: FormField, place: Place) -> list[float]:
    if field.size:
        return [field.size]
    largest = _LARGEST if field.lines else max(_SMALLEST, min(_LARGEST, place.high / _HIGH))
    count = int((largest - _SMALLEST) / _STEP)
    return [round(largest - _STEP * step, 2) for step in range(count + 1)]


def query(source: str, data: Mapping[str, Any], selector: str) -> str:
    """Lay `templates/<source>` out with *data* and return the values of what *selector* marks, as JSON.

    Raises DefinitionError "file: what" when the source does not compile.
    """
    import typst

    path = shipped.folder("templates") / source
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        found = typst.query(
            str(path), selector, field="value", root=str(path.parent), font_paths=_fonts(), sys_inputs=inputs
        )
    except typst.TypstError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake
    return str(found)


@cache
def _fonts() -> Any:
    """Return the fonts, looked up once."""
    import typst

    return typst.Fonts()
