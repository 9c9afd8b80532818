"""Letters for many cases: each ends by itself, a second run goes on, and what a person edited is never overwritten."""

from __future__ import annotations

import json
import resource
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
import pytest
from click.testing import CliRunner
from word_tags import cells, texts, word

from toolkit import office, office_pool, policy, shipped, template_specimen, write_batch
from toolkit.case_file import read_case_file
from toolkit.catalog import Catalog
from toolkit.cli import unlock
from toolkit.cli import write as verb
from toolkit.dossier import Dossier
from toolkit.errors import DefinitionError, IncompleteError, InputError, UnknownNameError
from toolkit.facts import Facts, resolve
from toolkit.template_definition import GROUPS, Template
from toolkit.write_batch import How, Outcome, batch
from toolkit.write_facts import material
from vault import Vault

TODAY = date(2026, 11, 23)
TOML = """
title = "Note"
audience = "tests"
language = "en-GB"
[needs]
"principal.surname" = "surname"
"assignment.job_title" = "position"
[rows]
family = ["name", "relationship"]
"""
LOOP = ("{%p for p in family %}", "{{ p.name }}: {{ p.relationship }}", "{%p endfor %}")
TEXT = ("Dear {{ principal.surname }}, {{ assignment.job_title }}", *LOOP)
#: A note whose loop stands under an `if`: a family is not needed.
GUARDED = (TEXT[0], "{%p if family %}", *LOOP, "{%p endif %}")


@pytest.fixture
def mine(tmp_path) -> Path:
    folder = tmp_path / "templates"
    (folder / "note").mkdir(parents=True)
    (folder / "note" / "template.toml").write_text(TOML, "utf-8")
    (folder / "note" / "template.docx").write_bytes(word(*GUARDED))
    return folder


def dossier(number: int, **details: str) -> Dossier:
    case = read_case_file(shipped.folder("samples") / "cases" / "GM-2026-001.toml")
    said = {**case.details, "principal.surname": f"Muster{number}", **details}
    case = type(case)(
        f"id{number}", f"GM-{number}", case.route, case.people, case.dates, {k: v for k, v in said.items() if v}
    )
    return Dossier(case, (), (), resolve(case, (), ()), ())


class Cases:
    """Cases by reference: number 2 has no job title, number 3 cannot be opened."""

    def __init__(self, count: int, **details: str) -> None:
        self.references = [f"GM-{number}" for number in range(1, count + 1)]
        self.details = details

    def __call__(self, reference: str) -> Dossier:
        number = int(reference.removeprefix("GM-"))
        if number == 3:
            raise UnknownNameError("There is no such case.")
        return dossier(number, **({"assignment.job_title": ""} if number == 2 else {}), **self.details)


def ended(cases: Cases, folder: Path, out: Path, pool=None, done=lambda: None):
    how = How(out, TODAY, allow_unsure=True, beside=folder)
    return list(batch(cases.references, ["note"], cases, how, pool=pool, done=done))


def test_one_broken_case_stops_no_other_and_is_named(mine, tmp_path):
    count = []
    made = ended(Cases(4), mine, tmp_path, done=lambda: count.append(1))
    by_case = {each.case: each for each in made}
    assert len(count) == 4
    assert [by_case[f"GM-{n}"].outcome for n in (1, 2, 3, 4)] == [
        Outcome.WRITTEN, Outcome.FAILED, Outcome.FAILED, Outcome.WRITTEN
    ]  # fmt: skip
    assert "assignment.job_title (position) is missing" in by_case["GM-2"].reason
    assert "no such case" in by_case["GM-3"].reason
    assert texts((tmp_path / "GM-4-note.docx").read_bytes())[1].startswith("Dear Muster4,")
    assert not (tmp_path / "GM-2-note.docx").exists()


def test_a_second_run_keeps_what_has_not_changed_and_writes_what_has(mine, tmp_path):
    ended(Cases(1), mine, tmp_path)
    (again,) = ended(Cases(1), mine, tmp_path)
    assert (again.outcome, again.reason) == (Outcome.KEPT, "nothing has changed")
    (changed,) = ended(Cases(1, **{"assignment.job_title": "Head"}), mine, tmp_path)
    assert changed.outcome is Outcome.WRITTEN
    assert texts((tmp_path / "GM-1-note.docx").read_bytes())[1].endswith("Head")
    (mine / "note" / "template.docx").write_bytes(word(*GUARDED, "More."))
    (changed,) = ended(Cases(1, **{"assignment.job_title": "Head"}), mine, tmp_path)
    assert changed.outcome is Outcome.WRITTEN


def test_what_a_person_edited_is_never_overwritten(mine, tmp_path):
    ended(Cases(1), mine, tmp_path)
    path = tmp_path / "GM-1-note.docx"
    path.write_bytes(word("Edited by hand."))
    (kept,) = ended(Cases(1), mine, tmp_path)
    assert kept.outcome is Outcome.KEPT and "edited since" in kept.reason
    (refused,) = ended(Cases(1, **{"assignment.job_title": "Head"}), mine, tmp_path)
    assert refused.outcome is Outcome.FAILED and "was edited" in refused.reason and "Move your copy" in refused.remedy
    assert texts(path.read_bytes())[1] == "Edited by hand."


def test_a_run_that_was_stopped_goes_on(mine, tmp_path, monkeypatch):
    monkeypatch.setattr(write_batch, "_AT_ONCE", 1)
    running = batch(["GM-1", "GM-4", "GM-5"], ["note"], Cases(5), How(tmp_path, TODAY, True, mine), pool=None)
    assert next(running).outcome is Outcome.WRITTEN
    running.close()
    assert [each.outcome.value for each in ended(Cases(1), mine, tmp_path)] == ["kept"]
    outcomes = {each.case: each.outcome.value for each in ended(Cases(5), mine, tmp_path)}
    assert outcomes == {"GM-1": "kept", "GM-2": "failed", "GM-3": "failed", "GM-4": "written", "GM-5": "written"}


def test_a_stop_while_files_are_written_reads_as_no_edit(mine, tmp_path):
    ended(Cases(1), mine, tmp_path)
    before = (tmp_path / "GM-1-note.docx").read_bytes()
    ledger = write_batch._Ledger(tmp_path)
    ledger.expect(tmp_path / "GM-1-note.docx", b"the letter that was about to be written")
    ledger.save()
    for content in (before, b"the letter that was about to be written"):
        (tmp_path / "GM-1-note.docx").write_bytes(content)
        assert not write_batch._Ledger(tmp_path).edited(tmp_path / "GM-1-note.docx")
    (again,) = ended(Cases(1), mine, tmp_path)
    assert again.outcome is Outcome.WRITTEN


def test_the_ledger_holds_no_value(mine, tmp_path):
    ended(Cases(1), mine, tmp_path)
    assert "Muster" not in (tmp_path / write_batch.LEDGER).read_text("utf-8")


def test_a_broken_template_stops_before_anything_is_written(mine, tmp_path):
    (mine / "note" / "template.docx").write_bytes(word("{{ nobody.knows }}"))
    with pytest.raises(DefinitionError, match="not declared"):
        ended(Cases(1), mine, tmp_path)
    assert not list(tmp_path.glob("*.docx"))


def test_a_loop_without_an_if_needs_a_row(mine, tmp_path):
    (mine / "note" / "template.docx").write_bytes(word(*TEXT))
    alone = dossier(1)
    case = type(alone.case)("a", "GM-1", alone.case.route, alone.case.people[:1], alone.case.dates, alone.case.details)
    known = Dossier(case, (), (), resolve(case, (), ()), ())
    with pytest.raises(IncompleteError, match="family: the case has none"):
        write_batch.one(known, "note", How(tmp_path, TODAY, True, mine))
    assert write_batch.one(dossier(1), "note", How(tmp_path, TODAY, True, mine)).docx


def test_templates_of_the_users_own_keep_their_look_unless_a_house_style_is_named(mine, tmp_path):
    def dress(docx_: bytes, definition: Template) -> bytes:
        return docx_ + definition.title.encode()

    for name, own, dressed in (("note", False, False), ("note", True, True), ("policy-summary", False, True)):
        ready = write_batch.opened(name, mine)
        given = write_batch.Material(dossier(1).facts, {"family": ({"name": "a", "relationship": "b"},)}, {}, ())
        if name == "policy-summary":
            values = template_specimen.specimen_values(ready.definition, ready.word.uses)
            details = {n: v for n, v in values.items() if not n.startswith("case.")}
            given = write_batch.Material(
                dossier(1, **details).facts, template_specimen.specimen_rows(ready.definition), {}, ()
            )
        made = write_batch._written(given, ready, How(tmp_path, TODAY, True, mine, dress, own))
        assert made.docx.endswith(ready.definition.title.encode()) is dressed


def test_memory_stays_flat(mine, tmp_path):
    how, known = How(tmp_path, TODAY, True, mine), dossier(1)
    for _ in range(50):
        write_batch.one(known, "note", how)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(400):
        write_batch.one(known, "note", how)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10


@pytest.mark.parametrize("language", ["en-GB", "de-DE", "fr-FR", "es-ES"])
def test_every_group_of_rows_is_made_from_a_case(language: str):
    shape = Template("t", "a", language, {}, {}, {group: tuple(columns) for group, columns in GROUPS.items()})
    known = dossier(1, policy="nordlicht", policy_tier="expert", **{"assignment.type": "long-term"})
    made = material(known, shape, TODAY)
    for group in ("family", "compensation", "documents", "owed"):
        assert made.rows[group], group
    # The sample policy is written in two languages; in the others it is silent, and says so.
    assert made.rows["benefits"] or any("is not written in" in each for each in made.asked)
    assert bool(made.rows["benefits"]) is language.startswith(("en", "de"))
    for group, rows in made.rows.items():
        assert all(set(row) == set(GROUPS[group]) and all(isinstance(v, str) for v in row.values()) for row in rows)
    assert made.rows["compensation"][-1]["kind"] == "total"
    assert {row["state"] for row in made.rows["documents"]} <= {"met", "unmet", "unsure"}


SAID_TWICE = Template(
    "t", "a", "en-GB", {"assignment.salary": "x"}, {}, {"compensation": ("label",), "compensation_notes": ("text",)}
)


@pytest.mark.parametrize(
    ("details", "stop"),
    [
        ({}, ""),
        ({"assignment.salary": "14000.00", "assignment.salary_period": "month"}, ""),
        ({"assignment.salary": "168000.01"}, ""),  # the table begins with it, where no other is stated
        (HOME := {f"compensation.home_salary{k}": v for k, v in (("", "118000.00"), ("_currency", "EUR"),
                  ("_period", "year"))}, "not the one the letter states"),
        ({**HOME, "compensation.home_salary": "168000.00", "compensation.home_salary_currency": "USD"}, ""),
        # As the one payroll that pays it delivers it: 100000 EUR at 1.1298.
        ({**HOME, "compensation.home_salary": "100000.00", "assignment.salary": "112980.00"}, ""),
        ({**HOME, "compensation.home_salary": "100000.00", "assignment.salary": "112980.00",
          "compensation.base_side": "split", "compensation.host_share": "40"}, "not the one the letter states"),
        ({**HOME, "compensation.home_salary": "168000.00", "compensation.home_salary_currency": "USD",
          "assignment.salary": "14000.00", "assignment.salary_period": "month"}, "cannot be compared"),
        ({**HOME, "compensation.home_salary": "168000.00", "compensation.home_salary_currency": "USD",
          "compensation.salaries_a_year": "12", "assignment.salary": "14000.00", "assignment.salary_period": "month"},
         ""),
    ],
)  # fmt: skip
def test_a_letter_that_states_one_salary_and_computes_with_another_is_stopped(details, stop):
    made = material(dossier(1, **details), SAID_TWICE, TODAY)
    assert [each for each in made.stops if stop and stop in each] or (not stop and not made.stops), made.stops
    assert not [each for each in made.stops for figures in ("118", "168", "112", "14000") if figures in each]


def test_a_letter_with_two_salaries_is_not_written_even_where_the_unsure_is_allowed(tmp_path):
    known = dossier(1, **HOME)
    with pytest.raises(IncompleteError, match="pay table's base salary is not the one the letter states"):
        write_batch.one(known, "long-term-assignment-letter", How(tmp_path, TODAY, True))
    assert write_batch.one(dossier(1), "long-term-assignment-letter", How(tmp_path, TODAY)).docx


def test_a_pay_table_is_whole_or_stops_the_letter_and_nobody_needs_one(tmp_path):
    half = dossier(1, **{"compensation.hypothetical_tax_rate": ""})
    made = material(half, SAID_TWICE, TODAY)
    assert not made.rows["compensation"] and any("Hypothetical tax: clause 4.1" in each for each in made.stops)
    with pytest.raises(IncompleteError, match=r"compensation\.hypothetical_tax_rate"):
        write_batch.one(half, "long-term-assignment-letter", How(tmp_path, TODAY, True))
    none = dossier(1, **dict.fromkeys(PAY, ""))
    assert not material(none, SAID_TWICE, TODAY).stops
    letter = write_batch.one(none, "long-term-assignment-letter", How(tmp_path, TODAY))
    assert "Compensation statement" not in "\n".join(texts(letter.docx))


PAY = [
    name
    for name in read_case_file(shipped.folder("samples") / "cases" / "GM-2026-001.toml").details
    if name.startswith("compensation.")
]


def test_every_line_of_the_pay_table_says_what_it_is_for_and_its_clause(tmp_path):
    made = material(dossier(1), SAID_TWICE, TODAY)
    by = {row["label"]: row for row in made.rows["compensation"]}
    assert by["Base salary"]["host"] == "USD\N{NO-BREAK SPACE}168,000.00" and by["Base salary"]["clause"] == ""
    assert by["Hypothetical tax"]["host"] == "USD\N{NO-BREAK SPACE}\N{MINUS SIGN}52,920.00"
    assert by["Housing allowance (from month 7)"]["clause"] == "clause\N{NO-BREAK SPACE}3.1"
    assert by["Relocation allowance"]["period"] == "paid once"
    (note,) = made.rows["compensation_notes"]  # nothing is converted; the total of a year holds housing from month 7
    assert note["text"].startswith("The total adds up every line")
    converted = dossier(1, **{"compensation.relocation_side": "home"})
    note, _ = material(converted, SAID_TWICE, TODAY).rows["compensation_notes"]
    assert "1.1298" in note["text"] and "1 October 2026" in note["text"]
    letter = write_batch.one(converted, "long-term-assignment-letter", How(tmp_path, TODAY))
    table = cells(letter.docx)
    heads = table.index(["Element", "Period", "Home payroll", "Host payroll", "Clause"])
    assert {row[1] for row in table[heads + 1 : heads + 1 + len(made.rows["compensation"])]} == {"a year", "paid once"}
    assert "1.1298" in "\n".join(texts(letter.docx))


def test_the_clause_of_a_row_is_its_own_and_not_one_that_begins_like_it():
    """Clause 3.1 stands in the words `clause 3.10`."""
    rules = policy.of_case(dossier(1).case)
    twin = replace(next(each for each in rules.clauses if each.number == "3.1"), number="3.10")
    renumbered = replace(rules, clauses=tuple(twin if each.number == "3.1" else each for each in rules.clauses))
    other = replace(next(each for each in rules.clauses if each.number == "2.1"), number="3.1")
    renumbered = replace(renumbered, clauses=(other, *renumbered.clauses))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "of_case", lambda case: renumbered)
        rows = material(dossier(1), SAID_TWICE, TODAY).rows["compensation"]
    assert (
        next(row["clause"] for row in rows if row["label"].startswith("Housing allowance"))
        == "clause\N{NO-BREAK SPACE}3.10"
    )


def test_a_summary_says_measures_as_well_as_money():
    shape = Template("t", "a", "en-GB", {}, {}, {"benefits": ("number", "limit")})
    limits = {row["number"]: row["limit"] for row in material(dossier(1), shape, TODAY).rows["benefits"]}
    assert limits["2.4"] == "20 cubic metres" and limits["3.2"] == "1 return flight" and limits["4.3"] == ""


def test_half_of_a_policy_is_no_summary():
    shape = Template("t", "a", "en-GB", {}, {}, {"benefits": ("title",)})
    assert not material(dossier(1), shape, TODAY).stops
    assert material(dossier(1, policy_tier=""), shape, TODAY).doubts["benefits.text"]  # amounts hang on the tier
    made = material(dossier(1, **{"assignment.type": ""}), shape, TODAY)
    assert any("Which type of assignment" in each for each in made.stops)


def test_what_is_stated_for_a_language_or_for_one_letter_goes_first():
    known = dossier(1, **{
        "assignment.notice_period@de": "drei Monate", "policy.housing@de": "Eine W.",
        "signatory.name": "A", "signatory.name@de": "B", "signatory.name@one-letter": "C",
    })  # fmt: skip
    names = ("assignment.notice_period", "policy.housing", "signatory.name")

    def said(language: str, name: str) -> list[str]:
        made = material(known, Template("t", "a", language, dict.fromkeys(names, "x")), TODAY, name)
        assert all(made.facts[each].name == each for each in names)
        return [made.facts[each].field.value for each in names]

    assert said("de-AT", "other") == ["drei Monate", "Eine W.", "B"]
    assert said("de-DE", "one-letter")[2] == said("en-GB", "one-letter")[2] == "C"
    assert said("en-GB", "other")[0] == "three months" and said("en-GB", "other")[2] == "A"


def test_a_detail_of_the_case_goes_before_its_policy():
    shape = Template("t", "a", "en-GB", {"policy.name": "x"})
    known = dossier(1, policy="nordlicht", **{"policy.name": ""})
    other = dossier(1, policy="nordlicht", **{"policy.name": "Our rules"})
    names = [material(each, shape, TODAY).facts["policy.name"].field.value for each in (known, other)]
    assert names[1] == "Our rules" and names[0] not in ("", "Our rules")


@pytest.fixture
def vault(tmp_path, monkeypatch) -> Path:
    said = "correct horse battery staple"
    monkeypatch.setattr(unlock, "passphrase", lambda *_, **__: said)
    monkeypatch.setenv("MOBILITY_VAULT", str(tmp_path / "vault"))
    with Catalog.open(Vault.create(tmp_path / "vault", officer="tester", passphrase=said, work_factor=1)) as catalog:
        for number in (1, 2, 3):
            case = dossier(number, **({"assignment.job_title": ""} if number == 2 else {})).case
            catalog.add_case(case)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    made = CliRunner().invoke(verb.command, list(words), standalone_mode=False, catch_exceptions=False)
    return made.return_value or 0, made.output


def test_what_is_written_although_it_is_unsure_is_told_first_and_only_that(mine, tmp_path):
    order = []

    def unsure(reference: str) -> Dossier:
        known = dossier(int(reference.removeprefix("GM-")))
        if reference == "GM-2":
            return known
        said = known.facts["assignment.job_title"]
        doubtful = replace(said, field=replace(said.field, confidence=0.5))
        return replace(known, facts=Facts({**known.facts, said.name: doubtful}))

    def tell(overridden) -> None:
        order.append(sorted(path.name for path in tmp_path.glob("*.docx")))
        order.extend((each.what.value, each.case.reference, each.facts["template"]) for each in overridden)

    how = How(tmp_path, TODAY, allow_unsure=True, beside=mine, why="a draft", tell=tell)
    made = list(batch(["GM-1", "GM-2"], ["note"], unsure, how, pool=None))
    assert [each.outcome for each in made] == [Outcome.WRITTEN] * 2
    assert order == [[], ("override.letter-unsure", "GM-1", "note")]
    named = replace(how, out=tmp_path / "named", why=f"for {dossier(1).case.people[0].surname}")
    named.out.mkdir()
    ended = {each.case: each for each in batch(["GM-1", "GM-2"], ["note"], unsure, named, pool=None)}
    assert ended["GM-1"].outcome is Outcome.FAILED and "holds a name" in ended["GM-1"].reason
    assert ended["GM-2"].outcome is Outcome.WRITTEN


def test_all_cases_at_once_say_what_was_written_kept_and_failed(vault, mine):
    words = (
        "--all",
        "note",
        "--templates",
        str(mine),
        "--out",
        str(vault / "out"),
        "--unsure",
        "--why",
        "a draft for the test",
        "--no-pdf",
    )
    code, output = run(*words)
    assert code == 5 and "2 letters written into" in output and ", 1 failed." in output and "GM-2" in output
    code, output = run(*words, "--json")
    said = json.loads(output)
    assert (said["written"], said["kept"], said["failed"]) == (0, 2, 1) and code == 5
    with pytest.raises(UnknownNameError, match="no such case"):
        run("GM-9", "note", *words[2:])


def test_which_cases_and_templates_are_meant(mine, tmp_path):
    assert verb._told_apart(("GM-1", "GM-2", "note", "policy-summary"), mine) == (
        ("GM-1", "GM-2"),
        ("note", "policy-summary"),
    )
    assert verb._told_apart(("note", "nonsense"), mine) == (("note",), ("nonsense",))
    assert verb._told_apart((), mine) == ((), ())
    cases = tmp_path / "cases.txt"
    cases.write_text("\ufeff# those that are ready\nGM-1\n\n GM-3 \n", "utf-8")
    assert verb._named(cases, ["GM-1"], "") == ["GM-1", "GM-3"]
    assert verb._named(cases, ["GM-1"], "us/l-1a") == ["GM-1"]
    cases.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InputError, match="plain text"):
        verb._named(cases, [], "")


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_a_batch_makes_pdf_from_one_libreoffice(mine, tmp_path):
    with office_pool.pool(1) as pool:
        made = ended(Cases(4), mine, tmp_path, pool)
        assert pool._idle[0][0].made == 2
    pdf = next(each for each in made if each.case == "GM-4").files[1]
    assert "Dear Muster4," in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def test_rows_of_a_table_are_filled_from_the_case(mine, tmp_path):
    rows = (("{%tr for p in family %}", ""), ("{{ p.name }}", "{{ p.relationship }}"), ("{%tr endfor %}", ""))
    (mine / "note" / "template.docx").write_bytes(word(TEXT[0], rows=rows))
    made = write_batch.one(dossier(1), "note", How(tmp_path, TODAY, True, mine))
    assert cells(made.docx) == [["Marit Élise Østervang", "spouse"]]
    assert docx.Document(BytesIO(made.docx)).tables
