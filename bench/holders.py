"""Invented holders of invented travel documents, and the zone of each by ICAO Doc 9303 parts 3 to 7: text only.

Written apart from the toolkit and from whatever its reader was trained with, so that the measure is fair: a mistake
there cannot hide behind the same mistake here. Nobody here exists: names are put together by lot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.specimens.zone import check_digit, transliterated


def _words(text: str) -> list[str]:
    return text.split()


#: Characters a line and lines a zone (Doc 9303-3, 4.2; the French card by its decree).
SHAPES = {"TD1": (3, 30), "TD2": (2, 36), "TD3": (2, 44), "MRVA": (2, 44), "MRVB": (2, 36), "FRA_ID": (2, 36)}
#: How often each format is drawn: passports and cards are what arrives.
SHARES = {"TD3": 0.46, "TD1": 0.28, "TD2": 0.08, "MRVA": 0.06, "MRVB": 0.05, "FRA_ID": 0.07}

#: Doc 9303-3, section 5: states by three letters, Germany by one, and the codes of organisations and of the stateless.
STATES = _words("""
    AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA BDI
    CPV KHM CMR CAN CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST
    SWZ ETH FJI FIN FRA GAB GMB GEO D GHA GRC GRD GTM GIN GNB GUY HTI HND HUN ISL IND IDN IRN IRQ IRL ISR ITA JAM JPN
    JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM
    MDA MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PSE PAN PNG PRY PER PHL POL PRT
    QAT ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM ZAF SSD ESP LKA SDN SUR SWE CHE
    SYR TWN TJK TZA THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR USA URY UZB VUT VAT VEN VNM YEM ZMB ZWE HKG
    MAC RKS EUE UNO UTO XXA XXB XXX XOM GBD GBO
""")

SURNAMES = _words("""
    Abara Ambrosini Arkwright Baumgärtner Bjørnstad Çelikkol Chukwuemeka Delacroix-Fontaine D'Amicourt Đorđevski
    Eskildsen Fernandes-Quadros Fitzwalter Gyllenborg Hájková Hossainpour Iwabuchi Jayasundara Jóhannesdóttir
    Kowalczuk Kumarasinghe Lefèvre Lindqvist Łukaszewicz Maćkowiak Mbeki-Tolo Müller-Lüdenscheid Nakagome Nguyenova
    O'Sheridan Öztürkmen Papadimitriou Pärtelpoeg Quispetito Ramanujachari Rodríguez Sæther Saldanha Šimůnková Sørbye
    Szczepanik Tanahashi Thoroddsen Uzunoğlu Van-der-Meulen Villaseñor Weißenfels Wickramaratne Xiangli Yılmazer
    Zbigniewski Zubiri Li Ng Ó Wu Ito Ek Bo Al-Harthy Ben-Amozegh De-la-Cruz-y-Ventura
""")
GIVEN = _words("""
    Adaeze Agnieszka Aiko Anna Åse Björn Bolesław Chiamaka Çağla Dimitrios Edith Élodie Fatoumata Finn Giórgos Grażyna
    Hanako Ingibjörg Isolde Jürgen Jean-Baptiste Kofi Kwabena Lakshmi Łucja Maria María-José Mehmet Nils Noël Oddný
    Olga Øyvind Patrick Priyanka Quentin Raúl Roberto Satoshi Siobhán Søren Tadeusz Thanh Tiina Ursula Vytautė
    Wilhelmina Xochitl Yusuf Željko Zoë Oliver Queenie Ida Jo Bo Venkatanarasimha Konstantinos Maximiliane
""")
#: What a name is put together from when it is taken from no list, so that no list can be learnt by heart.
SYLLABLES = _words("""
    ba che dho fal gri hu im jor kwa lem mo nze op pra qui ros shu tar ul vie wex yam zho bir dul oko ste
""")


@dataclass(frozen=True, slots=True)
class Holder:
    """One document's text: what is printed, the zone, and what the zone says (names as the zone spells them)."""

    format: str
    lines: tuple[str, ...]
    code: str
    state: str
    nationality: str
    printed_surname: str
    printed_given: str
    surname: str
    given_names: str
    number: str
    birth: str
    sex: str
    expiry: str
    optional: str

    def __repr__(self) -> str:
        return f"<Holder of {self.format} {self.state}>"


def invented(rng: np.random.Generator, form: str = "", state: str = "") -> Holder:
    """Draw a person, all that a zone needs and, where they are not given, format and issuing state.

    The same generator state gives the same holder.
    """
    form = form or str(rng.choice(list(SHARES), p=np.array(list(SHARES.values())) / sum(SHARES.values())))
    state = state or _state(rng)
    surname, given = _names(rng)
    sex = str(rng.choice(["F", "M", "X"], p=[0.49, 0.48, 0.03]))
    birth, expiry = _day(rng, 30, 108), _day(rng, 16, 38)
    if rng.random() < 0.04:
        birth = birth[:4] + "<<" if rng.random() < 0.5 else birth[:2] + "<<<<"
    nationality = state if rng.random() < 0.85 and not form.startswith("MRV") else _state(rng)
    number = _number(rng, long=form == "TD1" and rng.random() < 0.2)
    optional = "" if rng.random() < 0.55 else _mixed(rng, int(rng.integers(4, 14)))
    code = _code(rng, form)
    if form == "FRA_ID":
        code, state, nationality, expiry, sex = "ID", "FRA", "FRA", "", "F" if sex == "X" else sex
        number = f"{_digits(rng, 12)}"
        optional = _digits(rng, 6) if rng.random() < 0.8 else ""
        birth = birth if "<" not in birth else "740812"
    draft = Holder(form, (), code, state, nationality, surname, given, "", "", number, birth, sex, expiry, optional)
    return _with_zone(draft)


def _with_zone(draft: Holder) -> Holder:
    surname, given = transliterated(draft.printed_surname), transliterated(draft.printed_given)
    compose = {"TD1": _td1, "FRA_ID": _french}.get(draft.format, _two_lines)
    lines = compose(draft, surname, given)
    if draft.format == "FRA_ID":
        names = (lines[0][5:30], lines[1][13:27])
    else:
        row = lines[2] if draft.format == "TD1" else lines[0][5:]
        names = tuple((*row.strip("<").split("<<", 1), "")[:2])
    surname, given = (" ".join(name.replace("<", " ").split()) for name in names)
    values = {name: getattr(draft, name) for name in Holder.__slots__}
    return Holder(**(values | {"lines": lines, "surname": surname, "given_names": given}))


def _row(surname: str, given: str, width: int) -> str:
    """Both names in *width* places; a surname too long leaves room for one letter at least of the given names."""
    surname = surname[: width - 3] if given else surname[:width]
    return (f"{surname}<<{given}" if given else surname)[:width].ljust(width, "<")


def _checked(text: str) -> str:
    return text + check_digit(text)


def _sex(sex: str) -> str:
    return "<" if sex == "X" else sex


def _td1(draft: Holder, surname: str, given: str) -> tuple[str, ...]:
    number, optional = draft.number, draft.optional
    if len(number) > 9:
        # Doc 9303-5, 4.2.4, note j: the rest of a long number and its check digit go on in the optional data.
        top = number[:9] + "<" + number[9:] + check_digit(number)
        optional = "<" + optional if optional else ""
    else:
        top = _checked(number.ljust(9, "<"))
    top = (top + optional).ljust(25, "<")[:25]
    second = draft.optional[-8:] if len(draft.optional) > 10 else ""
    middle = _checked(draft.birth) + _sex(draft.sex) + _checked(draft.expiry)
    rest = second.ljust(11, "<")
    digit = check_digit(top + middle[:7] + middle[8:] + rest)
    first = draft.code.ljust(2, "<") + draft.state.ljust(3, "<") + top
    return first, middle + draft.nationality.ljust(3, "<") + rest + digit, _row(surname, given, 30)


def _two_lines(draft: Holder, surname: str, given: str) -> tuple[str, ...]:
    width = SHAPES[draft.format][1]
    first = draft.code.ljust(2, "<") + draft.state.ljust(3, "<") + _row(surname, given, width - 5)
    number, birth, expiry = _checked(draft.number.ljust(9, "<")), _checked(draft.birth), _checked(draft.expiry)
    second = number + draft.nationality.ljust(3, "<") + birth + _sex(draft.sex) + expiry
    if draft.format in ("MRVA", "MRVB"):
        return first, (second + draft.optional).ljust(width, "<")[:width]
    if draft.format == "TD2":
        optional = draft.optional[:7].ljust(7, "<")
    else:
        # Doc 9303-4, 4.2.2.2: where there is no personal number its check digit may be the filler.
        personal = draft.optional[:14].ljust(14, "<")
        optional = _checked(personal) if draft.optional or int(draft.birth[1]) % 2 else personal + "<"
    return first, second + optional + check_digit(number + birth + expiry + optional)


def _french(draft: Holder, surname: str, given: str) -> tuple[str, ...]:
    first = "IDFRA" + surname.ljust(25, "<")[:25] + draft.optional.ljust(6, "<")[:6]
    # The card of 1988 parts its given names by a double filler.
    given = given.replace("<", "<<")[:14].ljust(14, "<")
    second = _checked(draft.number) + given + _checked(draft.birth) + _sex(draft.sex)
    return first, second + check_digit(first + second)


def _state(rng: np.random.Generator) -> str:
    return "D" if rng.random() < 0.05 else str(rng.choice(STATES))


def _code(rng: np.random.Generator, form: str) -> str:
    plain, others = {"TD3": ("P", ["PM", "PO", "PD", "PS", "PP"]), "MRVA": ("V", ["VC", "VB"])}.get(
        form, ("V", ["VC"]) if form == "MRVB" else ("I", ["ID", "ID", "AC", "C", "IR"])
    )
    return str(rng.choice(others)) if rng.random() < (0.5 if form in ("TD1", "TD2") else 0.12) else plain


def _names(rng: np.random.Generator) -> tuple[str, str]:
    def of(names: list[str]) -> str:
        if rng.random() < 0.65:
            return str(rng.choice(names))
        return "".join(rng.choice(SYLLABLES, int(rng.integers(2, 5)))).capitalize()

    long = rng.random() < 0.12
    surnames = [of(SURNAMES) for _ in range(int(rng.integers(2, 4)) if long else 1 + (rng.random() < 0.15))]
    given = [of(GIVEN) for _ in range(int(rng.integers(2, 5)) if long else int(rng.integers(1, 3)))]
    # Some people have one name only (Doc 9303-3, 4.6).
    return " ".join(surnames), "" if rng.random() < 0.02 else " ".join(given)


def _day(rng: np.random.Generator, first: int, last: int) -> str:
    return f"{int(rng.integers(first, last)) % 100:02d}{int(rng.integers(1, 13)):02d}{int(rng.integers(1, 29)):02d}"


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


def _mixed(rng: np.random.Generator, count: int) -> str:
    # Most issuers leave out the letters that are taken for digits; nobody tells O from 0 in a small picture.
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ" if rng.random() < 0.85 else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digits = "0123456789" * (3 if rng.random() < 0.6 else 1)
    return "".join(rng.choice(list(digits + letters), count))


def _number(rng: np.random.Generator, *, long: bool) -> str:
    if long:
        return _mixed(rng, 9) + _digits(rng, int(rng.integers(1, 6)))
    style = rng.random()
    if style < 0.35:
        return "".join(rng.choice(list("ABCDEFGHJKLMNPRSTVXYZ"), int(rng.integers(1, 3)))) + _digits(rng, 7)
    if style < 0.65:
        return _digits(rng, int(rng.integers(7, 10)))
    return _mixed(rng, int(rng.integers(8, 10)))
