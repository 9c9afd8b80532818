"""Names of parties: which names can be a party's, what belongs to such a name, and when two are one.

Knows legal forms, trade names and the words for roles; knows no clause.
"""

from __future__ import annotations

import re

from toolkit.readers.agreement.law import PLACES
from toolkit.readers.naming import Name, is_legal, name_at

#: How much of a text is searched for a name's other places.
_FAR = 300_000
#: Words that name what somebody is in a contract and nobody in particular.
_ROLE_WORDS = frozenset(
    """franchisee franchisor member members licensee licensor supplier purchaser buyer seller director developer
    distributor reseller client customer consultant contractor vendor provider party parties affiliates affiliate
    employee employer executive company borrower lender lessor lessee landlord tenant owner promoter sponsor
    manufacturer agent representative recipient discloser business units unit above named undersigned customer
    service secretary president witness attorney counsel end-user user subscriber shareholder stockholder
    investor assignor assignee host home principal participant candidate applicant date""".split()  # noqa: SIM905
)
#: Short capitals that end a list of parties or stand beside a signature, and name nobody.
_NOBODY = frozenset(
    {"NOW", "CEO", "CFO", "COO", "VP", "U.S.A.", "U.S.", "USA", "SUPPLIER", "PURCHASER", "BUYER", "SELLER"}
)


def can_be_party(name: Name) -> bool:
    """Return whether *name* can be a party's: no role, no place, no bare legal form, no row of one letter."""
    words = name.text.split()
    if all(word.casefold().strip(".,:'\"") in _ROLE_WORDS for word in words) or re.search(r"(\w)\1{4,}", name.text):
        return False
    if all(len(word.strip(".")) < 2 for word in words):
        return False
    if name.text in _NOBODY or name.text.casefold() in PLACES or all(is_legal(word) for word in words):
        return False
    return len(name.text) > 2 and (len(words) > 1 or name.text[0].isupper())


_TRADING = re.compile(
    r"\s*,?\s*(?:an?\s+[\w\s-]{3,60}?,\s*)?(?:d\s?/?\s?b\s?/?\s?a\b\.?|doing\s+business\s+as)\s+(?:the\s+)?",
    re.IGNORECASE,
)


def also_trading(text: str, name: Name) -> Name:
    """Return *name* with the one it trades under, "X d/b/a Y", where that follows; former names are no part of it."""
    trading = _TRADING.match(text, name.end)
    other = name_at(text, trading.end()) if trading else None
    if other is None or other.end - name.end > 160:
        return name
    return Name(f"{name.text} d/b/a {other.text}", name.start, other.end)


def whole(text: str, name: Name) -> Name:
    """Return "Saco River Telegraph and Telephone Company" where *name* is only its first half.

    Two names joined by "and" are one where the second never stands without the first.
    """
    joint = re.compile(r"\s+and\s+").match(text, name.end)
    second = name_at(text, joint.end()) if joint and not name.legal else None
    if joint is None or second is None or not second.legal:
        return name
    later = re.escape(second.text).replace(r"\ ", r"\s+")
    alone = len(re.findall(rf"(?<![\w]){later}", text[:_FAR], re.IGNORECASE))
    whole = re.escape(f"{name.text} and {second.text}").replace(r"\ ", r"\s+").replace("and", "(?:and|&)")
    together = len(re.findall(rf"(?<![\w]){whole}", text[:_FAR], re.IGNORECASE))
    if together < 2 or together < alone:
        return name
    return Name(f"{name.text} and {second.text}", name.start, second.end)


def same(one: Name, other: Name) -> bool:
    """Return whether two names are one party's, however they are printed."""
    first, second = (re.sub(r"[\W_]|and", "", name.text.casefold()) for name in (one, other))
    if one.legal and other.legal:
        # "Fujitsu Semiconductor Limited" is another company than "Aizu Fujitsu Semiconductor Limited".
        return first.removeprefix("the") == second.removeprefix("the")
    return first == second or (min(len(first), len(second)) > 5 and (first in second or second in first))
