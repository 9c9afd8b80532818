"""Which clause of a policy is meant by "Housing 3.1", for the case log, whose exceptions cite one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from toolkit.errors import UnknownNameError
from toolkit.policy_clauses import Policy

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*[a-z]?")


@dataclass(frozen=True, slots=True)
class Citation:
    """`number` is the clause that is certainly meant, or empty; `near` are those that may be, at most three."""

    number: str
    near: tuple[str, ...] = ()


def citation(policy: Policy, said: str) -> Citation:
    """Return the clause of *policy* that *said* names: by its number, or by a title or benefit written out in full.

    Anything else is not certain, and the nearest numbers and titles are suggestions. Two numbers of clauses in one text
    are not certain either.
    """
    numbers = [each.number for each in policy.clauses]
    given = [each.replace(",", ".") for each in _NUMBER.findall(said.casefold())]
    exact = [number for number in dict.fromkeys(given) if number in numbers]
    if exact:
        return Citation(exact[0]) if len(exact) == 1 else Citation("", tuple(exact[:3]))
    titles: dict[str, list[str]] = {}
    for clause in policy.clauses:
        for name in dict.fromkeys([*clause.title.values(), clause.benefit.replace("_", " ")]):
            found = titles.setdefault(name.casefold(), [])
            if clause.number not in found:
                found.append(clause.number)
    words = " ".join(each for each in said.casefold().split() if not _NUMBER.fullmatch(each)).strip(" ,.:;()")
    whole = titles.get(words, [])
    if len(whole) == 1 and not given:
        return Citation(whole[0])
    near = [each for number in given for each in get_close_matches(number, numbers, 3, 0.6)]
    named = [number for name in get_close_matches(words, titles, 3, 0.6) for number in titles[name]]
    within = [
        n for name, found in titles.items() if any(len(w) > 3 and w in name for w in words.split()) for n in found
    ]
    return Citation("", tuple(dict.fromkeys([*whole, *named, *within, *near]))[:3])


def checked_clause(policy: Policy, said: str) -> str:
    """Return *said* with the number of the clause it names, as the log keeps it: "3.1 Housing".

    Raises UnknownNameError, with the nearest clauses, where the policy has none that is certainly meant.
    """
    cited = citation(policy, said)
    clause = policy.clause(cited.number)
    if clause is not None:
        return f"{clause.number} {next(iter(clause.title.values()))}"
    near = [each for number in cited.near if (each := policy.clause(number)) is not None]
    meant = "; ".join(f"{each.number} {next(iter(each.title.values()))}" for each in near)
    raise UnknownNameError(
        f"The policy {policy.name} has no clause {said[:60]!r}."
        + (f" Is one of these meant: {meant}?" if meant else ""),
        remedy=f"Name it by its number, as {policy.clauses[0].number}; see `mobility policy show {policy.name}`.",
    )
