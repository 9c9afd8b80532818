"""The verbs of the catalogue. Knows the vault and the nouns; knows no file format, no reader, no rule.

Every write is one transaction. What must happen outside the database because of it (a sealed file to remove, a line for
the ledger) is written into the same transaction as pending work and done right after, or at the next opening.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TypeAlias

from toolkit.catalog import checking, contents, lookup, schema
from toolkit.catalog.case_log import CaseLog
from toolkit.catalog.database import Database, Row, Sqlite
from toolkit.catalog.erasing import Erasing
from toolkit.catalog.outline import Outline, outlines
from toolkit.catalog.papers import INBOX, Papers, oldest_first
from toolkit.catalog.pending import Pending
from toolkit.catalog.rotation import Rotation
from toolkit.catalog.rows import Rows
from toolkit.catalog.sittings import Sitting
from toolkit.catalog.transfer import Transfer
from toolkit.errors import OvertakenError, UnknownNameError
from toolkit.model import Case, Document, Record, State
from vault import MissingError, Report, Right, Vault, access

FILE = "catalog.db"
CONTENT = "content"
_CREATED = "catalogue.created"
_DAY_SECONDS = 24 * 3600
#: A document as it was seen, as it shall stand, and what was read from it.
Stand: TypeAlias = tuple[Document, Document, Sequence[Record]]
#: A document to be added, what was read from it, and the keyed hashes of its place and its content.
Filing: TypeAlias = tuple[Document, Sequence[Record], str, str]


class Catalog:
    """The catalogue of an unlocked vault. Safe for use from several threads and several processes at once."""

    def __init__(self, vault: Vault, database: Database) -> None:
        """Use `open`."""
        self._vault = vault
        self._database = database
        self._rows = Rows(database, vault)
        self._pending = Pending(self._rows, vault)
        self._papers = Papers(self._rows, vault)
        self._erasing = Erasing(self._rows, vault, self._pending, self._papers)
        self.log = CaseLog(self._rows, vault, self._pending)
        self.rotation = Rotation(self._rows, vault, self._pending)
        self.transfer = Transfer(database, self._rows, vault.parts.keys.vault)

    @classmethod
    def open(cls, vault: Vault, database: Database | None = None) -> Catalog:
        """Open the catalogue of *vault*, in *database* or else in a file of the vault's folder.

        Make it where there is none yet, and finish what a kill interrupted. Raise TamperedError where cases or arrivals
        are not as they were left, MissingError where all is gone.
        """
        access.require(vault.role, Right.CHECK_SUMS)
        catalog = cls(vault, database or Sqlite(vault.folder / FILE))
        try:
            catalog._prepare()
        except BaseException:
            catalog.close()
            raise
        return catalog

    def close(self) -> None:
        """Close the database; the catalogue cannot be used afterwards."""
        self._database.close()

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- cases

    def add_case(self, case: Case) -> None:
        """Add a case with a compartment of its own; raise InputError where id or reference are taken."""
        with self._rows.reading():
            self._papers.check_new(case)
        if not self._vault.has_compartment(case.id):
            self._vault.new_compartment(case.id)
        with self._writing("case.added", case=case.id):
            self._papers.check_new(case)  # again: another program may have been quicker
            sealed = contents.seal_case(self._vault.compartment(case.id), case)
            self._rows.insert(
                "cases", {"id": case.id, "reference": case.reference, "route": case.route, "sealed": sealed}
            )
            self._papers.add_lookups(case.id, None, lookup.of_case(case))

    def replace_case(self, case: Case) -> None:
        """Write what is known of a case anew; raise UnknownNameError where there is none of that id."""
        with self._writing("case.changed", case=case.id):
            old = self._case_row(case.id)
            self._papers.check_reference(case)
            sealed = contents.seal_case(self._vault.compartment(case.id), case)
            self._rows.replace("cases", old, reference=case.reference, route=case.route, sealed=sealed)
            self._rows.remove("lookups", self._rows.find("lookups", "case_id = ? AND document_id IS NULL", case.id))
            self._papers.add_lookups(case.id, None, lookup.of_case(case))

    def case(self, id_or_reference: str) -> Case:
        """Return a case; raise UnknownNameError."""
        with self._rows.reading():
            return self._papers.case(self._case_row(id_or_reference))

    def case_id(self, id_or_reference: str) -> str:
        """Return the id of a case, also of one that this officer cannot open; raise UnknownNameError."""
        with self._rows.reading():
            return str(self._case_row(id_or_reference, inbox=True)["id"])

    def cases(self) -> list[Case]:
        """Return the cases that this officer can open, in the order they were added."""
        with self._rows.reading():
            rows = self._rows.find("cases", "id != ?", INBOX)
            able = set(self._vault.readable(str(row["id"]) for row in rows))
            return [self._papers.case(row) for row in rows if row["id"] in able]

    def check_erasable(self, case: str) -> int:
        """Return how many documents a case has; raise HeldError or NotGrantedError where it has to stay."""
        return self._erasing.check(case)

    def forget_case(self, id_or_reference: str) -> int:
        """Erase a case for good: key, rows and sealed files. Return how many documents it had. Cannot be undone."""
        case = str(self._case_row(id_or_reference)["id"])
        documents = self._erasing.check(case)
        # The key goes first: from here on nothing of it can be read, whatever happens; the rest is finished on opening.
        self._vault.forget(case)
        self._erasing.erase(case)
        return documents

    def outlines(self) -> list[Outline]:
        """Return what is seen of all cases without opening any."""
        return outlines(self._rows)

    # --- documents

    def add_document(
        self,
        document: Document,
        records: Sequence[Record] = (),
        *,
        path_tag: str = "",
        content_tag: str = "",
        intended: str = "",
    ) -> None:
        """Add a document, what was read from it, and the mark that it has arrived: all of it or nothing.

        *path_tag* and *content_tag* are keyed hashes; with both, `arrival` knows from now on that it was taken in for
        the case *intended*. Raise OvertakenError for a copy whose original is no longer where the copy says.
        """
        with self._writing("document.filed", case=document.case, document=document.id, state=document.state.value):
            if document.duplicate_of:
                document = self._papers.beside_original(document)
            self._case_row(document.case, inbox=True)
            self._papers.file(document, records, path_tag, content_tag, intended)

    def document(self, id: str) -> Document:
        """Return a document; raise UnknownNameError."""
        with self._rows.reading():
            return self._papers.opened(self._papers.row(id))

    def documents(self, case: str | None = None, state: State | None = None) -> list[Document]:
        """Return the documents of one case (or of all this officer can open), oldest first; raise TamperedError."""
        with self._rows.reading():
            every = [] if case else [str(row["id"]) for row in self._rows.find("cases")]
            cases = [self.case_id(case)] if case else self._vault.readable(every)
            rows = [row for each in cases for row in self._rows.find_all("documents", each)]
            found = [self._papers.opened(row) for row in rows]
        return sorted((each for each in found if state in (None, each.state)), key=oldest_first)

    def members(self, id: str) -> list[Document]:
        """Return everything that lay in a container, at any depth."""
        with self._rows.reading():
            found = [self._papers.opened(row) for row in self._rows.find("documents", "parent = ?", id)]
        return [each for member in found for each in (member, *self.members(member.id))]

    def arrival(self, path_tag: str, content_tag: str, intended: str = "") -> Document | None:
        """Return the document that this content at this place became when it was taken in before, or None.

        What was taken in for another case than *intended* has not arrived for that case (see `Papers.arrived`).
        """
        with self._rows.reading():
            return self._papers.arrived(path_tag, content_tag, intended)

    def original(self, content_tag: str, case: str = "") -> Document | None:
        """Return the first document of this content in *case* or else in the whole vault, or None."""
        with self._rows.reading():
            found = self._able(self._rows.find("documents", "content_tag = ? AND duplicate_of = ''", content_tag))
            first = sorted(found, key=lambda row: row["case_id"] != case)
            return self._papers.opened(first[0]) if first else None

    def move_document(
        self,
        id: str,
        *,
        case: str | None = None,
        person: str | None = None,
        state: State | None = None,
        reason: str | None = None,
        next_step: str | None = None,
    ) -> Document:
        """Change where a document belongs and how it stands; what is None stays. Copies and further photos go with it.

        Going to another case it is sealed anew to that case, and what was sealed to the old one is removed.
        """
        with self._rows.reading():
            target = None if case is None else str(self._case_row(case, inbox=True)["id"])
        with self._writing("document.moved", document=id, **({"case": target} if target else {})):
            row = self._papers.row(id)
            old = self._papers.opened(row)
            new = replace(
                old,
                case=old.case if target is None else target,
                person=old.person if person is None else person,
                state=old.state if state is None else state,
                reason=old.reason if reason is None else reason,
                next_step=old.next_step if next_step is None else next_step,
            )
            for each in self._papers.further_photos(old):
                moved = replace(each, case=new.case, person=new.person)
                self._moved(self._papers.row(each.id), each, moved)
            return self._moved(row, old, new)

    def refile_photos(self, event: str, paper: str, stands: Sequence[Stand]) -> None:
        """Write how the photos of one *paper* stand, joined or taken apart, and what was read: all of it or nothing.

        *event* is what the ledger says. The copies of each go with it. Raise OvertakenError where a photo is no longer
        as it was seen, UnknownNameError where one is gone.
        """
        with self._writing(event, document=paper, photos=" ".join(new.id for _, new, _ in stands)):
            for seen, new, records in stands:
                self._case_row(new.case, inbox=True)
                self._moved(self._papers.unchanged(seen), seen, new)
                self._papers.replace_records(new.case, new.id, records)

    def recut(self, file: Stand, gone: Sequence[Document], added: Sequence[Filing]) -> None:
        """Write how a *file* stands that was cut otherwise, without the parts *gone* and with those *added*, at once.

        Raise OvertakenError where one of them is no longer as it was seen, InputError where a copy stands on one.
        """
        seen, new, records = file
        told = {"gone": " ".join(each.id for each in gone), "added": " ".join(each.id for each, *_ in added)}
        with self._writing("document.cut", document=seen.id, **told):
            self._papers.replace(self._papers.unchanged(seen), seen, new)
            self._papers.replace_records(new.case, new.id, records)
            for each in gone:
                self._papers.remove(each)
                self._pending.remove(each.sha256_sealed)
            for part, read, path_tag, content_tag in added:
                self._case_row(part.case, inbox=True)
                self._papers.file(part, read, path_tag, content_tag)

    def refile_document(self, document: Document, records: Sequence[Record]) -> Document:
        """Write how a document stands after its original was read anew, and what was read; its copies go with it.

        Raise UnknownNameError where it is gone, OvertakenError where somebody has settled it meanwhile.
        """
        with self._writing("document.read", case=document.case, document=document.id, state=document.state.value):
            self._case_row(document.case, inbox=True)
            row = self._papers.row(document.id)
            old = self._papers.opened(row)
            if old.state is State.FILED:
                raise OvertakenError("It was settled meanwhile.", remedy="See `mobility case show`.")
            new = replace(document, received=old.received, sha256_sealed=old.sha256_sealed, size=old.size)
            new = self._moved(row, old, new)
            self._papers.replace_records(document.case, document.id, records)
            return new

    def _moved(self, row: Row, old: Document, new: Document) -> Document:
        if new.case != old.case:
            data = self._vault.compartment(old.case).get(old.sha256_sealed)
            stored = self._vault.compartment(new.case).put(data)
            # A copy shares its original's sealed file; gone elsewhere it has its own and is no copy any more.
            new = replace(new, sha256_sealed=stored.name, duplicate_of="")
        self._papers.replace(row, old, new)
        for copy_row in self._rows.find("documents", "duplicate_of = ?", old.id):
            copy = self._papers.opened(copy_row)
            self._papers.replace(copy_row, copy, contents.alongside(copy, new))
        self._pending.remove(old.sha256_sealed)
        return new

    # --- records

    def records(self, case: str) -> list[Record]:
        """Return what was read from all documents of a case; raise TamperedError where a record was removed."""
        with self._rows.reading():
            rows = self._rows.find_all("records", str(self._case_row(case, inbox=True)["id"]))
            return [self._papers.record(row) for row in rows]

    def record(self, document: str) -> Record | None:
        """Return the first record of a document, or None where nothing was read from it."""
        with self._rows.reading():
            found = self._rows.find("records", "document_id = ? AND number = 0", document)
            return self._papers.record(found[0]) if found else None

    def replace_records(
        self,
        document: str,
        records: Sequence[Record],
        *,
        seen: Sequence[Record] | None = None,
        event: str = "document.read",
        **told: str,
    ) -> None:
        """Write anew what was read from a document; the ledger says *event* with what else is *told*.

        Raise UnknownNameError where there is none of that id, OvertakenError where its records are not those *seen*.
        """
        with self._writing(event, document=document, **told):
            row = self._papers.row(document)
            if seen is not None:
                there = [each for each in self.records(str(row["case_id"])) if each.document == document]
                if there != list(seen):
                    raise OvertakenError(f"Document {document} was changed meanwhile.", remedy="Do it once more.")
            self._papers.replace_records(str(row["case_id"]), document, records)

    # --- finding, checking, tidying

    def find(self, what: str, value: str) -> list[tuple[str, str]]:
        """Return (case id, document id) of everything with that `name`, `document-number` or `content` tag.

        The document id is empty where the case's own people are meant.
        """
        with self._rows.reading():
            if what == CONTENT:
                rows = self._able(self._rows.find("documents", "content_tag = ?", value))
                return sorted((str(row["case_id"]), str(row["id"])) for row in rows)
            tags = [self._papers.tag(what, form) for form in lookup.forms(what, value)]
            rows = self._able([row for tag in tags for row in self._rows.find_tagged("lookups", tag)])
        return sorted({(str(row["case_id"]), str(row["document_id"] or "")) for row in rows})

    def verify(self, sitting: Sitting | None = None) -> Report:
        """Check the vault, every row, and that all sealed files are there; a *sitting* leaves out what was checked."""
        found = checking.verify(self._rows, self._vault, self._database, sitting)
        return replace(found, problems=tuple(dict.fromkeys((*found.problems, *self.log.problems()))))

    def sweep(self) -> int:
        """Remove sealed files that a killed intake left without a document, and return how many."""
        known = {str(row["blob"]) for row in self._rows.find("documents")}
        return self._vault.store.remove_strays(known, _DAY_SECONDS)

    # --- inside

    def _prepare(self) -> None:
        schema.migrate(self._database)
        if not self._vault.has_compartment(INBOX):
            access.require(self._vault.role, Right.START_CASES)
            self._vault.new_compartment(INBOX)
        if not self._rows.changes():
            self._begin()
        self._rows.find("generations")  # before the sums: which key they are made with stands in these rows
        self._rows.check_scope("heads")
        self._rows.check_scope("generations")
        self._rows.check_scope("cases")
        if self._rows.former_scopes() and access.may(self._vault.role, Right.SIGN_ROWS):
            with self._writing("catalogue.regrouped"):
                self._rows.regroup()
        self._finish()

    def _begin(self) -> None:
        if any(entry["event"] == _CREATED for entry in self._vault.ledger.entries()):
            raise MissingError("The catalogue was removed.", remedy=f"Restore {FILE} from a backup.")
        with self._writing(_CREATED):
            sealed = self._vault.compartment(INBOX).seal(b"")
            self._rows.insert("cases", {"id": INBOX, "reference": INBOX, "route": "", "sealed": sealed})
            for kind in ("find", "sum"):
                self._rows.insert("generations", {"name": kind, "number": 1})

    def _finish(self) -> None:
        """Do what a killed process had still to do, as far as this officer may."""
        if access.may(self._vault.role, Right.SIGN_ROWS):
            self._pending.do()
        if access.may(self._vault.role, Right.FORGET):
            self._erasing.finish()

    @contextmanager
    def _writing(self, event: str, **facts: str) -> Iterator[None]:
        with self._rows.writing():
            yield
            self._pending.tell(event, **facts)
        self._pending.do()

    def _able(self, rows: Sequence[Row]) -> list[Row]:
        """Return those of *rows* whose case this officer can open."""
        able = set(self._vault.readable({str(row["case_id"]) for row in rows}))
        return [row for row in rows if row["case_id"] in able]

    def _case_row(self, id_or_reference: str, *, inbox: bool = False) -> Row:
        found = self._rows.find("cases", "id = ? OR reference = ?", id_or_reference, id_or_reference)
        if not found or (found[0]["id"] == INBOX and not inbox):
            raise UnknownNameError("There is no such case.", remedy="See `mobility case list`.")
        return found[0]
