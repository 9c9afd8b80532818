"""Contracts of Spain, Germany and Britain: recitals, names broken at a line's end, what a service agreement is."""

from __future__ import annotations

import time

from paper import page

from toolkit.readers import contract
from toolkit.readers.agreement import local_currency

SPANISH = """Contrato de trabajo
Iberluz Renovables, S.L.
REUNIDOS: de una parte, Íñigo Arizmendi Lobo, en nombre y representación de Iberluz Renovables, S.L.,
con domicilio en Calle de la Fragua, 22, 47086 Gijón; de otra, D. Tomás Émile Grünwaldt, mayor de
edad. Ambas partes se reconocen capacidad para contratar y ACUERDAN:
1. Objeto
El trabajador prestará sus servicios como ingeniero de proyectos.
2. Prevención de riesgos
Se observarán las normas de seguridad y salud vigentes en el centro, así como las instrucciones de la
empresa. Todo accidente deberá comunicarse de inmediato.
"""
GERMAN = """Entsendungsvertrag
zwischen Weserwerk Software GmbH & Co. KG (Stammhaus) und Herr Tomás Émile
Grünwaldt (Mitarbeiter).
§ 1 Gegenstand
Der Mitarbeiter wird in der Zeit vom 17.04.2024 bis 25.01.2027 entsandt.
"""


def read(text: str) -> dict[str, object]:
    return {field.name: field.value for field in contract.read_pages([page(text)]).fields}


def test_a_spanish_recital_names_the_parties_and_the_end_of_a_sentence_names_none() -> None:
    got = read(SPANISH)
    assert got["employer"] == "Iberluz Renovables, S.L."
    assert got["employee"] == "Tomás Émile Grünwaldt"


def test_a_name_goes_over_the_end_of_a_line() -> None:
    assert read(GERMAN)["employee"] == "Tomás Émile Grünwaldt"


def test_the_country_of_a_long_paper_is_looked_for_once() -> None:
    text = "The Employee is paid $ 1,000 a month. " * 60_000
    begun = time.perf_counter()
    for _ in range(400):
        local_currency.settled(text, ("USD", "CAD", "AUD"))
    assert time.perf_counter() - begun < 10


def test_a_british_service_agreement_with_an_employee_is_one_of_employment() -> None:
    text = """SERVICE AGREEMENT
This Agreement is made on 3 March 2026 between Aleph Widgets Limited (the "Company") and Ada Example (the "{}").
"""
    assert read(text.format("Employee"))["contract_type"] == "employment"
    assert read(text.format("Consultant"))["contract_type"] == "service"
