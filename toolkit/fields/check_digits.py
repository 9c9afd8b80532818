"""Check digits of tax and register numbers: whether a number, written without spaces, is one its country gave out.

The rules are the ones the tax offices publish; which number follows which is data (`kinds/receipt/tax_ids.toml`). The
commonest rule, a weighted sum, is data altogether. Knows digits only: no country, no label, no page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_UPPER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: The letters of China's unified social credit code (GB 32100-2015): no I, O, S, V, Z.
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_KEY = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def weighted(
    digits: str,
    weights: Sequence[int],
    modulus: int,
    *,
    complement: bool,
    zero: int = 0,
    ten: int | None = None,
    second: Sequence[int] = (),
) -> bool:
    """Whether the last of *digits* is the weighted sum of the others modulo *modulus*, or its *complement*.

    A result of 0 is written as *zero*, one of 10 as *ten*; None: such numbers are not given out, unless the *second*
    weights settle them. Noughts left out in front are put back.
    """
    digits = digits.zfill(len(weights) + 1)
    if len(digits) != len(weights) + 1 or not digits.isdecimal():
        return False
    result = _dot(digits, weights) % modulus
    if complement:
        result = -result % modulus
    if result == 10 and second:
        return weighted(digits, second, modulus, complement=complement, zero=zero, ten=0 if ten is None else ten)
    written = zero if result == 0 else ten if result == 10 else result
    return written == int(digits[-1])


def _dot(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """Whether *digits* pass the Luhn algorithm (ISO/IEC 7812-1, annex B)."""
    return sum(int(d) if n % 2 == 0 else sum(divmod(2 * int(d), 10)) for n, d in enumerate(reversed(digits))) % 10 == 0


def mod_11_10(digits: str) -> bool:
    """Whether *digits* pass the hybrid system of ISO 7064, MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (product + int(digits[-1])) % 10 == 1


def _austria(digits: str) -> bool:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[1:7:2])
    return (doubled + sum(int(digit) for digit in digits[0:7:2]) + 4 + int(digits[7])) % 10 == 0


def _belgium(digits: str) -> bool:
    return (int(digits[:8]) + int(digits[8:])) % 97 == 0


def _france(number: str) -> bool:
    """The key of two digits, or since 2000 of letters too (without I and O), over a SIREN that passes Luhn."""
    key, siren = number[:2], number[2:]
    if not luhn(siren):
        return False
    if key.isdecimal():
        return (12 + 3 * int(siren)) % 97 == int(key)
    if not set(key) <= set(_KEY):
        return False
    first, second = _KEY.index(key[0]), _KEY.index(key[1])
    check = first * 24 + second - 10 if key[0].isdecimal() else first * 34 + second - 100
    return (int(siren) + 1 + check // 11) % 11 == check % 11


def _siret(digits: str) -> bool:
    return luhn(digits) and luhn(digits[:9])


def _italy(digits: str) -> bool:
    """Luhn, with the number of one of the offices that give them out."""
    office = int(digits[7:10])
    return luhn(digits) and (1 <= office <= 100 or office in (120, 121, 888, 999))


def _britain(digits: str) -> bool:
    total = _dot(digits, (8, 7, 6, 5, 4, 3, 2)) + int(digits[7:9])
    return total % 97 in (0, 42, 55)


def _ireland(number: str) -> bool:
    second = _UPPER.index(number[8]) - 9 if len(number) > 8 else 0
    total = _dot(number[:7], (8, 7, 6, 5, 4, 3, 2)) + 9 * (second if number[8:] != "W" else 0)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == number[7]


def _luxembourg(digits: str) -> bool:
    return int(digits[:6]) % 89 == int(digits[6:])


def _netherlands(number: str) -> bool:
    """Companies: mod 11 (and of sole traders since 2020: ISO 7064, MOD 97-10 over the number with its NL)."""
    digits = number.split("B", maxsplit=1)[0]
    if weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2), 11, complement=False):
        return True
    return int("".join(str(_UPPER.index(each)) for each in f"NL{number}")) % 97 == 1


def _spain(number: str) -> bool:
    """NIF of persons (mod 23), NIE, and CIF of companies."""
    if number[0].isdecimal() or number[0] in "XYZ":
        digits = number[:8].translate(str.maketrans("XYZ", "012"))
        return digits.isdecimal() and "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == number[8]
    if number[0] not in "ABCDEFGHJKLMNPQRSUVW" or not number[1:8].isdecimal():
        return False
    odd = sum(sum(divmod(2 * int(digit), 10)) for digit in number[1:8:2])
    check = -(odd + sum(int(digit) for digit in number[2:8:2])) % 10
    return number[8] in (str(check), "JABCDEFGHI"[check])


def _slovakia(digits: str) -> bool:
    return int(digits) % 11 == 0


def _romania(digits: str) -> bool:
    return _dot(digits.zfill(10), (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == int(digits[-1])


def _australia(digits: str) -> bool:
    return (_dot(digits, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def _india(number: str) -> bool:
    if not (1 <= int(number[:2]) <= 38 or number[:2] in ("97", "99")):  # The states and union territories.
        return False
    total = 0
    for place, each in enumerate(number[:14]):
        total += sum(divmod(_UPPER.index(each) * (1 + place % 2), 36))
    return _UPPER[-total % 36] == number[14]


def _brazil(digits: str) -> bool:
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = weighted(digits[:13], weights[1:], 11, complement=True, ten=0)
    return first and weighted(digits, weights, 11, complement=True, ten=0)


def _chile(number: str) -> bool:
    total = _dot(number[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4))
    return "0123456789K"[-total % 11] == number[-1]


def _japan(digits: str) -> bool:
    total = sum(int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(digits[1:])))
    return 9 - total % 9 == int(digits[0])


def _china(number: str) -> bool:
    if not set(number) <= set(_CREDIT):
        return False
    total = sum(_CREDIT.index(each) * pow(3, place, 31) for place, each in enumerate(number[:17]))
    return _CREDIT[-total % 31] == number[17]


def _korea(digits: str) -> bool:
    total = _dot(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + 5 * int(digits[8]) // 10
    return -total % 10 == int(digits[9])


def _taiwan(digits: str) -> bool:
    parts = [
        sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)
    ]
    total = sum(parts)
    return total % 5 == 0 or (digits[6] == "7" and (total + 1) % 5 == 0)


def _singapore(number: str) -> bool:
    if len(number) == 9:
        return "XMKECAWLJDB"[_dot(number, (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == number[8]
    return "ZKCMDNERGWH"[_dot(number, (10, 8, 6, 4, 9, 7, 5, 3, 1)) % 11] == number[9]


def _turkey(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(digits[:9]):
        shifted = (int(digit) + 9 - place) % 10
        total += (shifted * pow(2, 9 - place, 9) % 9 or 9) if shifted else 0
    return -total % 10 == int(digits[9])


def _vietnam(digits: str) -> bool:
    return (10 - _dot(digits, (31, 29, 23, 19, 17, 13, 7, 5, 3)) % 11) % 10 == int(digits[9])


def _first_nine(digits: str) -> bool:
    return luhn(digits[:9])


def _first_ten(digits: str) -> bool:
    return luhn(digits[:10])


#: The rules by the name `tax_ids.toml` gives them.
RULES: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn, "luhn of nine": _first_nine, "luhn of ten": _first_ten, "mod 11,10": mod_11_10,
    "austria": _austria, "belgium": _belgium, "france": _france, "siret": _siret, "italy": _italy,
    "britain": _britain, "ireland": _ireland,
    "luxembourg": _luxembourg, "netherlands": _netherlands, "spain": _spain, "slovakia": _slovakia,
    "romania": _romania, "australia": _australia, "india": _india, "brazil": _brazil, "chile": _chile,
    "japan": _japan, "china": _china, "korea": _korea, "taiwan": _taiwan, "singapore": _singapore,
    "turkey": _turkey, "vietnam": _vietnam,
}  # fmt: skip
