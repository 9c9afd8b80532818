"""A person's answer to what intake asked: the document gets its case, its person, or its kind, and is filed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from toolkit.assign import Assignment, assign
from toolkit.catalog import INBOX, Catalog
from toolkit.confine import Child, Limits
from toolkit.errors import InputError, UnknownNameError
from toolkit.model import Case, Document, Person, Record, State
from vault import Vault

#: The kind of papers that are none of the kinds.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the document was filed."""

    document: str
    case: str
    person: str
    kind: str


def settle(
    vault: Vault, catalog: Catalog, document: str, *, reference: str = "", person: str = "", kind: str = ""
) -> Settled:
    """File *document* under the case, the person (role or id) and the kind that were answered; the rest is matched.

    The kind `unknown` says that it is none of the kinds: the paper is kept, and nothing is taken from it.

    Raises InputError with the question that is still open, UnknownNameError for a case, person or kind that is not
    there; then nothing was changed, except that a given *kind* has been read.
    """
    if not (reference or person or kind):
        raise InputError("Nothing was answered.", remedy="Give --case, --person or --kind.")
    waiting = catalog.document(document)
    if waiting.state is State.QUARANTINED:
        again = f"mobility settle {document} --retry reads it again; mobility case original {document} hands it out."
        why = waiting.next_step or waiting.reason
        raise InputError(f"Document {document} is in quarantine.", remedy=f"{why} {again}")
    if waiting.duplicate_of and (not reference or catalog.case(reference).id == waiting.case):
        raise InputError(
            f"Document {document} is a copy of {waiting.duplicate_of}.", remedy=f"Settle {waiting.duplicate_of}."
        )
    record = catalog.record(document)
    # A paper that was sent before, to another case, was asked about before it was read.
    if (kind and kind != UNKNOWN) or (record is None and waiting.state is State.ASKED) or waiting.duplicate_of:
        _read_again(vault, catalog, waiting, "" if kind == UNKNOWN else kind)
        record = catalog.record(document)
    if kind == UNKNOWN and record is not None:
        record = replace(record, kind=UNKNOWN, fields=(), rejected=(), warnings=())
        catalog.replace_records(document, [record])
    if record is None or (record.kind == UNKNOWN and kind != UNKNOWN):
        raise InputError(
            "Its kind is still unknown.", remedy="Give --kind as well; --kind unknown keeps it as none of the kinds."
        )
    case, owner = _whose(catalog, waiting, record, reference, person)
    catalog.move_document(document, case=case.id, person=owner.id, state=State.FILED, reason="", next_step="")
    return Settled(document, case.reference, owner.role, record.kind)


def _read_again(vault: Vault, catalog: Catalog, waiting: Document, kind: str) -> None:
    data = vault.compartment(waiting.case).get(waiting.sha256_sealed)
    with Child(Limits()) as child:
        records = child.call("toolkit.read:read_bytes", data, waiting.media_type, kind, result=list[Record])
    catalog.replace_records(waiting.id, records)


def _whose(catalog: Catalog, waiting: Document, record: Record, reference: str, person: str) -> tuple[Case, Person]:
    case = catalog.case(reference) if reference else catalog.case(waiting.case) if waiting.case != INBOX else None
    found = assign(record, catalog.cases(), case)
    case = case or found.case
    if case is None:
        raise InputError(found.question, remedy="Give --case REFERENCE.")
    owner = _owner(case, person, found) if person else found.person
    if owner is None and person:
        raise UnknownNameError(f"Case {case.reference} has no {person}.", remedy="Add the person: mobility case add.")
    if owner is None:
        raise InputError(found.question, remedy="Give --person ROLE.")
    return case, owner


def _owner(case: Case, person: str, found: Assignment) -> Person | None:
    """Return whom *person* (role or id) means; of several in one role the one whose name the paper bears."""
    meant = [each for each in case.people if person in (each.id, each.role)]
    if len(meant) > 1 and found.person not in meant:
        ids = ", ".join(each.id for each in meant)
        raise InputError(
            f"Case {case.reference} has more than one {person}: {ids}.",
            remedy="Give the person's id; `mobility case show REFERENCE --json` says whose is which.",
        )
    return found.person if found.person in meant else next(iter(meant), None)
