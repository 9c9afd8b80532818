"""All that is known of one case, taken out of the catalogue at once: people, papers, records, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.catalog import Catalog
from toolkit.facts import Facts, resolve
from toolkit.model import Case, Document, Record, State


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case with everything filed in it. `documents` are the filed originals, without copies and containers.

    A long receipt in several photos is one document here; its further photos stand in `photos` under its id, each with
    what of the receipt was read from it, in the order of their places.
    """

    case: Case
    documents: tuple[Document, ...]
    records: tuple[Record, ...]
    facts: Facts
    waiting: tuple[Document, ...]
    photos: Mapping[str, tuple[tuple[Document, Record], ...]] = field(default_factory=dict)

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
    documents = tuple(d for d in everything if d.state is State.FILED and d.whole)
    ids = {document.id for document in documents}
    read = catalog.records(case.id)
    records = tuple(record for record in read if record.document in ids)
    with_record = {record.document for record in records}
    papers: Sequence[Document] = [document for document in documents if document.id in with_record]
    waiting = tuple(d for d in everything if d.state is not State.FILED)
    photos = _photos(everything, read)
    return Dossier(case, tuple(papers), records, resolve(case, records, papers), waiting, photos)


def _photos(
    documents: Sequence[Document], records: Sequence[Record]
) -> Mapping[str, tuple[tuple[Document, Record], ...]]:
    read = {record.document: record for record in records}
    further = sorted((d for d in documents if d.part_of and d.id in read), key=lambda each: each.place)
    return {
        paper: tuple((d, read[d.id]) for d in further if d.part_of == paper) for paper in {d.part_of for d in further}
    }
