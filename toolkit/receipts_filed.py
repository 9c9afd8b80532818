"""The receipts of cases in the catalogue, ready to be claimed or compared, and what a person decided about them.

Knows the catalogue and the dossier; a file with several receipts gives as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from toolkit.catalog import Catalog
from toolkit.dossier import Dossier
from toolkit.errors import InputError, UnknownNameError
from toolkit.likeness import Alike, Answer, Degree, Paper, across, answered, answers, compare, key
from toolkit.model import Case, Document, Record, State

KINDS = ("receipt", "invoice")


@dataclass(frozen=True, slots=True)
class Filed:
    """One receipt of a filed document: `part` counts from 0 through those of its file."""

    document: Document
    record: Record
    part: int = 0

    @property
    def key(self) -> str:
        """What it is called where papers are compared."""
        return key(self.document.id, self.part)

    @property
    def paper(self) -> Paper:
        """The receipt as it is compared."""
        return Paper(self.key, self.record)


@dataclass(frozen=True, slots=True)
class Relations:
    """What receipts of a case are to each other, to papers sent twice, and to receipts of other cases.

    `copies` are documents that are byte for byte the same as an earlier receipt, with the earlier one's id.
    """

    among: tuple[Alike, ...]
    copies: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[Alike, str], ...]


def filed(documents: Sequence[Document], records: Sequence[Record]) -> list[Filed]:
    """Return every receipt and invoice among *records* with its document, in the order of *documents*."""
    own: dict[str, list[Record]] = {}
    for record in records:
        own.setdefault(record.document, []).append(record)
    return [
        Filed(document, record, part)
        for document in documents
        for part, record in enumerate(own.get(document.id, []))
        if record.kind in KINDS
    ]


def of_case(known: Dossier) -> list[Filed]:
    """Return the receipts of a case, those that are filed."""
    return filed(known.documents, known.records)


def of_others(catalog: Catalog, case: Case) -> list[Paper]:
    """Return the receipts filed in all other cases of the vault, each with its case's reference.

    Reads every one of them: the vault keeps no index of what a receipt says.
    """
    papers = []
    for other in catalog.cases():
        if other.id == case.id:
            continue
        documents = [d for d in catalog.documents(other.id) if d.state is State.FILED and d.whole]
        found = filed(documents, catalog.records(other.id))
        papers += [replace(each.paper, case=other.reference) for each in found]
    return papers


def relations(catalog: Catalog, known: Dossier, papers: Sequence[Paper]) -> Relations:
    """Compare *papers*, those of the case *known*, among each other and with those of all other cases."""
    receipts = {paper.key.partition("#")[0] for paper in papers}
    copies = tuple((d.id, d.duplicate_of) for d in catalog.documents(known.case.id) if d.duplicate_of in receipts)
    others = across(papers, of_others(catalog, known.case))
    return Relations(
        compare(papers),
        copies,
        tuple((alike, other.case) for _, other, alike in others if alike.degree is not Degree.POSSIBLE),
    )


def decided(case: Case) -> dict[frozenset[str], Answer]:
    """Return what a person decided about receipts of *case*, by the keys of the two."""
    return answers(case.details)


def decide(catalog: Catalog, known: Dossier, one: str, other: str, answer: Answer, today: date) -> Case:
    """Record that two receipts of a case are one expense, or two. Returns the case as it is now.

    Raises UnknownNameError for a receipt that the case does not have, InputError for one compared with itself.
    """
    keys = [each.key for each in of_case(known)]
    for name in (one, other):
        if name not in keys:
            raise UnknownNameError(
                f"Case {known.case.reference} has no receipt {name[:40]}.",
                remedy=f"See `mobility duplicates {known.case.reference}`.",
            )
    if one == other:
        raise InputError(f"{one} was given twice.", remedy="Name two receipts.")
    case = catalog.case(known.case.id)
    changed = replace(case, details=answered(case.details, one, other, answer, today))
    catalog.replace_case(changed)
    return changed
