"""What a person says of a value goes before every reading, is written whole or not at all, and outlives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_builder import Builder
from click.testing import CliRunner, Result

from toolkit import settling
from toolkit.catalog import Catalog
from toolkit.claim import ClaimItem, schedule
from toolkit.cli import correct as verb
from toolkit.correctable import field_types, given_value
from toolkit.correcting import correct, corrected, kept, open_fields, paper_of, read_corrections
from toolkit.errors import InputError, OvertakenError, UnknownNameError
from toolkit.intake import Intake
from toolkit.kind import kinds
from toolkit.model import Box, Case, Document, Field, Method, Person, Proof, Record, Source, State
from toolkit.settling import settle
from vault import Vault

CASE = Case("c1", "GM-1", "us/l-1a", (Person("p1", "principal", "Example", "Ada"),), {})
BOX = Box(0.6, 0.5, 0.8, 0.52)
LOW = Box(0.6, 0.7, 0.8, 0.72)
SLIP = b"""CAFE NORDSTERN
12 Harbour Street
Receipt No 4711
Date: 04/03/2026 12:41
Lunch menu          $ 21.00
Coffee              $ 3.50
TOTAL               $ 24.50
Thank you, please come again
"""


def read(name: str, value: str, sure: float = 0.99, currency: str | None = None, box: Box = BOX) -> Field:
    return Field(name, value, sure, Source("d1", 1, box, Method.OCR), Proof.NONE, currency)


def receipt(*fields: Field, rejected: tuple[Field, ...] = (), warnings: tuple[str, ...] = ()) -> Record:
    return Record("receipt", 0.99, (1,), fields, rejected, warnings, "d1")


UNSURE = receipt(
    read("merchant", "Café Nordstern"),
    read("date", "2026-03-04", 0.5),
    read("total", "72.50", 0.6, "USD"),
    read("tax", "2.50", 0.95, "USD"),
    read("currency", "USD", 0.6),
    rejected=(read("total", "12.50", 0.3, "USD", LOW),),
    warnings=("total: cash and change come to another sum.", "date: day and month could be swapped.", "Printed twice."),
)


def test_a_value_of_a_person_is_sure_and_the_reading_stays_beside_it() -> None:
    made, changes = corrected(UNSURE, {"date": "2026-04-03"}, "d1")
    now = made.get("date")
    assert now == Field("date", "2026-04-03", 1.0, Source("d1", 1, BOX, Method.PERSON), Proof.PERSON)
    assert UNSURE.get("date") in made.rejected
    assert made.warnings == ("total: cash and change come to another sum.", "Printed twice.")
    assert [(change.was, change.now) for change in changes] == [(UNSURE.get("date"), now)]
    # In its place, so that papers are listed as they were.
    assert [each.name for each in made.fields] == [each.name for each in UNSURE.fields]


def test_a_rejected_reading_that_is_picked_brings_its_place() -> None:
    made, _ = corrected(UNSURE, {"total": "12.5"}, "d1")
    total = made.get("total")
    assert total is not None
    assert (total.value, total.source.box) == ("12.50", LOW)


def test_confirming_keeps_the_value_and_says_who_vouches() -> None:
    made, (change,) = corrected(UNSURE, {"total": "="}, "d1")
    total = made.get("total")
    assert total is not None and change.confirms
    assert (total.value, total.currency, total.proof, total.confidence) == ("72.50", "USD", Proof.PERSON, 1.0)
    with pytest.raises(InputError, match="nothing was read that could be confirmed"):
        corrected(UNSURE, {"tip": "="})


def test_what_was_not_found_is_entered_without_a_place() -> None:
    made, _ = corrected(receipt(read("total", "5.00")), {"date": "2026-04-03"}, "d1")
    entered = made.get("date")
    assert entered is not None
    assert entered.source == Source("d1", None, None, Method.PERSON)


def test_a_given_currency_is_that_of_every_amount() -> None:
    made, _ = corrected(UNSURE, {"currency": "cad", "total": "12.50"}, "d1")
    assert {each.name: each.currency for each in made.fields if each.currency} == {"total": "CAD", "tax": "CAD"}
    currency = made.get("currency")
    assert currency is not None and (currency.value, currency.proof) == ("CAD", Proof.PERSON)


def test_a_currency_beside_an_amount_says_both() -> None:
    made, changes = corrected(UNSURE, {"total": "12.50 CAD"}, "d1")
    assert {change.now.name: change.now.value for change in changes} == {"total": "12.50", "currency": "CAD"}
    assert made.get("tax") == replace(UNSURE.fields[3], currency="CAD")


def test_an_amount_against_a_sure_currency_is_refused() -> None:
    sure = receipt(read("total", "9.00", 0.5, "EUR"), read("currency", "EUR"))
    with pytest.raises(InputError, match="another currency"):
        corrected(sure, {"total": "9.00 USD"})
    made, _ = corrected(sure, {"total": "9.00 USD", "currency": "USD"})
    assert [each.currency for each in made.fields] == ["USD", None]


def test_amounts_have_the_decimals_of_their_currency() -> None:
    yen = receipt(read("total", "1200.00", 0.5, "JPY"), read("currency", "JPY"))
    with pytest.raises(InputError, match="JPY has no decimals"):
        corrected(yen, {"total": "1200.50"})
    assert corrected(yen, {"total": "1200"})[0].fields[0].value == "1200.00"
    # Fuel is priced finer than money is paid.
    euro = receipt(read("currency", "EUR"))
    assert corrected(euro, {"price_per_unit": "1.799"})[0].fields[1].value == "1.799"


def test_of_an_unsure_currency_the_decimals_are_not_judged() -> None:
    doubtful = receipt(read("total", "1200.00", 0.5, "JPY"), read("currency", "JPY", 0.5))
    made, _ = corrected(doubtful, {"total": "12.50"})
    assert (made.fields[0].value, made.fields[0].currency) == ("12.50", "JPY")


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [
        ("receipt", "total", "12,50"),
        ("receipt", "total", "1 234.50"),
        ("receipt", "total", "NaN"),
        ("receipt", "total", "1e9"),
        ("receipt", "total", 12.5),
        ("receipt", "total", True),
        ("receipt", "total", "١٢"),
        ("receipt", "total", "9.00 XYZ"),
        ("receipt", "date", "04.03.2026"),
        ("receipt", "date", "20260304"),
        ("receipt", "date", "2026-02-30"),
        ("receipt", "time", "25:00"),
        ("receipt", "currency", "$"),
        ("receipt", "nights", "two"),
        ("receipt", "expense_category", "fun"),
        ("receipt", "merchant", "  "),
        ("receipt", "merchant", "a\x1b[2J"),
        ("receipt", "merchant", "a" * 501),
        ("receipt", "lines", "coffee"),
        ("receipt", "lines", []),
        ("receipt", "lines", [{"what": "secret"}]),
        ("receipt", "lines", [{"amount": "12,50"}]),
        ("contract", "signed", "maybe"),
        ("contract", "parties", "One Ltd"),
        ("passport", "nationality", "France"),
        ("passport", "sex", "male"),
        ("passport", "birth_date", "12 AUG 1974"),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_refused_and_not_quoted(kind: str, name: str, wrong: object) -> None:
    with pytest.raises(InputError) as caught:
        given_value(field_types(kind)[name], wrong)
    assert caught.value.message.startswith(f"{name}: ")
    assert isinstance(wrong, list | bool) or str(wrong).strip() in ("", "$") or str(wrong) not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "given", "meant"),
    [
        ("receipt", "total", "-7.5", "-7.50"),
        ("receipt", "total", 12, "12.00"),
        ("receipt", "date", date(2026, 3, 4), "2026-03-04"),
        ("receipt", "expense_category", "Meals", "meals"),
        ("receipt", "lines", [{"description": "Tea", "amount": "3"}], ({"description": "Tea", "amount": "3.00"},)),
        ("contract", "parties", ["One Ltd", "Ada Example"], ("One Ltd", "Ada Example")),
        ("passport", "nationality", "deu", "D"),
        ("payslip", "net_pay", "1000.00", "1000.00"),
    ],
)
def test_values_are_normalised_as_readers_do(kind: str, name: str, given: object, meant: object) -> None:
    assert given_value(field_types(kind)[name], given).value == meant


def test_every_kind_says_which_fields_it_has() -> None:
    for name, kind in kinds().items():
        known = field_types(name)
        assert list(known)[: len(kind.expects)] == list(kind.expects)
        assert set(kind.fields) <= set(known)
        for each in known.values():
            # A type without a check of its own would be a KeyError here.
            with pytest.raises(InputError):
                given_value(each, "\x00")


def test_a_field_that_the_kind_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(UnknownNameError, match=r"no field 'tottal'.*merchant, date, total"):
        corrected(UNSURE, {"tottal": "1.00"})
    with pytest.raises(UnknownNameError, match="settle DOCUMENT --kind"):
        corrected(replace(UNSURE, kind="unknown"), {"total": "1.00"})


def test_what_is_asked_is_unsure_or_missing_currencies_first() -> None:
    assert open_fields(UNSURE) == ("currency", "date", "total")
    assert open_fields(receipt(read("total", "5.00"))) == ("currency", "merchant", "date")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fields]\ntotal = Geheim", "f.toml: at line 2, column"),
        ('total = "secret"', "f.toml: Object contains unknown field `total`"),
        ("[fields]", "f.toml: fields: nothing is given"),
        ("", "f.toml: Object missing required field `fields`"),
        ('fields = "secret"', "f.toml: Expected `object`, got `str`"),
    ],
)
def test_a_file_is_read_strictly(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_corrections(text, "f.toml")
    assert caught.value.message.startswith(says)
    assert "Geheim" not in str(caught.value) and "secret" not in str(caught.value)


def test_the_guide_shows_a_file_that_is_taken() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "guides" / "correct-a-value.md").read_text("utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    made, changes = corrected(UNSURE, read_corrections(example, "guide"), "d1")
    assert len(changes) == 5
    assert {each.currency for each in made.fields if each.currency} == {"CAD"}


def test_a_claim_sums_what_a_person_gave() -> None:
    def claimed(record: Record) -> tuple[int, int]:
        made = schedule([ClaimItem("d1", record, b"")], "EUR", today=date(2026, 5, 1))
        return len(made.lines), len(made.unsettled)

    doubtful = receipt(*(replace(each, currency=None) for each in UNSURE.fields if each.name != "currency"))
    assert claimed(doubtful) == (0, 1)
    made, _ = corrected(doubtful, {"total": "12.50", "date": "2026-03-04", "currency": "EUR"})
    assert claimed(made) == (1, 0)


def test_what_a_person_said_goes_before_every_other_paper() -> None:
    case = Builder()
    case.paper("passport", proofs={"birth_date": Proof.CHECK_DIGIT}, birth_date="1974-08-12")
    case.paper("identity-card", birth_date="1974-12-08", received="2026-01-01T00:00:00")
    case.records[1], _ = corrected(case.records[1], {"birth_date": "="}, "d2")
    fact = case.facts["principal.birth_date"]
    assert fact.field.value == "1974-12-08"
    # The passport's zone, and what was typed in when the case was opened.
    assert [each.value for each in fact.others] == ["1974-08-12", "1974-08-12"]


# --- read anew


def test_a_new_reading_takes_nothing_from_a_person() -> None:
    said, _ = corrected(UNSURE, {"date": "2026-04-03", "currency": "CAD"}, "d1")
    anew = receipt(
        read("date", "2026-03-04", 0.95), read("total", "12.50", 0.99, "USD"), warnings=("date: swapped.", "total: x.")
    )
    (made,) = kept([said], [anew])
    assert (made.get("date"), made.get("currency")) == (said.get("date"), said.get("currency"))
    assert made.rejected == (anew.fields[0],)
    assert made.get("total") == replace(anew.fields[1], currency="CAD")
    assert made.warnings == ("total: x.",)
    assert kept([said], []) == [said], "a reading that failed takes nothing away"


def test_a_value_that_the_new_kind_has_no_field_for_is_kept_aside() -> None:
    said, _ = corrected(UNSURE, {"total": "12.50"}, "d1")
    (made,) = kept([said], [Record("degree", 1.0, (1,), ())])
    assert made.fields == () and [each.value for each in made.rejected] == ["12.50"]


def test_papers_told_apart_otherwise_are_matched_by_their_pages_or_asked_about() -> None:
    said, _ = corrected(replace(UNSURE, pages=(2,)), {"total": "12.50"}, "d1")
    first, second = receipt(), replace(receipt(), pages=(2,))
    made = kept([said], [first, second])
    assert made[0] == first and made[1].get("total") == said.get("total")
    made = kept([said], [second, second])
    assert made[1] == second and said.get("total") in made[0].rejected
    assert "give them again" in made[0].warnings[0] and "12.50" not in made[0].warnings[0]


# --- in the vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        put(vault, opened, "d1", (UNSURE,))
        yield opened


def put(vault: Vault, catalog: Catalog, id: str, records: tuple[Record, ...], **more: str) -> None:
    original = more.get("duplicate_of")
    blob = catalog.document(original).sha256_sealed if original else vault.compartment("c1").put(SLIP).name
    document = Document(id, "c1", f"{id}.txt", "text/plain", len(SLIP), blob, "2027-01-01T00:00:00", State.FILED)
    catalog.add_document(replace(document, person="p1", **more), tuple(replace(each, document=id) for each in records))


def test_the_ledger_names_the_fields_and_no_value(vault: Vault, catalog: Catalog) -> None:
    correct(catalog, paper_of(catalog, "d1"), {"total": "12.50", "merchant": "Geheime Bar"})
    record = catalog.record("d1")
    assert record is not None and record.get("total") == corrected(UNSURE, {"total": "12.50"}, "d1")[0].get("total")
    entry = next(each for each in vault.ledger.entries() if each["event"] == "record.corrected")
    assert entry["fact.document"] == "d1" and entry["fact.fields"] == "merchant total"
    assert not any("Geheim" in str(value) or "12.50" in str(value) for value in entry.values())


def test_one_wrong_value_and_nothing_is_written(vault: Vault, catalog: Catalog) -> None:
    with pytest.raises(InputError, match="date: "):
        correct(catalog, paper_of(catalog, "d1"), {"total": "12.50", "date": "4.3.2026"})
    record = catalog.record("d1")
    assert record is not None and record.fields == UNSURE.fields
    assert not any(each["event"] == "record.corrected" for each in vault.ledger.entries())


def test_a_paper_that_somebody_else_corrected_meanwhile(vault: Vault, catalog: Catalog) -> None:
    seen = paper_of(catalog, "d1")
    correct(catalog, seen, {"total": "12.50"})
    with pytest.raises(OvertakenError, match="changed meanwhile"):
        correct(catalog, seen, {"total": "13.50"})


def test_of_a_file_with_several_papers_one_is_named(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d2", (UNSURE, UNSURE))
    with pytest.raises(InputError, match=r"holds 2 papers.*--part N"):
        paper_of(catalog, "d2")
    with pytest.raises(InputError, match="has no paper 3"):
        paper_of(catalog, "d2", 3)
    # As a claim names the second receipt of a file.
    assert paper_of(catalog, "d2#2") == paper_of(catalog, "d2", 2)
    correct(catalog, paper_of(catalog, "d2", 2), {"total": "12.50"})
    first, second = (each for each in catalog.records("c1") if each.document == "d2")
    assert [each.fields[2].value for each in (first, second)] == ["72.50", "12.50"]


def test_what_cannot_be_corrected_names_what_can(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d2", (), duplicate_of="d1")
    put(vault, catalog, "d3", (UNSURE,), part_of="d1")
    put(vault, catalog, "d4", ())
    with pytest.raises(InputError, match=r"a copy of d1.*mobility correct d1"):
        paper_of(catalog, "d2")
    with pytest.raises(InputError, match=r"a photo of d1.*mobility correct d1"):
        paper_of(catalog, "d3")
    with pytest.raises(InputError, match="Nothing was read"):
        paper_of(catalog, "d4")


def test_a_value_outlives_settling_with_another_kind_and_a_retry(vault: Vault, catalog: Catalog) -> None:
    catalog.move_document("d1", state=State.ASKED)
    correct(catalog, paper_of(catalog, "d1"), {"total": "25.00", "currency": "CAD"})

    def said() -> list[tuple[object, str | None, Proof]]:
        record = catalog.record("d1")
        assert record is not None
        assert "24.50" in [each.value for each in record.rejected if each.name == "total"]
        return [(each.value, each.currency, each.proof) for each in record.fields if each.name in ("total", "currency")]

    with Intake(vault, catalog, jobs=1) as intake:
        assert intake.again("d1")
    assert sorted(said()) == [("25.00", "CAD", Proof.PERSON), ("CAD", None, Proof.PERSON)]
    settle(vault, catalog, "d1", person="p1", kind="receipt")
    assert sorted(said()) == [("25.00", "CAD", Proof.PERSON), ("CAD", None, Proof.PERSON)]


def test_photos_that_are_read_together_keep_what_was_said_of_each(
    vault: Vault, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(vault, catalog, "d2", (UNSURE,))
    correct(catalog, paper_of(catalog, "d1"), {"date": "2026-04-03", "merchant": "Nordstern"})
    correct(catalog, paper_of(catalog, "d2"), {"total": "12.50", "merchant": "Südstern"})

    def together(_vault: Vault, photos: list[Document], _kind: str) -> list[tuple[Document, Record]]:
        return [(replace(each, place=place), UNSURE) for place, each in enumerate(photos, start=1)]

    monkeypatch.setattr(settling, "read_together", together)
    monkeypatch.setattr(settling, "check_joinable", lambda *_: None)
    settling.join(vault, catalog, "d1", ["d2"], person="p1")
    record = catalog.record("d1")
    assert record is not None
    assert {each.name: each.value for each in record.fields if each.proof is Proof.PERSON} == {
        "date": "2026-04-03",
        "merchant": "Nordstern",
        "total": "12.50",
    }


# --- the verb


def run(vault: Vault, *words: str, answers: str = "") -> Result:
    environment = {"MOBILITY_VAULT": str(vault.folder), "MOBILITY_PASSPHRASE": "p"}
    return CliRunner().invoke(verb.command, list(words), input=answers, env=environment)


def test_without_a_terminal_it_says_how_to_give_the_values(vault: Vault, catalog: Catalog) -> None:
    done = run(vault, "d1")
    assert isinstance(done.exception, InputError) and "--from -" in done.exception.remedy


def test_values_come_from_standard_input(vault: Vault, catalog: Catalog) -> None:
    done = run(
        vault, "d1", "--from", "-", "--json", answers='[fields]\ntotal = "="\ncurrency = "USD"\ndate = 2026-03-04'
    )
    answer = json.loads(done.output)
    assert [(each["name"], each["confirmed"]) for each in answer["changed"]] == [
        ("total", True), ("currency", True), ("date", True),
    ]  # fmt: skip
    assert answer["open"] == []
    done = run(vault, "d1", "--from", "-", answers='[fields]\ndate = "4.3.2026"')
    assert isinstance(done.exception, InputError)
    assert done.exception.message.startswith("standard input: fields: date: ")


def test_each_open_value_is_asked_for(vault: Vault, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "_at_terminal", lambda: True)
    # The currency is confirmed, the date left, the total typed wrongly and then picked among the other readings.
    done = run(vault, "d1", answers="=\n\n12,50\n#1\n")
    assert done.exception is None
    assert "#1  12.50 USD (30 %, read in the picture)" in done.output
    assert "total: this is not an amount" in done.output
    assert "Total: 12.50 USD, in the place of 72.50 USD" in done.output
    assert "Still open: date." in done.output
    record = catalog.record("d1")
    assert record is not None
    assert {each.name: each.value for each in record.fields if each.proof is Proof.PERSON} == {
        "total": "12.50", "currency": "USD",
    }  # fmt: skip


def test_a_table_can_be_confirmed_but_not_typed(
    vault: Vault, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Field("lines", ({"description": "Tea", "amount": "3.00"},), 0.7, Source("d2", 1, BOX, Method.OCR))
    put(vault, catalog, "d2", (replace(UNSURE, fields=(*UNSURE.fields, rows)),))
    monkeypatch.setattr(verb, "_at_terminal", lambda: True)
    done = run(vault, "d2", "--field", "lines", "--field", "parties")
    assert isinstance(done.exception, InputError)
    done = run(vault, "d2", "--field", "lines", "--field", "tax_lines", answers="Tea 3.00\n=\n")
    assert "given with --from FILE: tax_lines" in done.output
    assert "this is not a list of rows" in done.output and "Lines: Tea · 3.00, confirmed." in done.output


def test_a_broken_off_interview_changes_nothing(
    vault: Vault, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "_at_terminal", lambda: True)
    assert run(vault, "d1", answers="=\n").exit_code != 0
    record = catalog.record("d1")
    assert record is not None and record.fields == UNSURE.fields


def test_a_sure_value_is_asked_for_by_name(vault: Vault, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "_at_terminal", lambda: True)
    done = run(vault, "d1", "--field", "merchant", answers="Café Südstern\n")
    assert "Merchant: Café Südstern, in the place of Café Nordstern" in done.output
    assert isinstance(run(vault, "d1", "--field", "shop").exception, InputError)
    assert "Merchant: Café Südstern, in the place of Café Nordstern" in done.output
    assert isinstance(run(vault, "d1", "--field", "shop").exception, InputError)


def test_correcting_a_paper_does_not_say_which_of_two_papers_is_right() -> None:
    case = Builder(**{"principal.nationality": "UTO"})
    case.paper("passport", birth_date="1974-08-12", nationality="FRA")
    case.paper("identity-card", birth_date="1974-12-08")
    case.records[1], _ = corrected(case.records[1], {"birth_date": "="}, "d2")
    case.records[0], _ = corrected(case.records[0], {"nationality": "="}, "d1")
    assert not case.facts["principal.birth_date"].settled
    # What is stated for the case does, and goes before what is corrected in a paper.
    nationality = case.facts["principal.nationality"]
    assert nationality.settled and nationality.field.value == "UTO"
