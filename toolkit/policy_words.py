"""A policy's clauses in words: amounts as each language writes them, blanks of a text filled from its limits. Pure.

The text of a clause holds no amounts of its own but blanks, `{limit}`, `{measure}` or `{limit.name}`, so that what a
letter says and what a claim is judged by cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from toolkit.fields.currency import MINOR_UNITS
from toolkit.policy_clauses import Clause, Limit, Measure, Texts, Unit

_BLANK = re.compile(r"\{([^{}]*)\}")
LOCALES: Final = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
_CLAUSE: Final = {"en": "clause {}", "de": "Ziffer {}", "fr": "article {}", "es": "cláusula {}"}
_OR: Final = {"en": " or ", "de": " oder ", "fr": " ou ", "es": " o "}
_NONE: Final = {"en": "no amount set", "de": "kein Betrag festgelegt", "fr": "aucun montant fixé", "es": "sin importe"}
_UNITS: Final = {
    Unit.CUBIC_METRE: "volume-cubic-meter",
    Unit.KILOGRAM: "mass-kilogram",
    Unit.DAY: "duration-day",
    Unit.MONTH: "duration-month",
    Unit.HOUR: "duration-hour",
    Unit.PERCENT: "concentr-percent",
}
#: One and many of what CLDR has no unit for.
_FLIGHTS: Final = {
    "en": ("return flight", "return flights"),
    "de": ("Hin- und Rückflug", "Hin- und Rückflüge"),
    "fr": ("vol aller-retour", "vols aller-retour"),
    "es": ("vuelo de ida y vuelta", "vuelos de ida y vuelta"),
}


def base_language(language: str) -> str:
    """Return `de` for `de-DE` and `de_AT`: a policy's texts are by language, a letter's language by country too."""
    return language.replace("_", "-").partition("-")[0].casefold()


def placeholders(text: str) -> list[str]:
    """Return the blanks of a clause's text, without their braces."""
    return _BLANK.findall(text)


def cited(number: str, language: str) -> str:
    """Return "clause 5.3" in *language*."""
    return _CLAUSE[base_language(language)].format(number)


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with its ISO 4217 code; whole amounts without decimals, as policies write them."""
    digits = MINOR_UNITS.get(currency, 2)
    decimals = "." + "0" * digits if digits and amount != amount.to_integral_value() else ""
    spoken = base_language(language)
    number = f"#,##0{decimals}"
    pattern = f"¤¤\u00a0{number}" if spoken == "en" else f"{number}\u00a0¤¤"
    return str(format_currency(amount, currency, pattern, locale=LOCALES[spoken], currency_digits=False))


def measured(measure: Measure, language: str) -> str:
    """Return a measure with its unit: "20 cubic metres", "2 return flights", "10 per cent"."""
    spoken = base_language(language)
    if measure.unit is Unit.FLIGHT:
        number = format_decimal(measure.amount, locale=LOCALES[spoken])
        return f"{number} {_FLIGHTS[spoken][measure.amount != 1]}"
    length: str = "short" if measure.unit is Unit.PERCENT else "long"
    said = format_unit(measure.amount, _UNITS[measure.unit], length=length, locale=LOCALES[spoken])  # type: ignore[arg-type]
    return str(said)


def written(clause: Clause, language: str, *, country: str = "") -> str:
    """Return the clause's text in *language* with its blanks filled by its limits and measures for *country*.

    Without *country* (ISO alpha-3), or where the clause still holds several tiers, every amount that a blank may stand
    for is named with what it is for. Raises KeyError where the clause has no text in that language.
    """
    spoken = base_language(language)

    def fill(blank: re.Match[str]) -> str:
        kind, _, name = blank[1].partition(".")
        group: Sequence[Limit | Measure] = clause.limits if kind == "limit" else clause.measures
        found = narrowed([each for each in group if each.name == name], country)
        texts = [_amount(each, spoken, tell=len(found) > 1) for each in found]
        return _OR[spoken].join(texts) or _NONE[spoken]

    return _BLANK.sub(fill, clause.text[spoken])


def unfilled(clause: Clause, language: str, *, country: str) -> list[str]:
    """Return the blanks of the clause's text that no amount, or more than one, stands for in *country*."""
    text = clause.text.get(base_language(language), "")
    missing = []
    for blank in placeholders(text):
        kind, _, name = blank.partition(".")
        group: Sequence[Limit | Measure] = clause.limits if kind == "limit" else clause.measures
        if len(narrowed([each for each in group if each.name == name], country)) != 1:
            missing.append(blank)
    return missing


def narrowed(group: Sequence[Limit | Measure], country: str) -> list[Limit | Measure]:
    """Return those of *group* that hold in *country*: the ones that name it, else the ones that name none.

    Limits for single expense categories are no amount of the whole clause, and stay out where others are there.
    """
    whole = [each for each in group if not getattr(each, "categories", ())] or list(group)
    if not country:
        return whole
    own = [each for each in whole if country in each.countries]
    return own or [each for each in whole if not each.countries]


def _amount(each: Limit | Measure, language: str, *, tell: bool) -> str:
    said = money(each.amount, each.currency, language) if isinstance(each, Limit) else measured(each, language)
    of = [*each.tiers, *each.countries]
    return f"{said} ({', '.join(of)})" if tell and of else said


def text_of(texts: Texts, language: str) -> str:
    """Return the text in *language*, or in the policy's first one where it has none: for tables, never for letters."""
    return texts.get(base_language(language)) or next(iter(texts.values()), "")
