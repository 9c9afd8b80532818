"""Key dates of cases: where they come from, how they stand, and that nothing is guessed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from case_builder import ANNA, CHILD, LARS, Builder

from toolkit.calendars import Calendar
from toolkit.checklist import Checklist, Due, LegalSource, checklist, routes
from toolkit.due import key_dates, soonest
from toolkit.due_common import common_dues
from toolkit.due_dates import KeyDate, State, fallen, stands
from toolkit.rules.conditions import HasDependant, Stated

TODAY = date(2026, 11, 26)
SOURCE = LegalSource("a law", "seen_official", "high")
PLAN = {"filing": date(2026, 12, 1), "start": date(2027, 3, 1), "end": date(2029, 2, 28)}


def due(anchor: str, direction: str = "on", **terms: object) -> Due:
    return Due("a date", anchor, direction, "counsel", SOURCE, TODAY, **terms)


def found(built: Builder, today: date = TODAY, route: str = "xx/none", **dues: Due) -> dict[str, KeyDate]:
    case = replace(built.case, route=route)
    purpose = checklist(route).purpose if route in routes() else "permission"
    made = Checklist(route, "a route", {}, {}, {}, dues, purpose=purpose)
    dates = key_dates(case, built.facts, built.records, built.documents, made, today)
    return {f"{each.role}.{each.name}".removeprefix("principal."): each for each in dates}


def stated(built: Builder, **details: str) -> Builder:
    built.case = replace(built.case, details={**built.case.details, **details})
    return built


def l1a(today: date = TODAY, **details: str) -> Mapping[str, KeyDate]:
    built = stated(Builder(ANNA), **details)
    case = replace(built.case, route="us/l-1a")
    dates = key_dates(case, built.facts, built.records, built.documents, checklist("us/l-1a"), today)
    return {each.name: each for each in dates}


def test_a_date_names_its_anchor_with_its_place_who_acts_and_by_when_to_begin() -> None:
    built = Builder(ANNA)
    document = built.paper("residence-permit", expiry_date="2027-06-30")
    date_ = found(built, renew=due("residence_permit.expiry_date", "before", months=3, lead_days=30))["renew"]
    assert (date_.on, date_.start_by, date_.state) == (date(2027, 3, 30), date(2027, 2, 28), State.LATER)
    assert (date_.acts, date_.legal_source, date_.basis, date_.confidence) == (
        "counsel",
        "a law",
        "seen_official",
        "high",
    )
    assert (date_.anchor, date_.anchor_value, date_.documents) == (
        "residence_permit.expiry_date", "2027-06-30", (document,),
    )  # fmt: skip
    assert f"page 1 of document {document}" in date_.because
    assert "Eriksson" not in repr(date_)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2027, 5, 30), State.LATER),
        (date(2027, 5, 31), State.SOON),
        (date(2027, 6, 30), State.SOON),
        (date(2027, 7, 1), State.OVERDUE),
    ],
)
def test_how_a_date_stands_turns_on_the_day_to_begin_and_the_day_after(today: date, state: State) -> None:
    built = Builder(ANNA, dates={"start": date(2020, 1, 1)})
    built.paper("residence-permit", expiry_date="2027-06-30")
    assert found(built, today, ends=due("residence_permit.expiry_date", lead_days=30))["ends"].state is state


def test_the_first_day_to_act_opens_and_is_never_overdue() -> None:
    assert stands(date(2027, 1, 2), date(2026, 12, 1), date(2027, 1, 2), opens=True) is State.OPEN
    assert stands(date(2027, 1, 2), date(2026, 12, 1), date(2030, 1, 2), opens=True) is State.OPEN
    assert stands(date(2027, 1, 2), date(2026, 12, 1), date(2026, 12, 5), opens=True) is State.SOON


@pytest.mark.parametrize(
    ("anchor", "direction", "terms", "falls"),
    [
        (date(2026, 8, 31), "before", {"months": 6}, date(2026, 2, 28)),
        (date(2024, 8, 31), "before", {"months": 6}, date(2024, 2, 29)),
        (date(2026, 1, 31), "after", {"months": 1}, date(2026, 2, 28)),
        (date(2024, 1, 31), "after", {"months": 1}, date(2024, 2, 29)),
        (date(2026, 2, 28), "after", {"months": 1}, date(2026, 3, 28)),
        (date(2024, 2, 29), "after", {"years": 1}, date(2025, 2, 28)),
        (date(2024, 2, 29), "after", {"years": 4}, date(2028, 2, 29)),
        (date(2004, 2, 29), "after", {"years": 21}, date(2025, 2, 28)),
        (date(2026, 12, 31), "after", {"days": 240}, date(2027, 8, 28)),
        (date(2027, 12, 31), "after", {"days": 240}, date(2028, 8, 27)),  # over a 29 February
        (date(2026, 3, 1), "after", {"weeks": 4}, date(2026, 3, 29)),
        (date(2026, 1, 31), "after", {"months": 1, "days": 1}, date(2026, 3, 1)),
    ],
)
def test_terms_at_the_ends_of_months_and_in_leap_years(
    anchor: date, direction: str, terms: dict[str, int], falls: date
) -> None:
    assert fallen(due("x.y", direction, **terms), [anchor], Calendar("US")).days == (falls,)


def test_terms_of_months_against_a_walk_of_the_calendar() -> None:
    """Oracle: the day with the same number so many month ends on, or that month's last day; walked day by day."""
    lot = random.Random(3)
    for _ in range(500):
        anchor, months = date(2020, 1, 1) + timedelta(days=lot.randrange(3000)), lot.randrange(1, 40)
        day, passed = anchor, 0
        while passed < months:
            day += timedelta(days=1)
            passed += day.day == 1
        while day.day < anchor.day and (day + timedelta(days=1)).month == day.month:
            day += timedelta(days=1)
        assert fallen(due("x.y", "after", months=months), [anchor], Calendar("US")).days == (day,)


def test_the_ends_of_the_calendar_are_unsure_and_no_error() -> None:
    assert fallen(due("x.y", "after", years=1), [date(9999, 6, 1)], Calendar("US")).unsure
    assert fallen(due("x.y", "before", days=2), [date.min], Calendar("US")).unsure


def test_what_is_missing_is_said_and_waits() -> None:
    built = Builder(ANNA)
    dates = found(built, permit=due("residence_permit.expiry_date"), event=due("employment_ended_on"))
    assert dates["permit"].state is State.UNSURE
    assert dates["permit"].waits
    assert dates["permit"].because == "no residence permit on file"
    assert dates["event"].waits
    assert dates["event"].on is None
    assert dates["event"].next_step


def test_an_unclear_reading_gives_a_possible_date_and_does_not_wait() -> None:
    built = Builder(ANNA)
    built.paper("residence-permit", expiry_date="2027-06-30", unsure=("expiry_date",))
    date_ = found(built, ends=due("residence_permit.expiry_date"))["ends"]
    assert (date_.state, date_.on, date_.possible, date_.waits) == (State.UNSURE, None, (date(2027, 6, 30),), False)
    assert "unclear" in date_.because
    assert "residence_permit.expiry_date" in date_.next_step


def test_papers_that_disagree_give_both_dates_and_a_person_settles_it() -> None:
    built = Builder(ANNA)
    built.paper("approval-notice", expiry_date="2027-06-30")
    built.paper("approval-notice", expiry_date="2028-06-30")
    date_ = found(built, ends=due("approval_notice.expiry_date"))["ends"]
    assert (date_.state, date_.possible) == (State.UNSURE, (date(2027, 6, 30), date(2028, 6, 30)))
    assert len(date_.documents) == 2
    stated(built, **{"principal.approval_notice.expiry_date": "2028-06-30"})
    assert found(built, ends=due("approval_notice.expiry_date"))["ends"].on == date(2028, 6, 30)


def test_a_statement_that_is_no_day_is_unsure() -> None:
    date_ = found(stated(Builder(ANNA), ended_on="in spring"), gone=due("ended_on", "after", days=60))["gone"]
    assert date_.state is State.UNSURE
    assert "not readable as a day" in date_.because


def test_a_condition_rules_a_date_out_or_keeps_it_unsure_with_its_day() -> None:
    asked = stated(Builder(ANNA, LARS), stay_ends="2027-06-30")
    for_children = due("stay_ends", "after", days=60, when=(HasDependant(("child",)),))
    for_spouses = due("stay_ends", "after", days=60, when=(HasDependant(("spouse",)),))
    for_extensions = due("stay_ends", "after", days=60, when=(Stated("request", ("extension",)),))
    dates = found(asked, children=for_children, spouses=for_spouses, extensions=for_extensions)
    assert "children" not in dates
    assert dates["spouses"].on == date(2027, 8, 29)
    unknown = dates["extensions"]
    assert (unknown.state, unknown.possible, unknown.waits) == (State.UNSURE, (date(2027, 8, 29),), False)
    assert unknown.because.startswith("may apply")
    assert "request" in unknown.next_step


def test_a_wait_for_work_allowed_while_an_extension_is_pending_comes_from_the_catalogue() -> None:
    extension = l1a(request="extension", **{"i94.admit_until_date": "2027-06-30"})["rule-240"]
    assert extension.on is not None
    assert extension.on - date(2027, 6, 30) == timedelta(days=240)
    assert "counsel decides" in extension.label and "Counsel decides" in extension.note
    assert "rule-240" not in l1a(request="initial", **{"i94.admit_until_date": "2027-06-30"})


def test_the_entry_record_speaks_where_a_route_asks_for_the_i94_and_a_statement_goes_before_it() -> None:
    built = Builder(ANNA)
    built.paper("status-evidence", expiry_date="2027-06-30")
    one = due("i94.admit_until_date")
    dates = found(built, stay=one)
    assert dates["stay"].on == date(2027, 6, 30)
    assert "status-expiry" not in dates  # the route's own goes before it
    dates = found(stated(built, **{"i94.admit_until_date": "2027-05-30"}), stay=one)
    assert dates["stay"].on == date(2027, 5, 30)


def test_papers_that_run_out_are_followed_on_any_route_each_for_itself() -> None:
    built = Builder(ANNA, LARS)
    built.paper("passport", document_number="A1", expiry_date="2027-05-01")
    built.paper("passport", "p2", document_number="B2", expiry_date="2026-11-01")
    built.paper("police-certificate", country="GBR", expiry_date="2027-01-10")
    built.paper("police-certificate", country="IND", expiry_date="2027-02-10")
    built.paper("visa-sticker", surname="ERIKSSON")
    dates = found(built)
    assert dates["passport-expiry"].state is State.SOON
    assert dates["spouse.passport-expiry"].state is State.OVERDUE
    assert dates["police-certificate-expiry"].on == date(2027, 1, 10)
    assert dates["police-certificate-expiry-2"].on == date(2027, 2, 10)
    assert dates["visa-expiry"].state is State.UNSURE  # a visa without a day of expiry is one that was not read
    assert "identity-card-expiry" not in dates


def test_the_plan_is_followed_until_it_has_come() -> None:
    dates = found(Builder(ANNA))
    assert {"planned-filing", "planned-start", "planned-end"} <= set(dates)
    assert dates["planned-filing"].state is State.SOON
    later = found(Builder(ANNA), date(2027, 3, 2))
    assert (later["planned-filing"].state, later["planned-start"].state) == (State.DONE, State.DONE)
    assert found(Builder(ANNA), date(2029, 3, 1))["planned-end"].state is State.OVERDUE
    assert found(Builder(ANNA, dates={}))["planned-start"].because == "the planned start date is not set"


def test_a_person_says_that_a_date_is_dealt_with() -> None:
    built = Builder(ANNA, LARS)
    for person in ("p1", "p2"):
        built.paper("passport", person, expiry_date="2026-11-01")
    stated(built, **{"spouse.done.passport-expiry": "new passport ordered on 2026-10-01"})
    dates = found(built)
    assert dates["spouse.passport-expiry"].state is State.DONE
    assert dates["passport-expiry"].state is State.OVERDUE


def test_working_days_are_counted_by_the_routes_country() -> None:
    pytest.importorskip("holidays", reason="the package holidays is not installed")
    built = stated(Builder(ANNA), changed_on="2026-06-03")
    ten = due("changed_on", "after", working_days=1)
    date_ = found(built, route="de/x", report=ten)["report"]
    assert date_.on == date(2026, 6, 4)
    assert "or 2026-06-05" in date_.because
    stated(built, holiday_region="DE-BY")
    assert found(built, route="de/x", report=ten)["report"].on == date(2026, 6, 5)
    stated(built, holiday_region="BE")
    assert found(built, route="de/x", report=ten)["report"].on == date(2026, 6, 4)
    assert "or" not in found(built, route="de/x", report=ten)["report"].because.split()
    assert "the holidays of EU-BE are not known" in found(built, route="eu/x", report=ten)["report"].because
    stated(built, holiday_region="DE-BY")
    assert found(built, route="eu/x", report=ten)["report"].on == date(2026, 6, 5)
    stated(built, holiday_region="DE-ZZ")
    assert "holidays of DE-ZZ are not known" in found(built, route="de/x", report=ten)["report"].because


def test_dates_are_sorted_and_chosen_by_the_day_to_begin() -> None:
    built = Builder(ANNA)
    built.paper("residence-permit", expiry_date="2027-06-30")
    dates = list(found(built, late=due("residence_permit.expiry_date", lead_days=10), unknown=due("x_on")).values())
    assert [d.sorted_by for d in dates] == sorted(d.sorted_by for d in dates)
    near = [each.name for each in soonest(dates, date(2027, 6, 10), 12)]
    assert "late" in near
    assert "late" not in [each.name for each in soonest(dates, date(2027, 6, 1), 12)]
    assert "unknown" in near


WINDOW = due("travel.schengen", days=90, window_days=180, lead_days=14)


def test_ninety_days_from_the_travel_history_and_the_plan() -> None:
    built = Builder(ANNA, dates={"start": date(2027, 1, 10)})
    missing = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (missing.state, missing.waits, missing.because) == (State.UNSURE, True, "no travel history is stated")
    stated(built, **{"travel.history": "FRA 2026-10-01 2026-10-30 stamps\nUSA 2026-11-01 2026-11-05"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert date_.on == date(2027, 3, 10)  # sixty days: those of October leave the window later
    assert "60 of 90 days left on 2026-11-26" in date_.because
    stated(built, **{"travel.history": "none"})
    assert found(built, route="eu/schengen-business", limit=WINDOW)["limit"].on == date(2027, 4, 9)


def test_an_overstay_is_overdue_since_the_last_lawful_day() -> None:
    built = stated(Builder(ANNA, dates={}), **{"travel.history": "DEU 2026-08-01 -"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (date_.on, date_.state) == (date(2026, 10, 29), State.OVERDUE)


def test_missing_stamps_give_both_ends_and_contradictions_none() -> None:
    built = stated(Builder(ANNA, dates={}), **{"travel.history": "FRA 2026-10-01 ?"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (date_.state, len(date_.possible)) == (State.UNSURE, 2)
    assert "the exit stamp is missing" in date_.because
    stated(built, **{"travel.history": "FRA 2026-10-01 2026-10-20\nDEU 2026-10-10 2026-10-30"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (date_.state, date_.possible) == (State.UNSURE, ())
    assert "line 2" in date_.because


def test_what_has_passed_whichever_day_it_was_is_overdue() -> None:
    built = stated(Builder(ANNA, dates={}), **{"travel.history": "DEU 2026-05-01 ?\nDEU 2026-06-01 -"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (date_.state, date_.on) == (State.OVERDUE, None)
    assert date_.possible == (date(2026, 7, 29), date(2026, 8, 28))


def test_no_day_left_for_the_plan_is_said_with_the_next_possible_one() -> None:
    built = Builder(ANNA, dates={"start": date(2026, 12, 1)})
    stated(built, **{"travel.history": "FRA 2026-08-01 2026-10-29"})
    date_ = found(built, route="eu/schengen-business", limit=WINDOW)["limit"]
    assert (date_.on, date_.state) == (date(2026, 12, 1), State.SOON)
    assert "not before 2027-01-28 again" in date_.because


def test_months_in_a_window_are_a_date_for_one_stay_only() -> None:
    five = due("travel.gb_permission", months=60, window_months=72)
    one = stated(Builder(ANNA), **{"travel.gb_permission": "GBR 2024-02-29 -"})
    assert found(one, route="gb/x", limit=five)["limit"].on == date(2029, 2, 27)
    two = stated(Builder(ANNA), **{"travel.gb_permission": "GBR 2020-01-01 2021-01-01\nGBR 2024-03-01 -"})
    assert found(two, route="gb/x", limit=five)["limit"].state is State.UNSURE


def test_days_for_tax_are_told_at_the_earliest_for_who_draws_the_pay() -> None:
    dates = found(Builder(ANNA, LARS), route="us/l-1a")
    assert dates["tax-days-treaty"].on == date(2027, 8, 31)  # the 184th day from the planned first one
    assert dates["tax-days-usa"].on == date(2027, 8, 30)
    assert "planned 2027-03-01" in dates["tax-days-usa"].because
    assert "spouse.tax-days-usa" not in dates
    assert not [name for name in found(Builder(ANNA), route="eu/schengen-business") if name.startswith("tax")]
    there = stated(Builder(ANNA), **{"travel.history": "USA 2026-03-01 -"})
    dates = found(there, route="us/l-1a")
    assert (dates["tax-days-treaty"].on, dates["tax-days-treaty"].state) == (date(2026, 8, 31), State.OVERDUE)
    assert "days in the fullest twelve months of 2026" in dates["tax-days-treaty"].because
    assert dates["tax-days-usa"].on == date(2026, 8, 30)
    gaps = stated(Builder(ANNA), **{"travel.history": "USA 2026-10-01 2026-11-01\nUSA 2026-10-20 2026-11-02"})
    assert found(gaps, route="us/l-1a")["tax-days-usa"].state is State.UNSURE


@pytest.mark.parametrize("papers", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("route", routes())
def test_every_route_tells_its_dates_with_source_who_acts_and_what_is_missing(route: str, papers: bool) -> None:
    built = Builder(ANNA, LARS, CHILD)
    if papers:
        for common in common_dues().due.values():
            kind, _, name = common.anchor.rpartition(".")
            if kind != "case":
                for person in ("p1", "p2", "p3"):
                    built.paper(kind.replace("_", "-"), person, **{name: "2027-05-01"})
        stated(built, **{"travel.history": "FRA 2026-01-01 ?\nGBR 2026-03-01 -", "i9.documents": "i-766"})
    case = replace(built.case, route=route)
    dates = key_dates(case, built.facts, built.records, built.documents, checklist(route), TODAY)
    assert {"planned-filing", "planned-end"} <= {each.name for each in dates}
    assert len({(each.person, each.name) for each in dates}) == len(dates)  # each has a UID of its own
    for each in dates:
        assert each.legal_source, each.name
        assert each.acts in ("employee", "employer", "counsel", "specialist")
        assert (each.on is not None) or each.possible or each.state in (State.UNSURE, State.DONE), each.name
        assert each.because, each.name
        assert each.state is not State.UNSURE or each.next_step, each.name


WILD = ["9999-12-31", "0001-01-01", "2999-12-31", "1900-01-01", "2024-02-29", "yes", "31.12.2026"]


@pytest.mark.parametrize("route", ["us/h-1b", "gb/skilled-worker", "eu/schengen-business", "in/employment"])
@pytest.mark.parametrize("wild", WILD)
def test_wild_days_are_unsure_and_no_error(route: str, wild: str) -> None:
    day = date.fromisoformat(wild) if wild[:1].isdigit() and wild[4:5] == "-" else date.max
    built = Builder(ANNA, LARS, dates=dict.fromkeys(("filing", "start", "end"), day))
    for kind in ("passport", "status-evidence", "residence-permit", "approval-notice"):
        built.paper(kind, expiry_date=wild)
    asked = {key: wild for key, ask in checklist(route).asks.items() if ask.kind == "date"}
    more = {"employment.end_date": wild, "i9.documents": "i-766", "right_to_work.checked_on": wild}
    stated(built, **asked, **more, **{"travel.history": f"FRA {wild} -\nUSA {wild} {wild}\nGBR ? {wild}"})
    case = replace(built.case, route=route)
    for today in (TODAY, date(1999, 12, 31), date(2990, 1, 1)):
        assert key_dates(case, built.facts, built.records, built.documents, checklist(route), today)


def test_common_dates_name_their_source_and_a_term_only_where_they_have_one() -> None:
    for name, common in common_dues().due.items():
        assert common.source.citation, name
        assert common.direction == "on", name


def test_the_same_case_gives_the_same_dates_on_the_same_day() -> None:
    assert l1a() == l1a()
