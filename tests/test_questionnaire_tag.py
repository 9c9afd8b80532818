"""A questionnaire that comes back belongs to whom it was made for, and never to somebody by its name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from test_questionnaire import TODAY, for_person, typed

from toolkit.assign import place
from toolkit.catalog import INBOX, Catalog
from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.intake import Intake
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from toolkit.questionnaire_facts import MADE_FOR
from toolkit.questionnaire_pages import pdf
from toolkit.questionnaire_tag import Tags, tag_for
from toolkit.settling import Settled, settle
from vault import Vault

TOMAS = Person("p1", "principal", "Grünwaldt", "Tomás Émile", "1984-03-17")
MARIT = Person("p2", "spouse", "Østervang", "Marit", "1987-11-02")
CASE = Case("c1", "GM-1", "us/l-1a", (TOMAS, MARIT), {})
OTHER = Case("c2", "GM-2", "us/l-1a", (replace(TOMAS, birth_date=""),), {})
MARKS = {"a": (CASE, TOMAS), "b": (OTHER, OTHER.people[0])}


def whose(tag: str, cases: Sequence[Case]) -> tuple[Case, Person] | None:
    return MARKS.get(tag)


def returned(tag: str = "", **answers: str) -> Record:
    source = Source("d", 1, None, Method.PERSON)
    fields = tuple(Field(name, value, 1.0, source) for name, value in answers.items())
    rejected = (Field(MADE_FOR, tag, 0.0, source),) if tag else ()
    return Record("questionnaire", 0.99, (1,), fields, rejected, document="d")


GRUNWALDT = {"surname": "Grünwaldt", "given_names": "Tomás Émile"}


@pytest.mark.parametrize(
    ("record", "known", "case", "person", "asked"),
    [
        (returned("a", **GRUNWALDT), None, CASE, "p1", ""),
        (returned("a", **GRUNWALDT), CASE, CASE, "p1", ""),
        (returned("b", **GRUNWALDT), None, OTHER, "p1", ""),
        # Names deleted: the mark still says whose it is.
        (returned("a", birth_city="Oslo"), None, CASE, "p1", ""),
        (returned("b", **GRUNWALDT), CASE, CASE, "", "made for somebody of case GM-2"),
        (returned("z", **GRUNWALDT), CASE, CASE, "", "not bear the mark"),
        (returned("", **GRUNWALDT), None, None, "", "not bear the mark"),
        (returned("a", surname="Østervang", given_names="Marit"), CASE, CASE, "", "not that of the person"),
        (returned("a", surname="Грюнвальдт", given_names="Томас"), None, CASE, "", "not that of the person"),
        (returned("", language="de"), CASE, CASE, "", "printed, scanned or flattened"),
    ],
)
def test_the_mark_says_whose_it_is_and_the_name_alone_does_not(
    record: Record, known: Case | None, case: Case | None, person: str, asked: str
) -> None:
    found = place([record], [CASE, OTHER], known, whose)
    assert (found.case, found.person) == (case, person)
    assert asked in found.question and bool(found.question) == bool(asked)
    assert "settle {id}" in found.step or not asked


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    made.new_compartment("inbox")
    return made


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        opened.add_case(OTHER)
        yield opened


def test_a_tag_is_found_again_after_new_hash_keys_and_in_no_other_vault(vault: Vault, tmp_path: Path) -> None:
    before = tag_for(vault, CASE, MARIT)
    other = Vault.create(tmp_path / "other", officer="o", passphrase="p", work_factor=1)
    for _ in range(2):
        assert Tags(vault).whose(before, [OTHER, CASE]) == (CASE, MARIT)
        vault.parts.hash_keys.add("find")
        assert tag_for(vault, CASE, MARIT) != before
    assert Tags(vault).whose(tag_for(vault, OTHER, OTHER.people[0]), [CASE, OTHER]) == (OTHER, OTHER.people[0])
    assert Tags(other).whose(before, [CASE, OTHER]) is None
    assert Tags(vault).whose("no tag", [CASE]) is None


def test_intake_files_it_by_its_mark_and_asks_about_one_of_another_vault(
    vault: Vault, catalog: Catalog, tmp_path: Path
) -> None:
    with Child() as child:
        ours, strange = (
            pdf(child, for_person(), "GM-1", tag, today=TODAY) for tag in (tag_for(vault, CASE, TOMAS), "0" * 64)
        )
    inbox = tmp_path / "in"
    (inbox / "GM-2").mkdir(parents=True)
    (inbox / "ours.pdf").write_bytes(typed(ours, {"birth_city": "Oslo"}))
    (inbox / "strange.pdf").write_bytes(typed(strange, {"birth_city": "Oslo"}))
    (inbox / "GM-2" / "ours.pdf").write_bytes(typed(ours, {"birth_city": "Bergen"}))
    with Intake(vault, catalog, jobs=1) as intake:
        done = {each.name: each for each in intake.folder(inbox).outcomes}
    assert (done["ours.pdf"].state, done["ours.pdf"].case) == (State.FILED, "GM-1")
    assert catalog.document(done["ours.pdf"].document).person == "p1"
    assert done["strange.pdf"].state is State.ASKED and "mark" in done["strange.pdf"].reason
    assert done["GM-2/ours.pdf"].state is State.ASKED and "case GM-1" in done["GM-2/ours.pdf"].reason
    # The tag is no answer: it is never among the facts.
    record = catalog.record(done["ours.pdf"].document)
    assert record is not None and record.get(MADE_FOR) is None


def waiting(vault: Vault, catalog: Catalog, id: str, record: Record, case: str = INBOX) -> None:
    blob = vault.compartment(case).put(b"%PDF").name
    filed = Document(id, case, "x.pdf", "application/pdf", 4, blob, "2027-01-01T00:00:00", State.ASKED)
    catalog.add_document(filed, (replace(record, document=id),))


def test_settle_goes_by_the_mark_and_asks_where_there_is_none(vault: Vault, catalog: Catalog) -> None:
    namesake = {"surname": "Grünwaldt", "given_names": "Tomás Émile"}
    waiting(vault, catalog, "q1", returned("", **namesake))
    with pytest.raises(InputError, match="does not bear the mark") as asked:
        settle(vault, catalog, "q1", reference="GM-1")
    assert "--person ROLE" in asked.value.remedy and catalog.document("q1").state is State.ASKED
    with pytest.raises(InputError, match="does not bear the mark") as asked:
        settle(vault, catalog, "q1", person="principal")
    assert "--case REFERENCE" in asked.value.remedy
    assert settle(vault, catalog, "q1", reference="GM-1", person="principal").person == "principal"

    waiting(vault, catalog, "q2", returned(tag_for(vault, CASE, MARIT)), case="c1")
    assert settle(vault, catalog, "q2", reference="GM-1").person == "spouse"  # no name on it at all
    waiting(vault, catalog, "q3", returned(tag_for(vault, CASE, MARIT), **namesake))
    with pytest.raises(InputError, match="not that of the person it was made for"):
        settle(vault, catalog, "q3", reference="GM-1")
    with pytest.raises(InputError, match="made for somebody of case GM-1"):
        settle(vault, catalog, "q3", reference="GM-2")
    assert settle(vault, catalog, "q3", person="spouse") == Settled("q3", "GM-1", "spouse", "questionnaire")
