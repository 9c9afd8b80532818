"""The few words that rows of letters are made with, by language: roles, who provides, whether a paper is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from toolkit.policy_clauses import Clause, Per
from toolkit.policy_words import base_language, measured, money, narrowed

_ORDER: Final = ("en", "de", "fr", "es")
_RELATIONSHIPS: Final[Mapping[str, tuple[str, ...]]] = {
    "spouse": ("spouse", "Ehegatte oder Ehegattin", "conjoint ou conjointe", "cónyuge"),
    "partner": ("partner", "Partner oder Partnerin", "partenaire", "pareja"),
    "child": ("child", "Kind", "enfant", "hijo o hija"),
    "parent": ("parent", "Elternteil", "parent", "padre o madre"),
}
_PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "employee": ("you", "Sie", "vous", "usted"),
    "dependant": ("your family", "Ihre Familie", "votre famille", "su familia"),
    "employer": ("your employer", "Ihr Arbeitgeber", "votre employeur", "su empleador"),
    "counsel": ("counsel", "die Kanzlei", "le cabinet", "el despacho"),
}
_STATUS: Final[Mapping[str, tuple[str, ...]]] = {
    "met": ("here", "liegt vor", "reçu", "recibido"),
    "unmet": ("still needed", "fehlt noch", "à fournir", "pendiente"),
    "unsure": ("being checked", "wird geprüft", "en cours de vérification", "en revisión"),
}
_PER: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("per day", "pro Tag", "par jour", "por día"),
    "night": ("per night", "pro Nacht", "par nuit", "por noche"),
    "trip": ("per trip", "pro Reise", "par voyage", "por viaje"),
    "month": ("per month", "pro Monat", "par mois", "al mes"),
    "year": ("per year", "pro Jahr", "par an", "al año"),
    "assignment": ("per assignment", "pro Entsendung", "par affectation", "por desplazamiento"),
    "item": ("per item", "pro Stück", "par unité", "por unidad"),
    "kilometre": ("per kilometre", "pro Kilometer", "par kilomètre", "por kilómetro"),
    "person": ("per person", "pro Person", "par personne", "por persona"),
}


def relationship(role: str, language: str) -> str:
    """Return what somebody of *role* is to the employee; the role itself where there is no word for it."""
    return _in(_RELATIONSHIPS, role, language)


def provider(by: str, language: str) -> str:
    """Return who provides a paper, as the employee is told."""
    return _in(_PROVIDERS, by, language)


def status(state: str, language: str) -> str:
    """Return whether a paper is here; *state* is met, unmet or unsure."""
    return _in(_STATUS, state, language)


def limits(clause: Clause, language: str, country: str) -> str:
    """Return the limits and measures of *clause* that hold in *country*: "EUR 2,400 per month", "20 cubic metres"."""
    found: Sequence[object] = [*narrowed(clause.limits, country), *narrowed(clause.measures, country)]
    said = [_limit(each.amount, each.currency, each.per, language) for each in clause.limits if each in found]
    said += [measured(each, language) for each in clause.measures if each in found]
    return "; ".join(dict.fromkeys(said))


def _limit(amount: Decimal, currency: str, per: Per, language: str) -> str:
    return f"{money(amount, currency, language)} {_in(_PER, str(per), language)}"


def _in(words: Mapping[str, tuple[str, ...]], key: str, language: str) -> str:
    spoken = base_language(language)
    return words[key][_ORDER.index(spoken)] if key in words and spoken in _ORDER else key
