"""A policy is read strictly, cites one clause for one thing, and never guesses what a case does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from case_builder import ANNA, DATES
from click.testing import CliRunner

from toolkit import policy, shipped
from toolkit.case_file import read_case_file
from toolkit.catalog import Catalog
from toolkit.cli.policy import command
from toolkit.errors import DefinitionError, InputError, UnknownNameError
from toolkit.model import Case
from toolkit.policy import Per, Standing
from toolkit.policy_applied import applied, hints, planned_months
from toolkit.policy_citation import checked_clause, citation
from toolkit.policy_file import read
from toolkit.policy_words import placeholders, written
from toolkit.readers.money import category
from vault import Vault

SMALL = """
title.en = "Small policy"
edition = "1"
effective = 2026-01-01
languages = ["en"]
assignment_types = ["long-term", "business-trip"]

[[tier]]
id = "one"
label.en = "First"

[[tier]]
id = "two"
label.en = "Second"

[[approver]]
id = "boss"
who.en = "The boss"

[[clause]]
number = "1.1"
benefit = "housing"
title.en = "Housing"
text.en = "A home up to {limit} a month."
categories = ["housing"]
approval = "boss"
cost_bearer = "host"
[[clause.limit]]
amount = "1000"
currency = "EUR"
per = "month"
tiers = ["one"]
[[clause.limit]]
amount = "1500.50"
currency = "EUR"
per = "month"
tiers = ["two"]

[[clause]]
number = "1.2"
benefit = "travel"
title.en = "Travel"
text.en = "A flight."
categories = ["transport"]
approval = "boss"
cost_bearer = "home"
assignment_types = ["long-term"]
"""


def written_to(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(text, "utf-8")
    return path


def case(**details: str) -> Case:
    named = {key.replace("__", "."): value for key, value in details.items()}
    return Case("c1", "GM-1", "us/l-1a", (ANNA,), DATES, named)


def sample() -> Case:
    return read_case_file(shipped.folder("samples") / "cases" / "GM-2026-001.toml")


NORDLICHT = {"policy": "nordlicht", "policy_tier": "lead", "assignment.type": "long-term"}


# --- the policies that come with the toolkit ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["standard", "nordlicht"])
def test_a_shipped_policy_is_whole_in_every_language_it_has(name: str) -> None:
    read_policy = policy.load(name)
    assert read_policy.origin.startswith("Invented")
    for clause in read_policy.clauses:
        blanks = {language: sorted(placeholders(clause.text[language])) for language in read_policy.languages}
        assert len({tuple(each) for each in blanks.values()}) == 1, clause.number
        for language in read_policy.languages:
            assert "{" not in written(clause, language)
    assert not [hint for hint in hints(read_policy) if "taxed" not in hint]


def test_the_standard_policy_serves_three_tiers_and_every_type_in_four_languages() -> None:
    standard = policy.load("standard")
    assert (len(standard.tiers), standard.languages) == (3, ("en", "de", "fr", "es"))
    assert set(standard.assignment_types) == set(policy.AssignmentType)
    wanted = "cost_of_living housing hardship per_diem home_leave shipment schooling mobility_premium language_training"
    wanted += " spousal_support relocation temporary_living tax social_security medical repatriation emergency_travel"
    assert set(wanted.split()) <= {each.benefit.value for each in standard.clauses}
    for kind in standard.assignment_types:
        at = Standing("core", kind, "", "USA")
        assert [each for each in standard.clauses if policy.applies(each, at)], kind


@pytest.mark.parametrize("tier", ["executive", "senior", "core"])
@pytest.mark.parametrize("kind", list(policy.AssignmentType))
@pytest.mark.parametrize("host", ["USA", "FRA", "JPN", "IND"])
def test_no_expense_falls_under_two_clauses_and_no_granted_text_keeps_a_blank(tier: str, kind: str, host: str) -> None:
    standard = policy.load("standard")
    moved = case(policy_tier=tier, assignment__type=kind, assignment__host_country=host)
    at, found = applied(standard, moved)
    assert not at.asked
    assert not [each.clause.number for each in found if each.holds and each.open]
    for name in category.names():
        holding = [c for c in standard.clauses if name in c.categories and policy.applies(c, at)]
        assert len(holding) <= 1
        chosen = policy.clause_for(standard, name, tier=tier, assignment_type=kind, country=host)
        assert (chosen and chosen.number) == (holding[0].number if holding else None)


def test_what_nordlicht_grants_is_what_the_agreement_of_the_sample_case_says() -> None:
    """The assignment agreement in tests/specimens/contracts.toml and the policy cannot promise two things."""
    found = policy.facts(policy.load("nordlicht"), sample(), "en-GB")
    said = {name: text.replace("\N{NO-BREAK SPACE}", " ") for name, text in found.items()}
    for benefit, words in {
        "housing": "for the first six months, then a housing allowance of USD 2,500 a month (clause 3.1).",
        "travel": "a relocation allowance of USD 9,500, paid once (clause 2.3).",
        "home_leave": "One return flight in economy class in each year for the assignee and the spouse (clause 3.2).",
        "shipment": "up to 20 cubic metres, by sea, at the beginning and at the end (clause 2.4).",
        "language_training": "up to EUR 2,000 (clause 2.5).",
        "repatriation": "a position of at least the same grade at the home company (clause 4.3).",
    }.items():
        assert said[f"policy.{benefit}"].endswith(words), benefit
    drawn = Path(__file__).resolve().parent / "specimens" / "contracts.toml"
    agreement = " ".join(drawn.read_text("utf-8").replace("\\\n", "").split())
    for figure in ("USD 3,800", "USD 2,500", "USD 9,500", "20 cubic metres", "EUR 2,000", "first six months"):
        assert figure in agreement, figure


# --- reading strictly --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number = "1.2"', 'number = "1.1"', "clause 1.1: stands 2 times in the file; give each a name of its own"),
        ('currency = "EUR"\nper = "month"\ntiers = ["one"]', 'per = "month"\ntiers = ["one"]', "limit 1: an amount h"),
        ('currency = "EUR"\nper = "month"\ntiers = ["two"]', 'currency = "EUX"\nper = "month"\ntiers = ["two"]',
         "clause 1.1: limit 2: currency: 'EUX' is no ISO 4217 code"),
        ('per = "month"\ntiers = ["two"]', 'per = "month"', "clause 1.1: limit 1 and limit 2 hold for the same every"),
        ('tiers = ["two"]', 'tiers = ["tow"]', "there is no tier 'tow'; there are one, two; is 'two' meant?"),
        ('approval = "boss"\ncost_bearer = "host"', 'cost_bearer = "host"',
         "clause 1.1: nobody may approve an exception from it; write approval = one of boss"),
        ('approval = "boss"\ncost_bearer = "host"', 'approval = "bos"\ncost_bearer = "host"', "is 'boss' meant?"),
        ('categories = ["transport"]', 'categories = ["taxi"]', "clause 1.2: categories: there is no category 'taxi'"),
        ('categories = ["transport"]', 'categories = ["housing"]', "housing falls under clause 1.1 already; name"),
        ("up to {limit} a", "up to {limit.big} a", "{limit.big} names no limit of the clause; add it, or correct"),
        ("up to {limit} a", "up to {sum} a", "{sum} is no blank; write {limit}, {measure} or {limit.name}"),
        ('amount = "1000"', 'amount = "1.000,00"', "limit 1: '1.000,00' is no amount; write it as \"3800\""),
        ('amount = "1000"', 'amount = "-5"', "limit 1: '-5' is no amount"),
        ('text.en = "A flight."', 'text.de = "Ein Flug."', "text: there is no text in en; write it, or take"),
        ('who.en = "The boss"', 'who.en = "The boss"\nup_to_percent = 10', "`up_to_percent` and `then` go together"),
        ('who.en = "The boss"', 'who.en = "The boss"\nup_to_percent = 10\nthen = "boss"', "go in a circle; one appr"),
        ('assignment_types = ["long-term"]\n', 'assignment_types = ["commuter"]\n', "commuter is none of the policy's"),
        ('cost_bearer = "home"', 'cost_bearer = "home"\ncountries = ["D"]', "'D' is no ISO 3166-1 alpha-3 code"),
        ('cost_bearer = "home"', 'cost_bearer = "home"\ntax = { host = "exempt" }', "host is exempt by no source;"),
        ('benefit = "travel"', 'benefit = "tax"', "method: of a clause on tax it is one of equalisation or protection"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_place_and_remedy(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SMALL
    path = written_to(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(DefinitionError) as told:
        policy.load(path)
    assert str(told.value).startswith(f"{path}: ")
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('benefit = "travel"', 'benefit = "trips"', "clause 1.2. Write one of housing, temporary_living,"),
        ('cost_bearer = "home"', 'cost_bearer = "home"\nlimits = 3', "(line 47): clause 1.2. The keys and words"),
        ('amount = "1000"', "amount = 1000.10", "clause 1.1. Write it in quotation marks"),
        ('per = "month"\ntiers = ["one"]', 'per = "fortnight"', "clause 1.1. Write one of item, kilometre"),
        ('number = "1.2"', 'number = "II"', "clause II. Number the clause as 5, 5.3 or 5.3a."),
        ("effective = 2026-01-01", 'effective = "soon"', "Write the day without quotation marks"),
        ('edition = "1"', "edition = ", "line 3"),
    ],
)
def test_a_word_outside_the_closed_vocabularies_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = written_to(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(DefinitionError) as told:
        policy.load(path)
    assert str(told.value).startswith(f"{path}: ")
    assert said in str(told.value)
    assert told.value.remedy


@pytest.mark.parametrize("amount", ["1e999999", "1e-999", "NaN", "Infinity", "١٢٣e40"])
def test_an_amount_that_nobody_could_print_is_no_amount(tmp_path: Path, amount: str) -> None:
    path = written_to(tmp_path, SMALL.replace('amount = "1000"', f'amount = "{amount}"', 1))
    with pytest.raises(DefinitionError, match="is no amount"):
        policy.load(path)


def test_the_small_policy_has_no_fault(tmp_path: Path) -> None:
    assert read(written_to(tmp_path, SMALL))[1] == ()


def test_a_name_that_is_no_policy_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Is nordlicht meant") as told:
        policy.load("nordlich")
    assert "nordlicht, standard" in told.value.remedy
    with pytest.raises(InputError, match="cannot be read"):
        policy.load("./nowhere.toml")


# --- which clause, which limit -----------------------------------------------------------------------------------


def test_the_tier_decides_the_limit_and_an_unknown_tier_has_none(tmp_path: Path) -> None:
    small = policy.load(written_to(tmp_path, SMALL))
    for tier, amount in (("one", "1000"), ("two", "1500.50")):
        clause = policy.clause_for(small, "housing", tier=tier, assignment_type="long-term", country="USA")
        assert clause is not None
        limit = policy.limit_for(clause, country="USA", category="housing")
        assert limit is not None
        assert (limit.amount, limit.currency, limit.per) == (Decimal(amount), "EUR", Per.MONTH)
    assert policy.clause_for(small, "housing", tier="", assignment_type="long-term", country="USA") is None
    assert policy.clause_for(small, "transport", tier="one", assignment_type="", country="USA") is None
    assert policy.clause_for(small, "transport", tier="one", assignment_type="business-trip", country="") is None


def test_the_limit_of_the_country_goes_before_that_of_every_country() -> None:
    nordlicht = policy.load("nordlicht")
    clause = policy.clause_for(nordlicht, "lodging", tier="lead", assignment_type="long-term", country="USA")
    assert clause is not None
    limits = {each: policy.limit_for(clause, country=each, category="lodging") for each in ("USA", "GBR", "FRA", "")}
    said = {country: (str(limit.amount), limit.currency) for country, limit in limits.items() if limit}
    assert said == {"USA": ("220", "USD"), "GBR": ("190", "GBP"), "FRA": ("160", "EUR"), "": ("160", "EUR")}


def test_limits_of_several_names_and_periods_all_come_the_smallest_period_first() -> None:
    nordlicht = policy.load("nordlicht")
    clause = policy.clause_for(nordlicht, "housing", tier="lead", assignment_type="long-term", country="USA")
    assert clause is not None
    limits = policy.limits_for(clause, country="USA", category="housing")
    assert {(each.name, str(each.amount)) for each in limits} == {("furnished", "3800"), ("lasting", "2500")}


def test_who_may_approve_rises_with_the_excess() -> None:
    nordlicht = policy.load("nordlicht")
    hotels = nordlicht.clause("5.2")
    assert hotels is not None
    asked = [None, "0", "10", "10.01", "25", "80"]
    found = [policy.approver_for(nordlicht, hotels, Decimal(each) if each else None).id for each in asked]
    assert found == ["mobility", "mobility", "mobility", "hr", "hr", "board"]


def test_tax_is_that_of_the_two_countries_and_unsure_elsewhere() -> None:
    nordlicht = policy.load("nordlicht")
    housing = nordlicht.clause("3.1")
    assert housing is not None
    tax = policy.tax_for(housing, home="DEU", host="USA")
    assert (tax.home, tax.host, tax.gross_up) == ("unsure", "taxable", True)
    assert "26 U.S.C. 61" in tax.host_source
    assert policy.tax_for(housing, home="USA", host="FRA").home == "unsure"


# --- what a case does not say ------------------------------------------------------------------------------------


def test_what_the_case_does_not_say_is_asked_and_leaves_no_fact() -> None:
    nordlicht = policy.load("nordlicht")
    bare = case(assignment__host_country="USA")
    said = policy.asked(nordlicht, bare)
    assert [each.split("?")[0] for each in said] == ["Which tier", "Which type of assignment"]
    found = policy.facts(nordlicht, bare, "en")
    assert "policy.housing" not in found
    assert found["policy.expenses"].endswith("(clause 5.1).")
    no_country = case(policy_tier="lead", assignment__type="long-term")
    assert "policy.housing" not in policy.facts(nordlicht, no_country, "en")
    assert policy.asked(nordlicht, no_country)[0].startswith("Which country")


def test_a_misspelt_tier_or_type_is_no_unknown_one() -> None:
    nordlicht = policy.load("nordlicht")
    with pytest.raises(InputError, match="Is lead meant") as told:
        policy.standing(nordlicht, case(policy_tier="leed"))
    assert "lead, expert" in told.value.remedy
    with pytest.raises(InputError, match=r"assignment\.type is none"):
        policy.standing(nordlicht, case(assignment__type="permanent-transfer"))
    assert policy.standing(nordlicht, case(assignment__type="Long Term")).assignment_type == "long-term"


def test_no_amount_for_the_country_leaves_the_benefit_out() -> None:
    nordlicht = policy.load("nordlicht")
    to_france = case(policy_tier="lead", assignment__type="long-term", assignment__host_country="FRA")
    assert "policy.housing" not in policy.facts(nordlicht, to_france, "en")
    _, found = applied(nordlicht, to_france)
    housing = next(each for each in found if each.clause.number == "3.1")
    assert (housing.holds, housing.open) == (True, ("limit.furnished", "limit.lasting"))


def test_a_policy_says_in_which_languages_it_is_not_written() -> None:
    nordlicht, moved = policy.load("nordlicht"), replace(sample(), details={**sample().details, **NORDLICHT})
    assert policy.facts(nordlicht, moved, "fr-FR") == {}
    assert policy.language_gap(nordlicht, "fr-FR") == "The policy nordlicht is not written in fr: it has en, de."
    german = policy.facts(nordlicht, moved, "de-DE")
    assert german["policy.shipment"].startswith("Umzugsgut bis zu 20\N{NO-BREAK SPACE}Kubikmeter")
    assert "3.800\N{NO-BREAK SPACE}USD" in german["policy.housing"]
    assert german["policy.housing"].endswith("(Ziffer 3.1).")


def test_why_a_clause_applies_and_what_it_is_worth() -> None:
    nordlicht, moved = policy.load("nordlicht"), replace(sample(), details={**sample().details, **NORDLICHT})
    assert planned_months(moved) == 36
    _, found = applied(nordlicht, moved)
    by_number = {each.clause.number: each for each in found}
    assert by_number["3.1"].because == "type long-term"
    worth = {each.name: (each.amount, each.whole) for each in by_number["3.1"].worth}
    assert worth == {"furnished": (Decimal(3800), Decimal(22800)), "lasting": (Decimal(2500), Decimal(75000))}
    trip = replace(moved, details={**moved.details, "assignment.type": "business-trip"})
    refused = next(each for each in applied(nordlicht, trip)[1] if each.clause.number == "3.1")
    assert (refused.holds, refused.because) == (False, "only for type long-term; the case is business-trip")


# --- citing a clause ---------------------------------------------------------------------------------------------


def test_a_citation_is_certain_by_number_or_full_title_and_else_a_suggestion() -> None:
    nordlicht = policy.load("nordlicht")
    for said in ("3.1", "Housing 3.1", "clause 3,1 (housing)", "Housing", "WOHNUNG", "home leave 3.1"):
        assert citation(nordlicht, said).number == "3.1", said
    for said in ("Housing 4.9", "housng", "the housing clause"):
        assert citation(nordlicht, said).number == ""
        assert "3.1" in citation(nordlicht, said).near, said
    assert citation(nordlicht, "2.1 and 3.1").number == ""
    assert citation(nordlicht, "zzz") == citation(nordlicht, "")
    assert checked_clause(nordlicht, "housing") == "3.1 Housing"
    with pytest.raises(UnknownNameError, match=r"Is one of these meant: 3.1 Housing"):
        checked_clause(nordlicht, "Housing 4.9")


# --- the verb ----------------------------------------------------------------------------------------------------


def run(*words: str) -> tuple[str, object]:
    done = CliRunner().invoke(command, list(words), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout, done.return_value


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    sealed = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    stated = sample()
    with Catalog.open(sealed) as catalog:
        catalog.add_case(replace(stated, details={**stated.details, **NORDLICHT}))
        catalog.add_case(Case("c2", "GM-2", "us/l-1a", (ANNA,), DATES))
    monkeypatch.setenv("MOBILITY_VAULT", str(tmp_path / "vault"))
    return tmp_path / "passphrase"


def with_vault(vault: Path, *words: str) -> str:
    vault.write_text("p\n", "utf-8")
    return run(*words, "--passphrase-file", str(vault))[0]


def test_a_policy_is_shown_for_a_tier_and_type() -> None:
    said = json.loads(run("show", "standard", "--tier", "core", "--type", "commuter", "--json")[0])
    numbers = {each["number"] for each in said["clauses"]}
    assert {"6.2", "8.2"} <= numbers
    assert not {"4.4", "2.3", "6.1"} & numbers
    hotels = next(each for each in said["clauses"] if each["number"] == "8.2")
    assert [each["amount"] for each in hotels["limits"] if not each["countries"]] == ["140"]
    assert "Hoteles" in run("show", "standard", "--language", "es")[0]
    with pytest.raises(InputError, match="not written in fr"):
        run("show", "nordlicht", "--language", "fr")
    with pytest.raises(InputError, match="no tier"):
        run("show", "nordlicht", "--tier", "core")


def test_a_file_is_checked_with_all_its_faults_at_once(tmp_path: Path) -> None:
    wrong = SMALL.replace('approval = "boss"', 'approval = "nobody"').replace('"1.2"', '"1.1"')
    output, code = run("check", str(written_to(tmp_path, wrong)), "--json")
    assert code == 3
    assert len(json.loads(output)["faults"]) == 3
    typed = SMALL.replace("A flight.", "A flight up to EUR 900.")
    output, code = run("check", str(written_to(tmp_path, typed)))
    assert code == 0
    assert "clause 1.2: text.en: an amount is typed in" in output.replace("\n", " ")


def test_tiers_stand_side_by_side_for_two_types() -> None:
    found = run("compare", "standard", "--type", "long-term", "--with", "commuter", "--country", "USA", "--json")[0]
    rows = {each["clause"]: each["gets"] for each in json.loads(found)["rows"]}
    assert [each["tier"] for each in rows["4.4"]] == ["executive", "senior", "core"] * 2
    texts = [each["text"] and each["text"].replace("\N{NO-BREAK SPACE}", " ") for each in rows["4.4"]]
    assert ["USD 5,500" in texts[0], "USD 3,000" in texts[2], texts[3]] == [True, True, None]
    with pytest.raises(InputError, match="which type") as told:
        run("compare", "standard")
    assert "rotational" in told.value.remedy


def test_a_case_is_laid_beside_its_policy(vault: Path) -> None:
    said = json.loads(with_vault(vault, "for", "GM-2026-001", "--json"))
    assert (said["tier"], said["host"], said["asked"]) == ("lead", "USA", [])
    housing = next(each for each in said["clauses"] if each["clause"] == "3.1")
    assert (housing["applies"], housing["worth"][0]["whole"]) == (True, "22800.00")
    assert "this case" in with_vault(vault, "compare", "GM-2026-001", "--case").replace("\n", " ")
    assert "Head of" in with_vault(vault, "for", "GM-2026-001", "--all")
    with pytest.raises(InputError, match="names no policy") as told:
        with_vault(vault, "for", "GM-2")
    assert "nordlicht, standard" in told.value.remedy


def test_the_policy_of_the_guide_can_be_used(tmp_path: Path) -> None:
    guide = Path(__file__).parent.parent / "docs" / "guides" / "write-a-policy.md"
    example = guide.read_text("utf-8").split("```toml\n", 2)[1].split("```")[0]
    found, wrong = read(written_to(tmp_path, example))
    assert wrong == ()
    assert hints(found) == ()
    clause = policy.clause_for(found, "housing", tier="core", assignment_type="long-term", country="USA")
    assert clause is not None
    assert written(clause, "en", country="USA") == "A rented home up to USD\N{NO-BREAK SPACE}3,000 a month."


def test_a_clause_for_the_host_country_goes_before_one_for_all(tmp_path: Path) -> None:
    more = SMALL.split("[[clause]]")[2].replace('"1.2"', '"1.3"') + 'countries = ["JPN"]\n'
    small = policy.load(written_to(tmp_path, f"{SMALL}\n[[clause]]{more}"))
    for country, number in (("JPN", "1.3"), ("USA", "1.2")):
        clause = policy.clause_for(small, "transport", tier="one", assignment_type="long-term", country=country)
        assert clause is not None
        assert clause.number == number
    assert policy.clause_for(small, "transport", tier="one", assignment_type="long-term", country="") is None


def test_half_of_a_benefit_is_not_told_as_all_of_it(tmp_path: Path) -> None:
    more = SMALL.split("[[clause]]")[2].replace('"1.2"', '"1.3"').replace('["transport"]', "[]") + 'tiers = ["two"]\n'
    small = policy.load(written_to(tmp_path, f"{SMALL}\n[[clause]]{more}"))
    moved = {"assignment__type": "long-term", "assignment__host_country": "USA"}
    assert "policy.travel" not in policy.facts(small, case(**moved), "en")
    found = {
        tier: policy.facts(small, case(policy_tier=tier, **moved), "en")["policy.travel"] for tier in ("one", "two")
    }
    assert found == {"one": "A flight (clause 1.2).", "two": "A flight (clause 1.2). A flight (clause 1.3)."}
