"""A compensation table as the rows of a letter: everything text, as the letter's language writes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from babel.dates import format_date

from toolkit.compensation_rows import Compensation, Placed
from toolkit.compensation_words import ECB, LABELS, ONCE, PERIODS, SOME_MONTHS, amount, rate_note
from toolkit.policy_clauses import LANGUAGES, Texts
from toolkit.policy_words import LOCALES, base_language
from toolkit.rates import Rate


@dataclass(frozen=True, slots=True)
class LetterTable:
    """What a letter prints. `rows` have number, label, home, host, value, basis, side, kind and period, all text, and
    clause (the number of the one it rests on, or empty) and months ("from month 7", or empty).

    `kind` is pay, deduction, subtotal or once. `totals` are label, home, host, value and period of the recurring rows,
    `totals_once` of what is paid once (empty where nothing is). `notes` are whole sentences for below the table;
    `asked` (in English, for the specialist) says what to state so that rows left out come in.
    """

    rows: list[dict[str, str]] = field(repr=False)
    totals: dict[str, str] = field(repr=False)
    totals_once: dict[str, str] = field(repr=False)
    notes: list[str] = field(repr=False)
    asked: list[str]


def rows(made: Compensation, language: str) -> LetterTable:
    """Return *made* as a letter in *language* (`de` or `de-DE`) prints it. Raises KeyError for another language."""
    spoken = base_language(language)
    printed = []
    for number, row in enumerate(made.rows, 1):
        printed.append(
            {
                "number": str(number),
                "label": row.label[spoken],
                "basis": row.basis[spoken],
                "clause": row.clause,
                "months": "" if row.months is None else row.months[spoken],
                "side": row.side,
                "kind": "once" if row.once else row.kind,
                "period": ONCE[spoken] if row.once else PERIODS[made.period][spoken],
                **_columns(row.placed, made, spoken),
            }
        )
    recurring, once = (any(row.once is each for row in made.rows) for each in (False, True))
    period = PERIODS[made.period][spoken]
    return LetterTable(
        printed,
        {"label": LABELS["total"][spoken], "period": period, **_columns(made.total(), made, spoken)}
        if recurring
        else {},
        {"label": LABELS["total_once"][spoken], "period": ONCE[spoken], **_columns(made.total(once=True), made, spoken)}
        if once
        else {},
        notes(made, spoken),
        list(made.asked),
    )


def notes(made: Compensation, language: str) -> list[str]:
    """Return the sentences below a table: each rate with date and source, what the total counts, what no sum holds."""
    spoken = base_language(language)
    in_part = any(row.months is not None and not row.once for row in made.rows)
    return [
        *(_rate(each, spoken) for each in made.rates),
        *([SOME_MONTHS[spoken]] if in_part else []),
        *dict.fromkeys(each[spoken] for each in made.left_out),
    ]


def _rate(rate: Rate, language: str) -> str:
    source = ECB if rate.source.startswith("ECB ") else _same(rate.source)
    day = {each: str(format_date(rate.date, "long", locale=LOCALES[each])) for each in LANGUAGES}
    if rate.date.day == 1:
        day["fr"] = day["fr"].replace("1 ", "1er ", 1)
    return rate_note(rate.currency, rate.base, rate.value, source, day, language)


def _same(text: str) -> Texts:
    return dict.fromkeys(LANGUAGES, text)


def _columns(placed: Placed, made: Compensation, language: str) -> Mapping[str, str]:
    return {
        "home": amount(placed.home, made.home_currency, language),
        "host": amount(placed.host, made.host_currency, language),
        "value": amount(placed.value, made.home_currency, language),
    }
