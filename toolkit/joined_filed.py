"""Filed photos of one long receipt: which may be joined, and what they say when they are read together.

The paper is the document that was named first: its record holds every value. Each further photo keeps a record of what
of the paper stands on it, so that it can be shown with what was read there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from toolkit.arrival import is_photo
from toolkit.catalog import INBOX, Catalog
from toolkit.confine import Child, Limits
from toolkit.errors import HostileError, InputError
from toolkit.model import Document, Field, Record, State
from toolkit.receipts_filed import KINDS
from vault import Vault

_UNKNOWN = "unknown"


def photos_of(catalog: Catalog, paper: Document) -> list[Document]:
    """Return *paper* and its further photos, itself first, the others in the order of their places."""
    if not paper.place:
        return [paper]
    further = [each for each in catalog.documents(paper.case) if each.part_of == paper.id]
    return [paper, *sorted(further, key=lambda each: each.place)]


def check_joinable(catalog: Catalog, paper: Document, others: Sequence[Document]) -> None:
    """Raise InputError with cause and remedy unless *others* can be further photos of *paper*."""
    ids = [each.id for each in (paper, *others)]
    twice = next((id for at, id in enumerate(ids) if id in ids[:at]), "")
    if twice:
        raise InputError(f"Document {twice} was given twice.", remedy="Name each photo of the receipt once.")
    for each in (paper, *others):
        _check_stands_alone(catalog, each, paper)
        _check_is_photo(catalog, each)
    cases = {each.case for each in (paper, *others)} - {INBOX}
    if len(cases) > 1:
        names = ", ".join(sorted(catalog.case(case).reference for case in cases))
        raise InputError(
            f"The photos are filed in several cases: {names}.",
            remedy=f"If they are one receipt, bring them together first: mobility settle {ids[-1]} --case REFERENCE",
        )


def _check_stands_alone(catalog: Catalog, photo: Document, paper: Document) -> None:
    if photo.state is State.QUARANTINED:
        again = f"mobility settle {photo.id} --retry reads it again."
        why = photo.next_step or photo.reason
        raise InputError(f"Document {photo.id} is in quarantine.", remedy=f"{why} {again}".strip())
    if photo.duplicate_of:
        raise InputError(
            f"Document {photo.id} is a copy of {photo.duplicate_of}.",
            remedy=f"Name {photo.duplicate_of} in its place; the copy goes with it.",
        )
    if photo.part_of and photo.part_of != paper.id:
        raise InputError(
            f"Document {photo.id} is a photo of {photo.part_of} already.",
            remedy=f"Add to that: mobility settle {photo.part_of} --join ID. "
            f"Or take it out first: mobility settle {photo.id} --retry",
        )
    if photo.id != paper.id and photo.place and not photo.part_of:
        raise InputError(
            f"Document {photo.id} has been joined with further photos.",
            remedy=f"Add to it: mobility settle {photo.id} --join {paper.id}",
        )


def _check_is_photo(catalog: Catalog, photo: Document) -> None:
    if not is_photo(photo.media_type):
        raise InputError(
            f"Document {photo.id} is no picture and no PDF.", remedy="Only photos and scans of one receipt are joined."
        )
    read = [record for record in catalog.records(photo.case) if record.document == photo.id]
    if len(read) > 1:
        raise InputError(
            f"Document {photo.id} holds {len(read)} papers.", remedy="Ask for a photo of this receipt alone."
        )
    if read and read[0].kind not in (*KINDS, _UNKNOWN):
        raise InputError(
            f"Document {photo.id} is filed as {read[0].kind}, and only receipts and invoices are joined.",
            remedy=f"If it is a receipt all the same: mobility settle {photo.id} --kind receipt, and join it then.",
        )


def read_together(vault: Vault, photos: Sequence[Document], kind: str = "") -> list[tuple[Document, Record]]:
    """Read the originals of *photos*, the paper first, as one; return each with its place and its record.

    Of a value on another photo the paper's record names the document; that document's record has page and box. Raises
    InputError where an original cannot be read, and where together they are no receipt or invoice.
    """
    data = [vault.compartment(each.case).get(each.sha256_sealed) for each in photos]
    types = [each.media_type for each in photos]
    limits = Limits()
    with Child(replace(limits, seconds=limits.seconds * len(photos))) as child:
        whole, *parts = child.call("toolkit.joined_photos:read_photos", data, types, kind, result=list[Record]) or [
            None
        ]
    if whole is None or len(parts) != len(photos):
        raise HostileError("The photos made their reader give a senseless answer.", remedy="Ask for other photos.")
    if whole.kind not in KINDS:
        raise InputError(
            f"Read together they are no receipt or invoice, but {whole.kind}.",
            remedy="If they are one all the same, add --kind receipt.",
        )
    ids = [each.id for each in photos]
    standing = {page: (id, own) for id, part in zip(ids, parts, strict=True) for own, page in enumerate(part.pages, 1)}
    order = sorted(ids, key=lambda id: min((page for page, (other, _) in standing.items() if other == id), default=0))
    made = []
    for photo, part in zip(photos, parts, strict=True):
        paper = photo is photos[0]
        record = _of_photo(whole, photo.id, standing, every=paper)
        warnings = (_told(ids), *whole.warnings) if paper else (_pointing(ids[0]),)
        own_pages = tuple(range(1, 1 + len(part.pages)))
        record = replace(record, document=photo.id, pages=own_pages, turns=part.turns, warnings=warnings)
        made.append((replace(photo, place=1 + order.index(photo.id)), record))
    return made


def _of_photo(whole: Record, photo: str, standing: dict[int, tuple[str, int]], *, every: bool) -> Record:
    """Return *whole* with the values that stand on *photo*, or with *every* one, each with its true document."""

    def placed(fields: Sequence[Field]) -> tuple[Field, ...]:
        return tuple(found for each in fields if (found := _placed(each, photo, standing, every)) is not None)

    return replace(whole, fields=placed(whole.fields), rejected=placed(whole.rejected))


def _placed(known: Field, photo: str, standing: dict[int, tuple[str, int]], every: bool) -> Field | None:
    source = known.source
    if source.page is None:  # computed: it stands nowhere
        return replace(known, source=replace(source, document=photo)) if every else None
    document, own = standing.get(source.page, ("", None))
    if document == photo:
        return replace(known, source=replace(source, document=photo, page=own))
    # A page of this photo must not be taken for that of another.
    return replace(known, source=replace(source, document=document, page=None, box=None)) if every else None


def _told(ids: Sequence[str]) -> str:
    photos = ", ".join(f"photo {number} is {id}" for number, id in enumerate(ids, start=1))
    shown = " and ".join(f"mobility show {id}" for id in ids[1:])
    return f"Read from several photos: {photos}. What was read on the others is drawn by {shown}."


def _pointing(paper: str) -> str:
    return f"A photo of the paper {paper}, which is read from all its photos: mobility show {paper}"
