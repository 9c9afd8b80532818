"""Work outside the database that belongs to a transaction: a line for the ledger, a sealed file to remove.

It is written down in the same transaction and done after it. After a kill it is done again at the next opening;
then a line may stand twice in the ledger, and none is missing.
"""

from __future__ import annotations

import json

from toolkit.catalog.rows import Rows
from vault import Vault

_REMOVE = "remove"


class Pending:
    """What is still to be done for one catalogue."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault

    def tell(self, event: str, **facts: str) -> None:
        """Have the ledger say what this transaction does, and how many there were with it."""
        self._add(event, **facts, change=str(self._rows.changes() + 1))

    def remove(self, blob: str) -> None:
        """Have a sealed file removed, unless a document still needs it."""
        if not self._rows.find("documents", "blob = ?", blob):
            self._add(_REMOVE, blob=blob)

    def do(self) -> None:
        """Do all that is written down."""
        # What a power cut undoes of this is done again at the next opening.
        with self._rows.writing(lasting=False):
            rows = self._rows.find("pending")
            for row in rows:
                facts = json.loads(str(row["facts"]))
                if row["what"] == _REMOVE:
                    self._vault.store.delete(facts["blob"])
                else:
                    self._vault.ledger.append(str(row["what"]), **facts)
            self._rows.remove("pending", rows)

    def _add(self, what: str, **facts: str) -> None:
        number = len(self._rows.find("pending")) + 1
        self._rows.insert("pending", {"number": number, "what": what, "facts": json.dumps(facts, sort_keys=True)})
