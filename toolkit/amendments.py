"""Which value of each field of one employment holds on a day, of a contract and the amendments to it.

Knows records and dates; no file, no vault. A later amendment supersedes what it says anew and leaves the rest as it
was; both values are kept. Amendments whose day nobody can tell supersede nothing: they are reported as open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from toolkit.fields.person_name import Likeness, same_person
from toolkit.model import Field, Record

#: What is the amendment's own and never changes what it amends.
_OWN = frozenset(
    {
        "agreement_date",
        "effective_date",
        "amends_date",
        "amendment_number",
        "contract_type",
        "parties",
        "employee",
        "employer",
        "signed",
        "signatures",
        "defined_terms",
    }
)


@dataclass(frozen=True, slots=True)
class Held:
    """One field on the day asked for: what holds, since when (ISO, empty where unknown), and what it superseded.

    `because` is empty for a value of the contract itself, else "superseded by the amendment of <day>".
    """

    field: Field
    since: str
    because: str = ""
    superseded: tuple[Field, ...] = ()

    def __repr__(self) -> str:
        return f"<Held {self.field.name} {len(self.superseded)} superseded>"


@dataclass(frozen=True, slots=True)
class Standing:
    """The fields of one employment on a day, by name; `open` are amendments that could not be placed in time."""

    held: Mapping[str, Held]
    open: tuple[Record, ...] = ()

    def __repr__(self) -> str:
        return f"<Standing {len(self.held)} fields {len(self.open)} open>"


def amends(amendment: Record, contract: Record) -> bool:
    """Return whether *amendment* is one to *contract*: it says it amends, and day and parties do not speak against it.

    The day it names must be the contract's where both are known; else the parties must be the same.
    """
    if not _amendment(amendment) or _amendment(contract):
        return False
    named, made = (
        _text(amendment, "amends_date"),
        _text(contract, "agreement_date") or _text(contract, "effective_date"),
    )
    if named and made and named not in (made, _text(contract, "effective_date")):
        return False
    return _same_parties(amendment, contract)


def standing(contract: Record, amendments: Sequence[Record], on: date) -> Standing:
    """Return what holds on the day *on* of *contract* and those of *amendments* that are amendments to it.

    They take effect on their effective date, else on the day they were made; of two that take effect on one day the
    one with the higher number holds. Later amendments than *on* change nothing yet.
    """
    held = {field.name: Held(field, _text(contract, "effective_date")) for field in contract.fields}
    placed: list[tuple[str, int, Record]] = []
    unplaced: list[Record] = []
    for amendment in amendments:
        if amends(amendment, contract):
            since = _text(amendment, "effective_date") or _text(amendment, "agreement_date")
            number = _text(amendment, "amendment_number")
            if since:
                placed.append((since, int(number) if number.isdigit() else 0, amendment))
            else:
                unplaced.append(amendment)
    for since, _, amendment in sorted(placed, key=lambda each: each[:2]):
        if since > on.isoformat():
            continue
        for field in amendment.fields:
            if field.name not in _OWN:
                held[field.name] = _superseding(field, since, held.get(field.name))
    return Standing(MappingProxyType(held), tuple(unplaced))


def _superseding(field: Field, since: str, before: Held | None) -> Held:
    """The value of an amendment in the place of the one before; the same value again changes nothing."""
    if before is not None and before.field.value == field.value:
        return before
    earlier = (before.field, *before.superseded) if before is not None else ()
    return Held(field, since, f"superseded by the amendment of {since}" if earlier else "", earlier)


def _amendment(record: Record) -> bool:
    return record.get("amends_date") is not None or record.get("amendment_number") is not None


def _text(record: Record, name: str) -> str:
    field = record.get(name)
    return field.value if field is not None and isinstance(field.value, str) else ""


def _same_parties(one: Record, other: Record) -> bool:
    """Whether the person employed, else one of the parties, is the same; papers that name nobody cannot tell."""
    first, second = _text(one, "employee"), _text(other, "employee")
    if first and second:
        return same_person(first, second).likeness is not Likeness.DIFFERENT
    names, others = _parties(one), _parties(other)
    return bool(names) and len(names & others) >= min(2, len(names), len(others))


def _parties(record: Record) -> set[str]:
    field = record.get("parties")
    listed = field.value if field is not None and isinstance(field.value, tuple) else ()
    return {"".join(filter(str.isalnum, each.casefold())) for each in listed if isinstance(each, str)}
