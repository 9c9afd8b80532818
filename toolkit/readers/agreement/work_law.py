"""The law a contract of work names in a row, by an adjective or in another language: "droit français"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.law import PLACES


@dataclass(frozen=True, slots=True)
class NamedLaw:
    """The country or part of one whose law governs, the trust in it, and its place."""

    place: str
    trust: float
    start: int
    end: int


_ADJECTIVES = {
    "Germany": "deutsch(?:e[smnr]?)?|allemand|alem[áa]n|alemana|duits|tedesc[oa]|german|bundesrepublik\\s+deutschland"
    "|deutschlands?|germany",
    "Austria": "österreichisch(?:e[smnr]?)?|autrichien|austr[íi]ac[oa]|austrian|republik\\s+österreich|österreichs?",
    "Switzerland": "schweizer(?:isch(?:e[smnr]?)?)?|suisse|suiz[oa]|svizzer[oa]|swiss|schweiz",
    "France": "français(?:e)?|franz[öo]sisch(?:e[smnr]?)?|franc[ée]s(?:a)?|frans|francese|french",
    "Belgium": "belge|belgisch(?:e[smnr]?)?|belga|belgian",
    "Luxembourg": "luxembourgeois(?:e)?|luxemburgisch(?:e[smnr]?)?",
    "Spain": "español(?:a)?|espagnol(?:e)?|spanisch(?:e[smnr]?)?|spagnol[oa]|spanish|españa",
    "Mexico": "mexican[oa]s?|m[ée]xico",
    "Netherlands": "nederlands(?:e)?|niederländisch(?:e[smnr]?)?|néerlandais(?:e)?|neerland[ée]s(?:a)?|dutch",
    "Italy": "italian[oa]|italienisch(?:e[smnr]?)?|italien(?:ne)?|italian",
    "Portugal": "portugu[êe]s(?:a)?|portugiesisch(?:e[smnr]?)?|portuguese",
    "Brazil": "brasileir[oa]|brésilien(?:ne)?",
    "Scotland": "scots|scottish",
    "Ireland": "irish",
    "England and Wales": "english",
    "Liechtenstein": "liechtensteinisch(?:e[smnr]?)?",
}
#: Parts of federal states whose law contracts of work name, beside those that contracts of trade do.
_PARTS = (
    "Western Australia", "South Australia", "Tasmania", "Northern Territory", "Australian Capital Territory",
    "New Brunswick", "Newfoundland and Labrador", "Prince Edward Island", "Yukon", "Republic of South Africa",
    "Republic of Ireland",
)  # fmt: skip
_PLACES = PLACES | {part.casefold(): part.removeprefix("Republic of ") for part in _PARTS}
_ANY_PLACE = "|".join(re.escape(each).replace("\\ ", r"\s+") for each in sorted(_PLACES, key=len, reverse=True))
_PLACED = re.compile(
    rf"[\s:|]*(?:the\s+)?(?:laws?\s+of\s+(?:the\s+)?)?(?P<place>{_ANY_PLACE})\b",
    re.IGNORECASE,
)
_LAW_OF_A_PLACE = re.compile(
    rf"\b(?P<place>{_ANY_PLACE})\s+law\s+(?:governs|applies|shall\s+govern|shall\s+apply)\b", re.IGNORECASE
)
_LAW = (
    r"(?:recht|gesetz\w*|obligationenrecht|arbeitsrecht|rechtsvorschriften|droit(?:\s+du\s+travail)?|loi"
    r"|législation|ley|leyes|legislaci[óo]n|derecho|legge|diritto|lei|direito|law)"
)
_BEFORE, _AFTER = (
    tuple((place, re.compile(pattern.format(words=words), re.IGNORECASE)) for place, words in _ADJECTIVES.items())
    for pattern in (
        rf"\b(?P<word>{{words}})\s+{_LAW}\b",
        rf"\b{_LAW}\s+(?:laboral\s+)?(?:(?:vigente\s+)?(?:en|de|du|der|de\s+la|des|del)\s+)?(?P<word>{{words}})(?!\w)",
    )
)
_GOVERNS = re.compile(
    r"gilt|findet|anwend|anzuwend|unterlieg|maßgeb|massgeb|applicable|régi|soumis|r[ée]git|regirá|rige"
    r"|regido|vigente|sujet|someten|interpretaci|regolat|applica|disciplin|aplica|toepass|beheerst|govern"
    r"|appl(?:y|ies)|accordance|subject|construed|recht\s*:|law\s*:",
    re.IGNORECASE,
)
_IN_PASSING = re.compile(
    r"steuer|tax|fiscal|sozialversicherung|sécurité\s+sociale|seguridad\s+social|datenschutz|mindest", re.IGNORECASE
)


def laws(text: str, clauses: Sequence[Clause]) -> Iterator[NamedLaw]:
    """Yield the laws named: by the row on it, then by adjective or in another language, the last first."""
    for clause in about(tuple(clauses), "law"):
        if clause.row and (named := _PLACED.match(text, clause.start, clause.end)) is not None:
            yield NamedLaw(_PLACES[" ".join(named["place"].split()).casefold()], 0.93, *named.span("place"))
    found = [
        NamedLaw(_PLACES[" ".join(match["place"].split()).casefold()], 0.93, *match.span("place"))
        for match in _LAW_OF_A_PLACE.finditer(text)
    ]
    for patterns in (_BEFORE, _AFTER):
        for place, pattern in patterns:
            for match in pattern.finditer(text):
                around = _beside(text, *match.span())
                if _GOVERNS.search(around) and not _IN_PASSING.search(around):
                    found.append(NamedLaw(place, 0.93, *match.span()))
    yield from sorted(found, key=lambda each: -each.start)


def _beside(text: str, start: int, end: int) -> str:
    """The sentence around `start`..`end`; of a row with a label, the row."""
    before = text[max(0, start - 130) : start].rsplit(". ", 1)[-1]
    row = before.rsplit("\n", 1)[-1]
    after = text[end : end + 60].split(".", 1)[0]
    return f"{row if ':' in row or chr(9) in row else before}{text[start:end]}{after.split(chr(10), 1)[0]}"
