"""The invented people and companies of `cast.toml`, as typed values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent


class Passport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    issued: date
    expires: date
    personal: str = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    surname: str
    given_names: str
    sex: str
    birth_date: date
    birth_place: str
    title: str
    hair: str
    passport: Passport

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.surname}"


class Company(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    street: str
    city: str
    country: str
    code: str
    tax_id: str
    signatory: str
    signatory_title: str

    @property
    def address(self) -> str:
        return f"{self.street}, {self.city}, {self.country}"


class Cast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: Mapping[str, Person]
    company: Mapping[str, Company]


@cache
def cast() -> Cast:
    return msgspec.convert(tomllib.loads((HERE / "cast.toml").read_text("utf-8")), Cast)


def written(day: date) -> str:
    """12 October 2026."""
    return f"{day.day} {day:%B %Y}"
