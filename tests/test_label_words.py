"""Words that make a longer label, numbers before one, points that belong to a name; a kind on one phrase alone."""

from __future__ import annotations

import pytest
from paper import opened, page

from toolkit.kind import FieldPattern, kinds
from toolkit.model import SURE
from toolkit.readers import patterns
from toolkit.recognise import recognise

DATE = {"issue_date": FieldPattern(type="date", labels={"fr": ("date",)})}
NAME = {"holder": FieldPattern(type="person", labels={"en": ("holder", "name")})}
FIRM = {"employer": FieldPattern(labels={"en": ("employer",)}), "place": FieldPattern(labels={"en": ("place",)})}


def read(text: str, fields: dict[str, FieldPattern]) -> dict[str, object]:
    return {field.name: field.value for field in patterns.read_pages([page(text)], fields).fields}


def test_a_label_that_goes_on_with_a_joining_word_is_another_label() -> None:
    assert read("Date d'entrée prévue | 15 octobre 2026", DATE) == {}
    assert read("Date | 15 octobre 2026", DATE) == {"issue_date": "2026-10-15"}


@pytest.mark.parametrize("number", ["2.", "3.1", "a)", "IV."])
def test_the_number_of_an_item_before_a_label_is_none_of_it(number: str) -> None:
    assert read(f"{number} Holder | Ada Example", NAME) == {"holder": "Ada Example"}


@pytest.mark.parametrize("name", ["Juana de la Cruz", "Piet van Dijk"])
def test_a_particle_makes_no_label_of_a_name(name: str) -> None:
    assert read(f"Name | {name}", NAME) == {"holder": name}


@pytest.mark.parametrize("name", ["Molen Advies B.V.", "Iberluz Renovables, S.L.", "Acme Widgets Inc."])
def test_the_point_of_a_legal_form_stays(name: str) -> None:
    assert read(f"Employer | {name}\nPlace | Utopia", FIRM)["employer"] == name


def test_half_a_name_is_none() -> None:
    assert read("Name | Tomás Émile Grün-", NAME) == {}


@pytest.mark.parametrize("name", ["Geburtsname Ashdowne Vorname", "Bertrand Fontenelle Madame"])
def test_rows_that_ran_together_are_nobodys_name(name: str) -> None:
    assert read(f"Name | {name}", NAME) == {}


def test_the_last_name_of_somebody_is_no_form_of_address() -> None:
    assert read("Name | Michael Herr", NAME) == {"holder": "Michael Herr"}


def test_a_kind_that_one_phrase_in_a_sentence_speaks_for_is_not_vouched_for() -> None:
    letter = "Dear Ada,\nplease remember to send us your police clearance certificate before Friday.\nKind regards\nBob"
    found = recognise(opened(letter))
    assert found.name in ("unknown", "police-certificate")
    assert found.name == "unknown" or found.confidence < SURE
    assert kinds()["police-certificate"]
