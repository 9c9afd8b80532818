"""A person enters or confirms what the reader left unsure or did not find; the machine's reading is kept beside it.

What a person said is sure, and stays when the document is read again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from toolkit.catalog import Catalog
from toolkit.correctable import FieldType, check_minor_units, field_types, given_value
from toolkit.errors import InputError, UnknownNameError
from toolkit.kind import kinds
from toolkit.model import Document, Field, Method, Proof, Record, Source, State
from toolkit.phrasing import printable

#: In the place of a value: what was read is right.
CONFIRM = "="
#: The currency of a contract is that of its salary.
_BESIDE = ("currency", "salary_currency")


class Corrections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file that a person writes: values by the name of the field; `=` confirms what was read."""

    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a filed document, with what was read from all papers of its file; `part` counts from 0."""

    document: Document
    records: tuple[Record, ...]
    part: int = 0

    @property
    def record(self) -> Record:
        """What was read from this paper."""
        return self.records[self.part]


@dataclass(frozen=True, slots=True)
class Change:
    """What stood there, if anything, and what a person said."""

    was: Field | None
    now: Field

    @property
    def confirms(self) -> bool:
        """Whether the person said what had been read."""
        was, now = self.was, self.now
        return was is not None and (was.value, was.currency) == (now.value, now.currency)


def paper_of(catalog: Catalog, document: str, part: int | None = None) -> Paper:
    """Return the paper of *document* that can be corrected, the *part*-th (from 1) of a file with several.

    *document* may be a receipt's name in a claim, such as `ID#2`. Raises UnknownNameError, and InputError with the
    remedy for a copy, a further photo, what is in quarantine or was not read, and a file with several papers.
    """
    id, _, number = document.partition("#")
    if number.isascii() and number.isdigit() and part is None:
        part = int(number)
    found = catalog.document(id)
    for other, what in ((found.duplicate_of, "a copy"), (found.part_of, "a photo")):
        if other:
            raise InputError(
                f"Document {id} is {what} of {other}.", remedy=f"Correct that one: mobility correct {other}"
            )
    if found.state is State.QUARANTINED:
        raise InputError(
            f"Document {id} is in quarantine, and nothing was read from it.",
            remedy=f"{found.next_step} mobility settle {id} --retry reads it again.".strip(),
        )
    records = records_of(catalog, found)
    if not records:
        inside = ", ".join(member.id for member in catalog.members(id))
        raise InputError(
            f"Nothing was read from document {id}.",
            remedy=f"Correct a paper in it: {inside}." if inside else f"mobility settle {id} --retry reads it again.",
        )
    if part is None and len(records) > 1:
        raise InputError(
            f"Document {id} holds {len(records)} papers.",
            remedy=f"Say which: mobility correct {id} --part N; mobility show {id} draws them in order.",
        )
    if part is not None and not 1 <= part <= len(records):
        raise InputError(f"Document {id} has no paper {part}.", remedy=f"It holds {len(records)}.")
    return Paper(found, records, (part or 1) - 1)


def records_of(catalog: Catalog, document: Document) -> tuple[Record, ...]:
    """Return what was read from every paper of *document*, in the order of the file."""
    return tuple(each for each in catalog.records(document.case) if each.document == document.id)


def open_fields(record: Record) -> tuple[str, ...]:
    """Return the names of the fields of *record* that are unsure, or expected and missing, in the order to ask.

    Currencies come before the amounts that are in them. What no person can enter (a face, a zone's lines) is left out.
    """
    known = field_types(record.kind)
    missing = {name for name in kinds()[record.kind].expects if record.get(name) is None}
    unsure = {each.name for each in record.fields if not each.sure}
    asked = [name for name in known if name in missing | unsure]
    return tuple(sorted(asked, key=lambda name: not known[name].is_currency))


def read_corrections(text: str, place: str) -> Mapping[str, object]:
    """Return the values of a file of corrections; *place* names it in messages.

    Raises InputError "place: line: what" for what is no such file.
    """
    try:
        read = msgspec.convert(tomllib.loads(text), Corrections)
    except tomllib.TOMLDecodeError as mistake:
        # Nothing of the file is quoted: `at line 2, column 9` is all that is passed on of the message.
        where = str(mistake).rpartition("(")[2].rstrip(")")
        raise InputError(f"{place}: {where}: this is no TOML.", remedy=_SHAPE) from None
    except msgspec.ValidationError as mistake:
        raise InputError(f"{place}: {mistake}.", remedy=_SHAPE) from None
    if not read.fields:
        raise InputError(f"{place}: fields: nothing is given.", remedy=_SHAPE)
    return read.fields


_SHAPE = 'Under [fields], write a line a value, as: total = "12.50"'


def corrected(record: Record, given: Mapping[str, object], document: str = "") -> tuple[Record, tuple[Change, ...]]:
    """Return *record* with what a person gave by name, and what changed; the readings it replaces go to `rejected`.

    A given currency is that of every amount of the paper. Raises InputError for a value that does not fit its field,
    UnknownNameError for a field that the kind does not have, with those it has.
    """
    known = field_types(record.kind)
    strange = next((name for name in given if name not in known), None)
    if strange is not None:
        raise UnknownNameError(
            f"A {record.kind} has no field {printable(strange)[:40]!r}.", remedy=f"It has: {', '.join(known)}."
        )
    said = {name: _said(record, known[name], value, document) for name, value in given.items()}
    written = {each.currency for name, each in said.items() if given[name] != CONFIRM and each.currency}
    code = _currency(record, known, said, written)
    beside = next((each for each in _BESIDE if each in known), "")
    if written and beside and beside not in said and not _sure(record, beside):
        said[beside] = _said(record, known[beside], code, document)
    for name, now in said.items():
        if known[name].is_money and given.get(name) != CONFIRM:
            said[name] = _in_currency(record, known[name], now, code)
    made = _with(record, said.values())
    if any(known[name].is_currency for name in said):
        made = _restated(made, known, code)
    return made, tuple(Change(record.get(name), new) for name in said if (new := made.get(name)) is not None)


def correct(catalog: Catalog, paper: Paper, given: Mapping[str, object]) -> tuple[Change, ...]:
    """Write what a person gave for *paper* into the catalogue, all of it or nothing; the ledger names the fields.

    Raises as `corrected` does, and OvertakenError where the paper was read or corrected anew meanwhile.
    """
    document = paper.document
    record, changes = corrected(paper.record, given, document.id)
    names = " ".join(sorted(change.now.name for change in changes))
    records = [record if part == paper.part else each for part, each in enumerate(paper.records)]
    told = {"case": document.case, "paper": str(paper.part + 1), "fields": names}
    catalog.replace_records(document.id, records, seen=paper.records, event="record.corrected", **told)
    return changes


def kept(old: Sequence[Record], new: Sequence[Record]) -> list[Record]:
    """Return the *new* reading of a document with what a person had said of the *old* one, matched paper by paper.

    A new reading that differs goes to `rejected`. Where the papers of a file are told apart otherwise than before, a
    value goes to the paper on whose pages it was; if that is not plain, a warning asks for it again, and `rejected`
    keeps it. A reading that failed gives nothing new: then what was known stays, for the next try to build on.
    """
    made = list(new or old)
    for part, record in enumerate(old):
        said = _all_said(record)
        if not said or not made:
            continue
        alike = len(old) == len(new) and new[part].pages == record.pages
        at = part if alike or not new else _only(made, record)
        for home in sorted({at if at is not None else _home(made, record, each) for each in said}):
            here = [each for each in said if (at if at is not None else _home(made, record, each)) == home]
            made[max(home, 0)] = with_said(made[home], here) if home >= 0 else _homeless(made[0], here, part)
    return made


def _all_said(record: Record) -> list[Field]:
    """Return what a person said of *record*, with what they had said of a paper that it was taken apart from."""
    said = {each.name: each for each in (*record.rejected, *record.fields) if by_person(each)}
    return list(said.values())


def _home(made: Sequence[Record], was: Record, said: Field) -> int:
    """Return the place of the record that what was *said* of a paper is about now that the paper was cut, or -1."""
    found = [
        at
        for at, each in enumerate(made)
        if each.kind == was.kind and said.source.page in each.pages and set(each.pages) <= set(was.pages)
    ]
    return found[0] if len(found) == 1 else -1


def with_said(record: Record, said: Sequence[Field]) -> Record:
    """Return a new reading with what a person had *said*; what its kind has no field for goes to `rejected`."""
    known: Mapping[str, FieldType] = field_types(record.kind) if record.kind in kinds() else {}
    fitting = [each for each in said if each.name in known or not known]
    others = tuple(each for each in said if each not in fitting)
    made = _with(record, fitting)
    made = replace(made, rejected=(*made.rejected, *others))
    code = next((str(each.value) for each in fitting if each.name in _BESIDE), "")
    return _restated(made, known, code) if code else made


def by_person(field: Field) -> bool:
    """Whether a person has said it of a paper."""
    return field.source.method is Method.PERSON and field.proof is Proof.PERSON


def _said(record: Record, known: FieldType, given: object, document: str) -> Field:
    """Return a person's value as a field, at the place of the reading that it confirms, replaces or picks."""
    was = record.get(known.name)
    if given == CONFIRM:
        if was is None:
            raise InputError(f"{known.name}: nothing was read that could be confirmed.", remedy="Give its value.")
        value, currency = was.value, was.currency
    else:
        checked = given_value(known, given)
        value, currency = checked.value, checked.currency
    picked = next((each for each in _readings(record, known.name) if each.value == value), was)
    if picked is None:
        place = Source(document, None, None, Method.PERSON)
    else:
        # What was read on a further photo of the paper stays pointed at there.
        place = replace(picked.source, document=picked.source.document or document, method=Method.PERSON)
    return Field(known.name, value, 1.0, place, Proof.PERSON, currency)


def _readings(record: Record, name: str) -> Iterator[Field]:
    yield from (each for each in (*record.fields, *record.rejected) if each.name == name)


def _sure(record: Record, name: str) -> tuple[Field, ...]:
    found = record.get(name)
    return (found,) if found is not None and found.sure else ()


def _currency(
    record: Record, known: Mapping[str, FieldType], said: Mapping[str, Field], written: Collection[str]
) -> str:
    """Return the currency of all amounts of the paper, as it is sure or a person says it; empty where neither is.

    *written* are the currencies that a person wrote beside amounts; papers whose kind has no field for the currency may
    have several. Raises InputError where they contradict each other or the paper.
    """
    name = next((each for each in _BESIDE if each in known), "")
    if not name:
        return ""
    stated = (said[name],) if name in said else _sure(record, name)
    codes = {*written, *(str(each.value) for each in stated)}
    if len(codes) > 1:
        raise InputError(
            f"{name}: an amount is given in another currency than the paper's.",
            remedy=f"Give {name} as well, and all amounts in it.",
        )
    return next(iter(codes), "")


def _in_currency(record: Record, known: FieldType, now: Field, code: str) -> Field:
    """Return an amount with its currency: its own, the paper's *code*, or else the one that was read beside it."""
    vouched = now.currency or code
    if vouched:
        check_minor_units(known, str(now.value), vouched)
        return replace(now, currency=vouched)
    was = record.get(known.name) or next((each for name in _BESIDE if (each := record.get(name)) is not None), None)
    if was is None:
        return now
    return replace(now, currency=str(was.value) if was.name in _BESIDE else was.currency)


def _restated(record: Record, known: Mapping[str, FieldType], code: str) -> Record:
    """Return *record* with every amount in the currency that a person gave for the paper."""
    fields = tuple(
        replace(each, currency=code) if each.name in known and known[each.name].is_money else each
        for each in record.fields
    )
    return replace(record, fields=fields)


def _with(record: Record, said: Iterable[Field]) -> Record:
    """Return *record* with the fields in their places; what they replace is rejected, warnings about them are gone."""
    new = {each.name: each for each in said}
    replaced = tuple(each for each in record.fields if each.name in new and each != new[each.name])
    fields = [new.get(each.name, each) for each in record.fields]
    there = {each.name for each in fields}
    return replace(
        record,
        fields=(*fields, *(each for name, each in new.items() if name not in there)),
        rejected=(*record.rejected, *(each for each in replaced if each not in record.rejected)),
        warnings=tuple(each for each in record.warnings if _about(each) not in new),
    )


def _about(warning: str) -> str:
    """Return the name of the field that a warning begins with, as in `merchant address: not found`."""
    return warning.partition(":")[0].strip().casefold().replace(" ", "_")


def _only(records: Sequence[Record], was: Record) -> int | None:
    """Return the place of the one record of *was*'s kind on its pages, None where there is none or several."""
    found = [at for at, each in enumerate(records) if (each.kind, each.pages) == (was.kind, was.pages)]
    return found[0] if len(found) == 1 else None


def _homeless(record: Record, said: Sequence[Field], part: int) -> Record:
    names = ", ".join(each.name.replace("_", " ") for each in said)
    warning = (
        f"A person gave {names} for paper {part + 1} of this file, which was read as other papers since: "
        "give them again with mobility correct."
    )
    return replace(record, rejected=(*record.rejected, *said), warnings=(*record.warnings, warning))
