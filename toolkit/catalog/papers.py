"""Rows of documents, of what was read from them, of their arrival, and of what finds them. Begins no transaction."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.catalog import contents, lookup
from toolkit.catalog.database import Row
from toolkit.catalog.rows import Rows
from toolkit.errors import InputError, OvertakenError, UnknownNameError
from toolkit.model import Case, Document, Record, State
from toolkit.parts import in_order
from vault import Compartment, Vault

#: Where documents lie whose case is not known yet. It is a compartment like a case's, and no case.
INBOX = "inbox"


class Papers:
    """Opens and writes rows inside the transaction that its caller has begun."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault

    # --- documents

    def row(self, id: str) -> Row:
        """Return a document's row; raise UnknownNameError."""
        found = self._rows.find("documents", "id = ?", id)
        if not found:
            raise UnknownNameError("There is no such document.", remedy="See `mobility case show`.")
        return found[0]

    def opened(self, row: Row) -> Document:
        """Return the document of a row."""
        shown = {name: str(row[name]) for name in ("id", "blob", "state", "parent", "duplicate_of")}
        return contents.open_document(self._compartment(row), _sealed(row), **shown)

    def insert(self, document: Document, content_tag: str) -> None:
        """Add a document; raise InputError where its id is taken."""
        if self._rows.find("documents", "id = ?", document.id):
            raise InputError(
                "There is a document of that id already.",
                remedy="Is the case it is in, or the inbox, not open to you? Have it granted: mobility vault grant.",
            )
        sealed = contents.seal_document(self._vault.compartment(document.case), document)
        shown = contents.shown(document)
        self._rows.insert("documents", {"id": document.id, **shown, "content_tag": content_tag, "sealed": sealed})

    def file(
        self, document: Document, records: Iterable[Record], path_tag: str, content_tag: str, intended: str = ""
    ) -> None:
        """Add a document, what was read from it, and with both tags the mark that it has arrived."""
        self.insert(document, content_tag)
        self.insert_records(document.case, document.id, records)
        if path_tag and content_tag:
            self.insert_arrival(path_tag, content_tag, intended, document.id)

    def beside_original(self, copy: Document) -> Document:
        """Return *copy* as its original stands now: the caller saw that some time ago, and others write here too.

        Raise OvertakenError where the original is gone, or lies elsewhere.
        """
        found = self._rows.find("documents", "id = ?", copy.duplicate_of)
        original = self.opened(found[0]) if found else None
        if original is None or (original.case, original.sha256_sealed) != (copy.case, copy.sha256_sealed):
            raise OvertakenError("The original of this copy was moved or erased meanwhile.", remedy="Take it in again.")
        return contents.alongside(copy, original)

    def replace(self, row: Row, old: Document, new: Document) -> None:
        """Write a document anew; gone to another case, what was read from it goes with it."""
        sealed = contents.seal_document(self._vault.compartment(new.case), new)
        self._rows.replace("documents", row, **contents.shown(new), sealed=sealed)
        if new.case != old.case:
            records = [self.record(each) for each in self._rows.find("records", "document_id = ?", old.id)]
            self.replace_records(new.case, new.id, records)

    def unchanged(self, seen: Document) -> Row:
        """Return the row of a document that is as it was *seen*; raise OvertakenError, UnknownNameError."""
        row = self.row(seen.id)
        if self.opened(row) != seen:
            raise OvertakenError(f"Document {seen.id} was changed meanwhile.", remedy="Do it once more.")
        return row

    def further_photos(self, paper: Document) -> list[Document]:
        """Return the documents that are further photos of *paper*."""
        if not paper.place or paper.part_of:
            return []
        found = [self.opened(row) for row in self._rows.find("documents", "case_id = ?", paper.case)]
        return [each for each in found if each.part_of == paper.id]

    def remove(self, document: Document) -> None:
        """Remove a document as it was seen, and what was read from it; raise InputError where a copy stands on it."""
        row = self.unchanged(document)
        if self._rows.find("documents", "duplicate_of = ?", document.id) or document.place:
            raise InputError(f"Document {document.id} has copies or further photos.", remedy="Settle those first.")
        for table in ("records", "lookups", "arrivals"):
            self._rows.remove(table, self._rows.find(table, "document_id = ?", document.id))
        self._rows.remove("documents", [row])

    def containers(self, documents: Iterable[Row]) -> list[Row]:
        """Return the archives and mails that some of *documents* lay in, at any depth, and that can still be opened."""
        found: dict[str, Row] = {}
        waiting = {str(row["parent"]) for row in documents} - {""}
        while waiting:
            for row in self._rows.find("documents", "id = ?", waiting.pop()):
                if row["id"] not in found:
                    found[str(row["id"])] = row
                    waiting |= {str(row["parent"])} - {""}
        return [row for row in found.values() if self._vault.has_compartment(str(row["case_id"]))]

    def empty(self, row: Row) -> None:
        """Give up the bytes of a container, and of its copies: they hold a paper that was erased."""
        for each in (row, *self._rows.find("documents", "duplicate_of = ?", row["id"])):
            old = self.opened(each)
            blob = self._vault.compartment(old.case).put(b"").name
            self.replace(each, old, contents.emptied(old, blob))

    # --- arrivals

    def arrived(self, path_tag: str, content_tag: str, intended: str) -> Document | None:
        """Return what this content at this place became when it was taken in for the case *intended*, or None.

        Where no case is intended, any arrival is meant. Where another one was, or none that is known, the arrival
        answers only if its document lies in the intended case all the same, or still waits for somebody to say which.
        """
        rows = self._rows.find_tagged("arrivals", path_tag, content_tag=content_tag)
        for row in sorted(rows, key=lambda row: row["intended"] != intended):
            stands = self.row(str(row["document_id"]))
            if not self._vault.readable([str(stands["case_id"])]):
                continue  # taken in for a case of others
            document = self.opened(stands)
            waits = document.case == INBOX and document.state is not State.FILED
            if not intended or row["intended"] == intended or document.case == intended or waits:
                return document
        return None

    def insert_arrival(self, path_tag: str, content_tag: str, intended: str, document: str) -> None:
        """Mark a document as arrived; raise InputError where it has been before."""
        tags = (path_tag, content_tag, intended)
        if self._rows.find("arrivals", "path_tag = ? AND content_tag = ? AND intended = ?", *tags):
            raise InputError("This content was taken in from this place already.")
        row: Row = {"path_tag": path_tag, "content_tag": content_tag, "intended": intended, "document_id": document}
        self._rows.insert("arrivals", row)

    # --- cases, records, and what finds them

    def check_new(self, case: Case) -> None:
        """Raise InputError where the id or the reference of a case is taken."""
        if self._rows.find("cases", "id = ?", case.id):
            raise InputError("There is a case of that id already.")
        self.check_reference(case)

    def check_reference(self, case: Case) -> None:
        """Raise InputError where another case has the reference."""
        if self._rows.find("cases", "id != ? AND ? IN (id, reference)", case.id, case.reference):
            raise InputError("There is a case of that reference already.", remedy="Choose another reference.")

    def case(self, row: Row) -> Case:
        """Return the case of a row."""
        id, reference, route = str(row["id"]), str(row["reference"]), str(row["route"])
        return contents.open_case(self._vault.compartment(id), _sealed(row), id=id, reference=reference, route=route)

    def record(self, row: Row) -> Record:
        """Return the record of a row."""
        return contents.open_record(self._compartment(row), _sealed(row))

    def replace_records(self, case: str, document: str, records: Iterable[Record]) -> None:
        """Write what was read from a document in the place of what stands there."""
        for table in ("records", "lookups"):
            self._rows.remove(table, self._rows.find(table, "document_id = ?", document))
        self.insert_records(case, document, records)

    def insert_records(self, case: str, document: str, records: Iterable[Record]) -> None:
        """Add what was read from a document, and what it can be found by."""
        compartment = self._vault.compartment(case)
        found: set[tuple[str, str]] = set()
        for number, record in enumerate(records):
            sealed = contents.seal_record(compartment, contents.belonging(record, document))
            self._rows.insert("records", {"document_id": document, "number": number, "case_id": case, "sealed": sealed})
            found |= lookup.of_record(record)
        self.add_lookups(case, document, found)

    def add_lookups(self, case: str, document: str | None, found: Iterable[tuple[str, str]]) -> None:
        """Add what a case (without *document*) or a document can be found by."""
        for tag in sorted({self.tag(what, form) for what, form in found}):
            self._rows.insert("lookups", {"tag": tag, "case_id": case, "document_id": document})

    def tag(self, what: str, form: str) -> str:
        """Return the keyed hash under which a normal form is found."""
        return self._vault.keyed_hash(f"find/{what}", form.encode())

    def _compartment(self, row: Row) -> Compartment:
        return self._vault.compartment(str(row["case_id"]))


def oldest_first(document: Document) -> tuple[str, tuple[tuple[str, int], ...], str]:
    """Return what documents are sorted by."""
    return document.received, in_order(document.name), document.id


def _sealed(row: Row) -> bytes:
    sealed = row["sealed"]
    return sealed if isinstance(sealed, bytes) else b""
