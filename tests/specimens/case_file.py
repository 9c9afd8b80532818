"""Case files as a specialist writes them: `cases.toml` joined with `cast.toml`, as `mobility case open` reads them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from tests.specimens.cast import cast

HERE = Path(__file__).resolve().parent


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    route: str
    dates: Mapping[str, date]
    people: Mapping[str, str]
    details: Mapping[str, str]


@cache
def moves() -> Mapping[str, Move]:
    return msgspec.convert(tomllib.loads((HERE / "cases.toml").read_text("utf-8")), dict[str, Move])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def case_file(reference: str) -> str:
    """The case's TOML file."""
    move = moves()[reference]
    lines = ["# Drawn by tests/specimens: everybody here is invented.", "", f"reference = {_quoted(reference)}"]
    lines += [f"route = {_quoted(move.route)}", "", "[dates]"]
    lines += [f"{name} = {day.isoformat()}" for name, day in move.dates.items()]
    for role, key in move.people.items():
        person = cast().person[key]
        lines += ["", "[[people]]", f"role = {_quoted(role)}", f"surname = {_quoted(person.surname)}"]
        lines += [f"given_names = {_quoted(person.given_names)}", f"birth_date = {person.birth_date.isoformat()}"]
        lines += ['nationality = "UTO"']
    lines += ["", "[details]"]
    lines += [f"{_quoted(name)} = {_quoted(value)}" for name, value in move.details.items()]
    return "\n".join(lines) + "\n"
