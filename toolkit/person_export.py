"""Hands one person everything the vault holds of her in a case (GDPR Art. 15 and 20): statements, papers, readings.

What is stated of the case (dates, details: salary, position, answers) is of its principal, and goes to nobody else. To
whom packets went is said (Art. 15(1)(c)). What others of the case are is left out. Papers that nobody was named for are
listed and not handed out: whether they are hers a person has to say first (`mobility settle`). Entries of the case's
log are counted and not handed out: they may speak of others, so somebody has to look through them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from toolkit.catalog import Catalog
from toolkit.errors import InputError, UnknownNameError
from toolkit.handout import hand_out
from toolkit.model import Case, Person
from vault import Vault
from vault.files import write_atomically

FILE = "person.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the files; and what may be hers: documents that nobody was named for, entries of the log."""

    files: tuple[Path, ...]
    unnamed: tuple[str, ...]
    log_entries: int


def export_person(vault: Vault, catalog: Catalog, reference: str, role: str, out: Path) -> Exported:
    """Write all of one person's data into *out*, for the owner's eyes alone; the ledger is told before.

    *role* is her role in the case, or her id there. Raise UnknownNameError, and InputError where a file cannot be
    written.
    """
    case = catalog.case(reference)
    person = case.person(role)
    if person is None:
        raise UnknownNameError("The case has nobody of that role.", remedy="See `mobility case show`.")
    documents = catalog.documents(case.id)
    hers = [each for each in documents if each.person == person.id]
    ids = {each.id for each in hers}
    records = [each for each in catalog.records(case.id) if each.document in ids]
    vault.ledger.append("person.exported", case=case.id, person=person.id)
    path = out / FILE
    said = {
        "case": reference,
        "person": person,
        **_of_the_case(case, person),
        "documents": hers,
        "read_from_them": records,
        "packets_went_to": _recipients(vault, case.id),
    }
    try:
        write_atomically(path, _json(said))
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    whole = [each for each in hers if not each.duplicate_of and each.size]
    files = [hand_out(vault, catalog, each.id, out) for each in whole]
    unnamed = tuple(each.id for each in documents if not each.person and not each.duplicate_of)
    return Exported((path, *files), unnamed, len(catalog.log.entries(case.id)))


def _of_the_case(case: Case, person: Person) -> Mapping[str, object]:
    if person.role != "principal":
        return {}
    return {"route": case.route, "planned": case.dates, "stated": case.details}


def _recipients(vault: Vault, case: str) -> Sequence[Mapping[str, str]]:
    """Return to whom packets of the case were delivered, and when; they may hold her papers."""
    return [
        {"at": str(entry["at"]), "to": str(entry.get("fact.to", ""))}
        for entry in vault.ledger.entries()
        if entry["event"] == "packet.made" and entry.get("fact.case") == case
    ]


def _json(said: Mapping[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(said, enc_hook=str), indent=2) + b"\n"
