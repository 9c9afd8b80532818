"""A degree and a marriage certificate, as clean pages for the scanner."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from tests.specimens.cast import cast, written
from tests.specimens.signature import signature
from tests.specimens.specimen import Picture, Truth
from tests.specimens.typeset import picture

HERE = Path(__file__).resolve().parent

#: Dots per inch of the office scanner.
SCAN_PPI = 160


class Degree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    university: str
    latin: str
    holder: str
    degree: str
    subject: str
    distinction: str
    awarded: date
    number: str
    rector: str
    dean: str


class Marriage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    office: str
    number: str
    married: date
    issued: date
    first: str
    second: str
    registrar: str


class Certificates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    degree: Degree
    marriage: Marriage


@cache
def certificates() -> Certificates:
    return msgspec.convert(tomllib.loads((HERE / "certificates.toml").read_text("utf-8")), Certificates)


def degree(rng: np.random.Generator, *, ppi: float = SCAN_PPI) -> Picture:
    """The degree certificate: landscape, framed, seal and two signatures."""
    paper = certificates().degree
    holder = cast().person[paper.holder]
    data = msgspec.to_builtins(paper) | {
        "holder": holder.full_name,
        "born": f"{written(holder.birth_date)} in {holder.birth_place}",
        "awarded": written(paper.awarded),
        "strokes": [signature(rng), signature(rng)],
    }
    return picture("degree", data, ppi=ppi)


def degree_truth() -> Truth:
    """What the certificate says."""
    paper = certificates().degree
    return {
        "holder": cast().person[paper.holder].full_name,
        "institution": paper.university,
        "degree": paper.degree,
        "field_of_study": paper.subject,
        "award_date": paper.awarded.isoformat(),
        "number": paper.number,
    }


def marriage(rng: np.random.Generator, *, ppi: float = SCAN_PPI) -> Picture:
    """The marriage certificate in German and English: numbered fields, stamp, one signature."""
    paper = certificates().marriage
    spouses = [cast().person[key] for key in (paper.first, paper.second)]
    data = msgspec.to_builtins(paper) | {
        "married": f"{paper.married:%d.%m.%Y} / {written(paper.married)}",
        "issued": f"{paper.issued:%d.%m.%Y}",
        "spouses": [
            {
                "surname": person.surname,
                "given_names": person.given_names,
                "birth_date": f"{person.birth_date:%d.%m.%Y}",
                "birth_place": person.birth_place,
            }
            for person in spouses
        ],
        "strokes": signature(rng),
    }
    return picture("marriage", data, ppi=ppi)


def marriage_truth() -> Truth:
    """What the certificate says."""
    paper = certificates().marriage
    first, second = (cast().person[key] for key in (paper.first, paper.second))
    return {
        "spouse_1": first.full_name,
        "spouse_2": second.full_name,
        "spouse_1_birth_date": first.birth_date.isoformat(),
        "spouse_2_birth_date": second.birth_date.isoformat(),
        "marriage_date": paper.married.isoformat(),
        "marriage_place": paper.office,
        "number": paper.number,
        "issue_date": paper.issued.isoformat(),
    }
