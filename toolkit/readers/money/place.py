"""Which country a receipt or invoice comes from, by all that is printed on it; settles currency and the order of dates.

The evidence is data (`kinds/receipt/countries.toml`, `tax_ids.toml`); a country is named only when it is clearly ahead
of all others, a currency when it is that of every country the evidence leaves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from toolkit.fields import currency, dates
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.country_evidence import STRONG, WEAK, Country, countries, scores


@dataclass(frozen=True, slots=True)
class Place:
    """The country (empty when not clear) and how many points of evidence speak for it beyond the next one.

    `currency` may be clear where the country is not (Germany or Austria), `order` too. `ranking` are the countries with
    any evidence, best first, with their currencies and points.
    """

    country: str
    currency: str
    lead: float
    former: str = ""
    since: str = ""
    order: dates.Order | None = None
    ranking: tuple[tuple[str, str, float], ...] = ()

    def on(self, day: str) -> Place:
        """Return the place with the currency it had on that ISO *day*."""
        if not self.since:
            return self
        return replace(self, currency=self.currency if day >= self.since else self.former, former="", since="")

    @property
    def clear(self) -> bool:
        """Whether the evidence would do on its own."""
        return self.lead >= 2 * STRONG and not self.former


@dataclass(frozen=True, slots=True)
class CurrencyReading:
    """The currency, its confidence, and what else it could be."""

    code: str
    confidence: float
    others: tuple[str, ...] = ()


def place(texts: Sequence[str]) -> Place:
    """Weigh the evidence in the rows *texts*."""
    known = countries()
    ranked = sorted(scores(texts).items(), key=lambda each: (-each[1], each[0]))
    ranking = tuple((code, known[code].currency, score) for code, score in ranked[:12])
    if not ranked or ranked[0][1] < STRONG:
        return Place("", "", 0.0, order=_order_by_currency(texts, [code for code, _ in ranked]), ranking=ranking)
    best, score = ranked[0]
    near = [code for code, other in ranked if score - other < WEAK]
    orders = {dates.order_of(code) for code in near}
    order = orders.pop() if len(orders) == 1 else None
    if len(near) == 1:
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        country = known[best]
        return Place(best, country.currency, score - second, country.former, country.since, order, ranking)
    money = {(known[code].currency, known[code].former) for code in near}
    if len(money) != 1:
        return Place("", "", 0.0, order=order, ranking=ranking)
    (code, former), since = money.pop(), known[best].since
    lead = score - max((other for _, each, other in ranking if each != code), default=0.0)
    return Place("", code, lead, former, since, order, ranking)


def _order_by_currency(texts: Sequence[str], ranked: Sequence[str]) -> dates.Order | None:
    """The order of day and month that weak hints of countries and the one currency on the page tell together.

    French words and euros: France, Belgium or Luxembourg, whose days all come first; the United States they are not.
    """
    settled, _, converted = _marks(texts)
    if len(settled) != 1 or converted:
        return None
    (currency,) = settled
    using = [code for code in ranked if currency in (countries()[code].currency, countries()[code].former)]
    if not using or using[0] != ranked[0]:
        return None
    orders = {dates.order_of(code) for code in using}
    return orders.pop() if len(orders) == 1 else None


def candidates(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the currencies of all countries with any strong evidence, best first; for the reviewer."""
    return tuple(dict.fromkeys(code for _, code, score in place(texts).ranking if score >= STRONG))


def read_currency(texts: Sequence[str], beside_total: Sequence[str], found: Place) -> CurrencyReading | None:
    """Return the currency by the marks on the page and the country; None where nothing speaks. Never a default.

    *beside_total* are the currencies that the mark at the total can mean, when it has one. Where a page prints two, the
    total's own wins over the one it was converted to.
    """
    settled, open_, converted = _marks(texts)
    said = _stated(texts)
    if said:
        return _by_statement(said, settled, converted, beside_total, found)
    if len(beside_total) == 1 and settled.get(beside_total[0]):
        return _agreeing(beside_total[0], settled, converted, found, at_total=True)
    if settled:
        most = settled.most_common(1)[0][0]
        return _agreeing(found.currency if found.currency in settled else most, settled, converted, found)
    signs = _abroad(texts, beside_total)
    meant = {*beside_total, *signs} or set(open_)
    if meant and (by_sign := _by_sign(meant, found)):
        return by_sign
    if signs:
        # Nothing speaks for a country: what the sign means everywhere but there, to be looked at.
        return CurrencyReading(signs[0], 0.70, signs[1:4])
    others = tuple(dict.fromkeys(each for each in (found.former, *converted, *_also(found)) if each != found.currency))
    if found.currency:
        return CurrencyReading(found.currency, 0.92 if found.clear else 0.80, tuple(filter(None, others))[:3])
    return None


def _stated(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the codes that rows say the currency is (`Rechnungswährung: GBP`), those out of use (`DEM`) too."""
    found = (match[1] for text in texts for match in _STATEMENT.finditer(text[:_LONGEST]))
    return tuple(dict.fromkeys(code for code in found if code in currency.CODES or code in currency.FORMER))


def _by_statement(
    said: Sequence[str],
    settled: Counter[str],
    converted: Counter[str],
    beside_total: Sequence[str],
    found: Place,
) -> CurrencyReading:
    """The currency that the paper says is its own; sure where neither another mark nor another statement is on it."""
    told = beside_total[0] if len(beside_total) == 1 and settled.get(beside_total[0]) else said[0]
    others = tuple(
        dict.fromkeys(each for each in (*said, *settled, *converted, found.currency) if each and each != told)
    )
    if told in currency.FORMER:
        # Nobody invoices in it today: an old paper, or a form that was never changed.
        return CurrencyReading(
            others[0] if others else told, 0.70, tuple(each for each in (told, *others[1:]) if others)
        )
    if len(said) > 1 or told != said[0] or any(each != told for each in settled):
        return CurrencyReading(told, 0.85, others[:3])
    return CurrencyReading(told, 0.97 if found.currency in ("", told) else 0.93, others[:3])


def _by_sign(meant: set[str], found: Place) -> CurrencyReading | None:
    """The currency of a sign that several share, by the countries that use it."""
    if found.currency in meant:
        rest = tuple(each for each in _also(found) if each in meant and each != found.currency)
        # Only the countries that use the sign compete, and the sign itself speaks for each of them.
        points = {
            each: max(score for _, code, score in found.ranking if code == each) for each in _ranked(found, meant)
        }
        rival = max((score for each, score in points.items() if each != found.currency), default=0.0)
        firm = points.get(found.currency, 0.0) - rival >= STRONG + WEAK and not found.former
        return CurrencyReading(found.currency, 0.93 if firm or found.clear else 0.85, rest[:3])
    # Among the countries that use the sign, one may lead where another's language says more: `$` in Mexico.
    users = [(code, score) for _, code, score in found.ranking if code in meant]
    best = max((score for _, score in users), default=0.0)
    leading = {code for code, score in users if best - score < WEAK}
    if best >= STRONG and len(leading) == 1:
        rest = tuple(dict.fromkeys(code for code, _ in users if code not in leading))
        return CurrencyReading(leading.pop(), 0.80, (*rest, *_also(found))[:3])
    if found.currency:
        # The sign is not one of that country: `$` on a Malaysian till. Likely, yet nothing to vouch for.
        return CurrencyReading(found.currency, 0.75, tuple(sorted(meant))[:3])
    return None


def _ranked(found: Place, meant: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for _, code, _ in found.ranking if code in meant))


def _also(found: Place) -> tuple[str, ...]:
    """The currencies of the other countries with strong evidence, best first."""
    codes = (code for _, code, score in found.ranking if score >= STRONG and code != found.currency)
    return tuple(dict.fromkeys(codes))


def _abroad(texts: Sequence[str], beside_total: Sequence[str]) -> tuple[str, ...]:
    """What else the sign at the total, or on the page, means at tills abroad: `£` in Cairo."""
    signs = {sign for sign in currency.ABROAD for text in texts if sign in text}
    return tuple(
        code
        for sign in signs
        for code in currency.ABROAD[sign]
        if not beside_total or set(beside_total) <= set(currency.ABROAD[sign])
    )


def _agreeing(
    code: str, settled: Counter[str], converted: Counter[str], found: Place, *, at_total: bool = False
) -> CurrencyReading:
    others = tuple(dict.fromkeys(each for each in (*settled, *converted) if each != code))
    elsewhere = bool(found.currency) and found.currency != code
    against = found.clear and elsewhere
    if not any(each != code for each in settled):
        # A single mark could be an advertisement; the country or a second mark makes it sure.
        firm = settled[code] > 1 or found.currency == code
        if (against and (settled[code] < 3 or converted)) or (elsewhere and settled[code] == 1):
            # Abroad, a terminal offers to charge the card in the currency of its home.
            return CurrencyReading(code, 0.80, (*others, found.currency)[:3])
        return CurrencyReading(code, 0.97 if firm else 0.92, others[:3])
    ahead = settled[code] >= 3 * max(settled[each] for each in settled if each != code)
    home = found.currency == code and (at_total or found.clear)
    return CurrencyReading(code, 0.92 if home or (ahead and not against) else 0.75, others[:3])


#: A row or cell that says which currency the paper is in: not that of the books, nor of the card.
_STATEMENT = re.compile(
    r"(?:^|\s\s|\()(?:(?:rechnungs|beleg|invoice\s?|document\s?|billing\s?)?"
    r"(?:w[äa]hrung|currency|devise|monnaie|moneda|divisa|moeda|valuta|waluta|m[ěe]na|p[ée]nznem|valut[aă]|para birimi"
    r"|通貨|币种|幣別)"
    r"(?:\s?(?:code|kod|k[óo]d))?)\s{0,3}[:：]?\s{0,4}\(?(?-i:([A-Z]{3}))(?![^\W\d_])",
    re.IGNORECASE,
)
#: No more of a row is looked at.
_LONGEST = 400
#: Words of a conversion: its row names two currencies, and only the other one is that of the paper.
_CONVERSION = re.compile(
    r"\b(?:exchange|conversion|converted|dcc|equiv\w*|wechselkurs|umrechnung\w*|gegenwert|entspricht|contrevaleur"
    r"|tipo de cambio|contravalor|controvalore|tasso di cambio|wisselkoers|arfolyam|home currency|cardholder)\b"
)
#: Words that may be of a conversion, where a row names two currencies.
_RATE = re.compile(r"\b(?:rate|kurs|taux|cours|soit|cambio|tasso|koers|kurz|curs|approx|info|markup)\b|[=≈~]")


def _marks(texts: Sequence[str]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Count the marks that mean one currency, what the open ones can mean, and the marks of conversions."""
    settled: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    converted: Counter[str] = Counter()
    for text in texts:
        found = [mark for mark in currency.marks(text) if _is_money(text, mark)]
        one = [mark.currencies[0] for mark in found if mark.settles and mark.text not in currency.ABROAD]
        two = len(set(one)) > 1
        if one and (_CONVERSION.search(fold(text)) or (two and _RATE.search(fold(text)))):
            converted.update(one)
            continue
        settled.update(one)
        for mark in found:
            if mark.text in currency.ABROAD:
                open_.update(currency.ABROAD[mark.text])
            elif len(mark.currencies) > 1 and re.search(r"\d", text[max(0, mark.start - 2) : mark.end + 3]):
                open_.update(mark.currencies)
    if not settled and len(converted) == 1:
        # The words were of something else: nothing is converted from one currency alone.
        settled, converted = converted, settled
    return settled, open_, converted


def _is_money(text: str, mark: currency.Mark) -> bool:
    """Whether a sign or code stands by a number, in brackets, at the end of a heading or alone: not inside prose."""
    before, after = text[: mark.start].rstrip(" ("), text[mark.end :].lstrip(" ):.=")
    if not mark.text.isalpha():
        return True
    bracketed = text[mark.start - 1 : mark.start] in ("(", "[")
    return bracketed or before[-1:].isdigit() or after[:1].isdigit() or after[:1] in "-−" or not (before and after)


def _countries() -> Mapping[str, Country]:
    return countries()
