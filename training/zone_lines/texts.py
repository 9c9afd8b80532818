"""Words and machine-readable lines for drawn scenes. Contents are random; nobody's data is used."""

from __future__ import annotations

from numpy.random import Generator

# ruff: noqa: SIM905 - words in a string read better than a list of a hundred

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_SYLLABLES = (
    "AN BE CHE DO EL FI GRE HA IVA JO KA LU MI NO OS PE QUI RA SO TI UL VA WE XU YA ZE MAR SEN BER TON SKI OVA STE"
    " NGU LIN CHA KOW VIC SON DAL HUR BRA ISS ARD ENE OLA"
).split()
_LABELS = (
    "Surname|Nom|Given names|Prénoms|Date of birth|Date de naissance|Nationality|Nationalité|Sex|Sexe|Place of birth|"
    "Lieu de naissance|Date of issue|Date of expiry|Date d'expiration|Authority|Autorité|Passport No.|Passeport No|"
    "Personal No.|Type|Code|Apellidos|Nombres|Nacionalidad|Fecha de nacimiento|Geburtsdatum|Staatsangehörigkeit|"
    "Gültig bis|Unterschrift der Inhaberin|Signature of bearer|Cognome|Cittadinanza|Data di nascita|Nazwisko|Obywatel|"
    "Address|Adresse|Height|Grösse|Colour of eyes|Remarks|Card number|CAN|Valid until|Kinegram|Not to scale|Фамилия|"
    "Дата рождения|Επώνυμο|Тегі|Place of issue|Number of entries|Duration of stay|Days|Valid for|Passport number"
).split("|")
_TITLES = (
    "PASSPORT|PASSEPORT|REISEPASS|PASAPORTE|IDENTITY CARD|CARTE D'IDENTITE|RESIDENCE PERMIT|VISA|VIZA|REPUBLIC OF|"
    "UNITED STATES OF|KINGDOM OF|DRIVING LICENCE|PERMIT|UNION EUROPEENNE|EUROPEAN UNION|BUNDESREPUBLIK|REPUBBLICA|"
    "TRAVEL DOCUMENT|SPECIMEN|MINISTRY OF FOREIGN AFFAIRS|PERSONALAUSWEIS|RÉPUBLIQUE|УКРАЇНА|ΕΛΛΗΝΙΚΗ|РОССИЙСКАЯ"
).split("|")
_WORDS = (
    "the of and to in agreement party shall employee payment invoice total date amount number tax this with any notice"
    " period section under salary der die und das zu den mit von ist für auf contrat entre les parties société est"
    " article machine readable zone caractères reading document figure layout typical see below information required"
).split()
#: Formats by (lines, characters) and how often they are drawn.
LAYOUTS = {
    "TD1": (3, 30),
    "TD2": (2, 36),
    "TD3": (2, 44),
    "MRVA": (2, 44),
    "MRVB": (2, 36),
    "DL": (1, 30),
    "DLCHE": (3, 30),
}
#: The first line of the Swiss driving licence is this long and not filled up.
_SHORT = 9


def _one(rng: Generator, items: list[str] | str) -> str:
    return items[int(rng.integers(len(items)))]


def chars(rng: Generator, alphabet: str, count: int) -> str:
    """Return *count* random characters of *alphabet*."""
    return "".join(alphabet[i] for i in rng.integers(len(alphabet), size=count))


def name(rng: Generator) -> str:
    """A name-like word of one to five syllables, in capitals."""
    return "".join(_one(rng, _SYLLABLES) for _ in range(int(rng.integers(1, 6))))


def _names(rng: Generator) -> str:
    surname = "<".join(name(rng) for _ in range(1 + int(rng.random() < 0.25)))
    given = "<".join(name(rng) for _ in range(int(rng.integers(0, 4))))
    return surname + "<<" + given


def _number(rng: Generator, size: int) -> str:
    if rng.random() < 0.08:
        return chars(rng, "0", size) if rng.random() < 0.5 else chars(rng, "<", size)
    return chars(rng, DIGITS if rng.random() < 0.5 else LETTERS[:8] + DIGITS * 2, size)


def _personal(rng: Generator, size: int) -> str:
    kind = rng.random()
    if kind < 0.45:
        return "<" * size
    if kind < 0.7:
        return _number(rng, int(rng.integers(4, size + 1))).ljust(size, "<")
    return _number(rng, size)


def _dates(rng: Generator) -> str:
    sex = _one(rng, "MFMFX<")
    return chars(rng, DIGITS, 7) + sex + chars(rng, DIGITS, 7)


def _licence(rng: Generator, width: int) -> str:
    """One line of a driving licence: as France prints it, as ISO/IEC 18013-3 has it, or with fillers at its end."""
    kind = rng.random()
    if kind < 0.45:  # number, expiry, and as much of the surname as there is room for: fillers only where it is short
        head = "D1FRA" + chars(rng, DIGITS, 2) + chars(rng, LETTERS, 2) + chars(rng, DIGITS, 12)
        surname = (name(rng) + name(rng))[: int(rng.integers(3, width - len(head)))]
        return (head + surname).ljust(width - 1, "<")[: width - 1] + chars(rng, DIGITS, 1)
    if kind < 0.8:
        body = chars(rng, DIGITS if rng.random() < 0.6 else DIGITS * 2 + LETTERS, width - 6)
        return "D1" + chars(rng, LETTERS, 3) + body + chars(rng, DIGITS, 1)
    state = chars(rng, LETTERS, 3)
    return "D" + _one(rng, "1<LN") + state + _number(rng, 10) + _personal(rng, width - 16) + chars(rng, DIGITS, 1)


def _swiss(rng: Generator, width: int) -> tuple[str, ...]:
    """Language and blank number; document number and birth; names: the first line is short and is not filled up."""
    first = chars(rng, LETTERS, 3) + chars(rng, DIGITS, 3) + _one(rng, "DFIR") + "<<"
    second = "FACHE" + chars(rng, DIGITS, 12) + "<<" + chars(rng, DIGITS, 6)
    return first, second.ljust(width, "<"), _names(rng)[:width].ljust(width, "<")


def zone(rng: Generator, layout: str) -> tuple[str, ...]:
    """Draw the lines of one zone of *layout* (a key of LAYOUTS), padded with fillers to the layout's length.

    Only the first of three lines of a Swiss driving licence is shorter.
    """
    count, width = LAYOUTS[layout]
    if layout == "DLCHE":
        return _swiss(rng, width)
    state = chars(rng, LETTERS, 3) if rng.random() < 0.9 else "D<<"
    if layout == "TD1":
        code = _one(rng, ["I<", "ID", "IR", "AC", "C<", "IP", "AR", "IN"])
        first = code + state + _number(rng, 9) + chars(rng, DIGITS + "<", 1) + _personal(rng, 15)
        second = _dates(rng) + state + _personal(rng, 11) + chars(rng, DIGITS, 1)
        lines = (first, second, _names(rng))
    elif layout == "DL":
        lines = (_licence(rng, width),)
    else:
        code = _one(rng, ["V<", "VC", "VI"] if layout.startswith("MRV") else ["P<", "P<", "PP", "PO", "I<", "ID"])
        tail = width - 28
        second = _number(rng, 9) + chars(rng, DIGITS + "<", 1) + state + _dates(rng) + _personal(rng, tail)
        lines = (code + state + _names(rng), second)
    return tuple(line[:width].ljust(width, "<") for line in lines[:count])


def label(rng: Generator) -> str:
    """A caption as printed above a value."""
    text = _one(rng, _LABELS)
    return text + " / " + _one(rng, _LABELS) if rng.random() < 0.4 else text


def title(rng: Generator) -> str:
    """A heading of a document."""
    return _one(rng, _TITLES) + (" " + name(rng) if rng.random() < 0.5 else "")


def value(rng: Generator) -> str:
    """A value as printed in the visual zone: a name, a date, a number, an address."""
    kind = int(rng.integers(6))
    if kind == 0:
        dot, digits = _one(rng, "./ -"), chars(rng, DIGITS, 6)
        return f"{digits[:2]}{dot}{digits[2:4]}{dot}{'19' if rng.random() < 0.5 else '20'}{digits[4:]}"
    if kind == 1:
        return chars(rng, LETTERS, int(rng.integers(0, 3))) + chars(rng, DIGITS, int(rng.integers(5, 10)))
    if kind == 2:
        return f"{chars(rng, DIGITS, 2)} {chars(rng, LETTERS, 3)}/{chars(rng, LETTERS, 3)} {chars(rng, DIGITS, 4)}"
    if kind == 3:
        return name(rng).title() + " " + name(rng).title()
    if kind == 4:
        return f"{name(rng)} {chars(rng, DIGITS, 2)}, {chars(rng, DIGITS, 5)} {name(rng)}"
    return name(rng) + " " + name(rng)


def sentence(rng: Generator, words: int) -> str:
    """Running text of *words* words."""
    return " ".join(_one(rng, _WORDS) for _ in range(words)).capitalize()


def lookalike(rng: Generator) -> str:
    """A line that resembles a machine-readable one and is none."""
    kind = int(rng.integers(12))
    digits = chars(rng, DIGITS, 40)
    if kind == 0:  # payment slips
        return f"{digits[:13]}>{digits[13:40]}+ {digits[:9]}>"
    if kind == 1:
        return f"{digits[:7]}< {digits[7:16]}< {digits[16:27]}< 10<"
    if kind == 2:
        return " ".join(digits[i : i + 4] for i in range(0, 16, 4))
    if kind == 3:
        return _one(rng, ["<", ">", "-", ".", "*", "=", "_", "#", "x", "0", "/"]) * int(rng.integers(8, 60))
    if kind == 4:  # source code
        return _one(
            rng, ["<<<<<<< HEAD", "std::cout << x << y << z << std::endl;", ">>> import this", "if (a << 2 < b)"]
        )
    if kind == 5:
        return "<" + "><".join(name(rng).lower() for _ in range(5)) + "/>"
    if kind == 6:  # a bar code's caption
        return f"{digits[0]} {digits[1:7]} {digits[7:13]}" + (" >" if rng.random() < 0.5 else "")
    if kind == 7:
        return f"IBAN {chars(rng, LETTERS, 2)}{digits[:2]} " + " ".join(digits[i : i + 4] for i in range(2, 22, 4))
    if kind == 8:
        return chars(rng, LETTERS + DIGITS, int(rng.integers(6, 17)))
    if kind == 9:
        return " ".join(name(rng) for _ in range(int(rng.integers(3, 8))))
    if kind == 10:
        return f"{name(rng)} {name(rng)} {digits[:3]}.{digits[3:5]} EUR  {digits[5:7]}% *{digits[7:15]}"
    return f"P {chars(rng, LETTERS, 3)} {chars(rng, LETTERS, 2)}{digits[:7]}"
