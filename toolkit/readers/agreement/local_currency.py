"""Which of the currencies a mark can mean a paper of work speaks of: by its law, its addresses and its legal forms.

"$" is twenty currencies. One of them is taken only where the paper itself shows the country, and vouched for only
where two different signs show the same one and none shows another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_US_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
    "OH OK OR PA RI SC"
    " SD TN TX UT VT VA WA WV WI WY DC"
)
_NAMED_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois"
    "|Indiana|Iowa|Kansas|Kentucky|Louisiana"
    "|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New "
    "Hampshire|New Jersey|New Mexico|New York"
    "|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South "
    "Dakota|Tennessee|Texas|Utah|Vermont|Virginia"
    "|Washington|West Virginia|Wisconsin|Wyoming"
)
#: Signs of a country, each an expression of its own; two that show one currency vouch for it.
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "USD": (
        rf"\b(?:{_US_STATES.replace(' ', '|')})[ ]+\d{{5}}(?:-\d{{4}})?\b",
        rf"(?:State|Commonwealth)\s+of\s+(?:{_NAMED_STATES})|laws?\s+of\s+(?:the\s+)?(?:{_NAMED_STATES})",
        rf"\b(?:{_NAMED_STATES})\s+(?:corporation|limited\s+liability\s+company)",
        r"\bat[- ]will\b|\b401\s?\(k\)|\bW-[24]\b|\bI-9\b|Fair\s+Labor\s+Standards|\bFLSA\b"
        r"|Internal\s+Revenue|U\.S\.\s+citizen",
        rf",\s(?:{_NAMED_STATES})\b",
    ),
    "CAD": (
        r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z][ ]\d[A-Z]\d\b",
        r"\b(?:British\s+Columbia|Ontario|Qu[eé]bec|Alberta|Canada)\b",
        r"\bRRSP\b|Canada\s+Pension",
    ),
    "AUD": (
        r"\bPty\.?\s+Ltd",
        r"\bABN\b|superannuation|Fair\s+Work\s+Act|National\s+Employment\s+Standards",
        r"\b(?:NSW|VIC|QLD|WA|SA|TAS)\s+\d{4}\b|\bAustralia\b",
    ),
    "NZD": (r"KiwiSaver", r"\bNew\s+Zealand\b"),
    "SGD": (
        r"\bPte\.?\s+Ltd",
        r"\bCPF\b|\bUEN\b|Ministry\s+of\s+Manpower",
        r"\bSingapore\s+\d{6}\b|laws\s+of\s+Singapore",
    ),
    "HKD": (r"\bMPF\b|Mandatory\s+Provident", r"\bHong\s+Kong\b"),
    "MXN": (
        r"\bM\.\s?N\.|pesos?\b|moneda\s+nacional",
        r"Ley\s+Federal\s+del\s+Trabajo|\bIMSS\b|\bCURP\b|\bRFC\b",
        r"\bM[ée]xico\b",
        r"de\s+C\.\s?V\.",
    ),
    "COP": (r"\bColombia\b", r"pesos\s+colombianos"),
    "CLP": (r"\bChile\b", r"pesos\s+chilenos"),
    "ARS": (r"\bArgentina\b", r"pesos\s+argentinos"),
    "INR": (
        r"\bPvt\.?\s+Ltd|Private\s+Limited",
        r"\b(?:lakhs?|crores?|CTC|provident\s+fund|Aadhaar|PAN)\b",
        r"\bIndia\b|Indian\s+Contract\s+Act",
    ),
    "PKR": (r"\bPakistan\b|Karachi|Lahore",),
    "LKR": (r"\bSri\s+Lanka\b",),
    "ZAR": (r"\(Pty\)\s+Ltd", r"South\s+Africa", r"\bUIF\b|Basic\s+Conditions\s+of\s+Employment"),
    "CHF": (r"\bSchweiz|\bSuisse\b|Switzerland|schweizer", r"\bAHV\b|\bAVS\b|Obligationenrecht|\bOR\b"),
    "SEK": (r"\bSverige\b|\bSweden\b",),
    "NOK": (r"\bNorge\b|\bNorway\b",),
    "DKK": (r"\bDanmark\b|\bDenmark\b",),
}
_COMPILED = {
    code: tuple(re.compile(sign, re.IGNORECASE if not sign.startswith(r"\b(?:AL") else 0) for sign in signs)
    for code, signs in _SIGNS.items()
}
_TWO_SIGNS, _ONE_SIGN = 0.92, 0.85


def settled(text: str, meant: Sequence[str]) -> tuple[str | None, float]:
    """Return the one of the currencies *meant* that *text* shows, and the trust in it; (None, 0) where it shows none.

    Several that are shown settle nothing, unless one is shown by two signs more than any other.
    """
    shown = {code: _shown(text, code) for code in meant if code in _COMPILED}
    ranked = sorted(((count, code) for code, count in shown.items() if count), reverse=True)
    if not ranked:
        return None, 0.0
    second = ranked[1][0] if len(ranked) > 1 else 0
    count, code = ranked[0]
    if second and count < second + 2:
        return None, 0.0
    return code, _TWO_SIGNS if count > 1 and not second else _ONE_SIGN


@lru_cache(maxsize=2 * len(_SIGNS))
def _shown(text: str, code: str) -> int:
    """How many signs of the currency *code* the whole *text* has: asked for every amount, searched once."""
    return sum(bool(sign.search(text)) for sign in _COMPILED[code])
