"""Looks at every row of the catalogue and every file of the vault, and says in plain words what is wrong."""

from __future__ import annotations

from toolkit.catalog import schema
from toolkit.catalog.database import Database
from toolkit.catalog.rows import Rows
from toolkit.catalog.sittings import Sitting
from vault import Report, Vault, VaultError


def verify(rows: Rows, vault: Vault, database: Database, sitting: Sitting | None = None) -> Report:
    """Check all signatures and sums, the sealed file of every document, and the vault itself. Raise nothing.

    With a *sitting*, rows that an earlier one has checked are not checked again.
    """
    sitting = sitting or Sitting(vault)
    problems = [f"catalogue: {what}" for what in (*database.problems(), *schema.problems(database))]
    blobs: set[str] = set()
    try:
        for scope in sitting.left(rows.scopes()):
            sitting.checked += _scope(rows, scope, blobs)
        before = _changes(rows)
    except VaultError as mistake:
        found = vault.verify(blobs)
        return Report(sitting.checked + found.checked, (*found.problems, *problems, f"catalogue: {mistake.message}"))
    found = vault.verify(blobs)
    if found.change is not None:
        problems += _rollback(found.change, before, _changes(rows))
    return Report(sitting.checked + found.checked, (*found.problems, *problems))


def _scope(rows: Rows, scope: str, blobs: set[str]) -> int:
    found = rows.find_scope(scope)
    if scope.startswith("documents/"):
        blobs.update(str(row["blob"]) for row in found)
    return len(found)


def _changes(rows: Rows) -> tuple[int, bool]:
    """Return how often the catalogue was written, and whether something waits to be told to the ledger."""
    with rows.reading():
        return rows.changes(), bool(rows.find("pending"))


def _rollback(told: int, before: tuple[int, bool], after: tuple[int, bool]) -> list[str]:
    """Compare with how many writes of the catalogue the ledger was *told*: an old copy of either lags behind.

    Others may write meanwhile, so the ledger was read between *before* and *after*.
    """
    # The last change that was told is followed by one that only clears away what was to be told.
    if told >= after[0]:
        return ["catalogue: it is older than the ledger says: an old copy was put in its place"]
    if told < before[0] - 1 and not before[1]:
        return ["ledger: it is older than the catalogue says: an old copy was put in its place"]
    return []
