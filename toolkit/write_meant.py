"""Whether a letter is meant for a case: what its `template.toml` says of types of assignment and of routes.

A long-term letter for a commuter promises what nobody granted. What the case does not say is asked, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from toolkit.model import Case
from toolkit.policy import TYPE
from toolkit.policy_clauses import AssignmentType
from toolkit.template_definition import Template

#: The option of `mobility write` that writes such a letter all the same.
OPTION = "--other-type"
_ALL_THE_SAME = f'If it is this letter all the same: {OPTION} --why "...".'


@dataclass(frozen=True, slots=True)
class NotMeant:
    """Why a letter is not written for a case or what has to be known first, and what to do, in whole sentences."""

    reason: str
    remedy: str


def not_meant(template: Template, case: Case) -> NotMeant | None:
    """Return why *template* may not be meant for *case*; None where it is, or where it is meant for every case."""
    if template.routes and not any(fnmatchcase(case.route, each) for each in template.routes):
        has = f"the case's route is {case.route}" if case.route else "the case has no route"
        remedy = f"Choose a letter that is for it (`mobility template list`), or correct the route. {_ALL_THE_SAME}"
        return NotMeant(f"{template.title} is for the {_listed('route', template.routes)}, and {has}.", remedy)
    return _by_type(template, case) if template.assignment_types else None


def _by_type(template: Template, case: Case) -> NotMeant | None:
    # Spelt as a policy reads it (`policy.standing`).
    kind = "-".join(case.details.get(TYPE, "").casefold().split())
    meant = f"{template.title} is for assignments of the {_listed('type', template.assignment_types)}"
    if kind in template.assignment_types:
        return None
    every = [each.value for each in AssignmentType]
    state = f'"{TYPE}" = "..." under [details] of a file for `mobility case add`'
    if not kind:
        remedy = f"State {state}: one of {', '.join(every)}. {_ALL_THE_SAME}"
        return NotMeant(f"{meant}, and the case does not say of which type it is.", remedy)
    if kind not in every:
        near = get_close_matches(kind, every, 1)
        said = f" Is {near[0]} meant?" if near else ""
        remedy = f"State {state}: one of {', '.join(every)}."
        return NotMeant(f"{meant}, and the case's {TYPE} is none that is known.{said}", remedy)
    remedy = (
        f"Choose the letter of that type (`mobility template list`). Is the type wrong? State {state}. {_ALL_THE_SAME}"
    )
    return NotMeant(f"{meant}, and the case is of the type {kind}.", remedy)


def _listed(word: str, names: tuple[str, ...]) -> str:
    return f"{word} {names[0]}" if len(names) == 1 else f"{word}s {', '.join(names[:-1])} and {names[-1]}"
