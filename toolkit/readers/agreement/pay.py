"""The salary a contract promises: amount, currency and period, from the sentence or table row that states it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.fields import currency, money
from toolkit.fields.money import MoneyReading
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Salary:
    """A salary as promised: decimal string, ISO 4217 code or None, "year", "month", "week", "hour" or ""."""

    value: str
    currency: str | None
    period: str
    trust: float
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Salary {self.start}..{self.end} {self.trust:.2f}>"


_CUE = re.compile(
    r"(?P<base>\b(?:base|basic|fixed|gross|annual|yearly|monthly|starting|jahres|monats|brutto)[\s-]*"
    r"(?:gross\s+|annual\s+|base\s+)?(?:salary|compensation|pay|wages?|remuneration|gehalt|brutto\w*|vergütung))"
    r"|(?P<plain>\b(?:salary|salaire|salario|gehalt|bruttogehalt|jahresgehalt|monatsgehalt"
    r"|vergütung|wages?|remuneration|rémunération|remuneración)\b)",
    re.IGNORECASE,
)
_PERIOD_WORDS = {
    "year": r"per\s+(?:year|annum)|annual|yearly|\bp\.?\s?a\.?\b|a\s+year|jährlich|jahres|pro\s+jahr|par\s+an\b|annuel"
    r"|anual|al\s+año",
    "month": r"per\s+month|monthly|a\s+month|monatlich|monats|pro\s+monat|par\s+mois|mensuel|mensual",
    "week": r"per\s+week|weekly|a\s+week|wöchentlich",
    "hour": r"per\s+hour|hourly|an\s+hour|pro\s+stunde|stundenlohn",
}
_PERIODS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _PERIOD_WORDS.items())
_LEAST = 400  # Less than this is a rate by the hour or the day, or no salary at all.
_PAYABLE = re.compile(r"\b(?:payable|paid|zahlbar|in\s+\w+\s+(?:equal\s+)?instal)", re.IGNORECASE)


def salaries(prose: Prose) -> tuple[Salary, ...]:
    """Return the salaries the text states, the most trusted first; bonuses and allowances are none."""
    return tuple(sorted(_salaries(prose), key=lambda each: (-each.trust, each.start)))


def _salaries(prose: Prose) -> Iterator[Salary]:
    text = prose.text
    for cue in _CUE.finditer(text):
        end = _statement_end(text, cue.end())
        window = text[cue.end() : end]
        reading, code = _amount(text, window, cue)
        if reading is None or reading.value is None:
            continue
        between = window[: reading.start]
        if re.search(r"bonus|increase|allowance|deduct|severance|percent|%", between, re.IGNORECASE):
            continue
        around = text[max(0, cue.start() - 60) : cue.end()] + window[: reading.end + 60]
        period = _period(cue.group() + " " + window[: reading.end + 40]) or _period(_heading(text, cue.start()))
        if reading.value < _LEAST and period != "hour":
            continue
        trust = (0.93 if cue["base"] else 0.9) if code else 0.6
        trust -= 0.2 if re.search(r"minimum|threshold|example|up\s+to", around, re.IGNORECASE) else 0.0
        start = cue.end() + reading.start
        yield Salary(
            money.formatted(reading.value),
            code,
            period,
            min(trust, reading.confidence),
            start,
            start + len(reading.text),
        )


def _statement_end(text: str, at: int) -> int:
    stop = re.compile(r"\.(?=\s+[A-Z])|;|\n\s*\n|\f").search(text, at, at + 220)
    return stop.start() if stop else min(len(text), at + 220)


def _amount(text: str, window: str, cue: re.Match[str]) -> tuple[MoneyReading | None, str | None]:
    """The first amount after the cue and its currency: beside it, or in the head of the table it stands in."""
    for reading in money.find(window):
        if reading.currency:
            return reading, reading.currency
        return reading, _headed(text, cue.start(), reading.currencies)
    row_end = window.find("\n") if "\n" in window else len(window)
    bare = [reading for reading in money.find(window[:row_end], bare=True) if reading.value and reading.value >= _LEAST]
    if not bare:
        return None, None
    return bare[0], _headed(text, cue.start(), ())


def _headed(text: str, at: int, meant: tuple[str, ...]) -> str | None:
    """The one currency that the lines above name, if the mark beside the amount can mean it."""
    named = {code for mark in currency.marks(_heading(text, at)) if mark.settles for code in mark.currencies}
    fitting = {code for code in named if not meant or code in meant}
    return fitting.pop() if len(fitting) == 1 else None


def _heading(text: str, at: int) -> str:
    return text[max(0, at - 220) : at]


def _period(written: str) -> str:
    stop = _PAYABLE.search(written)
    for part in (written[: stop.start()] if stop else written, written):
        found = [(match.start(), name) for name, pattern in _PERIODS if (match := pattern.search(part))]
        if found:
            return min(found)[1]
    return ""
