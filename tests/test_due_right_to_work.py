"""The employer's checks: Form I-9 and the UK right-to-work check, by the wording of the law."""

from __future__ import annotations

from datetime import date

import pytest
from case_builder import ANNA, Builder
from test_due import found, stated

from toolkit.calendars import Calendar
from toolkit.due_dates import State
from toolkit.due_right_to_work import (
    i9_choice,
    i9_keep_until,
    i9_receipt_until,
    i9_rehire_until,
    i9_reverify_by,
    i9_section_2_by,
    right_to_work,
    uk_excuse,
    uk_keep_until,
)
from toolkit.model import Verdict

MET, UNMET, UNSURE = Verdict.MET, Verdict.UNMET, Verdict.UNSURE
START = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("shown", "verdict", "says"),
    [
        (["us-passport"], MET, "list A"),
        (["foreign-passport-i-94"], MET, "list A"),
        (["driving-licence", "social-security-card"], MET, "list B and one of list C"),
        (["driving-licence"], UNMET, "one of list C"),
        (["social-security-card"], UNMET, "one of list B"),
        ([], UNMET, "one of list A, or one of B and one of C"),
        (["driving-licence", "school-id"], UNMET, "one of list C"),
        (["us-passport", "driving-licence"], UNSURE, "more than Form I-9 asks for"),
        (["driving-licence", "school-id", "i-197"], UNSURE, "more than"),
        (["library-card"], UNSURE, "not on the lists"),
        (["minor-school-record", "us-birth-certificate"], UNMET, "under 18"),
    ],
)
def test_one_of_list_a_or_one_of_b_and_one_of_c(shown: list[str], verdict: Verdict, says: str) -> None:
    check = i9_choice(shown)
    assert check.verdict is verdict
    assert says in check.because


def test_a_minor_may_show_a_school_record() -> None:
    assert i9_choice(["minor-school-record", "us-birth-certificate"], minor=True).verdict is MET


def test_the_lists_are_as_long_as_the_form_prints_them() -> None:
    lists = [paper.list for paper in right_to_work().i9.documents.values()]
    assert (lists.count("a"), lists.count("b"), lists.count("c")) == (6, 12, 7)


def test_section_2_in_three_business_days_and_on_the_first_day_of_a_short_job() -> None:
    assert i9_section_2_by(date(2026, 3, 2), Calendar("US"), lasts=2).safe == date(2026, 3, 2)
    pytest.importorskip("holidays", reason="the package holidays is not installed")
    assert i9_section_2_by(date(2026, 3, 2), Calendar("US")).safe == date(2026, 3, 5)  # Monday, Thursday
    assert i9_section_2_by(date(2026, 3, 2), Calendar("US"), lasts=3).safe == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("section_1", "shown", "by"),
    [
        (date(2027, 6, 1), {"foreign-passport-i-94": date(2027, 5, 1)}, date(2027, 5, 1)),
        (date(2027, 4, 1), {"foreign-passport-i-94": date(2027, 5, 1)}, date(2027, 4, 1)),
        (None, {"us-passport": date(2026, 1, 1)}, None),  # an expired US passport is not reverified
        (None, {"i-551": date(2026, 1, 1)}, None),
        (None, {"driving-licence": date(2027, 1, 1), "social-security-card": None}, None),
        (date(2027, 4, 1), {"driving-licence": date(2027, 1, 1), "social-security-card": None}, date(2027, 4, 1)),
        (None, {"driving-licence": date(2027, 1, 1), "dhs-authorisation": date(2027, 8, 1)}, date(2027, 8, 1)),
    ],
)
def test_reverification_by_the_earlier_date_and_never_of_who_needs_none(
    section_1: date | None, shown: dict[str, date | None], by: date | None
) -> None:
    assert i9_reverify_by(section_1, shown) == by


@pytest.mark.parametrize(
    ("hired", "ended", "until"),
    [
        (date(2020, 1, 15), date(2020, 6, 1), date(2023, 1, 15)),  # three years from hire are later
        (date(2020, 1, 15), date(2026, 6, 1), date(2027, 6, 1)),  # a year from the end is later
        (date(2020, 1, 15), date(2022, 1, 15), date(2023, 1, 15)),  # both are one day
        (date(2024, 2, 29), date(2024, 3, 1), date(2027, 2, 28)),
        (date(2020, 1, 15), None, None),
    ],
)
def test_form_i9_is_kept_three_years_from_hire_or_one_from_the_end(
    hired: date, ended: date | None, until: date | None
) -> None:
    assert i9_keep_until(hired, ended) == until


def test_a_receipt_stands_for_ninety_days_and_a_form_for_three_years_of_rehire() -> None:
    assert i9_rehire_until(date(2024, 2, 29)) == date(2027, 2, 28)
    assert i9_receipt_until(date(2026, 3, 2)) == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("document", "on", "more", "verdict", "until"),
    [
        ("british-irish-passport", date(2027, 2, 20), {}, MET, None),
        ("british-irish-passport", START, {}, MET, None),
        ("british-irish-passport", date(2027, 3, 2), {}, UNMET, None),  # late: no excuse
        ("online-check", date(2027, 2, 20), {"permission_until": date(2029, 1, 1)}, MET, date(2029, 1, 1)),
        ("online-check", date(2027, 2, 20), {}, UNSURE, None),
        ("pending-application", date(2027, 2, 20), {"notice_on": date(2026, 8, 31)}, MET, date(2027, 2, 28)),
        ("pending-application", date(2027, 2, 20), {}, UNSURE, None),
        ("brp", date(2027, 2, 20), {}, UNSURE, None),
    ],
)
def test_the_statutory_excuse(
    document: str, on: date, more: dict[str, date], verdict: Verdict, until: date | None
) -> None:
    check = uk_excuse(document, on, START, **more)
    assert (check.verdict, check.until) == (verdict, until)


def test_copies_of_the_uk_check_are_kept_for_two_years_after_the_end() -> None:
    assert uk_keep_until(date(2028, 2, 29)) == date(2030, 2, 28)
    assert uk_keep_until(None) is None


def test_what_rests_on_memory_says_so() -> None:
    law = right_to_work()
    assert law.uk.follow_up.source.basis == "recalled"
    assert "from memory" in str(law.uk.follow_up_notice.source)
    assert law.i9.section_2.source.basis == "seen_official"


def test_form_i9_in_a_case_before_and_after_the_first_day() -> None:
    pytest.importorskip("holidays", reason="the package holidays is not installed")
    dates = found(Builder(ANNA), route="us/l-1a")
    assert (dates["i9-section-1"].on, dates["i9-section-2"].on) == (START, date(2027, 3, 4))
    assert (dates["i9-section-1"].acts, dates["i9-section-2"].acts) == ("employee", "employer")
    late = found(Builder(ANNA), date(2027, 4, 1), route="us/l-1a")["i9-section-2"]
    assert late.state is State.UNSURE
    assert "nothing is recorded of it" in late.because


@pytest.mark.parametrize("route", ["us/i-9", "gb/right-to-work"])
def test_a_check_of_the_right_to_work_has_no_filing_and_no_end_to_be_planned(route: str) -> None:
    only = Builder(ANNA, dates={"start": START})
    assert {"planned-filing", "planned-end"} & set(found(only, route=route)) == set()
    assert {"planned-filing", "planned-end"} <= set(found(Builder(ANNA, dates={"start": START}), route="us/l-1a"))
    assert {"planned-filing", "planned-end"} <= set(found(Builder(ANNA), route=route))  # planned all the same: followed


def test_form_i9_recorded_is_reverified_and_kept() -> None:
    built = stated(Builder(ANNA), **{"i9.documents": "foreign-passport-i-94"})
    assert found(built, route="us/l-1a")["i9-reverify"].state is State.UNSURE  # until when the I-94 runs is not known
    built.paper("status-evidence", expiry_date="2028-05-01")
    stated(built, **{"i9.section_1_until": "2028-04-01", "employment.end_date": "2029-02-28"})
    dates = found(built, date(2027, 4, 1), route="us/l-1a")
    assert dates["i9-section-1"].state is State.DONE
    assert dates["i9-reverify"].on == date(2028, 4, 1)
    assert (dates["i9-keep-until"].on, dates["i9-keep-until"].opens) == (date(2030, 3, 1), True)
    citizen = stated(Builder(ANNA), **{"i9.documents": "us-passport"})
    assert "i9-reverify" not in found(citizen, route="us/l-1a")
    wrong = stated(Builder(ANNA), **{"i9.documents": "driving-licence"})
    assert "one of list C" in found(wrong, route="us/l-1a")["i9-reverify"].because


def test_the_uk_check_in_a_case() -> None:
    built = Builder(ANNA)
    dates = found(built, route="gb/x")
    assert dates["right-to-work-check"].on == START
    stated(built, **{"right_to_work.checked_on": "2027-02-20", "right_to_work.document": "online-check"})
    assert "not stated" in found(built, route="gb/x")["statutory-excuse-ends"].because
    stated(built, **{"right_to_work.until": "2029-01-01"})
    assert found(built, route="gb/x")["statutory-excuse-ends"].on == date(2029, 1, 1)
    assert found(built, route="gb/x")["right-to-work-check"].state is State.DONE
    stated(built, **{"right_to_work.checked_on": "2027-03-05"})
    late = found(built, route="gb/x")["statutory-excuse-ends"]
    assert late.state is State.OVERDUE
    assert "no statutory excuse" in late.because


@pytest.mark.parametrize("route", ["us/b-1", "us/h-4", "gb/business-visitor", "de/eu-blue-card"])
def test_nobody_is_checked_who_does_not_work_by_the_route(route: str) -> None:
    names = set(found(Builder(ANNA), route=route))
    assert not {name for name in names if name.startswith(("i9", "right-to-work", "statutory"))}
