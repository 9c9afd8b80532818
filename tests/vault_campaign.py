"""A small vault with something of everything in it, and how it is looked at, for the tamper and the crash campaigns."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from toolkit import places
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog
from toolkit.errors import ToolkitError
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from vault import Right, Role, Vault, VaultError, Waiting, access

PASSPHRASE, OTHER = "a campaign's passphrase", "another one's passphrase"
PASSPHRASES = {
    "hr": PASSPHRASE,
    "ann": OTHER,
    "eve": "a third one's passphrase",
    "adm": "an administrator's passphrase",
}
FACTOR = 2
CRASH = "CRASH"
_RECEIVED = "2026-11-23T10:00:00+00:00"


def unlocked(folder: Path, officer: str = "hr") -> Vault:
    """Unlock the campaign's vault."""
    return Vault.unlock(folder, PASSPHRASES[officer], officer)


def record(number: str, name: str = "Specimen, Anna") -> Record:
    """What was read from a passport, with something to find it by."""
    source = Source("", 1, None, Method.MRZ)
    fields = (Field("holder", name, 0.98, source), Field("document_number", number, 0.99, source))
    return Record("passport", 0.99, (1,), fields)


def paper(vault: Vault, id: str, case: str, data: bytes) -> Document:
    """A document whose original is sealed in the store."""
    stored = vault.compartment(case).put(data)
    return Document(id, case, f"{id}.pdf", "application/pdf", len(data), stored.name, _RECEIVED, State.FILED)


def file(vault: Vault, catalog: Catalog, id: str, case: str, data: bytes) -> None:
    """Take a document in as intake does: sealed file first, then its rows with the marks of its arrival."""
    catalog.add_document(paper(vault, id, case, data), [record(f"UX{id.upper()}")], **tags(vault, id, data))


def tags(vault: Vault, id: str, data: bytes) -> dict[str, str]:
    """Return the marks of a document's arrival, from a place of its own."""
    return {"path_tag": vault.keyed_hash("path", id.encode()), "content_tag": vault.keyed_hash("content", data)}


def case(id: str) -> Case:
    """A made-up case."""
    return Case(id, f"GM-{id}", "us/l-1a", (Person("p1", "principal", "Specimen", "Anna", "1990-01-02", "UTO"),), {})


def small(folder: Path) -> Path:
    """Make a vault with two officers, two cases, a forgotten one, papers, a log and a grant; return its folder."""
    vault = Vault.create(folder, officer="hr", passphrase=PASSPHRASE, work_factor=FACTOR)
    vault.office.add_with_passphrase("ann", Role.SPECIALIST, OTHER, FACTOR)
    with places.opened(vault) as catalog:
        for id in ("c1", "c2", "c3"):
            catalog.add_case(case(id))
        file(vault, catalog, "d1", "c1", b"%PDF a first paper")
        file(vault, catalog, "d2", "c1", b"%PDF a second paper")
        file(vault, catalog, "d3", "c2", b"%PDF a third paper")
        file(vault, catalog, "d4", "c3", b"%PDF a paper of a case to be forgotten")
        catalog.log.append("c1", Said(What.NOTE, "The employee asked for more time."))
        catalog.log.append("c1", Said(What.DECISION, "Granted until Friday."))
        catalog.forget_case("c3")
    vault.office.grant("ann", "c1")
    vault.ledger.append("campaign.built")
    return folder


def look(folder: Path, *, first: str = "hr", waits: bool = True) -> list[str]:
    """Return in plain words what is noticed on opening, verifying and reading all, by the first officer who does.

    What is sealed to one officer nobody else can check, so each looks in turn, *first* before the others. *waits*: what
    is granted and not carried out counts, as in a vault where nothing is.
    """
    for officer in sorted(PASSPHRASES, key=lambda each: each != first):
        there = officer == "hr" or (folder / "officers" / officer).is_dir()
        if there and (noticed := looked_by(folder, officer, waits=waits)):
            return noticed
    return []


def looked_by(folder: Path, officer: str, *, waits: bool = True) -> list[str]:
    """Return what one officer notices; an error is named by its class as well."""
    try:
        vault = unlocked(folder, officer)
        with places.opened(vault) as catalog:
            problems = list(catalog.verify().problems)
            # A key file that was removed is one that waits to be wrapped anew: `mobility vault officers` lists it.
            found = waiting(vault) if waits else []
            problems += [f"waits: the key of {each.case or each.hash_keys} for {each.officer}" for each in found]
            if not problems and vault.role is not Role.AUDITOR:
                list(contents(vault, catalog))
            if not problems and access.may(vault.role, Right.FIND):
                catalog.find("name", "Anna Specimen")
            return problems
    except (VaultError, ToolkitError) as noticed:
        return [f"{type(noticed).__name__}: {noticed.message}"]
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as crash:
        # Noticed in a way, and a defect all the same: the program would say "unexpected problem" and name no remedy.
        place = traceback.extract_tb(crash.__traceback__)[-1]
        return [f"{CRASH} {type(crash).__name__} at {Path(place.filename).name}:{place.lineno}"]


def waiting(vault: Vault) -> list[Waiting]:
    """Return what is granted and not wrapped, which in the campaign's vault is nothing."""
    return vault.office.waiting()


def contents(vault: Vault, catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Yield all that can be read, so that two states can be compared: every case, paper, field and line of a log."""
    for each in catalog.cases():
        yield "case", each.reference, str(each.people), *map(str, each.people)
        for document in catalog.documents(each.reference):
            plain = vault.compartment(each.id).get(document.sha256_sealed)
            yield "document", each.id, document.id, document.name, document.state.value, plain.hex()
        for read in catalog.records(each.reference):
            yield "record", each.id, read.document, *(f"{field.name}={field.value}" for field in read.fields)
        for entry in catalog.log.entries(each.id):
            yield "log", each.id, str(entry.number), entry.what.value
