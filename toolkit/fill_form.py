"""Fills one official form: looks at the blank, writes it, and holds every value against the file that came out.

The blank comes from outside and is parsed, written and read again in a confined child only. Knows facts and
definitions; knows no vault and no catalogue.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden
from datetime import date

from toolkit import fill_print, typeset
from toolkit.acroform_fields import Blank, Held
from toolkit.confine import Child
from toolkit.errors import HostileError
from toolkit.facts import Facts
from toolkit.fill import Filling, Longer, edition_findings, fill, refuse_unknown
from toolkit.fill_definition import Named, known_edition
from toolkit.typeset import Data

_ADDENDUM = "forms/addendum.typ"


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form, as a PDF, with what was done and what is open; `checked` counts the places read back and right."""

    form: str
    title: str
    edition: str
    pdf: bytes = hidden(repr=False)
    filling: Filling
    checked: int
    fields: int
    removed: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is asked and nothing is to be said about it."""
        return not (self.filling.asked or self.filling.findings)


def look(child: Child, data: bytes) -> Blank:
    """Return what the form in *data* is. Raises InputError subclasses."""
    blank: Blank = child.call("toolkit.acroform:inspect", data, result=Blank)
    return blank


def fill_form(
    child: Child,
    named: Named,
    data: bytes,
    facts: Facts,
    *,
    route: str,
    today: date,
    role: str = "principal",
    edition_unknown: bool = False,
) -> Filled:
    """Fill the blank in *data* for the person called *role*.

    Raises InputError for a blank of another edition than the definition names (unless *edition_unknown*), a dynamic XFA
    form and what is no form; DefinitionError where the definition does not fit the blank; HostileError where a value
    read back from the result is not the value that was written.
    """
    fingerprint = hashlib.sha256(data).hexdigest()
    edition = known_edition(named, fingerprint)
    blank = look(child, data)
    if edition is None and not edition_unknown:
        raise refuse_unknown(named, f"SHA-256 {fingerprint[:12]}...")
    told = edition.edition if edition is not None else "not known"
    filling = fill(named, facts, blank, edition=told, route=route, role=role)
    pdf = _written(child, named, data, filling, told, facts, role, today)
    checked = verify(child, pdf, filling)
    findings = (*edition_findings(named, edition, today), *filling.findings)
    told_of = replace(filling, findings=findings)
    definition = named.definition
    return Filled(definition.form, definition.title, told, pdf, told_of, checked, len(blank.fields), _removed(blank))


def _written(
    child: Child, named: Named, data: bytes, filling: Filling, edition: str, facts: Facts, role: str, today: date
) -> bytes:
    added = _addendum(named, edition, filling.addendum, facts, role, today)
    drawn = fill_print.drawn(filling.typed, today) if filling.typed else b""
    order = [list(each) for each in filling.order]
    function = "toolkit.acroform_write:written"
    made: bytes = child.call(function, data, filling.values, filling.boxes, drawn, order, added, result=bytes)
    return made


def _removed(blank: Blank) -> tuple[str, ...]:
    """Say what of *blank* is not in the filled form."""
    known = (
        ("the copy of the form for Adobe's programs (XFA), which would show other values", blank.xfa),
        ("scripts", blank.scripts),
        ("the files that lay in it", blank.files),
        ("the lock against changes", blank.locked),
    )
    return tuple(what for what, there in known if there)


def verify(child: Child, pdf: bytes, filling: Filling) -> int:
    """Read *pdf* back with another library than wrote it; return how many places hold and show what was written.

    Raises HostileError, naming the field and no value, for the first that does not.
    """
    held: list[Held] = child.call("toolkit.acroform_reread:reread", pdf, result=list[Held])
    shown = {(each.field.name, each.place.page): each.text for each in filling.typed}
    right = 0
    for each in held:
        boxed = each.name in filling.boxes
        if boxed and each.value not in ("", filling.boxes[each.name]):
            raise _wrong(each.name)
        if each.name in filling.values:
            wanted = filling.values[each.name]
            seen = each.drawn and _bare(shown[each.name, each.page]) in _bare(each.shown)
            if not (seen and _alike(each.value, wanted)):
                raise _wrong(each.name)
            right += 1
        elif boxed and each.value:
            right += 1
    there = {each.name for each in held if each.value}
    lost = next((name for name in (*filling.values, *filling.boxes) if name not in there), "")
    if lost:
        raise _wrong(lost)
    return right


def _wrong(name: str) -> HostileError:
    return HostileError(
        f"The filled form does not hold what was written into the field {name[:200]!r}; it was not kept.",
        remedy="Download the blank again; if it happens again, fill this field by hand and report it.",
    )


def _alike(one: str, other: str) -> bool:
    return " ".join(_nfc(one).split()) == " ".join(_nfc(other).split())


def _bare(text: str) -> str:
    return "".join(letter for letter in _nfc(text) if not letter.isspace() and letter not in "\u00ad\ufffe\u0002")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _addendum(named: Named, edition: str, items: Sequence[Longer], facts: Facts, role: str, today: date) -> bytes:
    """Return the addendum as PDF, empty where nothing goes there."""
    if not items:
        return b""
    about: list[Data] = []
    for label, fact in (("Case", "case.reference"), ("Name", f"{role}.full_name")):
        known = facts.get(fact)
        if known is not None and isinstance(known.field.value, str):
            about.append({"label": label, "value": known.field.value})
    rows: list[Data] = [
        {
            "page": each.page,
            "part": each.part,
            "item": each.item,
            "label": each.label,
            "text": each.text,
            "continues": each.continues,
            "kept": each.kept[-60:],
        }
        for each in items
    ]
    data: dict[str, Data] = {
        "form": named.definition.form,
        "title": named.definition.title,
        "edition": edition,
        "about": about,
        "items": rows,
    }
    return typeset.pdf(_ADDENDUM, data, today=today)
