"""A vault with an officer of every role, made once for a module and copied for each test, since scrypt costs time."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from toolkit.catalog import Catalog
from toolkit.model import Case, Document, Field, Method, Person, Proof, Record, Source, State
from vault import OfficerKeys, Role, Vault

LEAD, PASSPHRASE = "lena", "the lead's words"
PEOPLE = {role: f"{role.value}-1" for role in Role if role is not Role.LEAD} | {Role.LEAD: LEAD}
GRANTED, OTHER = "granted", "other"
PASSPORT = Record(
    "passport",
    0.99,
    (1,),
    (Field("document_number", "L898902C3", 0.99, Source("", 1, None, Method.MRZ), Proof.CHECK_DIGIT),),
)


@dataclass(frozen=True)
class Team:
    """A vault's folder and everybody's keys."""

    folder: Path
    keys: dict[Role, OfficerKeys]

    def unlock(self, role: Role) -> Vault:
        """Open the vault as that role's officer, without waiting for scrypt."""
        return Vault.unlock(self.folder, keys=self.keys[role])

    def copied(self, to: Path) -> Team:
        """Return the same team with a copy of the folder."""
        shutil.copytree(self.folder, to)
        return replace(self, folder=to)


def case(id: str) -> Case:
    person = Person(f"{id}-p1", "principal", "Eriksson", "Anna Maria", date(1974, 8, 12), "UTO")
    return Case(id, f"GM-{id}", "us/l-1a", (person,), {})


def document(vault: Vault, id: str, of: str, data: bytes) -> Document:
    stored = vault.compartment(of).put(data)
    received = "2026-11-20T10:00:00+00:00"
    return Document(id, of, f"{id}.pdf", "application/pdf", len(data), stored.name, received, State.FILED, "", "",
                    f"{of}-p1", "", "")  # fmt: skip


def make(folder: Path) -> Team:
    """Two cases with a paper each; the specialist has one of them."""
    lead = Vault.create(folder, officer=LEAD, passphrase=PASSPHRASE, work_factor=1)
    keys = {Role.LEAD: lead.parts.keys}
    with Catalog.open(lead) as catalog:
        for id in (GRANTED, OTHER):
            catalog.add_case(case(id))
            catalog.add_document(document(lead, f"d-{id}", id, f"paper of {id}".encode()), [replace(PASSPORT)],
                                 path_tag=lead.keyed_hash("path", id.encode()),
                                 content_tag=lead.keyed_hash("content", id.encode()))  # fmt: skip
    for role, label in PEOPLE.items():
        if role is not Role.LEAD:
            keys[role] = lead.office.new_keys(label)
            lead.office.add(label, role, str(keys[role].identity.recipient), keys[role].public_signing)
    lead.office.grant(PEOPLE[Role.SPECIALIST], GRANTED)
    return Team(folder, keys)
