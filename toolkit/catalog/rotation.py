"""Brings the rows of a catalogue to new keys of the vault, little by little; what a kill stops goes on when run again.

New hash keys: see `toolkit.catalog.rehashing`. A case whose key may have been stolen: every row and sealed file of it
is sealed anew. Afterwards the old key is destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from toolkit.catalog.case_log import CaseLog, seal_again
from toolkit.catalog.database import Row
from toolkit.catalog.generations import FIND, SUM
from toolkit.catalog.pending import Pending
from toolkit.catalog.rehashing import Rehashing, Shown, unseen
from toolkit.catalog.rows import Rows
from toolkit.catalog.schema import KEYS
from vault import Right, TamperedError, Vault, access, rotating

#: Tables with a sealed column, but for the log, which is a chain.
_SEALED = ("cases", "documents", "records")
_OF_CASE = {"cases": "id = ?", "documents": "case_id = ?", "records": "case_id = ?", "case_log": "case_id = ?"}


class Rotation:
    """The rotation of one catalogue's keys. Other programs may go on working beside it."""

    def __init__(self, rows: Rows, vault: Vault, pending: Pending) -> None:
        self._rows = rows
        self._vault = vault
        self._pending = pending
        self._rehashing = Rehashing(rows, vault, pending)

    def hash_keys(self, shown: Shown = unseen, kinds: Collection[str] = (FIND, SUM)) -> None:
        """Give the vault new hash keys of these *kinds*, and bring every row to them.

        May be run again after a kill: it goes on with what was begun, and makes no further key unless that one is due
        again by now. Raise TamperedError where a row or a sum is not as it was left.
        """
        access.require(self._vault.role, Right.ROTATE)
        begun = self.unfinished()
        # Find keys come first: a kill before the sum keys were made has left those alone.
        both = [kind for kind in (FIND, SUM) if kind in begun or (kind in kinds and SUM not in begun)]
        for kind in both:
            if kind not in begun:
                self._rehashing.make(kind)
        for kind in both:
            self._rehashing.finish(kind, shown)
        for kind in set(rotating.due(self._vault.parts)[0]).intersection(begun, kinds):
            self._rehashing.make(kind)
            self._rehashing.finish(kind, shown)

    def unfinished(self) -> list[str]:
        """Return which kinds of hash keys (find, sum) a rotation that was stopped has still to bring into use."""
        return self._rehashing.under_way()

    def case(self, case: str) -> None:
        """Give a case a new key for what is sealed from now on."""
        rotating.new_case_key(self._vault.parts, case)

    def reseal(self, case: str, told: Callable[[int], None] = lambda done: None) -> int:
        """Seal everything of a case anew and give up its old keys; return how many rows it had.

        Goes on where a kill stopped it. What was copied with the old key before stays readable to who has both.
        """
        parts = self._vault.parts
        if not rotating.is_resealing(parts, case):
            rotating.new_case_key(parts, case, resealing=True)
        done = 0
        for table in _SEALED:
            for row in self._rows.find(table, _OF_CASE[table], case):
                self._reseal(table, case, row)
                done += 1
                told(done)
        with self._rows.writing():
            seal_again(CaseLog(self._rows, self._vault, self._pending), case)
            self._pending.tell("case.resealed-log", case=case)
        self._pending.do()
        self._check_newest(case)
        rotating.end_reseal(parts, case)
        return done

    def sign_again(self) -> None:
        """Sign every row in this officer's name: the vault was brought on from the first format, whose key retires."""
        with self._rows.writing():
            for table in KEYS:
                self._rows.sign_again(table)
            self._pending.tell("catalogue.signed-again")
        self._pending.do()

    def _reseal(self, table: str, case: str, seen: Row) -> None:
        compartment = self._vault.compartment(case)
        with self._rows.writing():
            # Read anew: another program, or the original of this copy, may have changed it since.
            keys = " AND ".join(f"{name} = ?" for name in KEYS[table])
            for row in self._rows.find(table, keys, *(seen[name] for name in KEYS[table])):
                changed: Row = {}
                blob = str(row.get("blob", ""))
                if not compartment.is_newest(_bytes(row, "sealed")):
                    changed["sealed"] = compartment.seal(compartment.open(_bytes(row, "sealed")))
                if blob and not compartment.is_newest(self._vault.store.get(blob)):
                    changed["blob"] = compartment.put(compartment.get(blob)).name
                if not changed or row.get("case_id", case) != case:
                    continue
                self._rows.replace(table, row, **changed)
                if "blob" in changed:
                    self._share(row, str(changed["blob"]))
                    self._pending.remove(blob)
                self._pending.tell("row.resealed", case=case)
        self._pending.do()

    def _share(self, row: Row, blob: str) -> None:
        """Copies name their original's sealed file: they go with it."""
        for copy in self._rows.find("documents", "blob = ?", row["blob"]):
            self._rows.replace("documents", copy, blob=blob)

    def _check_newest(self, case: str) -> None:
        compartment = self._vault.compartment(case)
        for table in (*_SEALED, "case_log"):
            for row in self._rows.find(table, _OF_CASE[table], case):
                blob = str(row.get("blob", ""))
                sealed = [_bytes(row, "sealed"), *([self._vault.store.get(blob)] if blob else [])]
                if not all(map(compartment.is_newest, sealed)):
                    raise TamperedError(
                        f"Something of the case {case} is sealed to its old key still.", remedy="Run it again."
                    )


def _bytes(row: Row, name: str) -> bytes:
    value = row[name]
    return value if isinstance(value, bytes) else b""
