"""Which requirement a file proves that goes along (`mobility pack --proves`): said by a specialist, never guessed.

What goes along is not read, so that only a person knows it; a form's number is taken for a question back at most.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from toolkit.checklist import WHOSE, Requirement, checklist
from toolkit.errors import InputError
from toolkit.model import Case, Person
from toolkit.packet_papers import Along

_HOW = "Say it as --proves KEY=FILE, or --proves KEY@spouse=FILE; KEY as in `mobility check --json`, or have_..."
_NUMBER = re.compile(r"\b[A-Z]{1,3}-\d{1,4}[A-Z]?\b")


def proving(files: Sequence[Along], said: Sequence[str], case: Case) -> tuple[Along, ...]:
    """Return *files*, each with what *said* ("KEY=FILE", "KEY@ROLE=FILE") says it proves. Raises InputError."""
    made = list(files)
    for each in said:
        name, _, file = each.partition("=")
        at = next((n for n, along in enumerate(made) if along.path == Path(file)), None)
        if at is None:
            raise InputError(f"--proves names {file or 'no file'}, and no --with does.", remedy=_HOW)
        pairs = (*made[at].proves, *_pairs(name, case))
        made[at] = replace(made[at], proves=tuple(dict.fromkeys(pairs)))
    return tuple(made)


def questions(files: Sequence[Along], case: Case) -> list[str]:
    """Return in plain words which files of *files* might prove a requirement and were not said to."""
    found = []
    for each in files:
        numbers = set(_NUMBER.findall(each.title.upper())) if not each.proves else set()
        for name, requirement in checklist(case.route).requirements.items():
            if numbers & set(_NUMBER.findall(requirement.label.split(",")[0].split("(")[0].upper())):
                found.append(f"{each.path.name}: does it prove “{requirement.label}”? --proves {name}={each.path}")
    return found


def _pairs(name: str, case: Case) -> list[tuple[str, str]]:
    key, _, who = name.partition("@")
    person = case.person(who or "principal")
    if person is None:
        raise InputError(f"The case has no {who or 'principal'}.", remedy=_HOW)
    known = _known(case.route)
    if key not in known:
        near = difflib.get_close_matches(key, known, n=3)
        hint = f" Nearest: {', '.join(near)}." if near else ""
        raise InputError(f"The route {case.route} has no requirement {key[:60]}.", remedy=f"{_HOW}.{hint}")
    mine = [each for each in known[key] if _is_about(each, case, person)]
    if not mine:
        raise InputError(f"{key} is not asked of the {person.role}.", remedy=_HOW)
    return [(each, person.id) for each in mine]


def _is_about(requirement: str, case: Case, person: Person) -> bool:
    return person.role in WHOSE[checklist(case.route).requirements[requirement].whose]


def _known(route: str) -> Mapping[str, list[str]]:
    """Return the requirements by their own name, and by the statement that vouches for their paper."""
    found: dict[str, list[str]] = {}
    for name, requirement in checklist(route).requirements.items():
        for key in dict.fromkeys((name, *_vouched(requirement))):
            found.setdefault(key, []).append(name)
    return found


def _vouched(requirement: Requirement) -> list[str]:
    """Return the `have_...` keys in the rules of *requirement*, nested ones too."""
    plain = msgspec.to_builtins(requirement.rules, enc_hook=str)
    found: list[str] = []
    left: list[object] = [plain]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            found += [str(each["have"])] if each.get("have") else []
            left += each.values()
        elif isinstance(each, (list, tuple)):
            left += each
    return found
