"""One paper being written: the drawn customs, the paper under the pen, and the truth of what has been printed so far.

A field enters the truth only when it is printed, so each layout writes and records at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np

from bench.money_papers.customs import Locale, Merchant
from bench.money_papers.drawing import Paper
from bench.money_papers.tax_numbers import invented

T = TypeVar("T")
#: Ways of writing a negative amount.
_MINUS = ("-{}", "-{}", "{}-", "- {}")


@dataclass(frozen=True, slots=True)
class Item:
    """Something bought. `amount` is what its row prints; `unit` is empty for pieces."""

    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal
    taxed: str


class Draft:
    """The draws of one paper. `truth` holds plain JSON values, money as decimal strings."""

    def __init__(self, name: str, locale: Locale, rng: np.random.Generator) -> None:
        self.name, self.locale, self.rng = name, locale, rng
        self.truth: dict[str, Any] = {"locale": name, "lines": [], "tax_lines": []}
        self.paper = Paper(80, "sans", 3)
        self.upper = bool(rng.random() < 0.35)
        self.when = datetime(2024, 1, 3) + timedelta(
            days=int(rng.integers(0, 720)), minutes=int(rng.integers(390, 1380)), seconds=int(rng.integers(0, 60))
        )
        self.mark = self.pick(locale.marks)
        #: Whether every amount bears the currency's mark, or only sums do, or none.
        self.marked = self.pick(("all", "sums", "sums", "total", "none")) if self.mark else "none"
        self.minus = self.pick(_MINUS)
        self._said: dict[str, str] = {}
        self.merchant: Merchant | None = None

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def maybe(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def digits(self, count: int) -> str:
        return "".join(str(each) for each in self.rng.integers(0, 10, count))

    def filled(self, pattern: str) -> str:
        """*pattern* with a digit for each `#`."""
        return re.sub("#", lambda _: str(self.rng.integers(0, 10)), pattern)

    def say(self, key: str) -> str:
        """The wording of a label, the same throughout this paper; empty where the country has none."""
        if key not in self._said:
            text = self.pick(self.locale.labels.get(key) or ("",))
            self._said[key] = text.upper() if self.upper and "{" not in text else text
        return self._said[key]

    def labelled(self, key: str, value: str) -> str:
        """`Label: value`, with the punctuation drawn once a paper."""
        if "colon" not in self._said:
            self._said["colon"] = self.pick((": ", ": ", " ", ":")) if self.locale.spaced else self.pick((":", "："))
        label = self.say(key)
        return f"{label.rstrip(':')}{self._said['colon']}{value}" if label else value

    def cased(self, text: str) -> str:
        return text.upper() if self.upper else text

    def money(self, value: Decimal, level: str = "line") -> str:
        """Write an amount; *level* (line, sum, total) tells whether this paper puts the currency's mark there."""
        text = self.locale.number(abs(self.locale.rounded(value)))
        shown = {"all": True, "sums": level != "line", "total": level == "total", "none": False}[self.marked]
        if shown:
            close = "" if self.mark in "$£¥￥€" and self.locale.mark_first else " "
            text = f"{self.mark}{close}{text}" if self.locale.mark_first else f"{text} {self.mark}"
            if self.locale.mark_first or self.maybe(0.5):
                self.truth.setdefault("currency", self.locale.currency)
            self.truth["currency"] = self.locale.currency
        return self.minus.format(text) if value < 0 else text

    def note(self, name: str, value: Decimal | str | None) -> None:
        """Record a printed fact."""
        if value is not None and value != "":
            self.truth[name] = f"{self.locale.rounded(value)}" if isinstance(value, Decimal) else value

    def line(self, item: Item, printed: str = "", *, quantity: bool = True, price: bool = True) -> None:
        """Record a row of goods as it is printed."""
        row = {"description": printed or item.description, "amount": f"{self.locale.rounded(item.amount)}"}
        if quantity:
            row["quantity"] = f"{item.quantity.normalize():f}"
        if price:
            row["unit_price"] = f"{self.locale.rounded(item.price)}"
        self.truth["lines"].append(row)

    def named(self, name: str) -> None:
        """Record the merchant; a number of the register in brackets may be left out."""
        self.note("merchant", name)
        if "(" in name:
            self.truth["merchant_also"] = name.partition("(")[0].strip()

    # --- what is bought

    def price(self, base: Decimal) -> Decimal:
        """A price near *base* that ends as prices of the country end."""
        value = base * Decimal(str(round(float(self.rng.uniform(0.7, 1.5)), 3)))
        if self.locale.places == 0:
            return (value / 10).quantize(Decimal(1)) * 10 + self.pick((0, 0, 8)) * (value > 60)
        if self.locale.step or value > 40:
            return (value * 20).quantize(Decimal(1)) / 20
        tenth = value.quantize(Decimal("0.1"))
        return max(
            Decimal("0.19"), tenth - Decimal("0.01") if self.maybe(0.6) else tenth + self.pick((0, Decimal("0.05")))
        )

    def basket(self, trade: str, count: int, *, most: int = 4) -> list[Item]:
        """Draw *count* different goods of a trade."""
        goods = self.locale.goods[trade]
        chosen = self.rng.permutation(len(goods))[: min(count, len(goods))]
        items = []
        for place in chosen:
            description, base, taxed = goods[int(place)]
            price = self.locale.rounded(self.price(base))
            quantity = Decimal(int(self.rng.integers(2, most + 1)) if most > 1 and self.maybe(0.35) else 1)
            items.append(Item(self.cased(description), quantity, "", price, price * quantity, taxed))
        return items

    def person(self) -> str:
        """Somebody with a name; tills know some by a number only."""
        return self.pick(
            [name for name in self.locale.people if not any(c.isdigit() for c in name) and ":" not in name]
        )

    def trip(self) -> tuple[str, str]:
        """Two different places."""
        start, end = self.rng.permutation(len(self.locale.places_of_trip))[:2]
        return self.locale.places_of_trip[int(start)], self.locale.places_of_trip[int(end)]

    # --- the head

    def choose(self, trade: str) -> Merchant:
        """Draw the merchant among those of a trade."""
        self.merchant = self.pick([each for each in self.locale.merchants if trade in each.trades])
        return self.merchant

    def head(self, trade: str, *, x: float = 0.5, align: str = "c") -> None:
        """Print name, and mostly address, phone and tax number, as slips do."""
        who, paper = self.choose(trade), self.paper
        if self.maybe(0.25):
            paper.block("logo", 3.4)
        name = self.cased(who.name)
        scale = self.pick((1.0, 1.25, 1.5))
        while paper.extent(name, bold=True, scale=scale) > 0.98:
            scale *= 0.9
        paper.row((name, x, align), bold=self.maybe(0.7), scale=scale)
        self.named(name)
        if self.maybe(0.88):
            street, city = self.cased(who.street), self.cased(who.city)
            rows = [street, city]
            if paper.extent(f"{street}, {city}") < 0.98 and self.maybe(0.3):
                rows = [f"{street}, {city}"]
            for text in rows:
                self.title(text, x=x, align=align)
            self.note("merchant_address", f"{street}, {city}")
        for key in ("legal", "hours"):
            if self.maybe(0.15):
                self.title(self.say(key), x=x, align=align)
        if self.maybe(0.6) and self.locale.phones:
            paper.row((self.filled(self.pick(self.locale.phones)), x, align))
        if self.maybe(0.7):
            self.tax_number(x, align)

    def title(self, text: str, *, x: float = 0.5, align: str = "c", bold: bool = False, scale: float = 1.0) -> None:
        """Print a heading, in as many rows as it needs."""
        for row in self.paper.wrapped(text, 0.95 / scale / (1.1 if bold else 1), spaced=self.locale.spaced):
            self.paper.row((row, x, align), bold=bold, scale=scale)

    def tax_number(self, x: float = 0.5, align: str = "c") -> None:
        number = invented(self.locale.tax_id, self.rng)
        self.title(self.labelled("tax_id", number), x=x, align=align)
        self.note("merchant_tax_id", number.removesuffix(" MWST"))

    def number(self, key: str = "number") -> str:
        """The paper's own number, labelled."""
        value = self.filled(self.pick(("####", "######", "####-##", "##/####", "#######", "A####", "###-#####")))
        if self.maybe(0.1):
            value = f"{self.when.year}-{self.digits(5)}"
        value = "1" + value[1:] if value.startswith("0") else value
        self.note("number", value)
        return self.labelled(key, value)

    def date(self) -> str:
        self.note("date", f"{self.when:%Y-%m-%d}")
        if "day" not in self._said:
            self._said["day"] = self.pick(self.locale.dates)
        return self.locale.day(self.when, self._said["day"])

    def time(self) -> str:
        pattern = self.pick(self.locale.times)
        text = self.when.strftime(pattern.replace("%-I", str((self.when.hour - 1) % 12 + 1)))
        self.note("time", f"{self.when:%H:%M}" + (f":{self.when:%S}" if "%S" in pattern else ""))
        return text

    def moment(self) -> None:
        """Date, time, and by chance number, till and cashier, in one or more rows and in any order."""
        paper = self.paper
        style = self.pick(("one row", "labelled", "apart", "with number"))
        more = [self.number()] if self.maybe(0.8) else []
        more += [self.labelled("cashier", self.pick(self.locale.people))] if self.maybe(0.5) else []
        more += [self.labelled("till", self.digits(2))] if self.maybe(0.4) else []
        if style == "one row":
            paper.row((self.date(), 0), (self.time(), 1, "r"))
        elif style == "labelled":
            paper.row((self.labelled("date", self.date()), 0))
            if self.maybe(0.8):
                paper.row((self.labelled("time", self.time()), 0))
        elif style == "apart":
            more = [f"{self.date()}  {self.time()}", *more]
        else:
            more = [*more[1:], *more[:1]]
            paper.row((f"{self.date()} {self.time()}", 0))
        order = list(range(len(more)))
        self.rng.shuffle(order)
        rows = [more[place] for place in order]
        while rows:
            first = rows.pop(0)
            if rows and paper.extent(first + rows[0]) < 0.9 and self.maybe(0.5):
                paper.row((first, 0), (rows.pop(0), 1, "r"))
            else:
                self.title(first, x=0, align="l")

    def farewell(self) -> None:
        """The end of a slip."""
        paper = self.paper
        paper.gap(0.5)
        if self.maybe(0.15):
            paper.row((self.say("points").format(n=self.rng.integers(3, 9000)), 0))
        if self.maybe(0.1):
            saved = self.locale.number(Decimal(int(self.rng.integers(20, 900))) / 100)
            paper.row((self.say("saved").format(m=saved), 0))
        for key in ("thanks", "small_print", "hours"):
            if self.say(key) and self.maybe({"thanks": 0.7, "small_print": 0.4, "hours": 0.1}[key]):
                for text in paper.wrapped(self.say(key), 0.95, spaced=self.locale.spaced):
                    paper.row((text, 0.5, "c"))
        if self.maybe(0.35):
            paper.gap(0.4)
            paper.block(self.pick(("barcode", "barcode", "square")), self.pick((3.0, 4.5)))
            if self.maybe(0.5):
                paper.row((self.digits(18), 0.5, "c"))

    def finish(self, layout: str, category: str) -> dict[str, Any]:
        """The truth of this paper; the currency is known to people by the country where no mark is printed."""
        self.truth |= {"layout": layout, "expense_category": category}
        self.truth["currency_printed"] = self.truth.get("currency") is not None
        self.truth["currency"] = self.locale.currency
        return self.truth
