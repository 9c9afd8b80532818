"""The log of each case: sealed rows that are only ever added, each bound to the one before it and told to the ledger.

What notices a change: a row's signature an edited row, the sum of the case's rows a removed one, the chain of links a
row that was taken out or replaced by somebody who holds the vault's key, and the ledger the same at the end of the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import TypeAlias

from toolkit import wire
from toolkit.case_log_entries import Entry, Said, entered
from toolkit.catalog.database import Row
from toolkit.catalog.pending import Pending
from toolkit.catalog.rows import Rows
from toolkit.errors import UnknownNameError
from vault import TamperedError, Vault, VaultError

TABLE = "case_log"
EVENT = "log.entered"
_START = "0" * 64
#: What the next entry is bound to, by the number of each.
_Links: TypeAlias = Mapping[int, str]


class CaseLog:
    """The logs of all cases in one catalogue. There is no way to change or remove an entry but to forget its case."""

    def __init__(self, rows: Rows, vault: Vault, pending: Pending) -> None:
        self._rows = rows
        self._vault = vault
        self._pending = pending

    def append(self, case: str, said: Said) -> Entry:
        """Add what was *said* to the log of the case of that id, now and by the officer who unlocked the vault.

        Raise InputError where it may not stand there (`case_log_entries.entered`), UnknownNameError without a case.
        """
        with self._rows.writing():
            if not self._rows.find("cases", "id = ?", case):
                raise UnknownNameError("There is no such case.", remedy="See `mobility case list`.")
            rows = self._read(case)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            officers = self._vault.officers()
            entry = entered(said, self._opened(case, rows), at=now, by=self._vault.officer, officers=officers)
            sealed = self._vault.compartment(case).seal(wire.dumps(entry))
            previous = self._link(rows[-1]) if rows else _START
            row: Row = {"case_id": case, "number": entry.number, "previous": previous, "sealed": sealed}
            self._rows.insert(TABLE, row)
            self._pending.tell(EVENT, case=case, number=str(entry.number), entry=entry.what.value, link=self._link(row))
        self._pending.do()
        return entry

    def _seal_again(self, case: str) -> None:
        """Seal a case's log anew to its newest key, inside a transaction; the ledger is told every link again."""
        rows = self._rows.find_all(TABLE, case)
        previous, compartment = _START, self._vault.compartment(case)
        self._rows.remove(TABLE, rows)
        for row in sorted(rows, key=lambda row: int(str(row["number"]))):
            plain = compartment.open(_sealed(row))
            entry = wire.build(wire.loads(plain), Entry)
            fresh: Row = {"case_id": case, "number": row["number"], "previous": previous}
            fresh["sealed"] = compartment.seal(plain)
            self._rows.insert(TABLE, fresh)
            previous = self._link(fresh)
            self._pending.tell(EVENT, case=case, number=str(entry.number), entry=entry.what.value, link=previous)

    def entries(self, case: str) -> list[Entry]:
        """Return the log of the case of that id, oldest first; raise TamperedError unless it is as it was written."""
        with self._rows.reading():
            return self._opened(case, self._read(case))

    def cases(self) -> list[str]:
        """Return which cases that this officer can open have a log; raise TamperedError where one was removed."""
        return self._vault.readable(self._every_case())

    def _every_case(self) -> list[str]:
        with self._rows.reading():
            scopes = [scope for scope in self._rows.scopes() if scope.startswith(f"{TABLE}/")]
            return [case for scope in scopes if self._rows.find_all(TABLE, case := scope.partition("/")[2])]

    def problems(self, case: str | None = None) -> list[str]:
        """Return in plain words where the logs (or that of one case) are not as the chain and the ledger have them."""
        try:
            links, waiting = self._links(case)
            try:
                told = self._told()
            except TamperedError:
                return []  # the vault's own report says what is wrong with the ledger
            alive = set(self._vault.compartments())
            wrong = [
                each
                for each in sorted((told.keys() & alive) | links.keys())
                if case in (None, each) and not self._agree(each, links.get(each, {}), told.get(each, {}), waiting)
            ]
        except VaultError as mistake:
            return [f"catalogue: {mistake.message}"]
        return [f"case log of {each}: entries were removed or replaced since they were written" for each in wrong]

    def _agree(self, case: str, links: _Links, told: _Links, waiting: Set[tuple[str, int]]) -> bool:
        """Whether the log of a case is what the ledger was told of it; others may write while this looks."""
        if any(number not in told and (case, number) not in waiting for number in links):
            return False
        # What the ledger knows and the log did not have a moment ago was added since then, or is gone.
        now = links if told.keys() <= links.keys() else self._links(case)[0].get(case, {})
        return all(now.get(number) == link for number, link in told.items())

    def _links(self, case: str | None) -> tuple[Mapping[str, _Links], Set[tuple[str, int]]]:
        """Return the link of every entry by case and number, and those that the ledger is still to be told of."""
        with self._rows.reading():
            cases = self._every_case() if case is None else [case]
            links = {each: dict(enumerate(map(self._link, self._read(each)), 1)) for each in cases}
            waiting = [json.loads(str(row["facts"])) for row in self._rows.find("pending", "what = ?", EVENT)]
        return links, {(each["case"], int(each["number"])) for each in waiting}

    def _told(self) -> Mapping[str, _Links]:
        """Return the link of every entry that the ledger was told of, by case and number."""
        told: dict[str, dict[int, str]] = {}
        for entry in self._vault.ledger.entries():
            if entry["event"] == EVENT:
                at = int(entry["fact.number"])
                told.setdefault(str(entry["fact.case"]), {})[at] = str(entry["fact.link"])
        return told

    def _read(self, case: str) -> Sequence[Row]:
        rows = sorted(self._rows.find_all(TABLE, case), key=lambda row: int(str(row["number"])))
        previous = _START
        for number, row in enumerate(rows, 1):
            if (row["number"], row["version"], row["previous"]) != (number, 1, previous):
                raise TamperedError(
                    "The log of a case is not as it was written: entries were removed or replaced.",
                    remedy="Restore the vault's folder from a backup.",
                )
            previous = self._link(row)
        return rows

    def _opened(self, case: str, rows: Iterable[Row]) -> list[Entry]:
        compartment = self._vault.compartment(case)
        vouched = self._vault.vouched_until(case)
        opened = [(row, wire.build(wire.loads(compartment.open(_sealed(row))), Entry)) for row in rows]
        for row, entry in opened:
            signature = row["signature"]
            by = self._vault.signer(signature if isinstance(signature, bytes) else b"")
            # What was signed anew since, with new keys of the vault or the case, is vouched for by who did that.
            if by not in ("", entry.by) and entry.at > vouched.get(by, ""):
                raise TamperedError(
                    "An entry in the log of a case is in the name of another officer than who signed it.",
                    remedy="See who wrote to the vault's folder: mobility audit show.",
                )
        return [entry for _, entry in opened]

    def _link(self, row: Mapping[str, object]) -> str:
        """Return what the next entry is bound to: a keyed hash of this one, and through it of all before."""
        content = hashlib.sha256(_sealed(row)).hexdigest()
        named = [row["case_id"], row["number"], row["previous"], content]
        return self._vault.keyed_hash("case log", json.dumps(named).encode())


def seal_again(log: CaseLog, case: str) -> None:
    """Seal the log of a case whose key may be stolen anew, inside a transaction; what it says stays as it is."""
    log._seal_again(case)


def _sealed(row: Mapping[str, object]) -> bytes:
    sealed = row["sealed"]
    return sealed if isinstance(sealed, bytes) else b""
