"""Every checklist that ships loads, names its sources, and lacks nothing; a wrong one does not load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from toolkit.checklist import Checklist, CodeList, Requirement, _parts, checklist, lists, read_checklist, routes
from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError
from toolkit.kind import kinds
from toolkit.rules import Condition, Rule
from toolkit.rules.consistency import Consistent
from toolkit.rules.papers import AtHand, BaseRule, Present
from toolkit.rules.situation import CONTRACT_TYPES
from toolkit.shipped import folder

ROUTES = routes()
#: How many document rules of each visa type the facts list; each is at least one requirement.
DOCUMENTS = {"us/l-1a": 29 + 12, "gb/skilled-worker": 16 + 11, "de/eu-blue-card": 24, "us/h-1b": 28 + 12, "jp/ict": 23}


#: What readers give beside the fields of a kind's file.
READ = {"form_number", "language", "document_number", "expiry_date", "issue_date", "currency"}
READ_OF_CONTRACTS = {"employer", "employee", "job_title", "effective_date", "end_date", "salary", "signed"}


def requirements() -> Iterator[tuple[str, str, Requirement]]:
    for route in ROUTES:
        for name, requirement in checklist(route).requirements.items():
            yield route, name, requirement


def test_the_routes_are_there() -> None:
    assert set(DOCUMENTS) <= set(ROUTES)
    assert len(ROUTES) >= 34


@pytest.mark.parametrize("route", ROUTES)
def test_it_loads(route: str) -> None:
    found = checklist(route)
    assert isinstance(found, Checklist)
    assert len(found.requirements) >= DOCUMENTS.get(route, 1)


def test_every_requirement_has_its_source_and_the_day_it_was_checked() -> None:
    for route, name, requirement in requirements():
        place = f"{route} {name}"
        assert requirement.source.citation, place
        assert date(2026, 1, 1) <= requirement.checked, place
        assert requirement.source.url.startswith("http") or not requirement.source.url, place
        if requirement.source.basis != "recalled":
            assert requirement.source.url or requirement.source.read, f"{place}: read, but where?"


def test_what_was_not_read_is_marked() -> None:
    marked = {
        str(r.source).endswith("(from memory: verify)") for _, _, r in requirements() if r.source.basis == "recalled"
    }
    assert marked == {True}


def test_conditional_requirements_have_a_condition_or_a_group() -> None:
    for route, name, requirement in requirements():
        if requirement.level == "conditional":
            assert requirement.when or requirement.whose != "principal", f"{route} {name}"


def test_every_question_is_used_and_reads_as_one() -> None:
    for route in ROUTES:
        found = checklist(route)
        asked = [list(r.rules) + list(r.when) for r in found.requirements.values()]
        text = msgspec.json.encode([asked, *([due.anchor, list(due.when)] for due in found.dues.values())]).decode()
        for key, ask in found.asks.items():
            assert "?" in ask.question, f"{route} {key}"
            prefix = key.split("_")[0]
            assert f'"{key}"' in text or f'"{prefix}"' in text, f"{route}: nothing uses {key}"


def test_statements_about_papers_have_names_of_their_own() -> None:
    for route in ROUTES:
        seen: dict[str, str] = {}
        for requirement in checklist(route).requirements.values():
            for rule in requirement.rules:
                if isinstance(rule, AtHand | Present) and rule.have:
                    assert rule.have.startswith("have_")
                    key = f"{rule.have} {requirement.whose == 'principal'}"
                    assert seen.setdefault(key, rule.paper) == rule.paper, f"{route} {rule.have}"


def test_lists_hold_codes_of_one_shape() -> None:
    for path in sorted((folder("forms") / "lists").glob("*.toml")):
        file = load(path, CodeList)
        if not file.codes[0].islower():  # ids of documents are as long as their names
            assert len({len(code) for code in file.codes}) == 1, path.name
        assert len(set(file.codes)) == len(file.codes), path.name
    assert "D" in lists()["us-six-month-club"]
    assert len(lists()["uk-tb-countries"]) == 102
    assert len(lists()["us-six-month-club"] - {"D"}) == 125


def test_every_rule_has_a_tag_and_says_what_it_does() -> None:
    kinds = BaseRule.__subclasses__()
    assert {kind.__struct_config__.tag for kind in kinds} == {k.__struct_config__.tag for k in Rule.__args__}
    assert all(kind.__doc__ for kind in kinds)


def test_rules_name_kinds_and_fields_that_there_are() -> None:
    """A paper of a kind nobody reads, or a field no reader gives, would be asked for for ever."""
    known = {name.replace("-", "_"): {*kind.fields, *READ} for name, kind in kinds().items()}
    known |= {f"{contract}_contract": READ_OF_CONTRACTS for contract in CONTRACT_TYPES}
    for route, name, requirement in requirements():
        for part in _parts((*requirement.rules, *requirement.when)):
            for kind in getattr(part, "kinds", ()):
                assert kind.replace("-", "_") in known, f"{route} {name}: {kind}"
            named = [getattr(part, each, "") for each in ("field", "anchor", "earlier", "later", "first", "last")]
            for each in (*named, *(getattr(part, "fields", ()) if isinstance(part, Consistent) else ())):
                kind, dot, field = each.rpartition(".")
                if dot and kind != "case" and each not in checklist(route).asks:
                    assert field in known[kind], f"{route} {name}: {each}"


GOOD = """
title = "A route"
authorities = ["Office"]
legal_basis = ["Act"]

[ask.question]
question = "Is it so?"

[require.passport]
label = "Passport"
stage = "visa"
provided_by = "employee"
level = "mandatory"
checked = 2026-11-23
when = [{ is = "stated", key = "question" }]
rules = [{ rule = "valid_beyond", field = "passport.expiry_date", anchor = "case.end", reduced_for = "club" }]
source = { citation = "Act s.1", basis = "seen_official", confidence = "high" }

[due.renewal]
label = "Renewal"
anchor = "passport.expiry_date"
direction = "before"
months = 6
acts = "employee"
checked = 2026-11-23
source = { citation = "Act s.2", basis = "recalled", confidence = "low" }
"""


def read(tmp_path: Path, text: str) -> Checklist:
    path = tmp_path / "route.toml"
    path.write_text(text, "utf-8")
    return read_checklist(path, "x/route", {"club": frozenset({"CLU"})})


def test_a_good_one_loads(tmp_path: Path) -> None:
    assert list(read(tmp_path, GOOD).requirements) == ["passport"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = { citation = "Act s.1", basis = "seen_official", confidence = "high" }', "", "source"),
        ('citation = "Act s.1"', 'citation = ""', "citation"),
        ('basis = "seen_official"', 'basis = "hearsay"', "hearsay"),
        ("checked = 2026-11-23", "", "checked"),
        ('level = "mandatory"', 'level = "mandatory"\nlevle = "x"', "levle"),
        ('rule = "valid_beyond"', 'rule = "valid_byond"', "valid_byond"),
        ("rules = [{ rule", "rules = [] # [{ rule", "rules"),
        ('"case.end"', '"case_end"', "case_end"),
        ('reduced_for = "club"', 'reduced_for = "clubb"', "clubb"),
        ('key = "question"', 'key = "questoin"', "questoin"),
        ('title = "A route"', 'title = "A route', "route.toml"),
        ('direction = "before"', 'direction = "around"', "around"),
        ("months = 6", "months = -6", "months"),
        ("months = 6", "moths = 6", "moths"),
        ("months = 6", "", "due.renewal: a term"),
        ('direction = "before"', 'direction = "on"', "due.renewal: a term"),
        ('anchor = "passport.expiry_date"', 'anchor = "passport"', "passport is no planned date"),
        ('source = { citation = "Act s.2", basis = "recalled", confidence = "low" }', "", "source"),
        ('acts = "employee"', 'acts = "somebody"', "somebody"),
        ('title = "A route"', 'title = "A route"\ndependants = "x/nobody"', "no route x/nobody"),
    ],
)
def test_a_wrong_one_does_not_load_and_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(DefinitionError) as mistake:
        read(tmp_path, GOOD.replace(old, new))
    assert said in str(mistake.value)
    assert "route.toml" in str(mistake.value)


PAY = """[require.pay]
label = "Pay"
stage = "visa"
provided_by = "employer"
level = "mandatory"
checked = 2026-11-23
source = { citation = "Act s.4", basis = "seen_official", confidence = "high" }
[[require.pay.rules]]
rule = "at_least"
amounts = ["assignment.salary"]
currency = "EUR"
on = "case.filing"
group = "question"
steps = [
  { id = "a", amount = "1000", groups = ["yes"], first_day = 2025-01-01, last_day = 2025-12-31 },
  { id = "b", amount = "2000", groups = ["yes", "no"], first_day = 2026-01-01 },
]

[due.renewal]"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('label = "Passport"', 'lable = "Passport"',
         "require.passport: Object contains unknown field `lable` (line 10); "
         "did you mean label?"),
        ('rule = "valid_beyond"', 'rule = "valid_until"',
         "require.passport: Invalid value 'valid_until' at `rules[0].rule`"
         " (line 16); write one of: agrees, amount_at_least,"),
        ('is = "stated"', 'is = "statde"', "require.passport: Invalid value 'statde' at `when[0].is` (line 15); "
         "write one of: aged, all,"),
        ('source = { citation = "Act s.1", basis = "seen_official", confidence = "high" }', "",
         "require.passport: Object missing required field `source`; add [require.passport.source] with "
         "citation, basis"),
        ('stage = "visa"', 'stage = "visas"',
         "require.passport: Invalid enum value 'visas' at `stage`; write one of: entry,"),
        ("checked = 2026-11-23\nwhen", 'checked = "23.11.2026"\nwhen', "at `checked`; write a day as 2026-11-23"),
        ("checked = 2026-11-23\nwhen", "checked = 2026-13-23\nwhen",
         "checked = 2026-13-23; look for a missing quotation"),
        ("[due.renewal]", "[require.passport]", "[require.passport]; two parts, or two lines of a part, bear one name"),
        ('key = "question"', 'key = "questoin"',
         "nothing asks for questoin: add [ask.questoin]; did you mean question?"),
        ('rule = "valid_beyond", field',
         'rule = "present", paper = "it", kinds = ["pasport"] }, { rule = "valid_beyond", field',
         "require.passport: there is no kind of paper pasport: take a folder of toolkit/kinds; did you mean passport?"),
        ('rule = "valid_beyond", field',
         'rule = "present", paper = "", kinds = ["passport"] }, { rule = "valid_beyond", field',
         "paper is empty: say in a few words"),
        ('field = "passport.expiry_date"', 'field = "pasport.expiry_date"',
         "there is no kind of paper pasport; did you mean"),
        ('field = "passport.expiry_date"', 'field = "passport.expiry_dat"',
         "no reader gives expiry_dat; did you mean expiry_"),
        ('anchor = "passport.expiry_date"', 'anchor = "passport.expiry"',
         "due.renewal: anchor = passport.expiry: no reader"),
        ('anchor = "case.end"', 'anchor = "case.end", months = -3', "months = -3: a term is counted in whole numbers"),
        ("months = 6", 'months = "6"', "due.renewal: Expected `int`, got `str` at `months`; write a whole number"),
        ("months = 6", "months = -6", "due.renewal: Expected `int` >= 0 at `months`; write a whole number from 0"),
        ("[due.renewal]", PAY.replace('"EUR"', '"EURO"'), "require.pay: currency = EURO is no ISO 4217 code"),
        ("[due.renewal]", PAY.replace('"2000"', '"2.000,00"'), 'steps[1].amount`; write an amount as "1234.50"'),
        ("[due.renewal]", PAY.replace('id = "b"', 'id = "a"'), "require.pay: two thresholds are called a: rename one"),
        ("[due.renewal]", PAY.replace(", last_day = 2025-12-31", ""),
         "require.pay: two thresholds for yes are in force on "
         "2026-01-01: close a with last_day, the day before b begins"),
        ("[due.renewal]", PAY.replace("2025-12-31", "2024-12-31"), "threshold a ends on 2024-12-31, before it begins"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_place_and_remedy(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(DefinitionError) as mistake:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "route.toml: " in str(mistake.value)
    assert said in str(mistake.value)


def test_thresholds_that_follow_each_other_load(tmp_path: Path) -> None:
    assert "pay" in read(tmp_path, GOOD.replace("[due.renewal]", PAY)).requirements


FAMILY = """
title = "A family"
authorities = ["Office"]
legal_basis = ["Act"]

[ask.question]
question = "Is it so?"

[require.birth]
label = "Birth certificate"
stage = "visa"
provided_by = "dependant"
level = "conditional"
whose = "children"
checked = 2026-11-23
rules = [{ rule = "answered", key = "question" }]
source = { citation = "Act s.3", basis = "recalled", confidence = "high" }
"""


def test_the_route_of_the_family_is_added_under_names_of_its_own(tmp_path: Path) -> None:
    for name, text in (
        ("family", FAMILY),
        ("worker", GOOD.replace("authorities", 'dependants = "x/family"\nauthorities', 1)),
    ):
        (tmp_path / "x").mkdir(exist_ok=True)
        (tmp_path / "x" / f"{name}.toml").write_text(text, "utf-8")
    found = read_checklist(tmp_path / "x" / "worker.toml", "x/worker", {"club": frozenset({"CLU"})})
    assert list(found.requirements) == ["passport", "dependant-birth"]
    (tmp_path / "x" / "family.toml").write_text(FAMILY.replace("Is it so?", "Is it otherwise?"), "utf-8")
    with pytest.raises(DefinitionError, match=r"ask\.question: x/family asks another question"):
        read_checklist(tmp_path / "x" / "worker.toml", "x/worker", {"club": frozenset({"CLU"})})


def test_every_date_to_watch_says_who_acts_and_by_which_law() -> None:
    for route in ROUTES:
        for name, due in checklist(route).dues.items():
            place = f"{route} {name}"
            assert due.source.citation, place
            assert due.facts or checklist(route).purpose == "right_to_work", place
            assert due.lead_days, place
            assert date(2026, 1, 1) <= due.checked, place


def test_an_unknown_route_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as mistake:
        checklist("utopia/gold-card")
    assert "us/l-1a" in str(mistake.value)


GUIDE = folder("forms").parent / "docs" / "guides" / "add-a-visa.md"


@pytest.mark.skipif(not GUIDE.is_file(), reason="the guides do not travel in the installed package")
def test_the_guide_shows_a_route_that_loads_and_names_every_rule_and_condition(tmp_path: Path) -> None:
    text = GUIDE.read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert list(read(tmp_path, example).requirements) == ["passport", "power-of-attorney"]
    tags = {kind.__struct_config__.tag for kind in (*Rule.__args__, *Condition.__args__)}
    assert [tag for tag in sorted(tags) if f"`{tag}`" not in text] == []
