"""A4 papers: invoice, credit note, hotel folio, mileage claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench.money_papers import sums
from bench.money_papers.draft import Draft, Item
from bench.money_papers.drawing import Paper

_FACES = ("sans", "free sans", "serif", "dejavu", "condensed", "narrow")


def sheet(draft: Draft) -> Paper:
    """An A4 page in a face of the draw."""
    draft.upper = False
    family = draft.locale.font or draft.pick(_FACES)
    draft.paper = Paper(210, family, draft.pick((3.2, 3.5, 3.8)), margin=draft.pick((16, 20, 24)), height=297)
    draft.paper.leading = draft.pick((1.35, 1.5))
    return draft.paper


def _letterhead(draft: Draft, trade: str) -> None:
    """The seller on the left, in the middle or on the right, sometimes with its address only in the small line."""
    paper, who = draft.paper, draft.choose(trade)
    x, align = draft.pick(((0.0, "l"), (1.0, "r"), (0.5, "c")))
    paper.row((who.name, x, align), bold=True, scale=draft.pick((1.3, 1.7, 2.0)))
    draft.named(who.name)
    rows = [who.street, who.city]
    if draft.maybe(0.35):
        rows = [" · ".join(rows)]
    for text in rows:
        paper.row((text, x, align))
    draft.note("merchant_address", f"{who.street}, {who.city}")
    if draft.maybe(0.6):
        paper.row((draft.filled(draft.pick(draft.locale.phones)), x, align))
    if draft.maybe(0.75):
        draft.tax_number(x, align)
    paper.gap(1.5)


def _addressed(draft: Draft, title: str, number: str) -> None:
    """Buyer on the left, facts of the paper on the right or below."""
    paper = draft.paper
    other = draft.pick([each for each in draft.locale.merchants if each is not draft.merchant])
    buyer = [draft.say("buyer"), other.name, other.street, other.city]
    facts = [draft.number(number), draft.labelled("date", draft.date())]
    if draft.maybe(0.6):
        due = draft.when + timedelta(days=draft.pick((14, 30)))
        facts.append(draft.labelled("due_date", draft.locale.day(due, draft._said["day"])))
        draft.truth["due_date"] = f"{due:%Y-%m-%d}"
    if draft.maybe(0.4):
        facts.append(draft.labelled("customer", draft.digits(5)))
    buyer = [text for text in buyer if text]
    if draft.maybe(0.6):
        for place in range(max(len(buyer), len(facts))):
            left = buyer[place] if place < len(buyer) else ""
            right = facts[place] if place < len(facts) else ""
            paper.row((left, 0), (right, 1, "r"))
        paper.gap(1.2)
        paper.row((title, 0), bold=True, scale=1.6)
    else:
        for text in buyer:
            paper.row((text, 0))
        paper.gap(1.2)
        paper.row((title, 0), bold=True, scale=1.6)
        for text in facts:
            paper.row((text, 0))
    paper.gap(1)


#: Column orders of an invoice's table, each (key, right edge or left edge of the description).
_COLUMNS: Sequence[Sequence[tuple[str, float]]] = (
    (("item", 0.0), ("qty", 0.5), ("unit", 0.52), ("price", 0.76), ("rate", 0.84), ("amount", 1.0)),
    (("place", 0.03), ("item", 0.06), ("qty", 0.6), ("price", 0.78), ("amount", 1.0)),
    (("qty", 0.06), ("unit", 0.08), ("item", 0.16), ("price", 0.8), ("amount", 1.0)),
    (("item", 0.0), ("rate", 0.6), ("price", 0.75), ("qty", 0.84), ("amount", 1.0)),
    (("place", 0.03), ("item", 0.06), ("qty", 0.58), ("unit", 0.62), ("price", 0.82), ("amount", 1.0)),
)  # fmt: skip
_HEADS = {
    "item": "h_item", "qty": "h_qty", "unit": "h_unit", "price": "h_price", "rate": "h_tax", "amount": "h_amount",
    "place": "h_place",
}  # fmt: skip
_LEFT = ("item", "unit")


def _services(draft: Draft, count: int) -> list[Item]:
    """Goods of an invoice; prices are net."""
    items = []
    for item in draft.basket("services", count, most=9):
        half = draft.maybe(0.25)
        quantity = item.quantity + (Decimal("0.5") if half else 0)
        unit = draft.pick(draft.locale.labels["units"])
        amount = draft.locale.rounded(item.price * quantity)
        items.append(Item(item.description, quantity, unit, item.price, amount, item.taxed))
    return items


def _table(draft: Draft, items: Sequence[Item]) -> None:
    paper, columns = draft.paper, draft.pick(_COLUMNS)
    edges = dict(columns)
    last = next(edge for key, edge in columns if edge > edges["item"])
    room = last - edges["item"] - (0.13 if draft.locale.places else 0.1)
    paper.rule("line")
    heads = [(draft.say(_HEADS[key]), edge, "l" if key in _LEFT else "r") for key, edge in columns]
    paper.row(*_apart(paper, heads), bold=draft.maybe(0.6))
    paper.rule("line")
    for place, item in enumerate(items, 1):
        rows = paper.wrapped(item.description, room, spaced=draft.locale.spaced)
        whole = item.quantity == item.quantity.to_integral()
        values = {
            "item": rows[0],
            "qty": draft.locale.number(item.quantity, draft.pick((0, 0, 2)) if whole else 1),
            "unit": item.unit,
            "price": draft.money(item.price),
            "rate": f"{sums.percent(draft, draft.locale.rates[item.taxed])}%",
            "amount": draft.money(item.amount),
            "place": str(place),
        }
        paper.row(*((values[key], edge, "l" if key in _LEFT else "r") for key, edge in columns))
        for text in rows[1:]:
            paper.row((text, edges["item"]))
        joint = " " if draft.locale.spaced else ""
        draft.line(item, joint.join(rows))
    paper.rule("line")


def _apart(paper: Paper, heads: Sequence[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
    """Column heads cut so that neighbours do not touch."""
    kept: list[tuple[str, float, str]] = []
    free = 0.0
    for whole, edge, align in sorted(heads, key=lambda head: head[1]):
        text = whole
        while len(text) > 2 and align == "r" and edge - paper.extent(text, bold=True) < free + 0.005:
            text = text[:-1]
        kept.append((text, edge, align))
        free = edge + (paper.extent(text, bold=True) if align == "l" else 0)
    return kept


def _settled(draft: Draft, items: Sequence[Item], *, sign: int = 1) -> Decimal:
    """The foot of an invoice: net, tax by rate, total; amounts stand at the right edge."""
    x = draft.pick((0.5, 0.6, 0.0))
    groups = sums.by_rate(draft, items)
    net = sum(groups.values(), Decimal(0))
    discounted = sign > 0 and draft.maybe(0.2)
    if discounted:
        off = -draft.locale.rounded(net / 20)
        sums.amount(draft, draft.say("subtotal"), net, x=x)
        sums.amount(draft, f"{draft.say('discount_all')} 5%", off, x=x)
        draft.note("discount", -off)
        groups = sums.by_rate(draft, items, (net + off) / net)
        net += off
    if draft.maybe(0.85):
        sums.amount(draft, draft.say("net_total"), net, x=x)
        draft.note("subtotal", net)
    total = net
    for rate, part in groups.items():
        tax = draft.locale.rounded(part * rate / 100)
        total += tax
        if rate:
            name = draft.pick((f"{draft.say('tax')} {sums.percent(draft, rate)}%",))
            sums.amount(draft, name, tax, x=x)
            sums._note_tax(draft, rate, part, tax, net_shown=False)
    if draft.truth["tax_lines"]:
        draft.note("tax", total - net)
    draft.paper.rule("line") if draft.maybe(0.5) else None
    sums.amount(draft, draft.say("due"), total, "total", bold=True, x=x, scale=draft.pick((1.0, 1.2)))
    draft.note("total", total)
    return total


def _bank(draft: Draft) -> None:
    paper = draft.paper
    paper.gap(1.5)
    for key in ("terms", "thanks"):
        if draft.say(key):
            paper.row((draft.say(key), 0))
    if draft.maybe(0.5):
        paper.row((f"IBAN XX{draft.digits(2)} {draft.digits(4)} {draft.digits(4)} {draft.digits(4)}", 0))


def invoice(draft: Draft) -> dict[str, Any]:
    """An invoice with a table of goods and wrapped descriptions; prices without tax."""
    sheet(draft)
    draft.marked = draft.pick(("all", "sums", "total"))
    _letterhead(draft, "services")
    _addressed(draft, draft.say("invoice"), "invoice_number")
    items = _services(draft, int(draft.rng.integers(1, 7)))
    _table(draft, items)
    _settled(draft, items)
    _bank(draft)
    return draft.finish("invoice", "services")


def credit_note(draft: Draft) -> dict[str, Any]:
    """An invoice taken back: amounts negative."""
    sheet(draft)
    draft.marked = draft.pick(("sums", "total", "all"))
    _letterhead(draft, "services")
    _addressed(draft, draft.say("credit"), "credit_number")
    items = [
        Item(each.description, -each.quantity, each.unit, each.price, -each.amount, each.taxed)
        for each in _services(draft, int(draft.rng.integers(1, 4)))
    ]
    _table(draft, items)
    _settled(draft, items, sign=-1)
    return draft.finish("credit_note", "services")


def folio(draft: Draft) -> dict[str, Any]:
    """A hotel's account: a row a day, charges and payments in two columns, a balance."""
    paper = sheet(draft)
    draft.marked = draft.pick(("none", "total", "sums"))
    _letterhead(draft, "lodging")
    nights = int(draft.rng.integers(1, 6))
    arrival = draft.when - timedelta(days=nights)
    pattern = _short_day(draft)
    paper.row((draft.say("folio"), 0), bold=True, scale=1.5)
    facts = [
        draft.labelled("guest", draft.person()), draft.labelled("room", draft.digits(3)),
        draft.labelled("arrival", draft.locale.day(arrival, pattern)),
        draft.labelled("departure", draft.locale.day(draft.when, pattern)),
    ]  # fmt: skip
    facts.append(draft.number("invoice_number"))
    if draft.maybe(0.6):
        facts.append(draft.labelled("nights", str(nights)))
    draft.truth["nights"] = str(nights)
    facts.append(draft.labelled("date", draft.date()))
    for left, right in zip(facts[::2], [*facts[1::2], ""], strict=False):
        paper.row((left, 0), (right, 0.55))
    paper.gap(1)
    rows = _stays(draft, nights, arrival)
    total = _account(draft, rows, pattern)
    draft.note("total", total)
    paper.gap(1)
    if draft.maybe(0.85) and not draft.locale.taxes_added:
        sums.table(draft, sums.taxes(draft, sums.by_rate(draft, [item for _, item in rows])))
    return draft.finish("folio", "lodging")


def _short_day(draft: Draft) -> str:
    """A way to write dates that fits a column, taken for the whole paper."""
    draft._said["day"] = draft.pick([each for each in draft.locale.dates if "%B" not in each and "%a" not in each])
    return draft._said["day"]


def _stays(draft: Draft, nights: int, arrival: Any) -> list[tuple[Any, Item]]:
    """(day, charge) of the stay. Taxes that are added stand as charges of their own."""
    measure = draft.locale.goods["meals"][0][1]
    room = draft.locale.rounded(draft.price(measure * 6))
    levy = draft.locale.rounded(draft.price(measure / 5)) if draft.maybe(0.6) and draft.say("city_tax") else None
    breakfast = draft.locale.rounded(draft.price(measure)) if draft.maybe(0.5) else None
    rows: list[tuple[Any, Item]] = []

    def charge(day: Any, text: str, value: Decimal, taxed: str) -> None:
        rows.append((day, Item(text, Decimal(1), "", value, value, taxed)))

    for night in range(nights):
        day = arrival + timedelta(days=night)
        charge(day, draft.say("room_charge"), room, "l")
        if draft.locale.taxes_added:
            tax = draft.locale.rounded(room * draft.locale.rates["l"] / 100)
            charge(day, draft.say("room_tax"), tax, "z")
        if levy:
            charge(day, draft.say("city_tax"), levy, "z")
        if breakfast:
            charge(day, draft.say("breakfast"), breakfast, "m")
    return rows


def _account(draft: Draft, rows: Sequence[tuple[Any, Item]], pattern: str) -> Decimal:
    paper = draft.paper
    debit, credit = draft.pick(((0.78, 1.0), (0.8, 0.98)))
    paper.rule("line")
    heads: Mapping[str, tuple[float, str]] = {
        "date": (0, "l"), "h_item": (0.2, "l"), "debit": (debit, "r"), "credit_side": (credit, "r")
    }  # fmt: skip
    paper.row(*((draft.say(key), x, align) for key, (x, align) in heads.items()), bold=draft.maybe(0.5))
    paper.rule("line")
    for day, item in rows:
        cells = ((draft.locale.day(day, pattern), 0.0, "l"), (item.description, 0.2, "l"))
        paper.row(*cells, (draft.money(item.amount), debit, "r"))
        draft.line(item, quantity=False, price=False)
    total = sum((item.amount for _, item in rows), Decimal(0))
    paid = draft.maybe(0.7)
    if paid:
        name = draft.pick(("VISA", "Mastercard", draft.say("card")))
        cells = ((draft.locale.day(draft.when, pattern), 0.0, "l"), (name, 0.2, "l"))
        paper.row(*cells, (draft.money(total), credit, "r"))
        draft.note("payment_method", "card")
    paper.rule("line")
    cells = [(draft.say(draft.pick(("sum", "due"))), 0.2, "l"), (draft.money(total, "total"), debit, "r")]
    if paid:
        cells.append((draft.money(total, "total"), credit, "r"))
    paper.row(*cells, bold=draft.maybe(0.7))
    if paid or draft.maybe(0.5):
        paper.row((draft.say("balance"), 0.2), (draft.money(Decimal(0) if paid else total, "total"), credit, "r"))
    return total


def mileage(draft: Draft) -> dict[str, Any]:
    """A claim for driving one's own car: day, route, distance, rate, amount."""
    paper = sheet(draft)
    who = draft.choose("services")
    paper.row((who.name, 0), bold=True)
    draft.named(who.name)
    paper.gap(0.8)
    paper.row((draft.say("mileage"), 0), bold=True, scale=1.6)
    paper.row((draft.labelled("employee", draft.person()), 0))
    _short_day(draft)
    paper.row((draft.labelled("date", draft.date()), 0))
    paper.gap(1)
    rate = draft.pick((Decimal("0.30"), Decimal("0.45"), Decimal("0.67"), Decimal("0.23")))
    rate = rate if draft.locale.places else Decimal(37)
    unit = draft.locale.distance
    edges = (0.7, 0.84, 1.0)
    paper.rule("line")
    heads = [
        (draft.say(key).format(unit=unit), edge, "r")
        for key, edge in zip(("km", "per_km", "h_amount"), edges, strict=True)
    ]
    paper.row((paper.cut(draft.say("date"), 0.17), 0), (draft.say("route"), 0.18), *_apart(paper, heads))
    paper.rule("line")
    total, away = _trips(draft, rate, edges)
    paper.rule("line")
    driven = ((f"{away} {unit}", edges[0], "r"), (draft.money(total, "total"), 1.0, "r"))
    paper.row((draft.say("sum"), 0.18), *driven, bold=True)
    draft.truth["kilometres" if unit == "km" else "miles"] = f"{away}"
    draft.note("total", total)
    paper.gap(3)
    paper.row((draft.say("signature"), 0), ("_" * 24, 0.3))
    return draft.finish("mileage", "transport")


def _trips(draft: Draft, rate: Decimal, edges: Sequence[float]) -> tuple[Decimal, int]:
    """A row a trip; what they come to, and how far they went."""
    paper, total, away = draft.paper, Decimal(0), 0
    for trip in range(int(draft.rng.integers(2, 7)), 0, -1):
        day = draft.when - timedelta(days=trip * 3)
        start, end = draft.trip()
        far = int(draft.rng.integers(8, 480))
        route = f"{start} - {end}"
        value = draft.locale.rounded(rate * far)
        amount = draft.money(value)
        cells = ((draft.locale.day(day, draft._said["day"]), 0.0, "l"), (paper.cut(route, 0.42), 0.18, "l"))
        figures = (str(far), draft.locale.number(rate), amount)
        paper.row(*cells, *((text, edge, "r") for text, edge in zip(figures, edges, strict=True)))
        draft.line(Item(route, Decimal(far), draft.locale.distance, rate, value, "z"))
        draft.truth["lines"][-1]["unit_price"] = f"{rate}"
        total, away = total + value, away + far
    return total, away
