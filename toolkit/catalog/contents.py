"""What is sealed into a row: the private parts of a case, a document, a record, as typed MessagePack. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from toolkit import wire
from toolkit.model import Case, Document, Field, Person, Record, State
from vault import Compartment


@dataclass(frozen=True, slots=True)
class _CasePart:
    people: tuple[Person, ...]
    dates: Mapping[str, date]
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _DocumentPart:
    name: str
    media_type: str
    size: int
    received: str
    reason: str
    next_step: str
    person: str
    # Rows from before photos could be joined have neither of these, rows from before files could be cut no pages.
    part_of: str = ""
    place: int = 0
    pages: tuple[int, ...] = ()


def seal_case(compartment: Compartment, case: Case) -> bytes:
    """Seal everything of a case but its id, reference and route."""
    return compartment.seal(wire.dumps(_CasePart(case.people, dict(case.dates), dict(case.details))))


def open_case(compartment: Compartment, sealed: bytes, *, id: str, reference: str, route: str) -> Case:
    """Put a case together again."""
    part: _CasePart = wire.build(wire.loads(compartment.open(sealed)), _CasePart)
    return Case(id, reference, route, part.people, part.dates, part.details)


def seal_document(compartment: Compartment, document: Document) -> bytes:
    """Seal what a document row does not show: name, type, size, time, words for people, whose it is, its photos."""
    d = document
    said = (d.name, d.media_type, d.size, d.received, d.reason, d.next_step, d.person)
    part = _DocumentPart(*said, d.part_of, d.place, d.pages)
    return compartment.seal(wire.dumps(part))


def open_document(
    compartment: Compartment, sealed: bytes, *, id: str, blob: str, state: str, parent: str, duplicate_of: str
) -> Document:
    """Put a document together again."""
    part: _DocumentPart = wire.build(wire.loads(compartment.open(sealed)), _DocumentPart)
    return Document(
        id=id,
        case=compartment.name,
        name=part.name,
        media_type=part.media_type,
        size=part.size,
        sha256_sealed=blob,
        received=part.received,
        state=State(state),
        reason=part.reason,
        next_step=part.next_step,
        person=part.person,
        parent=parent,
        duplicate_of=duplicate_of,
        part_of=part.part_of,
        place=part.place,
        pages=part.pages,
    )


def shown(document: Document) -> dict[str, str]:
    """Return what a document row shows."""
    return {
        "case_id": document.case,
        "state": document.state.value,
        "blob": document.sha256_sealed,
        "parent": document.parent,
        "duplicate_of": document.duplicate_of,
    }


def alongside(copy: Document, original: Document) -> Document:
    """Return *copy* where its original has gone, as it stands."""
    return replace(
        copy,
        case=original.case,
        sha256_sealed=original.sha256_sealed,
        person=original.person,
        state=original.state,
        next_step=original.next_step,
    )


def emptied(container: Document, blob: str) -> Document:
    """Return *container* with nothing in it any more; *blob* is the name of its sealed nothing."""
    reason = "emptied: a paper in it was erased with its case; the others are kept by themselves"
    return replace(container, sha256_sealed=blob, size=0, reason=reason)


def seal_record(compartment: Compartment, record: Record) -> bytes:
    """Seal a whole record."""
    return compartment.seal(wire.dumps(record))


def open_record(compartment: Compartment, sealed: bytes) -> Record:
    """Return the record."""
    record: Record = wire.build(wire.loads(compartment.open(sealed)), Record)
    return record


def belonging(record: Record, document: str) -> Record:
    """Return *record* as read from *document*: every source that named no document yet names this one."""

    def named(field: Field) -> Field:
        return field if field.source.document else replace(field, source=replace(field.source, document=document))

    return replace(
        record,
        document=document,
        fields=tuple(map(named, record.fields)),
        rejected=tuple(map(named, record.rejected)),
    )
