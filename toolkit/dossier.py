"""All that is known of one case, taken out of the catalogue at once: people, papers, records, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.catalog import Catalog
from toolkit.facts import Facts, resolve
from toolkit.model import Case, Document, Record, State


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case with everything filed in it. `documents` are the filed originals, without copies and containers."""

    case: Case
    documents: tuple[Document, ...]
    records: tuple[Record, ...]
    facts: Facts
    waiting: tuple[Document, ...]

    def record(self, document: str) -> Record | None:
        """Return what was read from *document*, or None."""
        return next((record for record in self.records if record.document == document), None)

    def of_kind(self, *kinds: str) -> tuple[tuple[Document, Record], ...]:
        """Return the filed documents of these kinds with their records, oldest first."""
        pairs = ((document, self.record(document.id)) for document in self.documents)
        return tuple((document, record) for document, record in pairs if record is not None and record.kind in kinds)


def dossier(catalog: Catalog, reference: str) -> Dossier:
    """Collect the case called *reference* (or with that id). Raises UnknownNameError when there is none."""
    case = catalog.case(reference)
    everything = catalog.documents(case=case.id)
    documents = tuple(d for d in everything if d.state is State.FILED and not d.duplicate_of)
    ids = {document.id for document in documents}
    records = tuple(record for record in catalog.records(case.id) if record.document in ids)
    with_record = {record.document for record in records}
    papers: Sequence[Document] = [document for document in documents if document.id in with_record]
    waiting = tuple(d for d in everything if d.state is not State.FILED)
    return Dossier(case, tuple(papers), records, resolve(case, records, papers), waiting)
