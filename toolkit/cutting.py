"""A person's word on where the documents of one scanned file begin and end: it is cut anew, and nothing of it is lost.

The original stays as it came. Parts that stay the same keep all that was settled and corrected; what a person said of a
part that goes is carried to the part that its page has gone to, or asked for again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.assign import place
from toolkit.catalog import INBOX, Catalog, Filing
from toolkit.confine import Child, Limits
from toolkit.correcting import kept, records_of
from toolkit.errors import InputError
from toolkit.model import Case, Document, Record, State
from toolkit.parts import PAGED, Part, held, named, of_file, of_part, pages_of, stated
from vault import Vault


@dataclass(frozen=True, slots=True)
class Cut:
    """How a file is cut: its document, how many pages it has, and the documents in it by their order there."""

    file: Document
    pages: int
    parts: tuple[tuple[Document, Record | None], ...]

    @property
    def blank(self) -> tuple[int, ...]:
        """The pages that are in no document: blank sheets and dividers. Empty for a file that was never cut."""
        inside = {page for part, _ in self.parts for page in part.pages}
        return tuple(page for page in range(1, self.pages + 1) if page not in inside) if self.parts else ()


@dataclass(frozen=True, slots=True)
class _Cutting:
    """One file under the knife: where it lies, the child that opens it, its bytes, and how it is cut now."""

    vault: Vault
    catalog: Catalog
    child: Child
    data: bytes
    now: Cut


def cut_of(vault: Vault, catalog: Catalog, document: str) -> Cut:
    """Return how the file is cut that *document* is, or is a part of. Raises UnknownNameError, InputError."""
    with Child(Limits()) as child:
        return _opened(vault, catalog, child, document).now


def cut(vault: Vault, catalog: Catalog, document: str, words: Sequence[str], none: str = "") -> Cut:
    """Cut the file that *document* is, or is a part of, into the parts that *words* name (see `toolkit.parts.stated`).

    The pages that *none* names ("6,9") are in no document: blank sheets and dividers. One part of all pages makes it
    one document again. Raises InputError for pages that are not there, named twice or not at all, for a file that is
    one page or cannot be taken apart, and for parts that copies or photos stand on; OvertakenError. Then nothing was
    changed.
    """
    with Child(Limits()) as child:
        under = _opened(vault, catalog, child, document)
        pages = stated(words, under.now.pages, {*under.now.blank, *(pages_of(none) if none else ())})
        before = {part.pages: (part, record) for part, record in under.now.parts}
        if len(pages) == 1 and len(pages[0]) == under.now.pages:
            _whole(under)
        else:
            _into(under, pages, [part for each, (part, _) in before.items() if each not in pages])
        return _as_cut(catalog, catalog.document(under.now.file.id), under.now.pages)


def _opened(vault: Vault, catalog: Catalog, child: Child, document: str) -> _Cutting:
    file = catalog.document(document)
    if file.pages and file.parent:
        file = catalog.document(file.parent)
    for other, what in ((file.duplicate_of, "a copy"), (file.part_of, "a photo")):
        if other:
            raise InputError(f"Document {file.id} is {what} of {other}.", remedy=f"Cut that one: mobility cut {other}")
    if file.media_type not in PAGED:
        raise InputError(
            "Only PDFs and multi-page TIFFs have pages that can be parted.",
            remedy="Two papers in one picture are told apart by `mobility read`; ask for single photos otherwise.",
        )
    data = vault.compartment(file.case).get(file.sha256_sealed)
    if not data:
        raise InputError("The file was given up when a case was erased.", remedy="Its papers are kept by themselves.")
    count: int = child.call("toolkit.pages.extract:page_count", data, file.media_type, result=int)
    return _Cutting(vault, catalog, child, data, _as_cut(catalog, file, count))


def _as_cut(catalog: Catalog, file: Document, count: int) -> Cut:
    parts = sorted((each for each in catalog.members(file.id) if each.pages), key=lambda each: min(each.pages))
    return Cut(file, count, tuple((each, catalog.record(each.id)) for each in parts))


def _read(under: _Cutting, pages: Sequence[Sequence[int]], gone: Sequence[Document]) -> list[Record]:
    """Read the file as cut into *pages*, with what a person had said of it or of the parts that are *gone*."""
    file, catalog = under.now.file, under.catalog
    records: list[Record] = under.child.call(
        "toolkit.read:read_bytes", under.data, file.media_type, "", [list(each) for each in pages], result=list[Record]
    )
    before = [*records_of(catalog, file)]
    before += [of_file(record, part.pages) for part in gone for record in records_of(catalog, part)]
    return kept(before, records) if before else records


def _whole(under: _Cutting) -> None:
    file, gone = under.now.file, [part for part, _ in under.now.parts]
    records = _read(under, [range(1, under.now.pages + 1)], gone)
    stands = _placed(under, file, gone, records)
    under.catalog.recut((file, stands, records), gone, ())


def _into(under: _Cutting, pages: Sequence[tuple[int, ...]], gone: Sequence[Document]) -> None:
    file = under.now.file
    staying = {part.pages for part, _ in under.now.parts} & set(pages)
    # The reader wants to hear of every page; what is read on one that is to be in no document is let go again.
    outside = [(page,) for page in range(1, under.now.pages + 1) if not any(page in part for part in pages)]
    records = _read(under, [*pages, *outside], gone)
    parts = [Part(each, tuple(r for r in records if set(r.pages) <= set(each))) for each in pages]
    new = [part for part in parts if part.pages not in staying]
    files: list[bytes] = under.child.call(
        "toolkit.pages.extract:extracted",
        under.data,
        file.media_type,
        [list(part.pages) for part in new],
        result=list[bytes],
    )
    added = [_filing(under, part, data, gone) for part, data in zip(new, files, strict=True)]
    reason = held([part for part in parts if part.records], under.now.pages)
    stands = replace(file, state=State.FILED, reason=reason, next_step="", person="")
    under.catalog.recut((file, stands, ()), gone, added)


def _filing(under: _Cutting, part: Part, data: bytes, gone: Sequence[Document]) -> Filing:
    vault, file = under.vault, under.now.file
    name = f"{file.name}, {named(part.pages)}"
    # A part of the same pages may have been there before, and been cut otherwise since.
    identity = vault.keyed_hash("document", f"{name}\0{secrets.token_hex(8)}".encode())[:12]
    alone = replace(file, id=identity, name=name, size=len(data), parent=file.id, pages=part.pages, person="")
    records = [of_part(record, part.pages) for record in part.records]
    there = [each for each in gone if not set(each.pages).isdisjoint(part.pages)]
    stands = _placed(under, alone, there, records)
    sealed = vault.compartment(stands.case).put(data).sha256
    content, path = vault.keyed_hash("content", data), vault.keyed_hash("path", f"{name}\0{identity}".encode())
    return replace(stands, sha256_sealed=sealed), records, path, content


def _placed(under: _Cutting, document: Document, gone: Sequence[Document], records: Sequence[Record]) -> Document:
    """Say where a new part belongs: by what is read on it, else where all the parts lay that it was made of."""
    catalog = under.catalog
    cases = {each.case for each in (gone or [under.now.file])} - {INBOX}
    known: Case | None = catalog.case(next(iter(cases))) if len(cases) == 1 else None
    found = place(records, catalog.cases(), known)
    case = found.case.id if found.case else known.id if known else INBOX
    people = {each.person for each in gone}
    person = next(iter(people)) if not found.person and len(people) == 1 and case != INBOX else found.person
    answered = bool(person) and all(record.kind != "unknown" for record in records)
    open_ = bool(found.question) and not answered
    return replace(
        document,
        case=case,
        person=person,
        state=State.ASKED if open_ else State.FILED,
        reason=found.question if open_ else "",
        next_step=found.step.replace("{id}", document.id) if open_ else "",
    )
