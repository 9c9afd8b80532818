"""Which paper of work a contract is, by its title, in the languages such papers come in.

Answers only for papers between an employer and who works for him; a title of secrecy, release or amendment is none of
these, however often the text speaks of employment.
"""

from __future__ import annotations

import re

from toolkit.readers.prose import Prose

_TYPES = (
    (
        "assignment",
        r"(?:international|long[- ]term|short[- ]term|letter\s+of|expatriate|overseas|foreign"
        r"|global)\s+(?:\w+[- ]\w+\s+)?assignment"
        r"|assignment\s+(?:agreement|letter|contract|terms)|secondment|entsend(?:ung|e)\w*|détachement"
        r"|expatriation|(?:carta|contrato|acuerdo)\s+de\s+(?:desplazamiento|expatriaci[óo]n)"
        r"|desplazamiento\s+internacional|(?:lettera|accordo)\s+di\s+distacco|detacheringsovereenkomst",
    ),
    (
        "offer",
        r"\boffer\s+(?:letter|of\s+employment)|letter\s+of\s+offer|employment\s+offer|job\s+offer"
        r"|vertragsangebot|stellenangebot|arbeitsangebot|promesse\s+d'embauche|offre\s+d'em(?:ploi|bauche)"
        r"|proposition\s+d'embauche|oferta\s+(?:de\s+(?:empleo|trabajo)|laboral)|carta\s+(?:de\s+)?oferta"
        r"|proposta\s+di\s+(?:lavoro|assunzione)|lettera\s+d'impegno|arbeidsaanbod",
    ),
    (
        "employment",
        r"employment\s+(?:agreement|contract)|contract\s+of\s+employment"
        r"|statement\s+of\s+employment\s+particulars|(?:executive|director'?s?"
        r"|managing\s+director'?s?)\s+service\s+agreement"
        r"|key\s+employment\s+terms|(?:terms\s+and\s+conditions|principal\s+statement"
        r"|terms)\s+of\s+employment|(?:letter\s+of\s+(?:employment|appointment)|(?:appointment"
        r"|employment)\s+letter)|arbeitsvertrag|anstellungsvertrag|dienstvertrag"
        r"|nachweis\s+der\s+wesentlichen"
        r"|contrat\s+(?:individuel\s+)?de\s+travail|contrato\s+(?:individual\s+)?de\s+traba(?:jo|lho)"
        r"|contrato\s+laboral|arbeidsovereenkomst|arbeidscontract|contratto\s+(?:individuale\s+)?di\s+lavoro"
        r"|lettera\s+di\s+assunzione|anställningsavtal|ansettelseskontrakt|ansættelses(?:kontrakt|aftale)"
        r"|umowa\s+o\s+prac[ęe]|työsopimus|pracovní\s+smlouva",
    ),
)
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _TYPES)
_OTHER_PAPER = re.compile(
    r"confidential\w*\s+(?:agreement|and)|non-?\s?disclosure|non-?\s?compet|non-?\s?solicit|geheimhaltung"
    r"|secrecy|inventions?|separation|severance|release|settlement|amendment\s+no|indemnif|aufhebung"
    r"|rupture\s+conventionnelle|proprietary|restrict|reference|verification",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:our|this)\s+(?:formal\s+)?offer\s+of\s+employment|excited\s+(?:to\s+offer|about\s+you\s+joining)"
    r"|(?:pleased|delighted|happy)\s+to\s+(?:\w+\s+)?offer\s+you|offer\s+you\s+(?:the\s+position|employment)"
    r"|freuen\s+uns,?\s+Ihnen\b[^.]{0,80}\banzubieten|anbieten\s+zu\s+können"
    r"|(?:plaisir|heureux)\s+de\s+vous\s+(?:proposer|confirmer\s+notre\s+proposition)"
    r"|nos\s+complace\s+ofrecerle|lieti\s+di\s+offrirle",
    re.IGNORECASE,
)
#: In Britain the contract of a manager or director is a "Service Agreement": with an employee it is one of employment.
_SERVICE = re.compile(r"\s*service\s+(?:agreement|contract)\s*", re.IGNORECASE)
_EMPLOYEE = re.compile(r"\((?:hereinafter\s+)?(?:the\s+)?[\"“'‘]?(?:the\s+)?employee[\"”'’]?\)", re.IGNORECASE)
_ROWS, _LONGEST = 14, 100
_OPENING = 1600


def work_type(prose: Prose) -> tuple[str, float, tuple[int, int]] | None:
    """Return the type, the trust in it and its place; None where the title names no paper of work."""
    for row in prose.rows[:_ROWS]:
        words = prose.row_text(row)
        if len(words) > _LONGEST or words.rstrip().endswith((",", ";")):
            continue
        if _OTHER_PAPER.search(words):
            return None
        if _SERVICE.fullmatch(words) and _EMPLOYEE.search(prose.text, 0, _OPENING):
            return "employment", 0.93, (row.start, row.start + len(words))
        for name, pattern in _COMPILED:
            if (match := pattern.search(words)) is not None and (words[: match.start()].strip()[:1] or "A").isupper():
                if name == "employment" and (offered := _OFFERED.search(prose.text, 0, _OPENING)):
                    # "Letter of Employment: we are pleased to offer you employment".
                    return "offer", 0.93, offered.span()
                return name, 0.95, (row.start + match.start(), row.start + match.end())
    offered = _OFFERED.search(prose.text, 0, _OPENING)
    return ("offer", 0.92, offered.span()) if offered and not _OTHER_PAPER.search(prose.text, 0, 300) else None
