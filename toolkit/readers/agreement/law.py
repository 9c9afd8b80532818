"""Whose law governs a contract: the state or country its choice-of-law clause names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.fields.country_table import ROWS
from toolkit.readers.prose import Prose

_STATES = """Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho
Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri
Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon
Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia
Wisconsin|Wyoming|District of Columbia|Puerto Rico|Ontario|Quebec|British Columbia|Alberta|Manitoba|Saskatchewan
Nova Scotia|New South Wales|Victoria|Queensland""".replace("\n", "|")
_COUNTRIES = """England and Wales|England|Wales|Scotland|Northern Ireland|Ireland|United Kingdom|Germany
Federal Republic of Germany|France|Spain|Italy|Netherlands|The Netherlands|Belgium|Luxembourg|Switzerland
Austria|Sweden|Norway|Denmark|Finland|Poland
Portugal|Greece|Israel|India|Singapore|Malaysia|Hong Kong|People's Republic of China|China|Japan|South Korea|Korea
Australia|New Zealand|Canada|Mexico|Brazil|Argentina|Chile|South Africa|United Arab Emirates|Cayman Islands|Bermuda
British Virgin Islands|Jersey|Guernsey|Cyprus|Malta|Turkey|Russia|Ukraine|Taiwan|Thailand|Vietnam|Indonesia
Philippines|Nigeria|Kenya|Egypt|Utopia|United States|United States of America""".replace("\n", "|")
#: States of the United States, in lower case: dates are written month first there.
STATES = frozenset(state.casefold() for state in _STATES.split("|")[:53])
#: Short names that stand for a country in clauses and are no name elsewhere.
_SHORT = {
    "prc": "People's Republic of China",
    "p.r.c.": "People's Republic of China",
    "p.r. china": "People's Republic of China",
    "uae": "United Arab Emirates",
}
_EVERY = [row.split("|")[2] for row in ROWS.strip().splitlines()]
PLACES = (
    {title.casefold(): title for title in _EVERY if title and not set(title) & set("(),")}
    | {place.casefold(): place for place in (*_STATES.split("|"), *_COUNTRIES.split("|"))}
    | _SHORT
)
_PLACE = (
    r"(?P<place>"
    + "|".join(re.escape(p).replace(r"\ ", r"\s+") for p in sorted(PLACES, key=len, reverse=True))
    + r")(?![\w])"
)
_OF = (
    r"(?:the\s*)?(?:United\s+States(?:\s+of\s+America)?\s+and\s+(?:of\s+)?(?:the\s+)?)?"
    r"(?:(?:State|Commonwealth|Province|Republic|Kingdom)\s*of\s+)?(?:the\s+)?"
)

# Each with the weight its words carry; the place named with the greatest sum is the answer.
_CLAUSES = (
    (
        rf"(?:govern|constru|interpret|enforced|controll?)\w*\b[^.;]{{0,200}}?\blaws?\s*"
        rf"(?:and\s+(?:public\s+)?\w+\s+|,\s*rules[^.;]{{0,30}}?|\([^)]*\)\s*)?(?:of|in\s+force\s+in)\s+{_OF}{_PLACE}",
        5.0,
    ),
    (rf"(?:govern|constru|interpret|enforced|controll?)\w*\b[^.;]{{0,120}}?\b{_PLACE}\s+(?:state\s+)?laws?\b", 5.0),
    (rf"\b(?:internal\s+)?laws?\s+of\s+{_OF}{_PLACE}[^.;]{{0,60}}?\b(?:shall\s+)?(?:govern|appl|control)", 5.0),
    (rf"governing\s+law\W[^.;]{{0,160}}?\b{_PLACE}", 3.0),
    (
        rf"(?:accordance\s+with|under|by|application\s+of)\s+(?:\(\w\)\s*)?the\s+(?:\w+\s+)?laws?\s+of\s+{_OF}{_PLACE}",
        2.0,
    ),
    (rf"\blaws?\s+of\s+{_OF}{_PLACE}\s+appl", 5.0),
    (rf"courts?\b[^.;]{{0,80}}?\b(?:of|in|for)\s+{_OF}(?:[\w\s,]{{0,40}}?\b)?{_PLACE}", 0.7),
    (
        r"(?:recht|gesetze)[^.;]{0,40}\b(?P<place>Deutschland|Bundesrepublik Deutschland|deutsche[sn]?)\b"
        r"|\b(?P<place_>deutsche[sm])\s+Recht",
        4.0,
    ),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), weight) for pattern, weight in _CLAUSES)
_INCORPORATED = re.compile(
    r"(?:organi[sz]ed|incorporated|existing|registered|formed)(?:\s+and\s+existing)?\s+under\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Law:
    """The jurisdiction, the trust in it, where it is named, and the others that had a claim."""

    place: str
    trust: float
    start: int
    end: int


def governing_law(prose: Prose) -> tuple[Law, ...]:
    """Return the jurisdictions with a claim, the strongest first; nothing when none is named."""
    claims: dict[str, list[tuple[float, int, int]]] = {}
    for place, weight, start, end in _claims(prose.text):
        claims.setdefault(place, []).append((weight, start, end))
    ranked = sorted(claims.items(), key=lambda item: (-sum(weight for weight, _, _ in item[1]), item[1][0][1]))
    total = sum(weight for _, spans in ranked for weight, _, _ in spans)
    laws = []
    for place, spans in ranked:
        weight, start, end = max(spans, key=lambda span: (span[0], -span[1]))
        share = sum(w for w, _, _ in spans) / total
        trust = 0.95 if weight >= 5 and share >= 0.7 else 0.85 if weight >= 2 else 0.6
        laws.append(Law(place, trust, start, end))
    return tuple(laws)


def _claims(text: str) -> Iterator[tuple[str, float, int, int]]:
    for pattern, weight in _COMPILED:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 60) : match.start()]
            groups = match.groupdict()
            named = groups.get("place") or groups.get("place_") or ""
            group = "place" if groups.get("place") else "place_"
            if not named or _INCORPORATED.search(before):
                continue
            plain = " ".join(named.split()).casefold()
            # Federal statutes are cited in passing; states govern contracts.
            claim = weight * 0.3 if plain.startswith("united states") else weight
            place = "Germany" if plain.startswith(("deutsch", "bundes")) else PLACES[plain.replace("\u2019", "'")]
            yield place, claim, match.start(group), match.end(group)
