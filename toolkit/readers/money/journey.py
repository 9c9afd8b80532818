"""What slips of fuel, taxis and mileage say besides their sums: litres, price a unit, distance, rate.

Quantity x price = amount proves all three, whatever they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.readers.money.figures import narrow
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row
from toolkit.readers.money.stay import Detail

#: How far quantity x price may be from the amount: pumps round.
_OFF = Decimal("0.011")
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_LITRES = re.compile(
    rf"(?<![\d.,]){_NUMBER}\s?(?:l|ltr?s?|liters?|litres?|litros?|litri|lit|升|リットル|ℓ)(?![^\W\d_]|\s?/)"
    rf"|(?<!pro )(?<!per )(?<!je )(?<!par )(?<!por )(?<!al )(?<!/)(?<![^\W\d_])"
    rf"(?:liters?|litres?|litros?|litri|volume|quantity|menge|volumen|ilosc|mangd|数量|加油量)\W{{0,4}}{_NUMBER}"
    r"(?![.,]?\d|\s?%)",
    re.IGNORECASE,
)
_GALLONS = re.compile(rf"(?<![\d.,]){_NUMBER}\s?(?:gal|gals|gallons?)\b|gallons?\W{{0,4}}{_NUMBER}", re.IGNORECASE)
_PRICE = re.compile(
    rf"{_NUMBER}\s?(?:[^\W\d_]{{3}}|[€$£]|zł|kr|ct)?\s?/\s?(?:l|ltr|liter|litre|lt|gal|升|ℓ)(?![^\W\d_])"
    rf"|(?:/\s?l|price\s?/\s?(?:l|gal)|ppl|per litre|per gallon|(?:preis|prix|precio|prezzo|pris)/l|単価|单价)"
    rf"\W{{0,6}}{_NUMBER}",
    re.IGNORECASE,
)
_DISTANCE = re.compile(
    rf"(?<![\d.,]){_NUMBER}\s?(km|kms|kilometer|kilometers|kilometres|kilometre|miles|mile|mi|公里|キロ)(?![^\W\d_]|\s?/)"
    rf"|(kilometers|kilometres|km|miles|公里)\W{{1,6}}{_NUMBER}(?!\s?[:/]|[.,]?\d)",
    re.IGNORECASE,
)
#: `56,28 L x 5,744`, its l read for an I: the product has to prove it.
_TIMES = re.compile(rf"(?<![\d.,]){_NUMBER}\s?[lLI|1]?\s?[x×*X]\s?(?:[^\W\d_]{{1,3}}\s?)?{_NUMBER}(?![\d.,])")
_DISTANCE_LABEL = re.compile(
    r"distan|strecke|afstand|gereden|dystans|droga|korstracka|stracka|recorri|percorri|parcourus|jarak|trip miles|miles"
    r"|走行距離|距離|里程|公里|korelengde|matka"
)
#: The rank of a distance that no label vouches for: a road sign in an address, a service at so many kilometres.
_LOOSE_DISTANCE = 2
_PER_DISTANCE = re.compile(
    rf"{_NUMBER}\s?(?:[^\W\d_]{{3}}|[€$£]|zł|kr|ct|p)?\s?(?:/|per|pro|par|por|al|je)\s?(km|mile|mi|kilometer|公里)(?![^\W\d_])",
    re.IGNORECASE,
)


def read(rows: Sequence[Row], total: Decimal | None) -> tuple[Detail, ...]:
    """Return litres or gallons, price_per_unit, kilometres or miles, and rate_per_distance as *rows* print them.

    Numbers are decimal strings. *total* helps to prove them: a fuel slip's and a mileage claim's is their product.
    """
    texts = [narrow(row.text) for row in rows]
    amounts = {abs(each) for text in texts for each in _decimals(text)} | ({total} if total is not None else set())
    return (*_fuel(rows, texts, amounts), *_mileage(rows, texts, amounts))


def _fuel(rows: Sequence[Row], texts: Sequence[str], amounts: set[Decimal]) -> Iterator[Detail]:
    litres, gallons = _first("litres", _LITRES, rows, texts), _first("gallons", _GALLONS, rows, texts)
    quantity = litres or gallons
    price = _first("price_per_unit", _PRICE, rows, texts)
    if quantity is None:
        yield from _times(rows, texts, amounts)
        return
    if price is None:
        # `Diesel 40,00 L  1,799  71,96`: the price stands without its unit.
        price = _by_product(quantity, rows, texts, amounts)
    if price is None:
        yield quantity
        return
    proved = _product(quantity, price, amounts)
    for each in (quantity, price):
        yield Detail(each.name, each.value, 0.96 if proved else 0.75, each.row, each.start, each.end, proved)


def _times(rows: Sequence[Row], texts: Sequence[str], amounts: set[Decimal]) -> Iterator[Detail]:
    """Quantity and price of a fuel by their product, the price with the three decimals that only fuel has."""
    for row, text in zip(rows, texts, strict=True):
        for match in _TIMES.finditer(text):
            litres = Detail("litres", _plain(match[1]), 0.80, row, *match.span(1), True)
            price = Detail("price_per_unit", _plain(match[2]), 0.80, row, *match.span(2), True)
            if re.fullmatch(r"\d+[.,]\d{3}", match[2]) and _product(litres, price, amounts):
                yield litres
                yield price
                return


def _mileage(rows: Sequence[Row], texts: Sequence[str], amounts: set[Decimal]) -> Iterator[Detail]:
    found = [(_distance_rank(row, match), row, match) for row, match in _distances(rows, texts)]
    if not found:
        return
    labelled, row, match = min(found, key=lambda each: (each[0], each[1].index))
    value = match[1] or match[4]
    start, end = match.span(1) if match[1] else match.span(4)
    rate = _first("rate_per_distance", _PER_DISTANCE, rows, texts)
    distance = Detail("distance", _plain(value), 0.80, row, start, end)
    proved = rate is not None and _product(distance, rate, amounts)
    confidence = 0.96 if proved else 0.85 if labelled < _LOOSE_DISTANCE else 0.60
    unit = (match[2] or match[3] or "").lower()
    name = "miles" if unit.startswith("mi") else "kilometres" if unit.startswith(("km", "kilo", "公里", "キロ")) else ""
    if not name:
        return
    yield Detail(name, distance.value, confidence, row, start, end, proved)
    if rate is not None and proved:
        yield Detail(rate.name, rate.value, confidence, rate.row, rate.start, rate.end, proved)


def _distances(rows: Sequence[Row], texts: Sequence[str]) -> Iterator[tuple[Row, re.Match[str]]]:
    for row, text in zip(rows, texts, strict=True):
        match = _DISTANCE.search(text)
        if match is not None:
            yield row, match


def _distance_rank(row: Row, match: re.Match[str]) -> int:
    """0 for the sum of a mileage claim, 1 for a distance with its label, 2 for a number of kilometres by itself."""
    if roles(row.text) & {"total", "due"}:
        return 0
    return 1 if _DISTANCE_LABEL.search(row.folded) else _LOOSE_DISTANCE


def _first(name: str, pattern: re.Pattern[str], rows: Sequence[Row], texts: Sequence[str]) -> Detail | None:
    for row, text in zip(rows, texts, strict=True):
        match = pattern.search(text)
        if match:
            group = 1 if match[1] else 2
            value = match[group]
            return Detail(name, _plain(value), 0.75, row, match.start(group), match.end(group))
    return None


def _by_product(quantity: Detail, rows: Sequence[Row], texts: Sequence[str], amounts: set[Decimal]) -> Detail | None:
    for row, text in zip(rows, texts, strict=True):
        if abs(row.index - quantity.row.index) > 2:
            continue
        for match in re.finditer(r"(?<![\d.,])\d[.,]\d{3}(?![\d.,])", text):
            price = Detail("price_per_unit", _plain(match[0]), 0.75, row, match.start(), match.end())
            if _product(quantity, price, amounts):
                return price
    return None


def _product(one: Detail, two: Detail, amounts: set[Decimal]) -> bool:
    # One bottle of one litre proves nothing.
    if Decimal(one.value) in (0, 1) or Decimal(two.value) in (0, 1):
        return False
    product = Decimal(one.value) * Decimal(two.value)
    return any(abs(product - each) <= _OFF for each in amounts)


def _decimals(text: str) -> Iterator[Decimal]:
    for match in re.finditer(r"(?<![\d.,])\d{1,5}[.,]\d\d(?![\d.,])", text[:400]):
        yield Decimal(match[0].replace(",", "."))


def _plain(written: str) -> str:
    return written.replace(",", ".")
