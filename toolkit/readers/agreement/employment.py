"""Who works for whom: by the terms a contract defines, or by name line, greeting and opening of a letter of offer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.readers.agreement.party import EMPLOYING, WORKER, Party
from toolkit.readers.naming import Name, name_at
from toolkit.readers.prose import Prose


def employer_and_employee(parties: Sequence[Party]) -> tuple[Party | None, Party | None]:
    """Return who employs whom by the terms the contract defines; both None when it defines nobody who works."""
    worker = next((party for party in parties if _called(party, WORKER) and not party.name.organisation), None)
    if worker is None:
        return None, None
    others = [party for party in parties if party is not worker]
    employing = [party for party in others if _called(party, EMPLOYING)]
    employer = next(iter(employing), None) or next((party for party in others if party.name.organisation), None)
    return employer, worker


def _called(party: Party, by: re.Pattern[str]) -> bool:
    return any(by.fullmatch(term) or by.fullmatch(term.split()[-1]) for term in party.terms)


_CANDIDATE = re.compile(
    r"(?im:^[ \t|*]*(?:candidate|employee|name\s+of\s+(?:the\s+)?(?:candidate|employee))(?:'s)?(?:\s+name)?\s*[:|]\s*)"
)
_DEAR = re.compile(r"(?im:^\s*dear\s+)(?=[A-Z])")
_OFFERING = re.compile(
    r"(?i:\b(?:position|role|employment|offer|job)\b)[^.;]{0,120}?\b(?:at|with|by)\s+(?=[A-Z])|(?i:\bjoin(?:ing)?\s+)(?=[A-Z])|(?i:\bon\s+behalf\s+of\s+)(?=[A-Z])"
)


def offered(prose: Prose) -> list[Party]:
    """Return employer and candidate of a letter of offer: its name line or greeting, and who offers the position."""
    text = prose.text
    found = []
    for pattern, trust in ((_CANDIDATE, 0.92), (_DEAR, 0.75)):
        match = pattern.search(text, 0, 3000)
        name = name_at(text, match.end(), one_line=True) if match else None
        if name is not None and (name.person or trust > 0.9):
            found.append(Party(name, ("Employee",), trust))
            break
    employer = _offering(text)
    if employer is not None:
        found.insert(0, Party(employer, ("Employer",), 0.85))
    return found


def _offering(text: str) -> Name | None:
    """The organisation the offer comes from: named twice or more, or with a legal form."""
    names = [name for match in _OFFERING.finditer(text, 0, 4000) if (name := name_at(text, match.end()))]
    for name in names:
        if name.organisation or len(re.findall(re.escape(name.text), " ".join(text.split()))) >= 2:
            return name
    return None
