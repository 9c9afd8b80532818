"""`mobility due` over a vault: the table, JSON, the exit code, and the calendar file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from case_builder import ANNA, LARS, Builder
from click.testing import CliRunner, Result

from toolkit.catalog import Catalog
from toolkit.checklist import checklist
from toolkit.cli.due import command
from toolkit.due import key_dates
from toolkit.due_calendar_file import calendar_file, uid
from toolkit.due_dates import KeyDate
from toolkit.errors import InputError
from toolkit.model import Case
from vault import Vault

Verb = Callable[..., Result]
TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
PLAN = {"filing": date(2026, 12, 1), "start": date(2027, 3, 1), "end": date(2029, 2, 28)}


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Run `mobility due WORDS` on a vault with two cases, as things stand on TODAY."""
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as catalog:
        overdue = {"i94.admit_until_date": "2026-11-01"}
        catalog.add_case(Case("c1", "GM-1", "us/l-1a", (ANNA, LARS), PLAN, overdue))
        catalog.add_case(Case("c2", "GM-2", "de/eu-blue-card", (ANNA,), PLAN))

    def run(*words: str, on: str = "2026-11-26") -> Result:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        runner = CliRunner()
        return runner.invoke(command, [*words, "--on", on, "--vault", str(tmp_path / "vault")], standalone_mode=False)

    return run


def test_dates_of_all_cases_are_listed_soonest_first_and_overdue_ones_give_exit_code_5(verb: Verb) -> None:
    done = verb("--json")
    assert done.exception is None
    assert done.return_value == 5
    said = json.loads(done.stdout)
    assert (said["today"], said["cases"], said["overdue"]) == ("2026-11-26", 2, 1)
    first = said["dates"][0]
    assert (first["reference"], first["name"], first["on"]) == ("GM-1", "extension-earliest", "2026-05-01")
    days = [each["on"] for each in said["dates"] if each["on"]]
    assert days == sorted(days)
    assert {each["reference"] for each in said["dates"]} == {"GM-1", "GM-2"}


def test_one_case_alone_and_nothing_overdue_is_exit_code_0(verb: Verb) -> None:
    done = verb("GM-2", "--json")
    assert done.return_value == 0
    assert {each["reference"] for each in json.loads(done.stdout)["dates"]} == {"GM-2"}


def test_the_table_counts_what_waits_and_all_lists_it(verb: Verb) -> None:
    short, whole = verb().stdout, verb("--all").stdout
    assert "overdue" in short
    assert "once what they count from is known: --all lists them." in short.replace("\n", " ")
    waiting = {each["name"] for each in json.loads(verb("--json").stdout)["dates"] if each["waits"]}
    assert waiting
    assert all(f"[{name}]" in whole and f"[{name}]" not in short for name in waiting)
    assert "Eriksson" not in short + whole


def test_days_leave_out_what_is_later(verb: Verb) -> None:
    dates = json.loads(verb("--days", "30", "--json").stdout)["dates"]
    near = {(each["reference"], each["name"]) for each in dates}
    assert ("GM-2", "planned-filing") in near
    assert ("GM-2", "planned-end") not in near
    assert any(each["waits"] for each in dates)  # nobody knows when: that is never left out


def test_names_without_a_calendar_are_a_slip(verb: Verb) -> None:
    assert isinstance(verb("--names").exception, InputError)
    assert verb("NOBODY").exception is not None


def test_the_help_says_what_the_exit_code_means() -> None:
    assert "Exit code 5" in CliRunner().invoke(command, ["--help"]).output


def dates() -> list[KeyDate]:
    built = Builder(ANNA, LARS)
    built.paper("passport", expiry_date="2027-05-01")
    built.paper("residence-permit", expiry_date="2027-09-01", unsure=("expiry_date",))
    return key_dates(built.case, built.facts, built.records, built.documents, checklist("us/l-1a"), TODAY)


def test_the_calendar_is_one_that_others_read() -> None:
    icalendar = pytest.importorskip("icalendar", reason="the package icalendar is not installed")
    data = calendar_file(dates(), NOW, {})
    read = icalendar.Calendar.from_ical(data)
    events = {str(event["summary"]): event for event in read.walk("VEVENT")}
    passport = next(event for name, event in events.items() if name.startswith("Passport expires"))
    assert passport.decoded("dtstart") == date(2027, 5, 1)
    assert [alarm.decoded("trigger").days for alarm in passport.walk("VALARM")] == [-270, -7]
    assert any(name.startswith("Unsure: Residence permit") for name in events)
    assert {str(event["uid"]) for event in events.values()} <= {uid(each) for each in dates()}
    assert all("(X-1, " in name for name in events)
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75  # RFC 5545 section 3.1
    assert b"Eriksson" not in data.replace(b"\r\n ", b"")


def test_names_stand_in_the_calendar_only_where_they_are_asked_for() -> None:
    pytest.importorskip("icalendar", reason="the package icalendar is not installed")
    named = calendar_file(dates(), NOW, {("c1", "p1"): "Anna Maria Eriksson"}).replace(b"\r\n ", b"")
    assert b"(X-1\\, Anna Maria Eriksson)" in named


def test_an_event_keeps_its_uid_on_another_day_and_shares_it_with_no_other() -> None:
    uids = [uid(each) for each in dates()]
    assert len(set(uids)) == len(uids)
    built = Builder(ANNA, LARS)
    later = key_dates(built.case, built.facts, [], [], checklist("us/l-1a"), date(2027, 1, 1))
    same = {each.name: uid(each) for each in dates() if each.person == "p1"}
    assert all(same[each.name] == uid(each) for each in later if each.person == "p1" and each.name in same)
    assert not [each for each in uids if "X-1" in each or "eriksson" in each.lower()]


def test_the_verb_writes_the_calendar(verb: Verb, tmp_path: Path) -> None:
    pytest.importorskip("icalendar", reason="the package icalendar is not installed")
    file = tmp_path / "out" / "team.ics"
    done = verb("--ics", str(file), "--json")
    assert json.loads(done.stdout)["calendar"] == str(file)
    plain = file.read_bytes().replace(b"\r\n ", b"")
    assert plain.startswith(b"BEGIN:VCALENDAR")
    assert b"Eriksson" not in plain
    verb("--ics", str(file), "--names")
    assert b"Eriksson" in file.read_bytes().replace(b"\r\n ", b"")
