"""Erases what a catalogue has of a case whose key was destroyed, and says before whether that may be done at all."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.catalog.database import Row
from toolkit.catalog.papers import Papers
from toolkit.catalog.pending import Pending
from toolkit.catalog.rows import Rows
from vault import NotGrantedError, Right, Vault, access


class Erasing:
    """Erasure in one catalogue."""

    def __init__(self, rows: Rows, vault: Vault, pending: Pending, papers: Papers) -> None:
        self._rows = rows
        self._vault = vault
        self._pending = pending
        self._papers = papers

    def check(self, case: str) -> int:
        """Return how many documents a case has; raise HeldError, NotGrantedError where it cannot be erased now."""
        access.require(self._vault.role, Right.FORGET)
        self._vault.check_not_held(case)
        rows = self._rows.find("documents", "case_id = ?", case)
        there = {str(row["case_id"]) for row in self._papers.containers(rows)} - {case}
        for other in sorted(there):
            # Its archive would be emptied, and is evidence too.
            self._vault.check_not_held(other)
        if there - set(self._vault.readable(there)):
            raise NotGrantedError(
                "Papers of this case came in an archive or mail that is filed with another case, and must be emptied.",
                remedy="Have a lead erase it.",
            )
        return len(rows)

    def erase(self, case: str) -> None:
        """Remove every row and sealed file of a case, and what its papers came in."""
        with self._rows.writing():
            documents = self._rows.find("documents", "case_id = ?", case)
            # Their other papers are kept as papers of their own.
            for container in self._papers.containers(documents):
                self._papers.empty(container)
                self._pending.remove(str(container["blob"]))
            for table in ("lookups", "records", "case_log"):
                self._rows.remove(table, self._rows.find(table, "case_id = ?", case))
            self._remove(documents)
            self._rows.remove("cases", self._rows.find("cases", "id = ?", case))
            for blob in {str(row["blob"]) for row in documents}:
                self._pending.remove(blob)
            self._pending.tell("case.erased", case=case)
        self._pending.do()
        # Otherwise the erased rows stay readable in the write-ahead log until somebody else's write needs the place.
        self._rows.truncate_log()

    def finish(self) -> None:
        """Erase what is left of cases that were forgotten, where a kill came between."""
        for row in self._rows.find("cases"):
            if not self._vault.has_compartment(str(row["id"])) and self._vault.was_forgotten(str(row["id"])):
                self.erase(str(row["id"]))

    def _remove(self, documents: Sequence[Row]) -> None:
        for row in documents:
            self._rows.remove("arrivals", self._rows.find("arrivals", "document_id = ?", row["id"]))
        self._rows.remove("documents", documents)
