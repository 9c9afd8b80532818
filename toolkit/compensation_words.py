"""The words of a compensation table in the languages of policies: labels, what a row rests on, periods. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal

from toolkit.fields.currency import MINOR_UNITS
from toolkit.policy_clauses import LANGUAGES, Texts
from toolkit.policy_words import LOCALES, base_language, cited

LABELS: Final[Mapping[str, Texts]] = {
    "base": {
        "en": "Base salary", "de": "Grundgehalt", "fr": "Salaire de base", "es": "Salario base",
    },
    "hypothetical_tax": {
        "en": "Hypothetical tax", "de": "Hypothetische Steuer", "fr": "Impôt hypothétique", "es": "Impuesto hipotético",
    },
    "hypothetical_social_security": {
        "en": "Hypothetical social security", "de": "Hypothetische Sozialversicherung",
        "fr": "Cotisations sociales hypothétiques", "es": "Seguridad social hipotética",
    },
    "housing_norm": {
        "en": "Home housing norm", "de": "Wohnkostennorm im Heimatland",
        "fr": "Norme de logement du pays d’origine", "es": "Norma de vivienda de origen",
    },
    "net": {
        "en": "Net home pay", "de": "Nettovergütung im Heimatland",
        "fr": "Rémunération nette d’origine", "es": "Retribución neta de origen",
    },
    "cost_of_living": {
        "en": "Goods and services differential", "de": "Kaufkraftausgleich",
        "fr": "Différentiel de biens et services", "es": "Diferencial de bienes y servicios",
    },
    "mobility_premium": {
        "en": "Mobility premium", "de": "Mobilitätszulage", "fr": "Prime de mobilité", "es": "Prima de movilidad",
    },
    "hardship": {
        "en": "Hardship allowance", "de": "Erschwerniszulage", "fr": "Prime de pénibilité",
        "es": "Complemento por condiciones difíciles",
    },
    "housing": {
        "en": "Housing allowance", "de": "Wohngeld", "fr": "Indemnité de logement", "es": "Ayuda de vivienda",
    },
    "transport": {
        "en": "Transport allowance", "de": "Fahrtkostenzulage", "fr": "Indemnité de transport",
        "es": "Ayuda de transporte",
    },
    "schooling": {
        "en": "Schooling allowance", "de": "Schulgeld", "fr": "Indemnité de scolarité", "es": "Ayuda escolar",
    },
    "spousal_support": {
        "en": "Spousal support", "de": "Unterstützung des Ehepartners", "fr": "Aide au conjoint",
        "es": "Ayuda al cónyuge",
    },
    "relocation": {
        "en": "Relocation allowance", "de": "Umzugspauschale", "fr": "Prime d’installation",
        "es": "Ayuda de reubicación",
    },
    "medical": {
        "en": "Medical insurance", "de": "Krankenversicherung", "fr": "Assurance maladie", "es": "Seguro médico",
    },
    "pension": {
        "en": "Pension contribution", "de": "Beitrag zur Altersvorsorge", "fr": "Cotisation de retraite",
        "es": "Aportación a la pensión",
    },
    "home_leave": {
        "en": "Home leave allowance", "de": "Heimaturlaubszulage", "fr": "Indemnité de congé au pays",
        "es": "Ayuda de viaje al país de origen",
    },
    "total": {
        "en": "Total", "de": "Summe", "fr": "Total", "es": "Total",
    },
    "total_once": {
        "en": "Total, paid once", "de": "Summe der einmaligen Zahlungen", "fr": "Total, versé une fois",
        "es": "Total, pago único",
    },
}  # fmt: skip

STATED: Final[Texts] = {
    "en": "as agreed for this case", "de": "vereinbart für diesen Fall", "fr": "convenu pour ce dossier",
    "es": "acordado para este caso",
}  # fmt: skip
_CONTRACT: Final = {"en": "contract p. {}", "de": "Vertrag S. {}", "fr": "contrat p. {}", "es": "contrato p. {}"}
_SUM: Final = {"en": "sum of the above", "de": "Summe der Zeilen darüber", "fr": "somme de ce qui précède",
               "es": "suma de lo anterior"}  # fmt: skip
_FROM_MONTH: Final = {"en": "from month {}", "de": "ab Monat {}", "fr": "à partir du mois {}", "es": "desde el mes {}"}
_MONTHS: Final = {"en": "months {} to {}", "de": "Monate {} bis {}", "fr": "mois {} à {}", "es": "meses {} a {}"}
_PERCENT_OF_BASE: Final = {
    "en": "{} % of base salary", "de": "{} % des Grundgehalts", "fr": "{} % du salaire de base",
    "es": "{} % del salario base",
}  # fmt: skip
_INDEX: Final = {
    "en": "{spendable} × ({index} − 100) / 100", "de": "{spendable} × ({index} − 100) / 100",
    "fr": "{spendable} × ({index} − 100) / 100", "es": "{spendable} × ({index} − 100) / 100",
}  # fmt: skip
PERIODS: Final[Mapping[str, Texts]] = {
    "year": {"en": "a year", "de": "im Jahr", "fr": "par an", "es": "al año"},
    "month": {"en": "a month", "de": "im Monat", "fr": "par mois", "es": "al mes"},
}
_RATE: Final = {
    "en": "1\u00a0{currency} = {value}\u00a0{base}: {source} of {day}.",
    "de": "1\u00a0{currency} = {value}\u00a0{base}: {source} vom {day}.",
    "fr": "1\u00a0{currency} = {value}\u00a0{base}\u00a0: {source} du {day}.",
    "es": "1\u00a0{currency} = {value}\u00a0{base}: {source} de {day}.",
}
ECB: Final[Texts] = {
    "en": "ECB euro foreign exchange reference rate", "de": "Euro-Referenzkurs der EZB",
    "fr": "cours de référence de l’euro de la BCE", "es": "tipo de cambio de referencia del euro del BCE",
}  # fmt: skip
_TITLE_ONLY: Final = {
    "en": "{title} ({clause}) is paid as it is incurred and stands in no sum.",
    "de": "{title} ({clause}) wird nach Anfall gezahlt und steht in keiner Summe.",
    "fr": "{title} ({clause}) est payé au fur et à mesure et n’entre dans aucun total.",
    "es": "{title} ({clause}) se paga según se devenga y no entra en ninguna suma.",
}
SOME_MONTHS: Final[Texts] = {
    "en": "The total adds up every line, also what is paid in some months of the assignment only.",
    "de": "Die Summe zählt alle Zeilen zusammen, auch was nur in einigen Monaten der Entsendung gezahlt wird.",
    "fr": "Le total additionne toutes les lignes, y compris ce qui n’est versé que certains mois de la mission.",
    "es": "El total suma todas las filas, también lo que se paga solo en algunos meses de la asignación.",
}
MINUS: Final = "\N{MINUS SIGN}"
ONCE: Final[Texts] = {"en": "paid once", "de": "einmalig", "fr": "versé une fois", "es": "pago único"}


def number(value: Decimal, language: str) -> str:
    """Return a plain number as *language* writes it, without trailing zeros: 112.4 or 112,4."""
    short = value.normalize() if value else Decimal(0)
    return str(format_decimal(short, format="#,##0.##########", locale=LOCALES[base_language(language)]))


def amount(value: Decimal | None, currency: str, language: str) -> str:
    """Return an amount of a column to the smallest unit of its currency, with its ISO 4217 code; "" for None.

    A negative one bears a true minus (U+2212), which no line ends behind and no font draws as short as a hyphen.
    """
    if value is None:
        return ""
    digits = MINOR_UNITS.get(currency, 2)
    figure = "#,##0" + ("." + "0" * digits if digits else "")
    pattern = f"¤¤\u00a0{figure};¤¤\u00a0-{figure}" if base_language(language) == "en" else f"{figure}\u00a0¤¤"
    locale = LOCALES[base_language(language)]
    said = str(format_currency(value, currency, pattern, locale=locale, currency_digits=False))
    return said.replace("-", MINUS)


def every(make: Mapping[str, str], **parts: Mapping[str, str]) -> Texts:
    """Return the text in every language, its parts filled in that language."""
    return {each: make[each].format(**{name: texts[each] for name, texts in parts.items()}) for each in LANGUAGES}


def clause_basis(clause_number: str) -> Texts:
    """Return "clause 5.3" in every language."""
    return {each: cited(clause_number, each) for each in LANGUAGES}


def months(first: int, last: int) -> Texts | None:
    """Return the months of the assignment in which something is paid: "from month 7"; None where in all of them."""
    if last:
        return {e: _MONTHS[e].format(first, last) for e in LANGUAGES}
    return {e: _FROM_MONTH[e].format(first) for e in LANGUAGES} if first > 1 else None


def months_basis(source: Texts, said: Texts | None) -> Texts:
    """Return *source* and the months in which it is paid, where those are said."""
    return source if said is None else {e: f"{source[e]}; {said[e]}" for e in LANGUAGES}


def contract_basis(page: int) -> Texts:
    """Return "contract p. 2" in every language."""
    return {each: text.format(page) for each, text in _CONTRACT.items()}


def sum_basis() -> Texts:
    """Return what a subtotal rests on."""
    return _SUM


def percent_basis(source: Texts, percent: Decimal) -> Texts:
    """Return *source* and so many per cent of the base salary."""
    return {e: f"{source[e]}; {_PERCENT_OF_BASE[e].format(number(percent, e))}" for e in LANGUAGES}


def index_basis(source: Texts, spendable: Decimal, currency: str, index: Decimal, index_source: str) -> Texts:
    """Return *source* and the formula of the goods and services differential with its figures."""
    beside = f" ({index_source})" if index_source else ""
    return {
        e: f"{source[e]}; "
        + _INDEX[e].format(spendable=amount(spendable, currency, e), index=number(index, e))
        + beside
        for e in LANGUAGES
    }


def rate_note(currency: str, base: str, value: Decimal, source: Texts, day: Texts, language: str) -> str:
    """Return the rate in a sentence of *language*: "1 EUR = 1.1 USD: ECB ... of 2 November 2026"."""
    spoken = base_language(language)
    return _RATE[spoken].format(
        currency=currency, base=base, value=number(value, spoken), source=source[spoken], day=day[spoken]
    )


def left_out(title: Texts, clause_number: str) -> Texts:
    """Return that what the clause grants is paid as it is incurred, in every language."""
    fallback = next(iter(title.values()))
    return {e: _TITLE_ONLY[e].format(title=title.get(e, fallback), clause=cited(clause_number, e)) for e in LANGUAGES}
