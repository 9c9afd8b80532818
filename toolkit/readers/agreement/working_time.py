"""How much somebody works, from where and under what code: weekly hours, part time, remote work, occupation codes.

Knows no length of time but the day a week; probation, notice and holidays are in `engagement`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.readers.agreement import lengths
from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.work_term import Term, sentence


def working_time(text: str, found: Sequence[Clause]) -> Iterator[Term]:
    """Yield weekly hours, the share of full time, the code of the occupation and work from elsewhere."""
    yield from _hours(text, found)
    yield from _codes(text)
    yield from _remote(text)


_REMOTE = re.compile(
    r"work(?:ing)?\s+(?:from\s+home|remotely)|remote|home\s*office|hybrid|mobil\s+(?:arbeiten|zu\s+arbeiten)"
    r"|mobile\s+arbeit|télétravail|teletrabaj|thuiswerk|telelavoro|smart\s+working|teletrabalho|telework",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?<![\d.,:€$£])(?P<number>\d{1,2}(?:[.,]\d{1,2})?)\s*(?:\([^)]{0,20}\)\s*)?(?:hours?|hrs|stunden"
    r"|std\.?|heures|horas|uur|uren|ore|h)\b(?P<unit>)",
    re.IGNORECASE,
)
_WEEKLY_AFTER = re.compile(
    r"\s*(?:(?:per|a|each|every|in\s+each|in\s+a|pro|je|die|in\s+der|par|a\s+la|por|à|alla"
    r"|in\s+the)\s+(?:working\s+|normal\s+)?(?:week|woche|semaine|semana|settimana)"
    r"|/\s*(?:week|woche|sem)|weekly|wöchentlich|hebdomadaires?|semanales|semanais|settimanali)",
    re.IGNORECASE,
)
_WEEKLY_BEFORE = re.compile(
    r"(?:weekly|per\s+week|wöchentlich\w*|wochenarbeitszeit|wochenstunden|hebdomadaire|semanal|settimanal\w*"
    r"|arbeidsduur)[^.;\d]{0,60}\Z",
    re.IGNORECASE,
)
#: "Your working hours are 35 a week": the unit stands before the number.
_COUNTED = re.compile(
    r"\bhours\s+(?:of\s+work\s+)?(?:are|will\s+be)\s+(?P<number>\d{2}(?:[.,]\d{1,2})?)\s+(?:a|per|each)\s+week\b"
)
_PERCENT = re.compile(r"(?<![\d.,])(?P<number>\d{1,3}(?:[.,]\d{1,2})?)\s?%")
_SHARE = re.compile(
    r"pensum|beschäftigungsgrad|taux\s+d'(?:activité|occupation)|teilzeit|part[\s-]time|tiempo\s+parcial"
    r"|temps\s+partiel|\bfte\b|deeltijd|tempo\s+parziale|tempo\s+parcial|arbeitszeit|hours\s+per\s+week"
    r"|stunden\s+pro\s+woche",
    re.IGNORECASE,
)
_FTE = re.compile(
    r"(?<![\d.,])0?[.,](?P<number>\d{1,2})\s*FTE\b|\bFTE\s*(?:of|:)?\s*0?[.,](?P<again>\d{1,2})", re.IGNORECASE
)


def _hours(text: str, found: Sequence[Clause]) -> Iterator[Term]:
    for match in _HOURS.finditer(text):
        before = text[max(0, match.start() - 90) : match.start()]
        weekly = _WEEKLY_AFTER.match(text, match.end()) or _WEEKLY_BEFORE.search(before)
        value = match["number"].replace(",", ".")
        if (
            weekly
            and 1 <= float(value) <= 80
            and not re.search(
                r"overtime|überstunden|supplémentaires|extra|addition|in\s+excess", before[-40:], re.IGNORECASE
            )
        ):
            # "Up to 48 hours a week" is a limit, not the time agreed.
            limit = re.search(r"(?:exceed|up\s+to|maximum|höchstens|average)\s*(?:of\s+)?\Z", before, re.IGNORECASE)
            yield Term("weekly_hours", value, 0.8 if limit else 0.93, *match.span("number"))
    for match in _COUNTED.finditer(text):
        yield Term("weekly_hours", match["number"].replace(",", "."), 0.92, *match.span("number"))
    for clause in about(tuple(found), "hours"):
        bare = re.compile(
            r"[\s:|]*(?P<number>\d{1,2}(?:[.,]\d{1,2})?)\s*(?=\n|\t|\f|\Z|h\b|hours?\b|hrs\b|std\b|stunden\b"
            r"|uur\b|ore\b|heures\b|horas\b)"
        ).match(text, clause.start, clause.end)
        if clause.row and bare and 4 <= float(bare["number"].replace(",", ".")) <= 80:
            yield Term("weekly_hours", bare["number"].replace(",", "."), 0.88, *bare.span("number"))
    for match in _PERCENT.finditer(text):
        around = text[max(0, match.start() - 60) : match.start()] + text[match.end() : match.end() + 12]
        if _SHARE.search(around) and not re.search(
            r"bonus|salary|gehalt|gratifi|prime|pension|alloc", around, re.IGNORECASE
        ):
            yield Term(
                "part_time_percent", match["number"].replace(",", ".").removesuffix(".0"), 0.9, *match.span("number")
            )
    for match in _FTE.finditer(text):
        number = match["number"] or match["again"]
        yield Term("part_time_percent", f"{int(number.ljust(2, '0'))}", 0.92, *match.span())


_CODE = re.compile(
    r"\b(?P<scheme>SOC|NOC|ANZSCO|OSCA|ISCO(?:-08)?|KldB|CNO|ROME|CNP|O\*NET)\b(?:\s*(?:2010|2020|2018"
    r"|2021))?(?:\s*(?:code|nr\.?|no\.?|number))?\s*[:#]?\s*(?P<code>\d{2,6}(?:[-.]\d{2,4}(?:\.\d\d)?)?"
    r"|[A-Z]\d{4})",
)
_OCCUPATION = re.compile(r"(?i:occupation(?:al)?\s+code)\s*[:(]?\s*(?P<code>\d{3,6}(?:[-.]\d{2,4})?)")


def _codes(text: str) -> Iterator[Term]:
    for match in _CODE.finditer(text):
        yield Term("occupation_code", f"{match['scheme']} {match['code']}", 0.94, *match.span())
    for match in _OCCUPATION.finditer(text):
        yield Term("occupation_code", match["code"], 0.9, *match.span("code"))
    trial = re.compile(
        r"(?:erste\s+monat|probemonat)[^.;]{0,60}(?:probemonat|probezeit|probe)|\bprobemonat\b", re.IGNORECASE
    ).search(text)
    if trial:
        # Austrian law knows the trial month (AngG s.19(2)): the word names its length.
        yield Term("probation", "1 month", 0.9, *trial.span())


def _remote(text: str) -> Iterator[Term]:
    for cue in _REMOTE.finditer(text):
        begin, end = sentence(text, cue.start(), cue.end())
        said = text[begin:end]
        days = next(
            (each for each in lengths.find(said) if each.unit == "days" and _WEEKLY_AFTER.match(said, each.end)), None
        )
        if re.search(r"\b(?:not|no|kein\w*|nicht|sans|no\s+se)\b", said, re.IGNORECASE):
            continue
        if days is not None:
            yield Term("remote_work", f"{days.plain} per week", 0.92, begin + days.start, begin + days.end)
        else:
            yield Term("remote_work", "yes", 0.8, *cue.span())
