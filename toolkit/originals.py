"""The originals of filed documents as clean PDFs, for packets and claim packs.

Originals are hostile until shown otherwise: they are re-written in a confined child, without active content; Word files
are disarmed there, and then laid out by LibreOffice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from toolkit import layout, office, typeset
from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.model import Document, Page, Record
from vault import Vault

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Original:
    """A document's clean PDF, and the SHA-256 of the bytes that were submitted; `further` has its further photos'."""

    pdf: bytes = field(repr=False)
    sha256: str
    #: The id and the SHA-256 of each further photo, in the order of the paper.
    further: tuple[tuple[str, str], ...] = ()


def as_pdfs(
    vault: Vault,
    papers: Sequence[tuple[Document, Record]],
    *,
    photos: Mapping[str, Sequence[tuple[Document, Record]]] | None = None,
    progress: Callable[[], None] | None = None,
) -> Mapping[str, Original]:
    """Return a PDF of each paper by document id, upright, without active content.

    *photos* are further photos of some of *papers*, by their id: their pages stand in its PDF too, in the order of the
    paper (`Document.place`).

    Word files are left out where LibreOffice is not installed. Raises InputError naming the document whose original
    cannot be turned into pages.
    """
    made: dict[str, Original] = {}
    with Child() as child:
        for document, record in papers:
            data = vault.compartment(document.case).get(document.sha256_sealed)
            pdf = _clean(child, document, record, data)
            further = (photos or {}).get(document.id, ())
            others: tuple[tuple[str, str], ...] = ()
            if pdf is not None and further:
                pdf, others = _with_photos(vault, child, (document, pdf), further)
            if pdf is not None:
                made[document.id] = Original(pdf, hashlib.sha256(data).hexdigest(), others)
            if progress:
                progress()
    return made


def _with_photos(
    vault: Vault, child: Child, paper: tuple[Document, bytes], further: Sequence[tuple[Document, Record]]
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the PDF of *paper* with the pages of its *further* photos, and the SHA-256 of those by their ids."""
    made, sums = [paper], []
    for document, record in sorted(further, key=lambda each: each[0].place):
        data = vault.compartment(document.case).get(document.sha256_sealed)
        pdf = _clean(child, document, record, data)
        if pdf is not None:
            made.append((document, pdf))
            sums.append((document.id, hashlib.sha256(data).hexdigest()))
    in_order = [pdf for _, pdf in sorted(made, key=lambda each: each[0].place)]
    bound: bytes = child.call("toolkit.joined_photos:bound", in_order, result=bytes)
    return bound, tuple(sums)


#: Texts and data have no pages of their own; their lines are typeset.
LINES = frozenset({"text/plain", "text/markdown", "application/xml", "text/xml"})


def _clean(child: Child, document: Document, record: Record, data: bytes) -> bytes | None:
    try:
        if document.media_type in LINES:
            read = child.call("toolkit.pages:read_pages", data, document.media_type, result=list[Page])
            return _typeset(document, read)
        if document.media_type != WORD:
            clean: bytes = child.call(
                "toolkit.pages.packet:as_pdf", data, document.media_type, record.turns, result=bytes
            )
            return clean
        if office.program() is None:
            return None
        return office.submitted_to_pdf(document.id, child.call("toolkit.disarm:word", data, result=bytes))
    except InputError as problem:
        raise type(problem)(
            f"Document {document.id} cannot be put into a PDF: {problem.message}", remedy=problem.remedy
        ) from problem


def _typeset(document: Document, read: Sequence[Page]) -> bytes:
    pages: list[typeset.Data] = [[line.text for line in layout.lines(page)] for page in read]
    note = f"Sent as {document.media_type}, without a layout of its own."
    received = datetime.fromisoformat(document.received).date()
    return typeset.pdf("packet/plain.typ", {"title": document.id, "note": note, "pages": pages}, today=received)
