"""Which routes are open to a planned move: situations, a complete plan for every route, a mutation of each point."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_builder import ANNA, Builder
from click.testing import CliRunner

from toolkit import checklist as catalogue
from toolkit.catalog import Catalog
from toolkit.cli.routes import _stated_pay, command
from toolkit.dossier import Dossier
from toolkit.errors import DefinitionError, InputError, UnknownNameError
from toolkit.model import Case, Person
from toolkit.owed_terms import lead_times
from toolkit.rates import Rate
from toolkit.route_choice import COUNSEL, Comparison, Open, RouteView, compare, country_code, nationality_code
from toolkit.route_choice_data import Choice, choice, read_choice
from toolkit.route_choice_page import html
from toolkit.route_choice_plan import Pay, Plan, Standing
from toolkit.route_choice_points import (
    Accompanies,
    Aged,
    Asked,
    Degree,
    Employed,
    HostContract,
    Lasting,
    NationalityIn,
    NationalityNotIn,
    OriginNotIn,
    Test,
)
from vault import Vault

#: Checks of the right to work are no routes a move could take.
_PERMISSIONS = tuple(name for name in catalogue.routes() if catalogue.checklist(name).purpose == "permission")
_PAID = {"assignment.salary_currency": "EUR", "assignment.salary_period": "year"}
_ROOT = Path(__file__).parent.parent
_FACTS = _ROOT.parent / "shared" / "facts" / "visa_rules.yaml"
_TODAY, _FILING, _START = date(2026, 10, 1), date(2026, 11, 2), date(2026, 12, 7)
_LONG_AGO, _LATELY = date(2019, 1, 1), date(2026, 10, 15)


def _plan(**given: Any) -> Plan:
    base: dict[str, Any] = {
        "origin": "IND",
        "destination": "DEU",
        "purpose": "assignment",
        "today": _TODAY,
        "start": _START,
        "filing": _FILING,
        "months": 24,
        "nationalities": ("IND",),
    }
    return Plan(**{**base, **given})


def _compare(plan: Plan, **more: Any) -> Comparison:
    return compare(plan, choice(), lead_times(), **more)


def _view(made: Comparison, route: str) -> RouteView:
    return next(view for view in made.routes if view.route == route)


def _states(plan: Plan) -> dict[str, str]:
    return {view.route: view.state.value for view in _compare(plan).routes}


_EUR, _GBP = Pay(Decimal(60000), "EUR", "year"), Pay(Decimal(80000), "GBP", "year")
_DE = {"degree_recognised": "yes", "job_fits_qualification": "yes", "host_contract": "yes"}
_ICT = {
    "group_transfer": "yes",
    "ict_role": "yes",
    "ict_trainee": "no",
    "longest_stay_here": "yes",
    "ict_cooling_off": "yes",
    "comparable_pay": "yes",
}
_L1 = {"group_transfer": "yes", "executive_or_manager": "yes", "new_office": "no"}
_SSW = {"group_transfer": "yes", "gb_rqf_6": "yes", "gb_going_rate": "yes"}
_DEGREE: dict[str, Any] = {"degree": True, "employed_since": _LONG_AGO}
_US: dict[str, Any] = {"destination": "USA", **_DEGREE}
_GB: dict[str, Any] = {"destination": "GBR", **_DEGREE, "pay": _GBP}

#: What is stated, and the state of every route that leads there.
_SITUATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("nothing known", {"nationalities": (), "months": None, "filing": None, "start": None}, "??-"),
    ("assignment, all answered", {**_DEGREE, "pay": _EUR, "answers": {**_DE, **_ICT}}, "++-"),
    ("local hire", {**_DEGREE, "purpose": "local-hire", "pay": _EUR, "answers": _DE}, "+--"),
    ("pay too low", {**_DEGREE, "pay": Pay(Decimal(40000), "EUR", "year"), "answers": {**_DE, **_ICT}}, "-+-"),
    ("pay by group", {**_DEGREE, "pay": Pay(Decimal(48000), "EUR", "year"), "answers": _DE}, "??-"),
    ("pay a month", {**_DEGREE, "pay": Pay(Decimal(4225), "EUR", "month"), "answers": _DE}, "+?-"),
    ("other currency", {**_DEGREE, "pay": Pay(Decimal(90000), "USD", "year"), "answers": _DE}, "??-"),
    ("threshold not out", {**_DEGREE, "pay": _EUR, "filing": date(2027, 1, 4), "answers": _DE}, "??-"),
    ("filed over new year", {**_DEGREE, "pay": _EUR, "filing": None, "start": date(2027, 2, 1), "answers": _DE}, "??-"),
    ("no degree, nor experience", {"degree": False, "answers": {**_DE, "it_specialist_no_degree": "no"}}, "-?-"),
    ("just joined", {"degree": True, "employed_since": _LATELY, "answers": _ICT}, "?--"),
    ("four years", {**_DEGREE, "months": 48, "pay": _EUR, "answers": {**_DE, **_ICT}}, "+--"),
    ("three months", {**_DEGREE, "months": 3, "start": date(2027, 2, 1), "answers": _ICT}, "---"),
    ("a trainee for long", {**_DEGREE, "answers": {**_ICT, "ict_trainee": "yes"}}, "?--"),
    ("a French citizen", {**_DEGREE, "nationalities": ("FRA",)}, "---"),
    ("Indian and French", {**_DEGREE, "nationalities": ("IND", "FRA")}, "---"),
    ("a German", {**_DEGREE, "nationalities": ("DEU",)}, "---"),
    ("sent from Spain", {**_DEGREE, "origin": "ESP", "pay": _EUR, "answers": {**_DE, **_ICT}}, "+--"),
    (
        "business visit",
        {"purpose": "business-visit", "months": 1, "answers": {"business_activities_only": "yes"}},
        "--+",
    ),
    ("visit of four months", {"purpose": "business-visit", "months": 4}, "---"),
    ("L-1A", {**_US, "answers": _L1}, "--?-+?-?-"),
    ("a new office", {**_US, "answers": {**_L1, "new_office": "yes"}}, "--?-??-?-"),
    ("an Iranian", {**_US, "nationalities": ("IRN",), "answers": _L1}, "--?-??-?-"),
    ("an Australian", {**_US, "nationalities": ("AUS",)}, "-??-??-?-"),
    ("a Canadian", {**_US, "nationalities": ("CAN",)}, "--?-??-??"),
    ("an American", {**_US, "nationalities": ("USA",)}, "---------"),
    ("three months with the group", {**_US, "employed_since": _LATELY, "answers": _L1}, "--?-??-?-"),
    ("a spouse", {"destination": "USA", "purpose": "family", "dependants": ("spouse",)}, "---?--?--"),
    ("a partner, not married", {"destination": "USA", "purpose": "family", "dependants": ("partner",)}, "---------"),
    ("GBM", {**_GB, "answers": _SSW}, "--+?"),
    ("GBM, low pay", {**_GB, "pay": Pay(Decimal(50000), "GBP", "year"), "answers": _SSW}, "---?"),
    ("GBM, a high earner lately", {**_GB, "employed_since": _LATELY, "answers": _SSW}, "--+?"),
    ("GBM, seven years", {**_GB, "months": 84, "answers": _SSW}, "--??"),
    ("an Irish citizen", {**_GB, "nationalities": ("IRL",)}, "----"),
    ("an Afghan", {**_GB, "nationalities": ("AFG",), "answers": _SSW}, "--+?"),
]
_SIGN = {"+": "open", "?": "unsure", "-": "closed"}


@pytest.mark.parametrize(("name", "given", "expected"), _SITUATIONS, ids=[each[0] for each in _SITUATIONS])
def test_every_route_of_the_destination_has_the_expected_state(name: str, given: dict[str, Any], expected: str) -> None:
    states = _states(_plan(**given))
    assert {route: states[route] for route in sorted(states)} == {
        route: _SIGN[sign] for route, sign in zip(sorted(states), expected, strict=True)
    }


# A complete plan for every route, made from its definition, and one mutation of each of its points.

_NEUTRAL = "ARG"
#: Routes that no plan opens, and the point that keeps each unsure.
_NEVER_SURE = {"us/h-4": "stay", "us/l-2": "stay", "gb/dependant": "stay", "sg/employment-pass": "pay"}


def _complete(route: str) -> Plan:
    made: Choice = choice()
    entry = made.entries[route]
    answers, nationality, roles = {}, _NEUTRAL, ()
    for point in entry.point.values():
        test = point.test
        if isinstance(test, Asked):
            answers[test.key] = test.wants
        elif isinstance(test, NationalityIn):
            nationality = test.codes[0]
        elif isinstance(test, Accompanies):
            roles = test.roles[:1]
    limits = entry.stay.limits
    answers |= {each.key: "no" for each in limits.shorter} | {"host_contract": "yes"}
    rule, pay = made.pay(route), None
    if rule is not None:
        pay = Pay(max(step.yearly for step in rule.steps), rule.currency, "year")
    return _plan(
        destination=entry.destination or "DEU",
        purpose=entry.purposes[0],
        months=2 if limits.days else min(limits.first_months or 12, limits.total_months or 12, 12),
        pay=pay,
        nationalities=(nationality,),
        degree=True,
        employed_since=_LONG_AGO,
        birth_date=date(1990, 5, 5),
        dependants=roles,
        answers=answers,
    )


@pytest.mark.parametrize("route", _PERMISSIONS)
def test_a_complete_plan_opens_the_route(route: str) -> None:
    view = _view(_compare(_complete(route)), route)
    assert [point.name for point in view.points if point.standing is not Standing.MET] == (
        [_NEVER_SURE[route]] if route in _NEVER_SURE else []
    )
    assert view.state is (Open.UNSURE if route in _NEVER_SURE else Open.OPEN)
    assert view.papers is not None
    assert sum(each.to_fulfil for each in view.papers.provided) > 0


def _mutations() -> list[tuple[str, str]]:
    made = choice()
    return [
        (route, point)
        for route, entry in made.entries.items()
        for point in (*entry.point, "purpose", "own-national", "stay", *(("pay",) if entry.pay else ()))
    ]


def _mutated(route: str, point: str, plan: Plan) -> tuple[Plan, set[Standing]]:
    """Return *plan* with one thing wrong that *point* looks at, and how the point may stand then."""
    entry, change = choice().entries[route], dataclasses.replace
    if point == "purpose":
        other = "business-visit" if "business-visit" not in entry.purposes else "assignment"
        return change(plan, purpose=other), {Standing.UNMET}
    if point == "own-national":
        return change(plan, nationalities=(plan.destination,)), {Standing.UNMET}
    if point == "stay":
        if entry.stay.limits.as_principal:
            return plan, {Standing.UNSURE}
        return change(plan, months=240), {Standing.UNMET, Standing.UNSURE}
    if point == "pay":
        assert plan.pay is not None
        wanted = {Standing.UNSURE} if entry.pay is not None and entry.pay.also else {Standing.UNMET}
        return change(plan, pay=change(plan.pay, amount=Decimal(1))), wanted
    return _mutated_by_test(entry.point[point].test, plan)


def _mutated_by_test(test: Test, plan: Plan) -> tuple[Plan, set[Standing]]:
    change, known = dataclasses.replace, plan.answers
    if isinstance(test, Employed):
        less = {"pay": change(plan.pay, amount=Decimal(60000))} if test.pay and plan.pay else {}
        return change(plan, employed_since=_LATELY, **less), {Standing.UNSURE if test.earlier else Standing.UNMET}
    if isinstance(test, NationalityNotIn):
        code = sorted({*test.codes, *choice().lists.get(test.list, ())} - {plan.destination})[0]
        return change(plan, nationalities=(code,)), {Standing.UNSURE if test.but else Standing.UNMET}
    if isinstance(test, Asked):
        opposite = "no" if test.wants == "yes" else "yes"
        return change(plan, answers={**known, test.key: opposite}), {Standing.UNMET}
    changes: dict[type, dict[str, Any]] = {
        HostContract: {"purpose": "assignment", "answers": {**known, "host_contract": "no"}},
        NationalityIn: {"nationalities": (_NEUTRAL,)},
        OriginNotIn: {"origin": plan.destination},
        Degree: {"degree": False, "answers": {**known, getattr(test, "key", ""): "no"}},
        Lasting: {"months": 1},
        Aged: {"birth_date": date(2012, 1, 1)},
        Accompanies: {"dependants": ("cousin",)},
    }
    return change(plan, **changes[type(test)]), {Standing.UNMET}


@pytest.mark.parametrize(("route", "point"), _mutations())
def test_a_mutation_turns_its_point(route: str, point: str) -> None:
    whole = _complete(route)
    plan, wanted = _mutated(route, point, whole)
    view = _view(_compare(plan), route)
    turned = {each.name: each for each in view.points}[point]
    assert turned.standing in wanted
    assert turned.because
    assert view.state is (Open.CLOSED if Standing.UNMET in {p.standing for p in view.points} else Open.UNSURE)
    # Nothing turns that does not look at the same statement.
    before = {each.name: each.standing for each in _view(_compare(whole), route).points}
    others = {each.name for each in view.points if each.standing is not before[each.name]} - {point}
    assert others <= _beside(route, point)


def _beside(route: str, point: str) -> set[str]:
    """Return the points that look at the same thing as *point*."""
    tests = {name: each.test for name, each in choice().entries[route].point.items()}
    by_nationality = {name for name, test in tests.items() if isinstance(test, NationalityIn | NationalityNotIn)}
    if point in by_nationality or point == "own-national":
        return {*by_nationality, "own-national"}
    if isinstance(tests.get(point), HostContract) or point == "purpose":
        return {"purpose", *(name for name, test in tests.items() if isinstance(test, HostContract))}
    if point == "pay":
        return {name for name, test in tests.items() if isinstance(test, Employed) and test.pay}
    if isinstance(tests.get(point), Employed):
        return {"pay"}
    return {"stay"} if isinstance(tests.get(point), Lasting) else set()


@pytest.mark.parametrize("route", _PERMISSIONS)
def test_what_nobody_said_is_asked_and_never_guessed(route: str) -> None:
    entry = choice().entries[route]
    plan = Plan("IND", entry.destination or "DEU", entry.purposes[0], _TODAY)
    view = _view(_compare(plan), route)
    assert view.state is Open.UNSURE
    assert not view.of(Standing.UNMET)
    sure = {
        "purpose",
        "from-abroad",
        "sending-outside-eu",
        *(("host-contract",) if "local-hire" in entry.purposes else ()),
    }
    assert {point.name for point in view.of(Standing.MET)} <= sure
    assert all(point.question for point in view.of(Standing.ASKED))


def test_every_route_of_the_catalogue_appears_for_its_destination() -> None:
    made = choice()
    shown = {view.route for goal in made.destinations() for view in _compare(_plan(destination=goal)).routes}
    assert shown == set(_PERMISSIONS)
    assert len(shown) >= 34


def test_open_comes_before_unsure_before_closed() -> None:
    made = _compare(_plan(**_DEGREE, pay=_EUR, answers=_DE))
    assert [view.state for view in made.routes] == [Open.OPEN, Open.UNSURE, Open.CLOSED]
    closed = made.routes[-1]
    assert closed.papers is None
    assert closed.of(Standing.UNMET)


@pytest.mark.parametrize(
    ("text", "code"),
    [("IN", "IND"), ("ind", "IND"), ("India", "IND"), ("de", "DEU"), ("DEU", "DEU"), ("Germany", "DEU")],
)
def test_a_country_is_known_by_code_and_name(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["Atlantis", "XX", "", "UNO"])
def test_an_unknown_country_is_an_error(text: str) -> None:
    with pytest.raises(UnknownNameError, match="There is no country"):
        country_code(text)


def test_a_british_nationality_that_is_no_citizenship_needs_a_permit() -> None:
    assert [nationality_code(each) for each in ("GB", "GBN", "India", "D")] == ["GBR", "GBN", "IND", "DEU"]
    for nationality, standing in (("GBN", Standing.MET), ("GBR", Standing.UNMET)):
        view = _view(_compare(_plan(**{**_GB, "nationalities": (nationality,)})), "gb/skilled-worker")
        assert next(point.standing for point in view.points if point.name == "own-national") is standing


def test_a_country_without_a_route_is_an_error_that_names_the_others() -> None:
    with pytest.raises(UnknownNameError, match=r"no route to Kenya.*Germany"):
        _compare(_plan(destination="KEN"))


def test_converted_pay_names_its_rate_and_is_never_sure() -> None:
    def dated(currency: str, base: str) -> Rate:
        return Rate(currency, base, Decimal("0.9"), date(2026, 9, 30), "a rate")

    plan = _plan(**_DEGREE, pay=Pay(Decimal(900000), "USD", "year"), answers=_DE)
    point = next(p for p in _view(_compare(plan, convert=dated), "de/eu-blue-card").points if p.name == "pay")
    assert point.standing is Standing.UNSURE
    assert "810,000.00 EUR a year (a rate of 2026-09-30)" in point.because


def test_a_cent_decides() -> None:
    for amount, standing in (("50700.00", Standing.MET), ("45934.19", Standing.UNMET), ("50699.99", Standing.UNSURE)):
        plan = _plan(pay=Pay(Decimal(amount), "EUR", "year"))
        view = _view(_compare(plan), "de/eu-blue-card")
        assert next(point.standing for point in view.points if point.name == "pay") is standing
    plan = _plan(pay=Pay(Decimal("50699.99"), "EUR", "year"), answers={"salary_group": "standard"})
    assert _view(_compare(plan), "de/eu-blue-card").state is Open.CLOSED


def test_the_day_the_months_are_full_decides() -> None:
    for since, standing in ((date(2026, 6, 7), Standing.MET), (date(2026, 6, 8), Standing.UNMET)):
        view = _view(_compare(_plan(employed_since=since)), "de/ict-card")
        assert next(point.standing for point in view.points if point.name == "employed") is standing


@pytest.mark.parametrize(
    ("filing", "start", "standing"),
    [
        (date(2026, 3, 25), date(2026, 6, 1), Standing.MET),
        (date(2026, 3, 26), date(2026, 6, 1), Standing.UNSURE),
        (None, None, Standing.UNSURE),
    ],
)
def test_a_restriction_holds_from_its_day_on(filing: date | None, start: date | None, standing: Standing) -> None:
    plan = _plan(**{**_GB, "nationalities": ("AFG",), "today": date(2026, 1, 5), "filing": filing, "start": start})
    view = _view(_compare(plan), "gb/skilled-worker")
    assert next(point.standing for point in view.points if point.name == "visa-brake") is standing


@pytest.mark.parametrize(
    ("start", "standing"),
    [
        (date(2027, 1, 1), Standing.MET),  # 90 days
        (date(2027, 7, 1), Standing.UNMET),  # 92 days
        (None, Standing.UNSURE),
    ],
)
def test_three_months_are_counted_in_days(start: date | None, standing: Standing) -> None:
    plan = _plan(purpose="business-visit", months=3, start=start)
    view = _view(_compare(plan), "eu/schengen-business")
    assert next(point.standing for point in view.points if point.name == "stay") is standing


def test_dependants_add_their_papers() -> None:
    alone, family = (
        _view(_compare(_plan(destination="USA", dependants=roles)), "us/l-1b").papers
        for roles in ((), ("spouse", "child"))
    )
    assert alone is not None
    assert family is not None
    assert "dependant" not in {each.by for each in alone.provided}
    assert "dependant" in {each.by for each in family.provided}


def test_fees_are_told_and_which_may_apply() -> None:
    papers = _view(_compare(_plan(destination="USA")), "us/h-1b").papers
    assert papers is not None
    fees = {each.label[:9]: each.may_apply for each in papers.fees}
    assert fees["I-129 bas"] is False
    assert fees["Proof of "] is True  # the payment of the proclamation


def test_what_takes_long_begins_before_it_is_due() -> None:
    view = _view(_compare(_plan(destination="BRA", answers={"br_basis": "yes"})), "br/vitem-v")
    assert view.papers is not None
    assert view.papers.long
    assert all(each.days >= 21 and each.begin is not None and each.begin < _START for each in view.papers.long)


def test_personal_data_does_not_show_in_a_repr() -> None:
    shown = repr(_plan(pay=_EUR, employed_since=_LONG_AGO, answers={"group_transfer": "yes"}))
    assert "60000" not in shown
    assert "2019" not in shown
    assert "IND'," in shown  # the country of departure
    assert shown.count("IND") == 1


# The verb.


def _run(*words: str) -> Any:
    return CliRunner().invoke(command, words, standalone_mode=False)


_WORDS = ("--from", "IN", "--to", "Germany", "--purpose", "assignment")


def test_the_verb_prints_a_table_and_that_counsel_decides() -> None:
    done = _run(*_WORDS, "--nationality", "India", "--salary", "60000", "--currency", "eur", "--period", "year")
    assert done.return_value == 0
    assert "de/eu-blue-card" in done.output
    assert "Counsel decides" in done.output
    assert "from memory: verify" in done.output
    assert "--answer group_transfer=yes|no" in done.output


def test_the_verb_prints_json() -> None:
    done = _run(*_WORDS, "--nationality", "IND", "--start", "2026-12-07", "--months", "12", "--json")
    made = json.loads(done.output)
    assert made["counsel"] == COUNSEL
    assert {view["route"] for view in made["routes"]} == {"de/eu-blue-card", "de/ict-card", "eu/schengen-business"}
    assert all(point["source"] for view in made["routes"] for point in view["points"])


def test_the_page_loads_nothing_and_escapes(tmp_path: Path) -> None:
    page = tmp_path / "routes.html"
    assert _run(*_WORDS, "--html", str(page)).return_value == 0
    text = page.read_text("utf-8")
    assert "Counsel decides" in text
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "src=" not in text.split("</style>")[1]
    made = _compare(_plan())
    hostile = dataclasses.replace(made, purpose="<b>x</b>")
    assert b"<b>x" not in html(hostile, _TODAY)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "Atlantis", "--to", "DE", "--purpose", "assignment"), "no country"),
        (("--from", "IN", "--to", "Kenya", "--purpose", "assignment"), "no route to Kenya"),
        (("--from", "IN", "--purpose", "assignment"), "Where the move goes"),
        ((*_WORDS, "--salary", "60000"), "together"),
        ((*_WORDS, "--salary", "much", "--currency", "EUR", "--period", "year"), "no amount"),
        ((*_WORDS, "--salary", "-1", "--currency", "EUR", "--period", "year"), "no amount"),
        ((*_WORDS, "--salary", "NaN", "--currency", "EUR", "--period", "year"), "no amount"),
        ((*_WORDS, "--salary", "6", "--currency", "Euro", "--period", "year"), "no currency code"),
        ((*_WORDS, "--dependants", "dog"), "no dependant"),
        ((*_WORDS, "--answer", "group_transfer"), "key and an answer"),
        ((*_WORDS, "--answer", "group_tranfer=yes"), "No route asks"),
        ((*_WORDS, "--answer", "group_transfer=maybe"), "another answer"),
    ],
)
def test_a_wrong_option_is_a_clear_error(words: tuple[str, ...], said: str) -> None:
    done = _run(*words)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("details", "papers", "pay"),
    [
        ({}, {"assignment": "62000"}, "62000"),
        ({}, {"assignment": "62000", "employment": "48000"}, "62000"),
        ({}, {"employment": "48000"}, "48000"),
        ({"assignment.salary": "60000"}, {"assignment": "60000"}, None),  # stated without a currency
        ({**_PAID, "assignment.salary": "60000"}, {"assignment": "60000"}, "60000"),
        ({**_PAID, "assignment.salary": "60000"}, {"assignment": "62000"}, "60000"),  # a person has said which is true
        ({}, {}, None),
    ],
)
def test_the_pay_of_a_case_is_what_is_stated_or_else_its_contract_s(
    details: dict[str, str], papers: dict[str, str], pay: str | None
) -> None:
    built = Builder(ANNA, **details)
    for contract, salary in papers.items():
        terms = {"salary": salary, "salary_currency": "EUR", "salary_period": "year"}
        built.paper("contract", contract_type=contract, **terms)
    known = Dossier(built.case, tuple(built.documents), tuple(built.records), built.facts, ())
    found = _stated_pay(known)
    assert (str(found.yearly) if found is not None else None) == pay
    blurred = Builder(ANNA)
    blurred.paper("contract", contract_type="assignment", unsure=("salary",), salary="62000", salary_period="year")
    assert _stated_pay(dataclasses.replace(known, case=blurred.case, facts=blurred.facts)) is None


def test_a_case_gives_its_people_dates_pay_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    person = Person("p1", "principal", "Example", "Ada", "1990-05-05", "IND")
    dates = {"filing": _FILING, "start": _START, "end": date(2028, 12, 6)}
    pay = {"assignment.salary": "60000", "assignment.salary_currency": "EUR", "assignment.salary_period": "year"}
    with Catalog.open(vault) as catalog:
        catalog.add_case(Case("c1", "GM-1", "de/eu-blue-card", (person,), dates, {**pay, **_DE}))
    monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
    words = ("--from", "IN", "--purpose", "assignment", "--case", "GM-1", "--degree", "yes", "--json")
    done = _run(*words, "--vault", str(tmp_path / "vault"))
    assert done.exception is None
    card = next(view for view in json.loads(done.stdout)["routes"] if view["route"] == "de/eu-blue-card")
    stands = {point["name"]: (point["standing"], point["because"]) for point in card["points"]}
    assert {standing for standing, _ in stands.values()} == {"met"}
    assert stands["stay"][1].startswith("24 months planned")
    assert "Example" not in done.stdout


# The file.


def test_the_file_is_read_strictly(tmp_path: Path) -> None:
    text = (_ROOT / "toolkit" / "route_choice.toml").read_text("utf-8")
    checklists = {name: catalogue.checklist(name) for name in _PERMISSIONS}
    head = '[route."de/ict-card"]\ndestination = "DEU"'
    for old, new, said in (
        ('route."de/ict-card"', 'route."de/ict"', 'route."de/ict'),
        (head, '[route."de/ict-card"]\ndestination = "GER"', "no country code"),
        (head, '[route."de/ict-card"]\ndestinations = "nowhere"', "no list nowhere"),
        ('like = "prior-3m"', 'like = "prior"', "no requirement prior"),
        ('like = "prior-3m"', "", "give its source"),
        ('list = "eu-members"', 'list = "eu-friends"', "no list eu-friends"),
        ('require = "salary"', 'require = "wage"', "no requirement with a rule at_least"),
        ('is = "degree"', 'is = "diploma"', "diploma"),
    ):
        assert old in text
        wrong = tmp_path / "wrong.toml"
        wrong.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(DefinitionError, match=said.replace(".", r"\.")):
            read_choice(wrong, checklists)


def test_every_point_was_compared_with_its_source_within_a_year() -> None:
    for name, entry in choice().entries.items():
        assert (date.today() - entry.checked).days <= 366, f"{name}: compare with the sources and set checked"


@pytest.fixture(scope="module")
def researched() -> list[dict[str, Any]]:
    if not _FACTS.is_file():
        pytest.skip("the researched facts (../shared/facts/visa_rules.yaml) are not here")
    found: list[dict[str, Any]] = yaml.safe_load(_FACTS.read_text("utf-8"))["visa_types"]
    return found


def test_no_researched_point_of_eligibility_is_lost(researched: list[dict[str, Any]]) -> None:
    made = choice()
    carried = set(made.left_out)
    for entry in made.entries.values():
        carried |= {*entry.facts, *entry.stay.facts, *(entry.pay.facts if entry.pay else ())}
        carried |= {fact for point in entry.point.values() for fact in point.facts}
    wanted = {f"{route['id']}/{name}" for route in researched for name in ("category", "max_stay") if name in route}
    for route in researched:
        for section in ("eligibility_checks", "nationality_restrictions"):
            wanted |= {f"{route['id']}/{section}/{n}" for n in range(1, 1 + len(route.get(section, ())))}
    thresholds = {
        f"{r['id']}/salary_thresholds/{t['id']}" for r in researched for t in r.get("salary_thresholds") or ()
    }
    assert wanted - carried == set()
    assert carried - wanted <= thresholds


def test_the_longest_stays_are_those_of_the_research(researched: list[dict[str, Any]]) -> None:
    by_id = {route["id"]: route["max_stay"] for route in researched}
    for entry in choice().entries.values():
        limits, stay = entry.stay.limits, by_id[entry.stay.facts[0].split("/")[0]]
        if "options_months" in stay:
            assert limits.first_months == max(stay["options_months"])
        elif "rule" not in stay:
            assert limits.first_months == (stay.get("initial_months") or 0)
            assert limits.total_months == (stay.get("total_months") or stay.get("total_months_c62") or 0)
            assert (limits.days, limits.window_days) == (
                stay.get("days", 0),
                stay.get("window_days", 0) if limits.days else 0,
            )
