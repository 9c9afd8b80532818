"""Wrapping a case's key to those it was granted to, so that a kill leaves it before or after.

The key files are prepared, the ledger is told, and they come into use. What a kill leaves of it is ended at the next
unlocking by whoever comes, since nothing has to be opened for it any more.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress

from vault.entries import parse_entry
from vault.errors import TamperedError
from vault.keys import X25519Identity
from vault.opened import Opened
from vault.wraps import bring_in, drop_prepared, prepare, prepared_for, wrapped_to

CARRIED_OUT = "grant.carried-out"


def carry_out(opened: Opened, case: str, identities: Sequence[X25519Identity], officers: Set[str]) -> None:
    """Wrap the keys of a case to *officers*, who are entitled to it. The vault is locked."""
    folder = opened.compartments.folder(case)
    prepare(folder, opened.compartments.wraps.sealed(identities, officers), officers)
    opened.ledger.append(CARRIED_OUT, case=case, officers=" ".join(sorted(officers)))
    bring_in(folder, officers)


def finish(opened: Opened, case: str) -> None:
    """Bring in the key files that were prepared and told of; those the ledger was not told of go. It is locked."""
    folder = opened.compartments.folder(case)
    prepared = prepared_for(folder)
    if prepared:
        entry = opened.compartments.read(case)
        entitled = opened.readers(entry) if entry["state"] == "open" else frozenset[str]()
        coming = prepared & (entitled - wrapped_to(folder)) & _told_of(opened, case)
        for label in sorted(prepared - coming):
            drop_prepared(folder, label)
        bring_in(folder, coming)


def _told_of(opened: Opened, case: str) -> set[str]:
    """Return for whom the ledger says that a grant of the case was carried out."""
    found: set[str] = set()
    for line in opened.ledger.lines():
        with suppress(TamperedError):  # a line that was changed keeps nobody out here: `verify` names it
            entry = parse_entry(line)
            if (entry.get("fact.case"), entry.get("event")) == (case, CARRIED_OUT):
                found.update(str(entry.get("fact.officers")).split())
            elif (entry.get("fact.case"), entry.get("event")) == (case, "case.revoked"):
                found.discard(str(entry.get("fact.officer")))
    return found
