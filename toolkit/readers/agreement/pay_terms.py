"""How often a sum is paid and on what condition, as contracts word it in the languages they come in."""

from __future__ import annotations

import re

_WORDS = {
    "once": r"one[- ]?(?:time|off)|lump\s+sum|einmalig\w*|\bunique\b|pago\s+único|una\s+tantum",
    "hour": r"(?:per|an|each)\s+hour|hourly|/\s?(?:hour|hr|h)\b|pro\s+stunde|stundenlohn|/\s?(?:std|stunde)\b"
    r"|de\s+l'heure|par\s+heure|horaire|por\s+hora",
    "day": r"(?:per|a|each)\s+day|daily|\bp\.?\s?d\.|/\s?day\b|pro\s+tag|täglich|tagessatz|par\s+jour|por\s+d[ií]a"
    r"|diari[oa]s?|per\s+dag|al\s+giorno",
    "week": r"(?:per|a|each)\s+week|weekly|/\s?week\b|wöchentlich|pro\s+woche|par\s+semaine|semanal\w*|por\s+semana",
    "fortnight": r"(?:per|a)\s+fortnight|fortnightly|bi-?weekly",
    "month": r"(?:per|a|each)\s+(?:calendar\s+)?month|monthly|\bp\.?\s?m\.|/\s?(?:month|mo|monat|mois|mes)\b"
    r"|monatlich\w*|monats(?:gehalt|lohn|brutto)|bruttomonats|pro\s+monat|im\s+monat"
    r"|par\s+mois|mensuel(?:le)?s?\b|mensual(?:es)?\b|mensil[ei]\b|mensal\b|por\s+m[eê]s|al\s+mes"
    r"|per\s+maand|maand(?:salaris|loon)|al\s+mese",
    "year": r"(?:per|each|a)\s+(?:calendar\s+)?(?:year|annum)|annual(?:ly|ised|ized)?|yearly|\bp\.?\s?a\b\.?"
    r"|/\s?(?:year|yr|jahr|an|año)\b|jährlich\w*|jahres\w*|pro\s+jahr|im\s+jahr"
    r"|par\s+an\b|annuel(?:le)?s?\b|l'an\b|anual(?:es)?\b|al\s+año|annu[ao]\b|all'anno|por\s+ano|per\s+jaar"
    r"|jaarsalaris",
}
_PERIODS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _WORDS.items())
#: From here on the words speak of how it is paid out, and no longer of what it is.
_PAID_OUT = re.compile(
    r"\b(?:payable|paid|zahlbar|ausgezahlt|ausbezahlt|gezahlt|in\s+\w+\s+(?:equal\s+)?(?:\w+\s+)?instal"
    r"|in\s+zwölf|versée?s?|payée?s?|pagader\w*|distribuid\w*|da\s+corrispondere|abonad\w*"
    r"|invoiced|less\s+|subject\s+to|accru\w*)",
    re.IGNORECASE,
)
_NEXT_SUM = re.compile(r"[€$£₹]|\b[A-Z]{3}\s?\d|\d[\d.,']{3,}")


#: "(one hundred thousand dollars)": the sum again, in words.
_IN_WORDS = re.compile(r"^\s*\([^()]{0,160}\)")


def period(after: str, name: str, between: str) -> str:
    """Return how often a sum is paid, "" where it is not said: by the words behind it, in its name, or before it."""
    after = _IN_WORDS.sub("", after)
    stop = _PAID_OUT.search(after)
    behind = after[: stop.start()] if stop else after
    following = _NEXT_SUM.search(behind, 4)
    behind = behind[: following.start()] if following else behind
    paid = _PAID_OUT.search(between)
    for part in (behind[:48], name, between[: paid.start()] if paid else between):
        found = [
            (match.start(), place, each)
            for place, (each, words) in enumerate(_PERIODS)
            if (match := words.search(part))
        ]
        if found:
            return min(found)[2]
    return ""


def heads(text: str, at: int) -> tuple[str, ...]:
    """Return the periods that the head of the table around *at* gives its columns, from the second column on."""
    above = text[max(0, at - 1200) : at].split("\n")[:-1]
    for row in reversed(above[-16:]):
        cells = row.split("\t")
        if len(cells) < 2:
            if len(row) > 60:
                return ()
            continue
        if any(re.search(r"\d{3}", cell) for cell in cells):
            continue
        found = tuple(period("", cell, "") for cell in cells[1:])
        if any(found):
            return found
    return ()


_SHARE = re.compile(
    r"(?P<lead>target(?:ed)?|up\s+to|maximum|bis\s+zu|jusqu'à|hasta|ziel\w*)?(?:\s+(?:of|at|bonus|de|von"
    r"|award|is))*\s*(?P<number>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|per\s?cent\b|prozent\b)(?!\s*(?:ziel"
    r"|of\s+target|achievement|d'atteinte))",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"\b(?:up\s+to|maximum|maximal|bis\s+zu|jusqu'à|hasta|at\s+most)\b", re.IGNORECASE)
_STATES = (
    ("discretionary", re.compile(r"discretion|ermessen|freiwillig|discrétion|discrecional", re.IGNORECASE)),
    ("guaranteed", re.compile(r"guarantee|garantiert|garanti|garantizad", re.IGNORECASE)),
    ("variable", re.compile(r"\(variable\)", re.IGNORECASE)),
)
_OF_SALARY = re.compile(
    r"(?P<month>one\s+month'?s|ein(?:es|em)?\s+(?:brutto)?monats(?:gehalt|lohn)|un\s+mois\s+de)"
    r"|(?P<days>\d{1,2})\s+d[ií]as\s+de\s+salario",
    re.IGNORECASE,
)


def condition(said: str, name: str) -> str:
    """Return on what condition, or in what measure, the words of a statement promise a part of the pay; "" for none."""
    if name in ("base salary", "total"):
        return ""
    found = []
    share = _SHARE.search(said)
    if share is not None:
        lead = (share["lead"] or "").lower()
        word = (
            "target "
            if lead.startswith(("target", "ziel")) or re.search(r"\btarget\b", said, re.IGNORECASE)
            else "up to "
            if lead
            else ""
        )
        found.append(f"{word}{share['number'].replace(',', '.')} %")
    elif _UP_TO.search(said):
        found.append("up to")
    found += [state for state, words in _STATES if words.search(said)]
    measure = _OF_SALARY.search(said)
    if measure is not None:
        found.append(f"{measure['days']} days' salary" if measure["days"] else "1 month's salary")
    return ", ".join(found)
