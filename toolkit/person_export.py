"""Hands one person everything the vault holds of her in a case (GDPR Art. 15 and 20): statements, papers, readings.

What others of the case are is left out, and papers that nobody was named for are listed and not handed out: whether
they are hers a person has to say first (`mobility settle`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from toolkit.catalog import Catalog
from toolkit.errors import InputError, UnknownNameError
from toolkit.handout import hand_out
from toolkit.model import Document, Person, Record
from vault import Vault
from vault.files import write_atomically

FILE = "person.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the files, and the documents that may be hers and that nobody was named for."""

    files: tuple[Path, ...]
    unnamed: tuple[str, ...]


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
    try:
        write_atomically(path, _json(reference, person, hers, records))
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem
    whole = [each for each in hers if not each.duplicate_of and each.size]
    files = [hand_out(vault, catalog, each.id, out) for each in whole]
    unnamed = tuple(each.id for each in documents if not each.person and not each.duplicate_of)
    return Exported((path, *files), unnamed)


def _json(reference: str, person: Person, documents: Sequence[Document], records: Sequence[Record]) -> bytes:
    said = {"case": reference, "person": person, "documents": documents, "read_from_them": records}
    return msgspec.json.format(msgspec.json.encode(said, enc_hook=str), indent=2) + b"\n"
