"""A person's answer to what intake asked: the document gets its case, its person, or its kind, and is filed.

A person's word, too, that several photos are one long receipt, or are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from toolkit.assign import Assignment, assign, place
from toolkit.catalog import INBOX, Catalog, Stand
from toolkit.confine import Child, Limits
from toolkit.correcting import by_person, kept, records_of, with_said
from toolkit.errors import InputError, UnknownNameError
from toolkit.joined_filed import check_joinable, photos_of, read_together
from toolkit.model import Case, Document, Field, Person, Record, State
from toolkit.questionnaire_facts import KIND as QUESTIONNAIRE
from toolkit.questionnaire_tag import Tags
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


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a receipt in several photos was filed, its photos in the order of the receipt, and what is to be known."""

    settled: Settled
    photos: tuple[str, ...]
    warnings: tuple[str, ...] = field(repr=False)


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
    if waiting.part_of:
        raise InputError(
            f"Document {document} is a photo of {waiting.part_of}.",
            remedy=f"Settle {waiting.part_of}; mobility settle {document} --retry makes it a paper of its own.",
        )
    if waiting.duplicate_of and (not reference or catalog.case(reference).id == waiting.case):
        raise InputError(
            f"Document {document} is a copy of {waiting.duplicate_of}.", remedy=f"Settle {waiting.duplicate_of}."
        )
    _check_one(catalog, document)
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
    case, owner = _whose(vault, catalog, waiting, record, reference, person)
    catalog.move_document(document, case=case.id, person=owner.id, state=State.FILED, reason="", next_step="")
    return Settled(document, case.reference, owner.role, record.kind)


def _check_one(catalog: Catalog, document: str) -> None:
    inside = ", ".join(each.id for each in catalog.members(document))
    if inside:
        raise InputError(
            f"Document {document} holds several papers, filed one by one.",
            remedy=f"Settle those: {inside}. For a scan that was cut wrongly: mobility cut {document}",
        )


def join(
    vault: Vault,
    catalog: Catalog,
    document: str,
    others: Sequence[str],
    *,
    reference: str = "",
    person: str = "",
    kind: str = "",
) -> Joined:
    """Make *others* further photos of the receipt in *document*, and file what they say when they are read together.

    Photos that it has already stay. Where case, person and kind are not given, the case and person of *document* stay,
    or are looked for as `settle` does. That the photos do not go on from each other is a warning: a person asked.

    Raises InputError with cause and remedy for what is no photo of a receipt, stands in another case, is a copy, in
    quarantine or part of another paper; UnknownNameError. Then nothing was changed.
    """
    paper = catalog.document(document)
    further = [catalog.document(each) for each in others]
    check_joinable(catalog, paper, further)
    known = photos_of(catalog, paper)
    photos = [*known, *(each for each in further if each not in known)]
    read = _together(vault, catalog, photos, "" if kind == UNKNOWN else kind)
    there = next((each.case for each in photos if each.case != INBOX), INBOX)
    if not person and not reference and there == paper.case:
        person = paper.person
    case, owner = _whose(vault, catalog, replace(paper, case=there), read[0][1], reference, person)
    stands = [
        (seen, _joined(new, paper, case, owner), (record,)) for seen, (new, record) in zip(photos, read, strict=True)
    ]
    catalog.refile_photos("document.joined", paper.id, stands)
    order = sorted((new for _, new, _ in stands), key=lambda each: each.place)
    record = read[0][1]
    filed = Settled(paper.id, case.reference, owner.role, record.kind)
    return Joined(filed, tuple(each.id for each in order), record.warnings)


def _joined(photo: Document, paper: Document, case: Case, owner: Person) -> Document:
    stands = replace(photo, case=case.id, person=owner.id, state=State.FILED, reason="", next_step="")
    if photo.id == paper.id:
        return stands
    return replace(stands, part_of=paper.id, reason=f"A further photo of {paper.id}: filed and counted with it.")


def take_apart(vault: Vault, catalog: Catalog, document: str) -> bool:
    """Make a further photo a document of its own again, open for `Intake.again`, and read its paper without it.

    Returns False, and does nothing, where *document* is no further photo.
    """
    photo = catalog.document(document)
    if not photo.part_of:
        return False
    paper = catalog.document(photo.part_of)
    record, own = catalog.record(paper.id), catalog.record(photo.id)
    kind = record.kind if record is not None and record.kind != UNKNOWN else ""
    left = [each for each in photos_of(catalog, paper) if each.id != photo.id]
    stands: list[Stand]
    if len(left) > 1:
        stands = [
            (seen, new, (read,)) for seen, (new, read) in zip(left, _together(vault, catalog, left, kind), strict=True)
        ]
    else:
        alone_again = kept(records_of(catalog, paper), _read(vault, paper, kind))
        stands = [(paper, replace(paper, place=0), alone_again)]
    why, step = f"It was a photo of {paper.id}, and is to be read by itself.", f"mobility settle {photo.id} --retry"
    alone = replace(photo, part_of="", place=0, state=State.ASKED, reason=why, next_step=step)
    catalog.refile_photos("document.parted", paper.id, [*stands, (photo, alone, () if own is None else (own,))])
    return True


def _read_again(vault: Vault, catalog: Catalog, waiting: Document, kind: str) -> None:
    if waiting.place:
        photos = photos_of(catalog, waiting)
        read = _together(vault, catalog, photos, kind)
        stands = [(seen, new, (record,)) for seen, (new, record) in zip(photos, read, strict=True)]
        catalog.refile_photos("document.joined", waiting.id, stands)
        return
    catalog.replace_records(waiting.id, kept(records_of(catalog, waiting), _read(vault, waiting, kind)))


def _together(vault: Vault, catalog: Catalog, photos: Sequence[Document], kind: str) -> list[tuple[Document, Record]]:
    """Read *photos* as one paper; what a person said of it, or of a photo before it was part of it, is the paper's."""
    (paper, record), *further = read_together(vault, photos, kind)
    said: dict[str, Field] = {}
    for photo in photos:
        for before in records_of(catalog, photo):
            for each in before.fields:
                if by_person(each):
                    said.setdefault(each.name, each)
    return [(paper, with_said(record, list(said.values()))), *further]


def _read(vault: Vault, waiting: Document, kind: str) -> list[Record]:
    data = vault.compartment(waiting.case).get(waiting.sha256_sealed)
    with Child(Limits()) as child:
        records: list[Record] = child.call(
            "toolkit.read:read_bytes", data, waiting.media_type, kind, result=list[Record]
        )
    return records


def _whose(
    vault: Vault, catalog: Catalog, waiting: Document, record: Record, reference: str, person: str
) -> tuple[Case, Person]:
    case = catalog.case(reference) if reference else catalog.case(waiting.case) if waiting.case != INBOX else None
    found = _found(vault, catalog, record, case)
    case = case or found.case
    if case is None:
        also = " and --person ROLE" if record.kind == QUESTIONNAIRE and not person else ""
        raise InputError(found.question, remedy=f"Give --case REFERENCE{also}.")
    owner = _owner(case, person, found) if person else found.person
    if owner is None and person:
        raise UnknownNameError(f"Case {case.reference} has no {person}.", remedy="Add the person: mobility case add.")
    if owner is None:
        raise InputError(found.question, remedy="Give --person ROLE.")
    return case, owner


def _found(vault: Vault, catalog: Catalog, record: Record, case: Case | None) -> Assignment:
    """Say whose a paper is by what was read: a questionnaire by its mark and never by its name, others by their names.

    Who is asked for an answer may have typed anybody's name into the form of somebody else.
    """
    if record.kind != QUESTIONNAIRE:
        return assign(record, catalog.cases(), case)
    at = place([record], catalog.cases(), case, Tags(vault).whose)
    return Assignment(at.case, at.case.person(at.person) if at.case and at.person else None, at.question)


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
