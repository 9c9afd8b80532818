"""The reader for our own questionnaire that came back: what was typed into its fields, each a person's word.

Only what differs from what was filled in when it was made counts as the person's word: the rest was ours already. A
copy that was printed and scanned, or whose fields a viewer made part of the page, has no fields left: it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from toolkit import acroform
from toolkit.acroform_fields import Blank, FormField
from toolkit.errors import InputError
from toolkit.fields import country
from toolkit.model import Box, Field, Method, Proof, Source
from toolkit.pages import Opened
from toolkit.questionnaire_facts import MADE_FOR, MARK, Mark
from toolkit.questionnaire_words import REMARKS, Kind, asked
from toolkit.readers import Reading
from toolkit.recognise import Recognised

_DATE = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_LONGEST = 4_000
#: How sure a value is that does not have the form that was asked for.
_NOT_AS_ASKED = 0.5
#: How sure a name is that was filled in by us and left as it is.
_OURS = 0.9
#: Facts without which a reading would belong to nobody: they stand in the record even if they were ours already.
_WHOSE = ("surname", "given_names")
_FLAT = (
    "It is a printed, scanned or flattened copy of the questionnaire: its fields are gone and were not read. "
    "Ask for the PDF as it was filled in and saved, or enter the answers with mobility correct."
)


def read(opened: Opened, found: Recognised) -> Reading:
    """Read what was typed into the questionnaire; warn where there is nothing to read, or not as it was asked for."""
    mark = mark_of(opened)
    blank = _form(opened)
    if blank is None:
        return Reading(warnings=(_FLAT,))
    kinds = mark.kinds if mark is not None else _kinds()
    warnings = [] if mark is not None else ["the mark of the questionnaire is missing: check whose it is"]
    read_fields = []
    for each in blank.fields:
        if each.name not in kinds:
            continue
        value, good = _normal(kinds[each.name], each)
        changed = each.value != each.default and bool(each.value)
        if not changed and each.name not in _WHOSE:
            if each.default and not each.value:
                warnings.append(f"{_called(each.name)}: what was filled in was deleted; ask what it should be.")
            continue
        if not value:
            continue
        made = _field(each, value, blank, good=good, typed=changed)
        read_fields.append(made)
        if not good:
            warnings.append(f"{_called(each.name)}: not written as it was asked for; ask what is meant.")
    if not any(made.proof is Proof.PERSON for made in read_fields):
        warnings.append("nothing was filled in or changed.")
    return Reading(tuple(read_fields), _made_for(mark), tuple(warnings))


def _made_for(mark: Mark | None) -> tuple[Field, ...]:
    return () if mark is None else (Field(MADE_FOR, mark.tag[:_LONGEST], 0.0, Source("", 1, None, Method.TEXT_LAYER)),)


def mark_of(opened: Opened) -> Mark | None:
    """Return what the file inside the PDF says of it, or None where it is missing or no such mark."""
    for name, data in opened.attachments:
        if name.casefold() == MARK:
            try:
                return msgspec.json.decode(data, type=Mark)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return None
    return None


def _form(opened: Opened) -> Blank | None:
    if opened.media_type != "application/pdf":
        return None
    try:
        return acroform.inspect(opened.data)
    except InputError:
        return None


def _kinds() -> Mapping[str, Kind]:
    """Return the kinds of all questions there are, for a form whose mark is gone."""
    named = {question.name: question.kind for section in asked().sections for question in section.questions}
    return {**named, **{f"answer.{key}": each.kind for key, each in asked().asks.items()}, REMARKS: "lines"}


def _normal(kind: Kind, each: FormField) -> tuple[str, bool]:
    """Return the value as it is recorded, and whether it has the form that was asked for."""
    text = "".join(letter for letter in each.value if letter.isprintable() or letter == "\n")[:_LONGEST].strip()
    if not text:
        return "", True
    if kind == "date":
        return _day(text)
    if kind == "number":
        return text, bool(_NUMBER.fullmatch(text))
    if kind == "country":
        code = country.icao(text) if country.known(country.icao(text)) else country.parse(text)
        return (code, True) if code else (text, False)
    if kind == "choice":
        return text, text in each.states
    return text, True


def _day(text: str) -> tuple[str, bool]:
    found = _DATE.fullmatch(text)
    if found is None:
        return text, False
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat(), True
    except ValueError:
        return text, False


def _field(each: FormField, value: str, blank: Blank, *, good: bool, typed: bool) -> Field:
    place = next((p for p in each.places if p.state == each.value), each.places[0])
    width, height = blank.pages[place.page - 1]
    top = height - place.bottom - place.height
    box = Box(
        *(
            min(1.0, max(0.0, share))
            for share in (
                place.left / width,
                top / height,
                (place.left + place.width) / width,
                (top + place.height) / height,
            )
        )
    )
    sure = (1.0 if typed else _OURS) if good else _NOT_AS_ASKED
    method, proof = (Method.PERSON, Proof.PERSON) if good and typed else (Method.TEXT_LAYER, Proof.NONE)
    return Field(each.name, value, sure, Source("", place.page, box, method), proof)


def _called(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")
