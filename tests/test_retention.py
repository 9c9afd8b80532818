"""How long records are kept, country by country: each schedule counts as its source says, and says how it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.vault_team import case
from toolkit.model import Case
from toolkit.retention import Keeping, schedules, standing

FORMS = Path(__file__).resolve().parent.parent / "forms"


def known(route: str, **details: str) -> Case:
    return replace(case("c"), route=route, details={name.replace("__", "."): value for name, value in details.items()})


LEFT = {"employment__end_date": "2025-02-28"}


@pytest.mark.parametrize(
    ("route", "details", "schedule", "until"),
    [
        # 20 CFR 655.760(c): not the worker's own last day, but that of any worker under the application.
        ("us/h-1b", {"lca__last_worker_end_date": "2026-02-28"}, "us-lca-public-access", "2027-02-28"),
        ("us/e-3", {"lca__last_worker_end_date": "2024-02-29"}, "us-lca-public-access", "2025-03-01"),
        ("us/h-1b", LEFT, "us-lca-public-access", None),
        ("de/blue-card", LEFT, "de-residence-title", "2025-02-28"),
        # From the end of the calendar year.
        ("nl/highly-skilled-migrant", LEFT, "nl-identity-copy", "2030-12-31"),
        ("nl/highly-skilled-migrant", {"employment__end_date": "2025-12-31"}, "nl-identity-copy", "2030-12-31"),
        ("nl/highly-skilled-migrant", {"sponsorship__end_date": "2025-03-01"}, "nl-recognised-sponsor", "2030-03-01"),
        ("fr/talent", LEFT, "fr-staff-register", "2030-02-28"),
        # Two years after both: no longer a sponsor, and nobody sponsored.
        (
            "au/skills-in-demand",
            {"sponsor__approval_end_date": "2024-01-01", "sponsor__last_sponsored_end_date": "2025-01-01"},
            "au-sponsor",
            "2027-01-01",
        ),
        ("au/skills-in-demand", {"sponsor__last_sponsored_end_date": "2025-01-01"}, "au-sponsor", None),
        (
            "ie/critical-skills",
            {"employment__start_date": "2020-01-01", "employment__end_date": "2026-05-01"},
            "ie-permit",
            "2026-05-01",
        ),
    ],
)
def test_a_schedule_counts_as_its_source_says(route: str, details: dict, schedule: str, until: str | None) -> None:
    found = {each.schedule: each for each in standing(known(route, **details), date(2026, 6, 30)).schedules}
    assert (str(found[schedule].until) if found[schedule].until else None) == until
    assert bool(found[schedule].missing) is (until is None)


def test_a_schedule_of_a_route_keeps_no_case_of_another() -> None:
    names = {route: {each.schedule for each in standing(known(route), date(2026, 1, 1)).schedules}
             for route in ("us/h-1b", "us/l-1a", "nl/highly-skilled-migrant")}  # fmt: skip
    assert names["us/h-1b"] - names["us/l-1a"] == {"us-lca-public-access"}
    assert "us-i9" not in names["nl/highly-skilled-migrant"]
    assert all("eu-storage-limitation" in each for each in names.values())


def test_a_date_that_is_not_stated_leaves_it_unsure_and_says_which() -> None:
    found = standing(known("nl/highly-skilled-migrant", **LEFT), date(2031, 1, 1))
    assert found.keeping is Keeping.UNSURE
    assert {name for each in found.schedules for name in each.missing} == {"sponsorship.end_date", "case.closed"}


def test_each_schedule_says_how_its_source_was_read_and_of_which_cases() -> None:
    countries = {path.name for path in FORMS.iterdir() if path.is_dir() and path.name != "lists"}
    for name, each in schedules().items():
        assert each.source and each.url.startswith(("https://", "http://")), name
        assert each.basis.split(", ")[0] in ("seen", "recalled"), name
        # A law of one country that nobody has read says so; that the GDPR has no period is what it is recalled for.
        assert each.basis != "recalled" or each.unsure or not (each.countries or each.routes), name
        assert set(each.countries) <= countries, name
        assert all((FORMS / f"{route}.toml").is_file() for route in each.routes), name
