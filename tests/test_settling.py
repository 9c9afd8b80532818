"""An answer is taken for what was said, and asked again where it fits several people or papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.catalog import INBOX, Catalog
from toolkit.errors import InputError, UnknownNameError
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from toolkit.settling import settle
from vault import Vault

CASE = Case(
    "c1",
    "GM-1",
    "us/l-1a",
    (
        Person("p1", "principal", "Example", "Ada"),
        Person("p2", "child", "Example", "Ben"),
        Person("p3", "child", "Example", "Cleo"),
    ),
    {},
)
OTHER = Case("c2", "GM-2", "us/l-1a", (Person("p1", "principal", "Muster", "Dan"),), {})
LETTER = b"""EMPLOYMENT AGREEMENT

This Employment Agreement is made on 3 May 2026 between Invented Works Ltd ("the Employer")
and Dan Muster ("the Employee").

1. Position. The Employee is employed as Engineer.
2. Salary. The Employer pays the Employee a salary of EUR 50,000 a year.
"""


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        opened.add_case(OTHER)
        yield opened


def put(vault: Vault, catalog: Catalog, id: str, case: str, name: str = "", **more: str) -> None:
    original = more.get("duplicate_of")
    blob = catalog.document(original).sha256_sealed if original else vault.compartment(case).put(LETTER).name
    source = Source("", 1, None, Method.OCR)
    record = Record("degree", 1.0, (1,), (Field("holder", name, 0.99, source),))
    document = Document(id, case, f"{id}.txt", "text/plain", 9, blob, "2027-01-01T00:00:00", State.ASKED, **more)
    catalog.add_document(document, (record,) if name else ())


def test_a_role_that_several_have_needs_an_id(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", "c1", "A Stranger")
    with pytest.raises(InputError, match="more than one child: p2, p3"):
        settle(vault, catalog, "d1", person="child")
    assert catalog.document("d1").state is State.ASKED
    settle(vault, catalog, "d1", person="p3")
    assert catalog.document("d1").person == "p3"


def test_of_several_in_a_role_the_name_on_the_paper_tells_which(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", "c1", "Cleo Example")
    settle(vault, catalog, "d1", person="child")
    assert catalog.document("d1").person == "p3"


def test_a_person_nobody_is(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", "c1", "A Stranger")
    with pytest.raises(UnknownNameError, match="has no spouse"):
        settle(vault, catalog, "d1", person="spouse")


def test_a_paper_sent_before_to_another_case_is_settled_as_intake_says(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", "c2")
    settled = settle(vault, catalog, "d1", reference="GM-2", person="principal")
    assert settled.kind == "contract"
    assert [record.kind for record in catalog.records("c2")] == ["contract"]


def test_a_copy_is_settled_through_its_original(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", INBOX, "A Stranger")
    put(vault, catalog, "d2", INBOX, duplicate_of="d1")
    with pytest.raises(InputError, match="a copy of d1"):
        settle(vault, catalog, "d2", person="p1")
    settle(vault, catalog, "d1", reference="GM-1", person="p1")
    assert catalog.document("d2").state is State.FILED
    # To another case it goes as a paper of its own.
    assert settle(vault, catalog, "d2", reference="GM-2", person="principal").kind == "contract"
    assert (catalog.document("d1").case, catalog.document("d2").case) == ("c1", "c2")


def test_a_paper_that_is_none_of_ours_is_kept_and_says_nothing(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", "c1", "A Stranger")
    assert settle(vault, catalog, "d1", person="p1", kind="unknown").kind == "unknown"
    (record,) = catalog.records("c1")
    assert (record.kind, record.fields) == ("unknown", ())
    assert catalog.document("d1").state is State.FILED
    # A slip is put right by naming the kind.
    assert settle(vault, catalog, "d1", person="p1", kind="contract").kind == "contract"
