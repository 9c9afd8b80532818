"""How a paper was paid: by card, in cash, by transfer, from an account on line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.labels import DATA, roles
from toolkit.readers.money.reference import Reference
from toolkit.readers.money.rows import Row

#: `############4711`, `XXXX XXXX XXXX 4711`.
_MASKED = re.compile(r"(?:[*#•xX]\s?){4,}\d{4}(?!\d)")
_BRAND = re.compile(r"\b(?:visa|mastercard|maestro|girocard|amex|american express|debit|vpay|v pay|bancomat|dankort)\b")
#: A row that names a card and little else is no longer than this.
_BRAND_ROW = 24
#: And one that says nothing but that it was a card.
_CARD_ROW = 48
#: A word, other than the small ones between `paid` and `card` and the codes of currencies.
_NAMED = re.compile(
    r"(?<![^\W\d_])(?!(?:by|with|via|mit|per|par|avec|con|met|med|com|em|z|na|in|eur|usd|gbp|chf|sgd|rm|kr|ok)(?![^\W\d_]))"
    r"[^\W\d_]+"
)


class Payments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `payments.toml`: words by way of payment, in lower case without accents."""

    ways: Mapping[str, tuple[str, ...]]
    #: Words that name no way: the cash role is theirs only by custom.
    vague: tuple[str, ...]


@cache
def _table() -> Payments:
    return definitions.load(DATA / "payments.toml", Payments)


@cache
def _ways() -> Mapping[str, re.Pattern[str]]:
    return {way: _pattern(words) for way, words in _table().ways.items()}


@cache
def _vague() -> re.Pattern[str]:
    return _pattern(_table().vague)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    spelled = sorted((fold(each) for each in words), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(each)}(?![a-z])" for each in spelled))


def payment(rows: Sequence[Row], found: Sequence[Figure], total: Decimal | None) -> Reference | None:
    """Return how the paper was paid, with the row that says so.

    A row that names the way in words ("payment method") speaks first, then the row with the total's own amount.
    """
    named = _named(rows)
    ways = [figure for figure in found if figure.role in ("card", "cash") and not figure.table]
    if not ways:
        return named or _shown(rows)
    exact = [figure for figure in ways if total is not None and abs(figure.value) == abs(total)]
    change = any(figure.role == "change" and figure.value for figure in found)
    best = next((each for each in exact if each.role == "card"), (exact or ways)[0])
    kinds = {_way(figure) for figure in ways if figure.value}
    value = _way(best)
    # A card slip's own amount is the total; cash is more than the total, and change comes back.
    sure = len(kinds) == 1 and (bool(exact) or (change and best.role == "cash"))
    if value is None:
        # `Paid 20.00`: change comes back from cash only.
        other = named or _shown(rows)
        if other is not None or not change:
            return other
        value, sure = "cash", True
    if named is not None and named.value != value:
        return Reference(named.value, 0.70, named.row, named.start, named.end)
    return Reference(value, 0.92 if sure else 0.85 if named else 0.70, best.row, best.start, best.end)


def _way(figure: Figure) -> str | None:
    """The way a row of payment names; None where it says only that something was paid."""
    text = figure.row.folded
    way = next((name for name, pattern in _ways().items() if pattern.search(text)), None)
    return way if way or (figure.role == "cash" and _vague().search(text)) else figure.role


def _shown(rows: Sequence[Row]) -> Reference | None:
    """The name of a card on a row of its own, or the last digits of its number: the slip of a terminal.

    So does a row that says `card` and nothing besides, or that it was paid so.
    """
    for row in rows:
        match = _MASKED.search(row.text) or (_BRAND.search(row.folded) if len(row.text) <= _BRAND_ROW else None)
        if match:
            return Reference("card", 0.85, row, match.start(), match.end())
    for row in rows:
        match = _ways()["card"].search(row.folded) if len(row.text) <= _CARD_ROW else None
        if match and not _NAMED.search(_vague().sub(" ", _ways()["card"].sub(" ", row.folded))):
            return Reference("card", 0.80, row, match.start(), match.end())
    return None


def _named(rows: Sequence[Row]) -> Reference | None:
    """`Zahlungsart: Kreditkarte`, `Payment mode` over `Cash at hotel`."""
    for at, row in enumerate(rows):
        if "method" not in roles(row.text):
            continue
        for each in (row, *rows[at + 1 : at + 2]):
            for way, pattern in _ways().items():
                match = pattern.search(each.folded)
                if match:
                    return Reference(way, 0.85 if each is row else 0.75, each, match.start(), match.end())
    return None
