"""Erasing a case with a certificate: what was erased, when, on whose order, by whom, and what still exists elsewhere.

The certificate is a signed note (c2sp.org/signed-note): text that people read, with the officer's signature under it.
It holds no name of a person, and goes to whoever asked for the erasure or has to show that it was done (GDPR Art.
5(2)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from toolkit.catalog import Catalog
from toolkit.errors import InputError
from vault import Vault, audit

#: What erasing in the vault does not reach.
OUTSIDE = (
    "Delete the submissions themselves too: the next intake of their folder would take them in again. What was written "
    "for the case (letters, packets, exports) lies outside the vault and goes as well."
)
_BACKUPS = (
    "Backups made before this moment hold the case's wrapped keys and its sealed files, and can be opened with an "
    "officer's keys until they expire; the vault does not reach them (`mobility vault snapshots PLACE --holding CASE` "
    "names them). Say in your answer for how long they are kept."
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A case that was erased, and the text that says so."""

    case: str
    documents: int
    text: str


def erase(
    vault: Vault, catalog: Catalog, case: str, *, order: str, snapshots: Sequence[str] | None = None
) -> Certificate:
    """Erase the case of that id and return the certificate; raise HeldError, NotGrantedError, InputError.

    *order* says on whose order, in one line; it stands in the certificate and in the ledger, which all can read.
    *snapshots* are those that hold the case at the backup places that were looked at, None where none was.
    """
    if not order.strip() or not order.isprintable() or len(order) > 200:
        raise InputError("It is not said in one line on whose order.", remedy="Give --order 'ART. 17 REQUEST OF ...'.")
    catalog.check_erasable(case)
    vault.ledger.append("erasure.ordered", case=case, why=order)
    documents = catalog.forget_case(case)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    head = audit.checkpoint(vault.parts)
    lines = [
        "Certificate of erasure",
        f"vault {audit.origin(vault.parts.keys.vault)}",
        f"case {case}, {documents} documents",
        f"erased {now} by officer {vault.officer}",
        f"on the order: {order}",
        "Destroyed: every wrapped copy of the case's key in the vault, its rows in the catalogue, its sealed files.",
        "Kept: a signed tombstone with the case's id, and lines of the ledger with ids and times.",
        f"The ledger stood at {head.size} lines then, tree hash {head.root.hex()}.",
        _backups(snapshots),
        OUTSIDE,
    ]
    return Certificate(case, documents, audit.certify(vault.parts, "".join(f"{line}\n" for line in lines)))


def _backups(snapshots: Sequence[str] | None) -> str:
    if snapshots is None:
        return _BACKUPS
    if not snapshots:
        return (
            "No snapshot at the backup places looked at holds the case; copies made by other means were not looked at."
        )
    return f"These snapshots still hold the case's wrapped keys, until they are removed: {', '.join(snapshots)}."
