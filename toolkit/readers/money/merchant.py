"""Who made the paper out: the names of the paper weighed by `scorer.toml`, and how sure the likeliest of them is.

Choosing is one matter and letters are another: a confidence of 0.90 and more speaks for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.model import Method
from toolkit.readers.money.head_rows import Found, glyphs
from toolkit.readers.money.labels import DATA
from toolkit.readers.money.letterhead import Layout
from toolkit.readers.money.merchant_names import Candidate, candidates, same

#: Evidence beside which no name is vouched for: it may be a customer's, a slogan or misread.
_DOUBT = frozenset(
    {
        "after_address",
        "after_buyer",
        "bought",
        "owner",
        "colon",
        "label",
        "digits",
        "sentence",
        "street",
        "odd",
        "blurred",
    }
)
#: Evidence of a place where only the merchant's name stands; a sign may be of a brand, so it needs a second.
_PLACE = frozenset({"then_address", "near_address", "registered", "domain", "payee", "seller", "alike"})
_SIGN = frozenset({"trade", "repeated", "domain", "tall"})


#: Letters that are no blurred logo.
_CLEAR = 0.96


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points by what speaks for a candidate, and those it starts with."""

    start: float
    weights: Mapping[str, float]


class Scorer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `scorer.toml`."""

    merchant: Weights


@cache
def _scorer() -> Scorer:
    return definitions.load(DATA / "scorer.toml", Scorer)


def points(candidate: Candidate) -> float:
    """Return the evidence of *candidate*, weighed."""
    scorer = _scorer().merchant
    return scorer.start + sum(scorer.weights.get(name, 0.0) * amount for name, amount in candidate.evidence.items())


def ranked(layout: Layout) -> list[Found]:
    """Return the names that may be the merchant's, the likeliest first; empty where the paper names nobody."""
    weighed = sorted(((points(each), each) for each in candidates(layout)), key=lambda each: -each[0])
    kept = [each for each in weighed if each[0] >= 1]
    return [Found(each.value, _confidence(own, each, kept), each.rows) for own, each in kept]


def _confidence(own: float, name: Candidate, kept: Sequence[tuple[float, Candidate]]) -> float:
    """How sure it is that *name* with *own* points is the merchant's, and that its letters are right."""
    rivals = [(other, each) for other, each in kept if each is not name and not same(each.value, name.value)]
    lead = min((own - other for other, _ in rivals), default=2.0)
    if own < 2.5:
        chosen = 0.60
    elif lead < 0.8:
        chosen = 0.75
    elif _placed(own, lead, name, [each for _, each in rivals]):
        chosen = 0.93
    else:
        chosen = 0.86 if "repeated" in name.evidence and own >= 3.5 else 0.80
    letters = glyphs(name.rows)
    return min(chosen, 0.93 if _legible(name, letters) else 0.85, max(letters, 0.3))


def _placed(own: float, lead: float, name: Candidate, rivals: Sequence[Candidate]) -> bool:
    """Whether *name* stands where only the merchant's does.

    A shop's sign is not its name where a company is named as well, other than the one that owns it.
    """
    known = name.evidence.keys()
    if known & _DOUBT or not known & (_PLACE if "legal" in known else _PLACE | {"repeated"}):
        return False
    if "legal" in known:
        return own >= 4.5 and not any(_signs_over(each, name) for each in rivals)
    named = any("legal" in each.evidence and "owner" not in each.evidence for each in rivals)
    return "order" not in known and not named and (lead >= 2.0 or bool(known & _SIGN))


def _signs_over(rival: Candidate, company: Candidate) -> bool:
    """Whether a clear sign of another name stands first, over the *company*: a brand, and who runs its shop.

    The specialist knows the brand, the tax office the company; which of them a paper is filed under is theirs to say.
    """
    clear = not rival.evidence.keys() & {"legal", "order", *_DOUBT} and "alike" not in company.evidence
    return clear and rival.rows[0].index < company.rows[0].index and glyphs(rival.rows) >= _CLEAR


def _legible(name: Candidate, letters: float) -> bool:
    """Whether the letters of a name can be taken as they are read; names have no check digit."""
    if name.rows[0].method is Method.TEXT_LAYER:
        return True
    if "mended" in name.evidence:
        return False
    return letters >= 0.97 or (letters >= 0.96 and bool(name.evidence.keys() & {"repeated", "known"}))
