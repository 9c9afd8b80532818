"""What lines of zones say: random lines in the shapes of ICAO Doc 9303, and lines of anything.

Names are random letters on purpose: a recogniser that learns which names are likely would read them where they are not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from torch.utils.data import IterableDataset, get_worker_info

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: The order of the network's classes after the blank; Ñ is printed by some states though no zone should hold it.
CLASSES = DIGITS + LETTERS + "<Ñ"
LONGEST = 48

_STATES = (  # noqa: SIM905 - easier to read than a hundred lines
    "UTO D<< GBR USA FRA ESP ITA NLD BEL AUT CHE POL CZE SVK HUN ROU BGR GRC TUR RUS UKR CHN JPN KOR IND PAK BGD "
    "IDN MYS SGP THA VNM PHL AUS NZL CAN MEX BRA ARG CHL PER COL ECU VEN ZAF NGA EGY MAR TUN DZA KEN ETH GHA SEN "
    "SWE NOR DNK FIN ISL EST LVA LTU IRL PRT LUX MLT CYP HRV SVN SRB BIH MKD ALB MNE RKS ISR JOR LBN IRN IRQ SAU "
    "ARE KWT QAT OMN YEM AFG UZB KAZ KGZ TJK TKM MNG NPL LKA MMR KHM LAO TWN HKG MAC UNO XXA EUE GBD"
).split()
_WEIGHTS = (7, 3, 1)


def _digit(text: str) -> str:
    values = {c: place for place, c in enumerate(DIGITS + LETTERS)}
    return str(sum(values.get(c, 0) * _WEIGHTS[place % 3] for place, c in enumerate(text)) % 10)


def _of(rng: random.Random, alphabet: str, least: int, most: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def _name(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return _of(rng, LETTERS, 2, 12)
    pairs = [rng.choice("BCDFGHJKLMNPQRSTVWXZ") + rng.choice("AEIOUY") for _ in range(rng.randint(1, 5))]
    return "".join(pairs) + rng.choice(["", rng.choice(LETTERS)])


def _names(rng: random.Random, width: int) -> str:
    surname = "<".join(_name(rng) for _ in range(rng.choice((1, 1, 1, 2))))
    given = "<".join(_name(rng) for _ in range(rng.choice((1, 1, 2, 3))))
    text = f"{surname}<<{given}"
    if rng.random() < 0.03:
        place = rng.randrange(len(surname))
        text = text[:place] + "Ñ" + text[place + 1 :]
    return text[:width].ljust(width, "<")


def _day(rng: random.Random) -> str:
    if rng.random() < 0.03:
        return rng.choice(["<<<<<<", f"{rng.randrange(100):02d}<<<<", "000000"])
    return f"{rng.randrange(100):02d}{rng.randint(1, 12):02d}{rng.randint(1, 31):02d}"


def _number(rng: random.Random) -> str:
    head = _of(rng, LETTERS, 0, 3)
    text = rng.choice([head + _of(rng, DIGITS, 4, 9), _of(rng, DIGITS + LETTERS, 6, 9), _of(rng, DIGITS, 7, 9)])
    return text[:9].ljust(9, "<")


def _optional(rng: random.Random, width: int) -> str:
    kind = rng.random()
    if kind < 0.5:
        return "<" * width
    alphabet = DIGITS if kind < 0.8 else DIGITS + LETTERS + "<"
    return _of(rng, alphabet, 1, width).ljust(width, "<")


def _line_two(rng: random.Random, width: int) -> str:
    number, birth, expiry = _number(rng), _day(rng), _day(rng)
    state = rng.choice(_STATES).ljust(3, "<")
    sex = rng.choice("MF<X")
    head = f"{number}{_digit(number)}{state}{birth}{_digit(birth)}{sex}{expiry}{_digit(expiry)}"
    rest = _optional(rng, width - len(head) - 2)
    return head + rest + rng.choice([_digit(rest), "<"]) + rng.choice(DIGITS)


def _line_one(rng: random.Random, width: int) -> str:
    code = rng.choice(["P<", "P<", "P<", "PM", "PD", "PN", "V<", "VB", "ID", "I<", "AC", "C1", "IR", "TS"])
    return code + rng.choice(_STATES).ljust(3, "<") + _names(rng, width - 5)


def _card_one(rng: random.Random) -> str:
    number = _number(rng)
    code = rng.choice(["I<", "ID", "IR", "AC", "C1", "IT", "IO", "D1", "AR"])
    return code + rng.choice(_STATES).ljust(3, "<") + number + rng.choice([_digit(number), "<"]) + _optional(rng, 15)


def _card_two(rng: random.Random) -> str:
    birth, expiry = _day(rng), _day(rng)
    head = f"{birth}{_digit(birth)}{rng.choice('MF<X')}{expiry}{_digit(expiry)}{rng.choice(_STATES).ljust(3, '<')}"
    return head + _optional(rng, 11) + rng.choice(DIGITS)


def _french(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"IDFRA{_name(rng)[:25].ljust(25, '<')}{_of(rng, DIGITS, 6, 6)}"
    number, given, birth = _of(rng, DIGITS, 13, 13), _names(rng, 14), _day(rng)
    return f"{number}{given}{birth}{rng.choice(DIGITS)}{rng.choice('MF')}{rng.choice(DIGITS)}"


def _anything(rng: random.Random) -> str:
    """Any characters at all, with runs of one now and then."""
    text = ""
    while len(text) < rng.randint(6, 44):
        text += rng.choice(CLASSES) * rng.choice((1, 1, 1, 1, 1, 2, 3))
    return text


def _fillers(rng: random.Random) -> str:
    return "<" * rng.randint(1, 30) + _of(rng, DIGITS, 0, 3)


_SHAPES: tuple[tuple[float, Callable[[random.Random], str]], ...] = (
    (0.16, lambda rng: _line_one(rng, 44)),
    (0.16, lambda rng: _line_two(rng, 44)),
    (0.06, lambda rng: _line_one(rng, 36)),
    (0.06, lambda rng: _line_two(rng, 36)),
    (0.09, _card_one),
    (0.09, _card_two),
    (0.08, lambda rng: _names(rng, 30)),
    (0.03, _french),
    (0.25, _anything),
    (0.02, _fillers),
)


def line(rng: random.Random) -> str:
    """Return one line of at most `LONGEST` characters of `CLASSES`; one in ten is a piece of a line."""
    shapes, weights = zip(*((shape, weight) for weight, shape in _SHAPES), strict=True)
    text: str = rng.choices(shapes, weights)[0](rng)
    if rng.random() < 0.1 and len(text) > 8:
        start = rng.randrange(len(text) - 4)
        text = text[start : start + rng.randint(4, len(text))]
    return text[:LONGEST]


class Lines(IterableDataset[list[str]]):
    """Batches of *size* lines without end, another sequence in every worker."""

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.seed = size, seed

    def __iter__(self) -> Iterator[list[str]]:
        worker = get_worker_info()
        rng = random.Random(self.seed * 1000 + (worker.id if worker else 0))
        while True:
            yield [line(rng) for _ in range(self.size)]
