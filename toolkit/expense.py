"""The nouns of an expense claim: its lines, what is to be settled, and the papers that are counted with a line.

Knows records, rates and likeness; computes nothing but sums of what it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from toolkit.likeness import Alike, Degree, key
from toolkit.model import Record
from toolkit.rates import Rate

#: What lines without a cost centre are summed under.
NO_COST_CENTRE = "not stated"


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """One receipt or invoice: its document id, what was read from it, and its pages as `pages.as_pdf` gave them.

    `part` counts from 0 through the receipts of one file; their pages are those of `record` in the file's PDF.
    """

    document: str
    record: Record
    pdf: bytes = field(repr=False)
    part: int = 0
    #: SHA-256 (hex) of the file as it was submitted, for the manifest; empty where that was not taken.
    sha256: str = field(default="", repr=False)
    #: The same of its further photos, each behind its document id.
    further: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """What it is called where papers are compared, and in what a person decides."""
        return key(self.document, self.part)


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The part of a paper's tax at one rate: rate in per cent, net and tax in the paper's currency; None: not read."""

    rate: Decimal | None = field(repr=False)
    net: Decimal | None = field(repr=False)
    tax: Decimal | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a line says beyond its amount; empty text and None mean that nobody has said it.

    `country` is ISO 3166-1 alpha-3, `country_by` what it is known from. `reads_as` is the reader's category, `guessed`
    where the reader does not vouch for it. `tax` is the tax within the total, in the currency of the receipt.
    `home` and `host` are a person's word on whether it is taxable there: taxable, exempt, or nothing.
    """

    country: str = ""
    country_by: str = ""
    place: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)
    cost_centre: str = ""
    entity: str = ""
    reads_as: str = ""
    guessed: bool = False
    tax: Decimal | None = field(default=None, repr=False)
    tax_shares: tuple[TaxShare, ...] = field(default=(), repr=False)
    tax_id: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    itemised: bool = False
    slip_alone: bool = False
    attendees: tuple[str, ...] = field(default=(), repr=False)
    nights: int | None = None
    check_in: str = ""
    persons: int | None = None
    kilometres: Decimal | None = None
    home: str = ""
    host: str = ""
    gross_up: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the schedule, all of it vouched for but the merchant, which `notes` then say."""

    number: int
    document: str
    date: date
    merchant: str = field(repr=False)
    category: str
    amount: Decimal = field(repr=False)
    currency: str
    rate: Rate = field(repr=False)
    converted: Decimal = field(repr=False)
    notes: tuple[str, ...] = ()
    more: Particulars = Particulars()


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A receipt that is not in the sums, and why; `seen` is what was read of it, unsure parts marked."""

    number: int
    document: str
    reasons: tuple[str, ...]
    seen: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A receipt that says the same as a line, and is not counted again; `decided` where a person said so."""

    number: int
    document: str
    of: int
    why: str
    degree: Degree = Degree.CERTAIN
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A card slip that proves the payment of a line's bill; `tip` is what it pays beyond it, which counts too."""

    number: int
    document: str
    of: int
    why: str
    tip: Decimal = field(default=Decimal(0), repr=False)
    degree: Degree = Degree.LIKELY
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What the reader noticed on a paper of the claim; `paper` is what the claim calls it: Line 3, S1, P1 or D1."""

    paper: str
    document: str
    says: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A receipt of this claim that seems to be filed in another case too."""

    document: str
    case: str
    other: str
    degree: Degree
    why: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    """The lines of one currency or category: how many, their sum converted, and as spent if they share a currency."""

    name: str
    count: int
    amount: Decimal | None = field(repr=False)
    converted: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole claim in the claim currency. `total` is the sum of the lines' converted amounts, to the cent.

    `questions` are papers that may be one expense and about which nobody has decided: what is certain or likely is
    counted once until then, what is possible counts twice. `findings` change no sum: they are to be
    looked at. In all of it `document` is a key (`likeness.key`).
    """

    currency: str
    lines: tuple[Line, ...]
    unsettled: tuple[Unsettled, ...]
    duplicates: tuple[Duplicate, ...]
    slips: tuple[Slip, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    questions: tuple[Alike, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def papers(self) -> tuple[tuple[str, str], ...]:
        """What the claim calls each paper (Line 3, S1, P1, D1) with its key, in the order in which they are bound."""
        return (
            *((f"Line {each.number}", each.document) for each in self.lines),
            *((f"S{each.number}", each.document) for each in self.unsettled),
            *((f"P{each.number}", each.document) for each in self.slips),
            *((f"D{each.number}", each.document) for each in self.duplicates),
        )

    @property
    def total(self) -> Decimal:
        """The sum of the converted amounts of all lines."""
        return sum((line.converted for line in self.lines), Decimal(0))

    @property
    def by_currency(self) -> tuple[Subtotal, ...]:
        """One subtotal a currency as spent, in the order of the alphabet."""
        names = sorted({line.currency for line in self.lines})
        return tuple(_subtotal(name, [x for x in self.lines if x.currency == name], spent=True) for name in names)

    @property
    def by_category(self) -> tuple[Subtotal, ...]:
        """One subtotal a category, converted only."""
        return self._grouped(lambda line: line.category)

    @property
    def by_cost_centre(self) -> tuple[Subtotal, ...]:
        """One subtotal a cost centre, converted only; lines without one are summed under `NO_COST_CENTRE`."""
        return self._grouped(lambda line: line.more.cost_centre or NO_COST_CENTRE)

    def _grouped(self, name: Callable[[Line], str]) -> tuple[Subtotal, ...]:
        names = sorted({name(line) for line in self.lines})
        return tuple(_subtotal(each, [x for x in self.lines if name(x) == each], spent=False) for each in names)


def _subtotal(name: str, lines: Sequence[Line], *, spent: bool) -> Subtotal:
    amount = sum((line.amount for line in lines), Decimal(0)) if spent else None
    return Subtotal(name, len(lines), amount, sum((line.converted for line in lines), Decimal(0)))
