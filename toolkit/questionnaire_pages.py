"""Lays a questionnaire out, makes a form of it and fills in what is known; every value is read back from the file.

Typst lays out and says where each field goes; PDF libraries run in a confined child only. Knows no vault.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from toolkit import fill_print, typeset
from toolkit.acroform_fields import Blank, NewField, Spot
from toolkit.confine import Child
from toolkit.fields import country
from toolkit.fields.country_table import ROWS
from toolkit.fill import Filling
from toolkit.fill_form import verify
from toolkit.fill_print import Typed
from toolkit.questionnaire import Item, Questionnaire
from toolkit.questionnaire_facts import MARK, Mark
from toolkit.typeset import Data

_SOURCE = "questionnaire/form.typ"


def pdf(child: Child, asked: Questionnaire, reference: str, tag: str, *, today: date) -> bytes:
    """Return *asked* as a PDF form; *reference* stands on it, *tag* ties it to its case without saying whose it is.

    Raises HostileError where the form does not hold what was filled in.
    """
    countries = named_countries(asked.words.tag)
    data = _data(asked, reference, countries)
    pages, spots = typeset.pdf(_SOURCE, data, today=today), places(fill_print.query(_SOURCE, data, "<place>"))
    fields = [_field(item, spots[item.name], countries) for item in asked.items]
    mark = Mark(1, asked.language, asked.route, tag, asked.kinds)
    form: bytes = child.call(
        "toolkit.acroform_make:made", pages, fields, MARK, msgspec.json.encode(mark), asked.words.tag, result=bytes
    )
    return _filled(child, form, asked, countries, today)


def filled_in(asked: Questionnaire) -> tuple[str, ...]:
    """Return the names of the questions whose answers are in the form already."""
    countries = named_countries(asked.words.tag)
    return tuple(item.name for item in asked.items if _value(item, countries))


def places(found: str) -> Mapping[str, tuple[Spot, ...]]:
    """Return where each field goes, by name, from what the layout says."""
    made: dict[str, tuple[Spot, ...]] = {}
    for each in json.loads(found):
        spot = Spot(each["name"], each["page"], each["x"], each["y"], each["width"], each["height"], each["state"])
        made[spot.name] = (*made.get(spot.name, ()), spot)
    return made


def named_countries(tag: str) -> tuple[tuple[str, str], ...]:
    """Return the countries a person can choose: their ICAO codes and what they are called in that language, sorted."""
    from babel import Locale
    from babel.core import get_global

    territories = Locale.parse(tag, sep="-").territories
    two = {three: short[0] for three, short in get_global("territory_aliases").items() if len(three) == 3 and short}
    codes = (row.partition("|")[0] for row in ROWS.strip().splitlines())
    named = [
        (code, territories.get(two.get(country.iso3(code), ""), country.name(code)))
        for code in codes
        if code not in country.NOT_STATES
    ]
    return (("", ""), *sorted(named, key=lambda each: each[1]))


def _field(item: Item, spots: Sequence[Spot], countries: Sequence[tuple[str, str]]) -> NewField:
    return NewField(
        item.name,
        item.text,
        tuple(spots),
        item.kind == "lines",
        item.required,
        tuple(countries) if item.kind == "country" else (),
        _value(item, countries),
    )


def _value(item: Item, countries: Sequence[tuple[str, str]]) -> str:
    """Return what is filled in; a country that the list does not have, and letters the fonts lack, are asked again."""
    if item.kind != "country":
        return item.value if fill_print.printable(item.value) else ""
    code = country.icao(item.value) if country.known(country.icao(item.value)) else country.parse(item.value)
    return code if any(code == each for each, _ in countries) else ""


def _filled(
    child: Child, form: bytes, asked: Questionnaire, countries: Sequence[tuple[str, str]], today: date
) -> bytes:
    blank: Blank = child.call("toolkit.acroform:inspect", form, result=Blank)
    values, boxes, typed = {}, {}, []
    for item in asked.items:
        found, value = blank.get(item.name), _value(item, countries)
        if not value or found is None:
            continue
        if item.kind == "choice":
            boxes[item.name] = value
            continue
        values[item.name] = value
        typed.append(Typed(found, found.places[0], dict(countries).get(value, value) if found.options else value))
    fitting = [Typed(each.field, each.place, held) for each, held in zip(typed, fill_print.held(typed), strict=True)]
    filling = Filling(values, boxes, tuple(fitting), (), (), (), ())
    drawn = fill_print.drawn(fitting, today) if fitting else b""
    made: bytes = child.call(
        "toolkit.acroform_write:written", form, values, boxes, drawn, [list(each) for each in filling.order], b"", True,
        result=bytes,
    )  # fmt: skip
    verify(child, made, filling)
    return made


def _data(asked: Questionnaire, reference: str, countries: Sequence[tuple[str, str]]) -> dict[str, Data]:
    words = asked.words
    return {
        "title": words.form["title"],
        "case": reference,
        "about": asked.about,
        "language": asked.language,
        "words": dict(words.form),
        "sections": [
            {
                "title": section.title,
                "questions": [
                    {
                        "name": item.name,
                        "kind": item.kind,
                        "text": item.text,
                        "required": item.required,
                        "filled": bool(_value(item, countries)),
                        "answers": [{"value": value, "text": text} for value, text in item.answers],
                    }
                    for item in section.items
                ],
            }
            for section in asked.sections
        ],
    }
