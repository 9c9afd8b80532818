"""The catalogue as a whole, held still: copied for a backup, or handed over to another database. Knows no nouns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from toolkit.catalog import copying, schema
from toolkit.catalog.database import Database
from toolkit.catalog.rows import Rows
from vault import Vault, VaultError


class Transfer:
    """What is done with all rows at once, as they stand: sealed and signed."""

    def __init__(self, database: Database, rows: Rows, whose: str) -> None:
        self._database = database
        self._rows = rows
        self._whose = whose

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep every writer out, of other processes and machines too, until the block is left."""
        with self._rows.writing():
            yield

    def copy_into(self, target: Database) -> int:
        """Copy every row into *target*, an empty database, and return how many; to be called inside `still`."""
        return copying.copy(self._database, target, self._whose)

    def hand_over(self, target: Database, switch: Callable[[], None]) -> int:
        """Copy every row into *target*, call *switch*, which says that they are there now, and take them out here.

        A kill before *switch* leaves the old catalogue; one after it leaves the new one and, here, rows nobody reads.
        """
        with self._rows.writing():
            copied = self.copy_into(target)
            switch()
            schema.settle(target)
            copying.empty(self._database)
        self._database.overwrite_erased()
        return copied


def clear(database: Database, vault: Vault) -> None:
    """Take the rows of *vault* out of *database*, from where they were moved; rows of another vault stay there."""
    try:
        Rows(database, vault).check_scope("heads")
    except VaultError:
        return  # nothing is there any more, or it is another's
    database.begin(writing=True)
    copying.empty(database)
    database.commit()
    database.overwrite_erased()
