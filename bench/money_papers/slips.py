"""Thermal slips with goods: supermarket, pharmacy, refund, tills with codes, and restaurant bills in two shapes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bench.money_papers import sums
from bench.money_papers.draft import Draft, Item
from bench.money_papers.drawing import Paper

_MONO = ("mono", "liberation mono", "free mono", "mono")
_ANY = (*_MONO, "narrow", "sans", "condensed", "dejavu", "free sans")


def slip(draft: Draft, *, families: Sequence[str] = _ANY) -> Paper:
    """A roll of 58 or 80 mm, in a face and density of the draw."""
    narrow = draft.maybe(0.3)
    family = draft.locale.font or draft.pick(families)
    wide = family in _MONO
    size = draft.pick((2.7, 3.0, 3.3)) if narrow or wide else draft.pick((3.0, 3.4, 3.8))
    draft.paper = Paper(58 if narrow else 80, family, size, margin=draft.pick((2.5, 4.0, 5.0)))
    draft.paper.leading = draft.pick((1.15, 1.3, 1.5))
    if wide:
        # Thermal printers put 32 letters on a narrow roll and 42 or 48 on a wide one.
        letters = 32 if narrow else draft.pick((40, 42, 48))
        draft.paper.size = (draft.paper.width - 2 * draft.paper.margin) / letters / 0.602
    return draft.paper


def till(draft: Draft) -> dict[str, Any]:
    """A supermarket's slip: rows with the letter of the tax, weighed goods, and a table of taxes."""
    paper = slip(draft)
    draft.head("groceries")
    paper.gap(0.5)
    if draft.maybe(0.4):
        draft.moment()
    items = draft.basket("groceries", int(draft.rng.integers(3, 11)), most=6)
    lettered = draft.maybe(0.75) and bool(draft.locale.letters)
    style = draft.pick(("above", "below", "beside"))
    if draft.maybe(0.4):
        paper.row((draft.mark if draft.mark else "", 1.0, "r"))
    elif draft.maybe(0.4):
        paper.rule(draft.pick(("-", "=", "line")))
    goods = []
    for item in items:
        weighed = draft.maybe(0.15) and item.taxed == "f" and draft.locale.places
        goods.append(_weighed(draft, item) if weighed else item)
        _row(draft, goods[-1], style, lettered=lettered)
        if draft.maybe(0.1):
            goods.append(_reduced(draft, goods[-1], lettered=lettered))
    if draft.maybe(0.6):
        paper.rule(draft.pick(("-", "=", "line")))
    if draft.maybe(0.25):
        paper.row((draft.labelled("items_count", str(len(items))), 0))
    sums.foot(draft, goods)
    if not draft.truth.get("date"):
        paper.gap(0.4)
        draft.moment()
    draft.farewell()
    return draft.finish("till", "groceries")


def _weighed(draft: Draft, item: Item) -> Item:
    weight = Decimal(int(draft.rng.integers(120, 2400))) / 1000
    return Item(item.description, weight, "kg", item.price, draft.locale.rounded(weight * item.price), item.taxed)


def _edge(draft: Draft, item: Item, *, lettered: bool) -> tuple[float, tuple[tuple[str, float, str], ...]]:
    """The right edge of the amounts, and the letter beside it."""
    if not lettered:
        return 1.0, ()
    mark = sums.letter(draft, draft.locale.rates[item.taxed])
    widest = max((draft.paper.extent(each) for each in draft.locale.letters.values()), default=0.0)
    return min(0.94, 0.97 - widest), ((mark, 1.0, "r"),)


def _counted(draft: Draft, item: Item, *, price: bool = True) -> str:
    """`2 x 1,29`, `0,482 kg x 3,99 EUR/kg`."""
    cross = draft.say("cross") or "x"
    if item.unit:
        each = (
            f"{draft.locale.number(item.price)} {draft.mark}/kg"
            if draft.maybe(0.6)
            else f"{draft.locale.number(item.price)}"
        )
        return f"{draft.locale.number(item.quantity, 3)} kg {cross} {each}"
    return f"{item.quantity} {cross} {draft.money(item.price)}" if price else f"{item.quantity} {cross}"


def _row(draft: Draft, item: Item, style: str, *, lettered: bool) -> None:
    """Goods with more than one piece take a second row above or below, or the count beside them."""
    paper = draft.paper
    edge, mark = _edge(draft, item, lettered=lettered)
    amount = draft.money(item.amount)
    room = edge - paper.extent(amount) - 0.04
    many = item.quantity != 1
    if not many:
        name = paper.cut(item.description, room)
        paper.row((name, 0), (amount, edge, "r"), *mark)
        draft.line(item, name, quantity=False, price=False)
        return
    counted = _counted(draft, item)
    if style == "above":
        name = paper.cut(item.description, room)
        paper.row((counted, draft.pick((0.05, 0.05, 0.3))))
        paper.row((name, 0), (amount, edge, "r"), *mark)
    elif style == "below" or paper.extent(counted) > room * 0.6:
        name = paper.cut(item.description, 0.95)
        paper.row((name, 0))
        paper.row((counted, 0.08), (amount, edge, "r"), *mark)
    else:
        name = paper.cut(item.description, room - paper.extent(counted) - 0.05)
        paper.row((name, 0), (counted, edge - paper.extent(amount) - 0.05, "r"), (amount, edge, "r"), *mark)
    draft.line(item, name)


def _reduced(draft: Draft, item: Item, *, lettered: bool) -> Item:
    """A row that takes something off the goods above it."""
    off = -draft.locale.rounded(item.amount * Decimal(str(draft.pick((0.1, 0.2, 0.3)))))
    label = draft.say("discount")
    edge, mark = _edge(draft, item, lettered=lettered)
    reduction = Item(label, Decimal(1), "", off, off, item.taxed)
    draft.paper.row((label, draft.pick((0, 0.04))), (draft.money(off), edge, "r"), *mark)
    draft.line(reduction, quantity=False, price=False)
    return reduction


def pharmacy(draft: Draft) -> dict[str, Any]:
    """A drugstore: goods, reductions and deposits as rows, a discount on the whole."""
    paper = slip(draft)
    draft.head("pharmacy")
    paper.gap(0.4)
    draft.moment()
    paper.rule(draft.pick(("-", "=", "line")))
    goods: list[Item] = []
    for item in draft.basket("pharmacy", int(draft.rng.integers(2, 7)), most=3):
        goods.append(item)
        _row(draft, item, "beside", lettered=False)
        if draft.maybe(0.3):
            goods.append(_reduced(draft, item, lettered=False))
        if draft.maybe(0.2) and draft.say("deposit"):
            fee = Decimal("0.25") if draft.locale.places else Decimal(10)
            deposit = Item(draft.say("deposit"), Decimal(1), "", fee, fee, item.taxed)
            paper.row((deposit.description, 0), (draft.money(fee), 1.0, "r"))
            draft.line(deposit, quantity=False, price=False)
            goods.append(deposit)
    paper.rule(draft.pick(("-", "=", "line")))
    sums.foot(draft, goods, discount=draft.maybe(0.5))
    draft.farewell()
    return draft.finish("pharmacy", "health")


def refund(draft: Draft) -> dict[str, Any]:
    """Goods brought back: everything negative."""
    paper = slip(draft)
    draft.head(draft.pick(("groceries", "pharmacy")))
    paper.gap(0.4)
    draft.title(draft.say("refund"), bold=True, scale=draft.pick((1.0, 1.3)))
    draft.moment()
    paper.rule(draft.pick(("-", "=", "line")))
    trade = "groceries" if draft.merchant and "groceries" in draft.merchant.trades else "pharmacy"
    goods = []
    for item in draft.basket(trade, int(draft.rng.integers(1, 4)), most=2):
        back = Item(item.description, Decimal(1), "", item.price, -item.price, item.taxed)
        amount = draft.money(back.amount)
        name = paper.cut(item.description, 0.95 - paper.extent(amount))
        paper.row((name, 0), (amount, 1.0, "r"))
        draft.line(back, name, quantity=False, price=False)
        goods.append(back)
    paper.rule("-")
    rows = sums.taxes(draft, sums.by_rate(draft, goods))
    base = sum((item.amount for item in goods), Decimal(0))
    if draft.locale.taxes_added:
        sums.amount(draft, draft.say("subtotal"), base)
        draft.note("subtotal", base)
        base += sums._added(draft, rows)
    sums.amount(draft, draft.pick((draft.say("total"), draft.say("refund_total"))), base, "total", bold=True)
    draft.note("total", base)
    if draft.maybe(0.6):
        card = draft.maybe(0.6)
        sums.amount(draft, draft.say("card" if card else "cash"), base)
        draft.note("payment_method", "card" if card else "cash")
    if not draft.locale.taxes_added and draft.maybe(0.6):
        sums.table(draft, rows)
    draft.farewell()
    return draft.finish("refund", "groceries" if trade == "groceries" else "health")


def code_rows(draft: Draft) -> dict[str, Any]:
    """A till that prints the article's code, then quantity, price and amount in a row below; cash is rounded."""
    paper = slip(draft)
    draft.head("groceries")
    draft.title(draft.say("receipt"), bold=True)
    draft.moment()
    paper.rule("-")
    code_first = draft.maybe(0.5)
    edges = draft.pick(((0.42, 0.68, 1.0), (0.35, 0.6, 1.0)))
    if draft.maybe(0.7):
        keys = zip(("h_qty", "h_price", "h_amount"), edges, strict=True)
        names = [(paper.cut(draft.say(key), 0.23), edge, "r") for key, edge in keys]
        paper.row((draft.say("h_item"), 0))
        paper.row(*names)
        paper.rule("-")
    goods = draft.basket("groceries", int(draft.rng.integers(1, 7)))
    for item in goods:
        code = draft.digits(draft.pick((6, 13)))
        name = paper.cut(item.description, 0.95)
        cells = ((f"{item.quantity}", edges[0], "r"), (draft.locale.number(item.price), edges[1], "r"))
        amount = (draft.money(item.amount), edges[2], "r")
        if code_first:
            paper.row((code, 0))
            paper.row((name, 0))
            paper.row(*cells, amount)
        else:
            paper.row((name, 0))
            short = paper.cut(code, edges[0] - 0.1)
            paper.row((short, 0), *cells, amount)
        draft.line(item, name)
    paper.rule("-")
    if draft.maybe(0.4):
        count = sum(int(item.quantity) for item in goods)
        paper.row((draft.labelled("items_count", str(count)), 0))
    sums.foot(draft, goods)
    draft.farewell()
    return draft.finish("code_rows", "groceries")


def _table_of(draft: Draft) -> None:
    bits = [draft.labelled("table", draft.digits(2).lstrip("0") or "4")] if draft.maybe(0.8) else []
    bits += [draft.labelled("guests", str(draft.rng.integers(1, 7)))] if draft.maybe(0.5) else []
    bits = [bit for bit in bits if bit]
    if len(bits) == 2 and draft.paper.extent(" ".join(bits)) < 0.85:
        draft.paper.row((bits[0], 0), (bits[1], 1, "r"))
    else:
        for bit in bits:
            draft.paper.row((bit, 0))


def bill_quantity_first(draft: Draft) -> dict[str, Any]:
    """A restaurant's bill whose rows begin with the quantity; service charge or tip."""
    paper = slip(draft)
    draft.head("meals")
    paper.gap(0.4)
    if draft.maybe(0.4):
        draft.title(draft.say("bill"), bold=True, scale=1.2)
    draft.moment()
    _table_of(draft)
    paper.rule(draft.pick(("-", "=", "line")))
    priced, mark = draft.maybe(0.35), draft.pick(("", "", "x"))
    goods = draft.basket("meals", int(draft.rng.integers(2, 8)))
    for item in goods:
        amount, count = draft.money(item.amount), f"{item.quantity}{mark}"
        start = paper.extent(count + "  ")
        each = draft.locale.number(item.price) if priced else ""
        room = 0.95 - start - paper.extent(amount) - (paper.extent(each) + 0.04 if each else 0)
        name = paper.cut(item.description, room)
        paper.row((count, 0), (name, start), (each, 0.95 - paper.extent(amount), "r"), (amount, 1.0, "r"))
        draft.line(item, name, price=priced)
    paper.rule(draft.pick(("-", "=", "line")))
    charged = bool(draft.say("service")) and draft.maybe(0.4)
    sums.foot(draft, goods, service=charged, tip=not charged and draft.maybe(0.35))
    draft.farewell()
    return draft.finish("bill_quantity_first", "meals")


def bill_row_below(draft: Draft) -> dict[str, Any]:
    """A restaurant's bill with `2 x 4,50` in a row under each dish, for single dishes too or not."""
    paper = slip(draft)
    draft.head("meals")
    paper.gap(0.4)
    draft.moment()
    _table_of(draft)
    paper.rule(draft.pick(("-", "=", "line")))
    always, high = draft.maybe(0.6), draft.maybe(0.4)
    goods = draft.basket("meals", int(draft.rng.integers(2, 8)))
    for item in goods:
        amount = (draft.money(item.amount), 1.0, "r")
        name = paper.cut(item.description, 0.95 - paper.extent(amount[0]))
        below = always or item.quantity != 1
        if not below:
            paper.row((name, 0), amount)
        elif high:
            paper.row((name, 0), amount)
            paper.row((_counted(draft, item), 0.06))
        else:
            paper.row((name, 0))
            paper.row((_counted(draft, item), 0.06), amount)
        draft.line(item, name, quantity=below, price=below)
    paper.rule(draft.pick(("-", "=", "line")))
    sums.foot(draft, goods, tip=draft.maybe(0.25))
    draft.farewell()
    return draft.finish("bill_row_below", "meals")
