"""Slips of a journey: taxi, fuel, rail, parking, and the slip of a card terminal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench.money_papers import sums
from bench.money_papers.draft import Draft, Item
from bench.money_papers.slips import slip


def _one(draft: Draft, base: Decimal, taxed: str = "t", text: str = "") -> Item:
    price = draft.locale.rounded(draft.price(base))
    return Item(text, Decimal(1), "", price, price, taxed)


def _base(draft: Draft) -> Decimal:
    """What a meal costs in this currency: the measure of other prices."""
    return draft.locale.goods["meals"][0][1]


def taxi(draft: Draft) -> dict[str, Any]:
    """A ride: distance, fare, extras, tip."""
    paper = slip(draft)
    draft.head("taxi")
    paper.gap(0.4)
    if draft.maybe(0.6):
        draft.title(draft.say("receipt"), bold=True)
    if draft.maybe(0.6):
        paper.row((draft.labelled("plate", f"{draft.digits(2)}-{draft.pick(('TX', 'AB', 'KD'))}-{draft.digits(3)}"), 0))
    draft.moment()
    if draft.maybe(0.7):
        away = Decimal(int(draft.rng.integers(12, 460))) / 10
        paper.row((draft.say("distance"), 0), (f"{draft.locale.number(away, 1)} {draft.locale.distance}", 1, "r"))
        draft.truth["kilometres" if draft.locale.distance == "km" else "miles"] = f"{away}"
    if draft.maybe(0.5):
        for key, place in zip(("from", "to"), draft.trip(), strict=True):
            paper.row((draft.labelled(key, place), 0))
    paper.rule(draft.pick(("-", "line")))
    goods = [_one(draft, _base(draft) * 2, text=draft.say("fare"))]
    if draft.maybe(0.5):
        goods.append(_one(draft, _base(draft) / 4, text=draft.say("extra")))
    for item in goods:
        sums.amount(draft, item.description, item.amount, "line")
        draft.line(item, quantity=False, price=False)
    sums.foot(draft, goods, tip=draft.maybe(0.35))
    if draft.maybe(0.4):
        paper.gap(1.5)
        paper.row((draft.say("signature"), 0), ("." * 12, 1, "r"))
    draft.farewell()
    return draft.finish("taxi", "transport")


def fuel(draft: Draft) -> dict[str, Any]:
    """Litres times price, one row or three."""
    paper = slip(draft)
    draft.head("fuel")
    paper.gap(0.4)
    draft.moment()
    paper.rule(draft.pick(("-", "=", "line")))
    name, base, taxed = draft.pick(draft.locale.goods["fuel"])
    each = (base * Decimal(str(round(float(draft.rng.uniform(0.9, 1.15)), 3)))).quantize(Decimal("0.001"))
    if draft.locale.places == 0:
        each = each.quantize(Decimal(1))
    litres = Decimal(int(draft.rng.integers(1200, 6400))) / 100
    total = draft.locale.rounded(litres * each)
    item = Item(draft.cased(name), litres, draft.locale.volume, each, total, taxed)
    _filled(draft, item)
    goods = [item]
    if draft.maybe(0.35):
        goods += draft.basket("groceries", 2, most=1)
        for other in goods[1:]:
            text = draft.money(other.amount)
            cut = paper.cut(other.description, 0.95 - paper.extent(text))
            paper.row((cut, 0), (text, 1, "r"))
            draft.line(other, cut, quantity=False, price=False)
    paper.rule("-")
    sums.foot(draft, goods)
    draft.farewell()
    return draft.finish("fuel", "fuel")


def _filled(draft: Draft, item: Item) -> None:
    """Pump, kind of fuel, volume, price and amount."""
    paper, litres, each, total = draft.paper, item.quantity, item.price, item.amount
    shown, price = draft.locale.number(litres, 2), draft.locale.number(each, 3 if draft.locale.places else 0)
    unit, pump = draft.locale.volume, draft.labelled("pump", str(draft.rng.integers(1, 13)))
    style = draft.pick(("one row", "two rows", "list"))
    if style == "list":
        paper.row((pump, 0))
        paper.row((item.description, 0))
        paper.row((draft.say("volume"), 0), (f"{shown} {unit}", 1, "r"))
        paper.row((draft.say("per_volume"), 0), (f"{price} {draft.mark}/{unit}", 1, "r"))
        sums.amount(draft, draft.say("h_amount"), total, "line")
    elif style == "two rows":
        paper.row((f"* {pump}", 0))
        paper.row((item.description, 0), (draft.money(total), 1, "r"))
        paper.row((f"{shown} {unit} x {price} {draft.mark}/{unit}", 0.04))
    else:
        paper.row((f"{item.description}", 0))
        paper.row((f"{shown} {unit} {draft.say('cross') or 'x'} {price}", 0.04), (draft.money(total), 1, "r"))
    draft.line(item)
    draft.truth["lines"][-1]["unit_price"] = f"{each}"
    draft.truth["litres" if unit != "gal" else "gallons"] = f"{litres}"


def rail(draft: Draft) -> dict[str, Any]:
    """A ticket from a machine: where from, where to, class, price."""
    paper = slip(draft)
    draft.head("rail")
    paper.gap(0.4)
    draft.title(draft.say("ticket"), bold=True, scale=1.3)
    start, end = draft.trip()
    if draft.maybe(0.5) and max(paper.extent(start, bold=True), paper.extent(end, bold=True)) < 0.44:
        paper.row((start, 0), ("->", 0.5, "c"), (end, 1, "r"), bold=True)
    else:
        paper.row((draft.labelled("from", start), 0))
        paper.row((draft.labelled("to", end), 0))
    draft.moment()
    goods = []
    paper.rule("-")
    count = draft.pick((1, 1, 2))
    price = draft.locale.rounded(draft.price(_base(draft) * 2))
    item = Item(draft.say("adult"), Decimal(count), "", price, price * count, "t")
    text = f"{count} {item.description}" if draft.maybe(0.6) or count > 1 else item.description
    sums.amount(draft, text, item.amount, "line")
    draft.line(item, price=False, quantity=text != item.description)
    goods.append(item)
    if draft.maybe(0.4):
        goods.append(_one(draft, _base(draft) / 4, text=draft.say("seat")))
        sums.amount(draft, goods[-1].description, goods[-1].amount, "line")
        draft.line(goods[-1], quantity=False, price=False)
    sums.foot(draft, goods)
    draft.farewell()
    return draft.finish("rail", "transport")


def parking(draft: Draft) -> dict[str, Any]:
    """Entry, exit, duration, fee. No goods."""
    paper = slip(draft)
    draft.head("parking")
    paper.gap(0.4)
    draft.title(draft.say("parking"), bold=True)
    stay = timedelta(minutes=int(draft.rng.integers(25, 560)))
    hours, minutes = divmod(int(stay.total_seconds()) // 60, 60)
    pattern = draft.pick(draft.locale.dates)
    entered = draft.when - stay
    same = entered.date() == draft.when.date()
    for key, when in (("entry", entered), ("exit", draft.when)):
        text = f"{draft.locale.day(when, pattern)} {when:%H:%M}"
        paper.row((draft.labelled(key, ""), 0), (text, 1, "r"))
    if same or draft.maybe(1.0):
        draft.note("date", f"{draft.when:%Y-%m-%d}")
    draft.truth["date_also"] = [f"{entered:%Y-%m-%d}"]
    draft.truth["time_also"] = [f"{entered:%H:%M}"]
    draft.note("time", f"{draft.when:%H:%M}")
    paper.row((draft.labelled("duration", ""), 0), (f"{hours}:{minutes:02d} h", 1, "r"))
    if draft.maybe(0.6):
        paper.row((draft.number(), 0))
    paper.rule("-")
    item = _one(draft, _base(draft) / 2, "n")
    sums.foot(draft, [item])
    draft.farewell()
    return draft.finish("parking", "transport")


def card_slip(draft: Draft) -> dict[str, Any]:
    """The terminal's own slip: no goods, one amount, sometimes a tip."""
    paper = slip(draft)
    draft.head("meals")
    paper.gap(0.4)
    draft.title(draft.say("copy"), bold=draft.maybe(0.5))
    terminal, trace, authority = draft.digits(8), draft.digits(6), draft.digits(6)
    rows = [draft.labelled("terminal", terminal), draft.labelled("trace", trace)]
    rows += [draft.labelled("auth", authority), draft.labelled("card_number", "#" * 12 + draft.digits(4))]
    # The terminal counts its slips: as good a number of this paper as it has.
    draft.truth["number_also"] = trace
    draft.rng.shuffle(rows)
    paper.row((f"{draft.date()}", 0), (draft.time(), 1, "r"))
    for text in rows[: draft.pick((2, 3, 4))]:
        paper.row((text, 0))
    paper.row((draft.pick(("VISA CREDIT", "MASTERCARD", "VISA DEBIT", "Debit Mastercard", "girocard", "AMEX")), 0))
    draft.note("payment_method", "card")
    paper.gap(0.4)
    base = draft.locale.rounded(draft.price(_base(draft) * 3))
    draft.marked = draft.pick(("all", "total"))
    if draft.maybe(0.3):
        sums.amount(draft, draft.say("h_amount"), base)
        draft.note("subtotal", base)
        extra = draft.locale.rounded(base / 10)
        sums.amount(draft, draft.say("tip"), extra)
        draft.note("tip", extra)
        base += extra
        sums.amount(draft, draft.say("total"), base, "total", bold=True)
    else:
        sums.amount(draft, draft.pick((draft.say("amount_card"), draft.say("total"))), base, "total", bold=True)
    draft.note("total", base)
    paper.gap(0.4)
    draft.title(draft.say("approved"), bold=True)
    draft.farewell()
    return draft.finish("card_slip", "meals")
