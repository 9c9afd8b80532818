"""The visible page as witness of an electronic invoice: which stated values it does not show.

A person pays by the page, a ledger books by the XML; where they differ, somebody has to look. The page is searched for
the stated values, wherever they stand on it: how the page's own layout is read does not matter here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.e_invoices import EInvoice, Line
from toolkit.fields import currency, dates, money
from toolkit.fields.calendar_words import fold
from toolkit.model import Page
from toolkit.readers.money.rows import rows

#: With less text than this the page is a picture or empty, and shows nothing to check against.
_LITTLE = 40
#: Pages of text that are searched; an invoice with more carries its conditions behind it.
_PAGES = 50
#: What every invoice shows (the currency where it shows any); for the rest a page can be silent.
ALWAYS_SHOWN = frozenset({"merchant", "number", "total", "currency"})
#: Lines that a finding names by number.
_NAMED = 5


class Shown:
    """What the pages of a file show, in the forms in which an electronic invoice's values are looked for."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._texts = [row.text for row in rows(pages[:_PAGES])]
        self._loose = _loose("\n".join(self._texts))
        words = [word.text for page in pages[:_PAGES] for word in page.words]
        self._words = {_loose(word) for word in words}
        # Both by the row and by the word: `2 100,00` is a sum in some countries and a quantity and a price elsewhere.
        # A bare number alone in a word could be the rate before its `%`.
        self._amounts = {abs(value) for text in self._texts for value in _amounts(text, bare=True)}
        self._amounts |= {abs(value) for text in words for value in _amounts(text, bare=False)}

    @property
    def enough(self) -> bool:
        """Whether there is text to check against."""
        return len(self._loose) >= _LITTLE

    def text(self, written: str) -> bool:
        """Tell whether the letters and digits of *written* stand on the page in their order."""
        return _loose(written) in self._loose

    def name(self, written: str) -> bool:
        """Tell whether a name stands on the page, in its order or (beside a column, round a logo) word by word."""
        words = [loose for word in written.split() if (loose := _loose(word))]
        return self.text(written) or (len(words) > 1 and all(word in self._words for word in words))

    def amount(self, value: Decimal) -> bool:
        """Tell whether *value* is printed; a credit note may print it without its minus."""
        return abs(value) in self._amounts

    def day(self, iso: str) -> bool:
        """Tell whether a date on the page can be read as *iso*."""
        return any(
            iso in (reading.value, *reading.alternatives) for text in self._texts for reading in dates.find(text)
        )

    def currency(self, code: str) -> bool:
        """Tell whether the marks on the page, if it has any, can mean *code*."""
        marks = [mark for text in self._texts for mark in currency.marks(text)]
        settled = [mark for mark in marks if mark.settles]
        return not settled or any(code in mark.currencies for mark in marks)


def unseen(invoice: EInvoice, shown: Shown) -> dict[str, str]:
    """Return the fields whose stated value the page does not show, each with what to add to its name; none on a page
    without text.
    """
    return dict(_unseen(invoice, shown)) if shown.enough else {}


def shown_in_part(invoice: EInvoice, shown: Shown) -> frozenset[str]:
    """Return of the lines and the tax those of which the page shows a part, and so is not silent about the rest."""
    parts = {
        "lines": [line.net for line in invoice.lines],
        "tax": [each.tax for each in invoice.tax_lines],
    }
    return frozenset(
        name for name, amounts in parts.items() if any(amount and shown.amount(amount) for amount in amounts)
    )


def _unseen(invoice: EInvoice, shown: Shown) -> Iterator[tuple[str, str]]:
    if invoice.merchant and not shown.name(invoice.merchant):
        yield "merchant", ""
    if invoice.number and not shown.text(invoice.number):
        yield "number", ""
    if invoice.merchant_tax_id and not _tax_id(invoice.merchant_tax_id, shown):
        yield "merchant_tax_id", ""
    if invoice.date and not shown.day(invoice.date):
        yield "date", ""
    if invoice.currency and not shown.currency(invoice.currency):
        yield "currency", ""
    sums = invoice.sums
    if sums.gross and not shown.amount(sums.gross):
        yield "total", ""
    # Two rates may stand on the page without their sum; a tax of nothing is often left off it, and then the net too.
    if sums.tax and not _summed(sums.tax, [each.tax for each in invoice.tax_lines], shown):
        yield "tax", ""
    if sums.net and sums.net != sums.gross and not _summed(sums.net, [each.net for each in invoice.tax_lines], shown):
        yield "subtotal", ""
    missing = [number for number, line in enumerate(invoice.lines, 1) if not _line(line, shown)]
    if missing:
        yield "lines", _numbers(missing, len(invoice.lines))


def _summed(value: Decimal, parts: Sequence[Decimal | None], shown: Shown) -> bool:
    stated = [part for part in parts if part]
    return shown.amount(value) or (
        len(stated) > 1 and sum(stated) == value and all(shown.amount(part) for part in stated)
    )


def _line(line: Line, shown: Shown) -> bool:
    return not line.net or not line.counted or shown.amount(line.net)


def _tax_id(written: str, shown: Shown) -> bool:
    # Whether the country's letters stand before the number is the printer's taste.
    return shown.text(written) or (written[:2].isalpha() and len(written) > 6 and shown.text(written[2:]))


def _numbers(missing: Sequence[int], of: int) -> str:
    named = ", ".join(map(str, missing[:_NAMED])) + (" ..." if len(missing) > _NAMED else "")
    return f" (amount of {named} of {of})"


def _amounts(text: str, *, bare: bool) -> Iterator[Decimal]:
    for reading in money.find(text, bare=bare):
        yield from (value for value in (reading.value, *reading.alternatives) if value is not None)


def _loose(text: str) -> str:
    return "".join(each for each in fold(text) if each.isalnum())
