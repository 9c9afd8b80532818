"""A whole specimen case for official forms, as facts."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from toolkit.facts import Facts, resolve
from toolkit.model import Case, Person

FILE = Path(__file__).parent / "specimens" / "forms_case.toml"


@cache
def whole_case() -> Case:
    read = tomllib.loads(FILE.read_text("utf-8"))
    people = tuple(Person(f"p{at}", role, **each) for at, (role, each) in enumerate(read["people"].items(), 1))
    dates = {name: date.fromisoformat(day) for name, day in read["dates"].items()}
    return Case("c1", "GM-2027-104", read["route"], people, dates, read["details"])


def facts_of(case: Case, **details: str) -> Facts:
    """Facts of *case* with other *details* (dots as two underscores); an empty text takes one away."""
    named = {name.replace("__", "."): value for name, value in details.items()}
    merged = {name: value for name, value in {**case.details, **named}.items() if value}
    return resolve(Case(case.id, case.reference, case.route, case.people, case.dates, merged), (), ())
