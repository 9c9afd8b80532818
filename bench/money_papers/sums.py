"""The foot of a slip: subtotal, taxes, discount, service, rounding, tip, total, payment, in the country's wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bench.money_papers.draft import Draft, Item

Groups = Mapping[Decimal, Decimal]
_CARDS = ("VISA", "Mastercard", "Visa Debit", "MASTERCARD", "Maestro", "American Express", "VISA CONTACTLESS")


def by_rate(draft: Draft, items: Sequence[Item], factor: Decimal = Decimal(1)) -> dict[Decimal, Decimal]:
    """What the goods of each rate come to, highest rate first."""
    groups: dict[Decimal, Decimal] = {}
    for item in items:
        rate = draft.locale.rates[item.taxed]
        groups[rate] = groups.get(rate, Decimal(0)) + item.amount * factor
    rounded = {rate: draft.locale.rounded(groups[rate]) for rate in sorted(groups, reverse=True)}
    if rounded:
        # What rounding each share gains or loses goes to the largest, so that the shares come to the whole.
        largest = max(rounded, key=lambda rate: abs(rounded[rate]))
        whole = draft.locale.rounded(sum(groups.values(), Decimal(0)))
        rounded[largest] += whole - sum(rounded.values(), Decimal(0))
    return rounded


def taxes(draft: Draft, groups: Groups) -> list[tuple[Decimal, Decimal, Decimal]]:
    """(rate, net, tax) of each group: on top of it where the country adds taxes, else within."""
    rows = []
    for rate, amount in groups.items():
        if draft.locale.taxes_added:
            rows.append((rate, amount, draft.locale.rounded(amount * rate / 100)))
        else:
            net = draft.locale.rounded(amount / (1 + rate / 100))
            rows.append((rate, net, amount - net))
    return rows


def percent(draft: Draft, rate: Decimal, places: int | None = None) -> str:
    """A rate as printed: `19`, `19,00`, `8,1`."""
    own = max(0, -int(rate.normalize().as_tuple().exponent))
    return draft.locale.number(rate, max(own, places or 0))


def amount(draft: Draft, label: str, value: Decimal, level: str = "sum", **how: Any) -> None:
    """One row of the foot: label on the left, amount on the right edge."""
    paper, text = draft.paper, draft.money(value, level)
    scale = how.get("scale", 1.0)
    bold = how.get("bold", False)
    while scale > 1 and paper.extent(label + text, bold=bold, scale=scale) > 0.95:
        scale = max(1.0, scale - 0.1)
    room = how.get("right", 1.0) - how.get("x", 0.0) - 0.04 - paper.extent(text, bold=bold, scale=scale)
    while len(label) > 1 and paper.extent(label, bold=bold, scale=scale) > room:
        label = label[:-1]
    paper.row((label, how.get("x", 0.0)), (text, how.get("right", 1.0), "r"), bold=bold, scale=scale)


def foot(
    draft: Draft, items: Sequence[Item], *, service: bool = False, tip: bool = False, discount: bool = False
) -> Decimal:
    """Print everything from the subtotal to the tax table, record it, and return the total."""
    gross = sum((item.amount for item in items), Decimal(0))
    base, factor = gross, Decimal(1)
    shown = draft.maybe(0.55) or draft.locale.taxes_added
    if shown or discount or service:
        amount(draft, draft.say("subtotal"), gross)
        draft.note("subtotal", gross)
    if discount:
        base += _discounted(draft, gross)
    if service:
        rate = draft.pick((Decimal(10), Decimal("12.5"), Decimal(15)))
        extra = draft.locale.rounded(base * rate / 100)
        amount(draft, f"{draft.say('service')} {percent(draft, rate)}%", extra)
        draft.note("service", extra)
        base += extra
    factor = base / gross if gross else factor
    rows = taxes(draft, by_rate(draft, items, factor))
    if draft.locale.taxes_added:
        base += _added(draft, rows)
    cash = draft.maybe(0.4)
    total = _total(draft, base, cash=cash)
    if tip:
        total = _tipped(draft, total)
    _paid(draft, total, cash=cash)
    if not draft.locale.taxes_added and draft.maybe(0.85):
        table(draft, rows)
    return total


def _discounted(draft: Draft, gross: Decimal) -> Decimal:
    rate = draft.pick((Decimal(5), Decimal(10), Decimal(20)))
    off = -draft.locale.rounded(gross * rate / 100)
    amount(draft, f"{draft.say('discount_all')} {percent(draft, rate)}%", off)
    draft.note("discount", -off)
    return off


def _added(draft: Draft, rows: Sequence[tuple[Decimal, Decimal, Decimal]]) -> Decimal:
    """Taxes on top: printed by rate. The sum is the tax of the paper."""
    extra = Decimal(0)
    for rate, net, tax in rows:
        if rate:
            pattern = draft.say("tax_row")
            amount(draft, pattern.format(rate=percent(draft, rate)), tax)
            _note_tax(draft, rate, net, tax, net_shown=False)
            extra += tax
    if draft.truth["tax_lines"]:
        draft.note("tax", extra)
    return extra


def _total(draft: Draft, base: Decimal, *, cash: bool) -> Decimal:
    step = draft.locale.step
    total = base
    if step and cash:
        total = (base / step).quantize(Decimal(1), "ROUND_HALF_UP") * step
        rounding = draft.locale.rounded(total - base)
        if rounding or draft.maybe(0.5):
            amount(draft, draft.say("before_rounding"), base)
            amount(draft, draft.say("rounding"), rounding)
            draft.note("rounding", rounding)
    if draft.maybe(0.3):
        draft.paper.rule(draft.pick(("-", "=", "line")))
    amount(draft, draft.say("total"), total, "total", bold=draft.maybe(0.6), scale=draft.pick((1.0, 1.0, 1.3, 1.6)))
    draft.note("total", total)
    return draft.locale.rounded(total)


def _tipped(draft: Draft, total: Decimal) -> Decimal:
    """A tip given by card, and what was charged in all."""
    extra = draft.locale.rounded(total * Decimal(str(draft.pick((0.05, 0.1, 0.15, 0.18)))))
    if draft.locale.places and not draft.locale.taxes_added:
        extra = (total + extra).quantize(Decimal(1), "ROUND_CEILING") - total
    draft.paper.gap(0.4)
    amount(draft, draft.say("tip"), extra)
    amount(draft, draft.say("charged"), total + extra, "total", bold=draft.maybe(0.5))
    draft.note("tip", extra)
    draft.note("total", total + extra)
    return total + extra


def _paid(draft: Draft, total: Decimal, *, cash: bool) -> None:
    if draft.maybe(0.15):
        return
    if cash:
        notes = Decimal(5 if draft.locale.places else 500)
        given = (total / notes).to_integral_value("ROUND_CEILING") * notes + draft.pick((0, 0, notes))
        amount(draft, draft.say("cash"), given)
        if given > total or draft.maybe(0.5):
            amount(draft, draft.say("change"), given - total)
        draft.note("payment_method", "cash")
        return
    name = draft.pick((*_CARDS, draft.say("card"), draft.say("card")))
    amount(draft, name, total)
    draft.note("payment_method", "card")
    if draft.maybe(0.15):
        _terminal(draft, total)
    elif draft.maybe(0.4):
        masked, program = "*" * 12 + draft.digits(4), f"AID A0000000{draft.digits(6)}"
        if draft.paper.extent(masked + program) < 0.95:
            draft.paper.row((masked, 0), (program, 1, "r"))
        else:
            draft.paper.row((masked, 0))
            draft.paper.row((program, 0))


def _terminal(draft: Draft, total: Decimal) -> None:
    """What the card terminal adds to a till's slip: its own numbers, and the amount once more."""
    paper = draft.paper
    paper.gap(0.4)
    draft.title(draft.say("copy"))
    for key, value in (("terminal", draft.digits(8)), ("trace", draft.digits(6)), ("auth", draft.digits(6))):
        paper.row((draft.labelled(key, value), 0))
    paper.row((draft.labelled("card_number", "*" * 12 + draft.digits(4)), 0))
    amount(draft, draft.say("amount_card"), total)
    draft.title(draft.say("approved"))
    paper.gap(0.4)


def _note_tax(draft: Draft, rate: Decimal, net: Decimal, tax: Decimal, *, net_shown: bool = True) -> None:
    row = {"rate": f"{rate.normalize():f}", "tax": f"{draft.locale.rounded(tax)}"}
    if net_shown:
        row["net"] = f"{draft.locale.rounded(net)}"
    draft.truth["tax_lines"].append(row)


def table(draft: Draft, rows: Sequence[tuple[Decimal, Decimal, Decimal]]) -> None:
    """What tax the total holds: as a table, as a row a rate, or as two rows a rate."""
    rows = [row for row in rows if row[0] or draft.maybe(0.5)]
    if not rows or not any(tax for _, _, tax in rows):
        return
    if draft.maybe(0.6):
        draft.paper.rule(draft.pick(("-", "=", "line")))
    style = draft.pick(("table", "table", "table gross first", "rows", "two rows"))
    if style == "rows":
        for rate, net, tax in rows:
            amount(draft, draft.say("tax_row").format(rate=percent(draft, rate)), tax, "line")
            _note_tax(draft, rate, net, tax, net_shown=False)
    elif style == "two rows":
        for rate, net, tax in rows:
            amount(draft, f"{draft.say('net')} {percent(draft, rate)}%", net, "line")
            amount(draft, f"{draft.say('tax')} {percent(draft, rate)}%", tax, "line")
            _note_tax(draft, rate, net, tax)
    else:
        _ruled(draft, rows, gross_first=style == "table gross first")
    draft.note("tax", sum((tax for _, _, tax in rows), Decimal(0)))
    if len(rows) == 1 and "net" in draft.truth["tax_lines"][0]:
        draft.truth["net"] = draft.truth["tax_lines"][0]["net"]


def _ruled(draft: Draft, rows: Sequence[tuple[Decimal, Decimal, Decimal]], *, gross_first: bool) -> None:
    paper = draft.paper
    places = draft.pick((None, 1, 2))
    edges = (0.46, 0.72, 1.0)
    names = ["net", "tax", "gross"]
    if gross_first:
        names = ["gross", "net", "tax"]
    letters = draft.maybe(0.6)
    head = [(paper.cut(draft.say(name), 0.25), edge, "r") for name, edge in zip(names, edges, strict=True)]
    paper.row((paper.cut(draft.say("tax"), 0.16) + " %", 0), *head)
    sums = [Decimal(0)] * 3
    for rate, net, tax in rows:
        values = {"net": net, "tax": tax, "gross": net + tax}
        ordered = [values[name] for name in names]
        sums = [old + new for old, new in zip(sums, ordered, strict=True)]
        mark = f"{letter(draft, rate)} " if letters and letter(draft, rate) else ""
        cells = [(draft.locale.number(value), edge, "r") for value, edge in zip(ordered, edges, strict=True)]
        if any(value < 0 for value in ordered):
            cells = [(draft.money(value, "none"), edge, "r") for value, edge in zip(ordered, edges, strict=True)]
        paper.row((f"{mark}{percent(draft, rate, places)}%", 0), *cells)
        _note_tax(draft, rate, net, tax)
    if len(rows) > 1 and draft.maybe(0.5):
        cells = [(draft.locale.number(value), edge, "r") for value, edge in zip(sums, edges, strict=True)]
        paper.row((paper.cut(draft.say("sum"), 0.2), 0), *cells)
        draft.truth["net"] = f"{sums[names.index('net')]}"


def letter(draft: Draft, rate: Decimal) -> str:
    """The till's letter for a rate."""
    return draft.locale.letters.get(f"{rate.normalize():f}", "")
