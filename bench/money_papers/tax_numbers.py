"""Tax numbers of invented companies, with the check digits their countries ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Digits = Sequence[int]


def _weighed(digits: Digits, weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def _luhn(digits: Digits) -> int:
    """The digit that makes *digits* pass the Luhn test."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def _joined(digits: Digits) -> str:
    return "".join(map(str, digits))


def _german(d: list[int]) -> str:
    """ISO 7064, mod 11,10."""
    product = 10
    for digit in d[:8]:
        product = (((digit + product) % 10 or 10) * 2) % 11
    return f"DE{_joined(d[:8])}{(11 - product) % 10}"


def _british(d: list[int]) -> str:
    check = 97 - (_weighed(d[:7], range(8, 1, -1)) + 55) % 97
    return f"GB {_joined(d[:3])} {_joined(d[3:7])} {check:02d}"


def _swiss(d: list[int]) -> str:
    check = -_weighed(d[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11
    if check == 10:
        return _swiss([*d[:7], (d[7] + 1) % 10])
    text = _joined(d[:8]) + str(check)
    return f"CHE-{text[:3]}.{text[3:6]}.{text[6:]} MWST"


def _french(d: list[int]) -> str:
    siren = _joined(d[:8]) + str(_luhn(d[:8]))
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d} {siren[:3]} {siren[3:6]} {siren[6:]}"


def _spanish(d: list[int]) -> str:
    return f"B{_joined(d[:7])}{_luhn(d[:7])}"


def _italian(d: list[int]) -> str:
    return _joined(d[:10]) + str(_luhn(d[:10]))


def _dutch(d: list[int]) -> str:
    check = _weighed(d[:8], range(9, 1, -1)) % 11
    return _dutch([*d[:7], (d[7] + 1) % 10]) if check == 10 else f"NL{_joined(d[:8])}{check}B01"


def _portuguese(d: list[int]) -> str:
    body = [5, *d[:7]]
    check = 11 - _weighed(body, range(9, 1, -1)) % 11
    return _joined(body) + str(0 if check > 9 else check)


def _polish(d: list[int]) -> str:
    check = _weighed(d[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
    text = _joined(d[:9]) + str(check)
    return _polish([*d[:8], (d[8] + 1) % 10]) if check == 10 else f"{text[:3]}-{text[3:6]}-{text[6:8]}-{text[8:]}"


def _swedish(d: list[int]) -> str:
    body = [5, 5, *d[:7]]
    return f"SE{_joined(body)}{_luhn(body)}01"


def _japanese(d: list[int]) -> str:
    """The corporate number: check digit first (Ordinance on the corporate number, art. 2)."""
    total = sum(digit * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(d[:12])))
    return f"T{9 - total % 9}{_joined(d[:12])}"


def _chinese(d: list[int]) -> str:
    """The unified social credit code: its check character is of ISO 7064-like mod 31 (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    text = f"91{_joined(d[:6])}MA{_joined(d[6:13])}"
    total = sum(alphabet.index(each) * pow(3, place, 31) for place, each in enumerate(text))
    return text + alphabet[-total % 31]


def _austrian(d: list[int]) -> str:
    total = sum(digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(d[:7]))
    return f"ATU{_joined(d[:7])}{(96 - total) % 10}"


def _australian(d: list[int]) -> str:
    """Two check digits before the nine of the company (mod 89)."""
    rest = _weighed(d[:9], (3, 5, 7, 9, 11, 13, 15, 17, 19))
    first = next(n for n in range(10, 100) if (10 * (n // 10 - 1) + n % 10 + rest) % 89 == 0)
    text = _joined(d[:9])
    return f"{first} {text[:3]} {text[3:6]} {text[6:]}"


_MAKERS: dict[str, Callable[[list[int]], str]] = {
    "de": _german, "gb": _british, "ch": _swiss, "fr": _french, "es": _spanish, "it": _italian, "nl": _dutch,
    "pt": _portuguese, "pl": _polish, "se": _swedish, "jp": _japanese, "cn": _chinese,
    "at": _austrian, "au": _australian, "mx": lambda d: f"XYZ{d[0]}{d[1]}0{1 + d[2] % 9}1{d[3]}AB{d[4]}",
    "us": lambda d: f"{_joined([*d[:2]])}-{_joined(d[2:9])}",
    "my": lambda d: f"00{_joined(d[:10])}",
}  # fmt: skip


def invented(country: str, rng: np.random.Generator) -> str:
    """Return a tax number of *country* as its papers print it."""
    digits = [int(each) for each in rng.integers(0, 10, 14)]
    digits[0] = digits[0] or 3
    return _MAKERS[country](digits)
