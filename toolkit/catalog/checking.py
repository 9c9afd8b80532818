"""Looks at every row of the catalogue and every file of the vault, and says in plain words what is wrong."""

from __future__ import annotations

from toolkit.catalog import schema
from toolkit.catalog.database import Database
from toolkit.catalog.rows import Rows
from vault import Report, TamperedError, Vault, VaultError


def verify(rows: Rows, vault: Vault, database: Database) -> Report:
    """Check all signatures and sums, the sealed file of every document, and the vault itself. Raise nothing."""
    problems = [f"catalogue: {what}" for what in (*database.problems(), *schema.problems(database))]
    checked = 0
    blobs: set[str] = set()
    try:
        for scope in rows.scopes():
            checked += _scope(rows, scope, blobs)
    except VaultError as mistake:
        problems.append(f"catalogue: {mistake.message}")
    else:
        problems += _rollback(rows, vault)
    found = vault.verify(blobs)
    return Report(checked + found.checked, (*found.problems, *problems))


def _scope(rows: Rows, scope: str, blobs: set[str]) -> int:
    found = rows.find_scope(scope)
    if scope.startswith("documents/"):
        blobs.update(str(row["blob"]) for row in found)
    return len(found)


def _rollback(rows: Rows, vault: Vault) -> list[str]:
    """Compare with the ledger, which is told how often the catalogue was written: an old copy of either lags behind."""
    with rows.reading():
        changes, waiting = rows.changes(), bool(rows.find("pending"))
    try:
        known = max((int(entry.get("fact.change", 0)) for entry in vault.ledger.entries()), default=0)
    except TamperedError:
        return []  # the vault's own report says what is wrong with the ledger
    # The last change that was told is followed by one that only clears away what was to be told.
    if known >= changes:
        return ["catalogue: it is older than the ledger says: an old copy was put in its place"]
    if known < changes - 1 and not waiting:
        return ["ledger: it is older than the catalogue says: an old copy was put in its place"]
    return []
