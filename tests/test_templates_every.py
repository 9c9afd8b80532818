"""Every letter, in every language, for every type of case, written whole and with the least: nothing looks wrong."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document as docx_file
from lxml import etree
from test_write import reading

from toolkit import write
from toolkit.facts import Facts
from toolkit.model import Fact
from toolkit.template_specimen import specimen_rows, specimen_values

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from letter_source import LANGUAGES, read, skeleton, sources  # noqa: E402
from make_templates import definition, docx  # noqa: E402

TODAY = date(2026, 11, 23)
NAMES = sorted(write.templates())
ENGLISH_ONLY = {
    "business-trip-invitation", "employment-verification-letter", "l-1-support-letter", "h-1b-support-letter",
    "skilled-worker-sponsor-letter", "eu-blue-card-support-letter",
}  # fmt: skip
IN_FOUR = {
    "long-term-assignment-letter", "short-term-assignment-letter", "commuter-assignment-letter",
    "permanent-transfer-letter", "localisation-letter", "assignment-extension-letter", "early-repatriation-letter",
    "missing-documents-letter", "policy-summary", "relocation-guide", "relocation-checklist",
    "tax-social-security-brief",
}  # fmt: skip

#: What differs between types of case: route, home, host, first day, what the salary is for.
CASES = {
    "long-term": ("us/l-1a", "DEU", "USA", "2027-01-01", "year"),
    "short-term": ("de/ict-card", "IND", "DEU", "2027-03-31", "month"),
    "commuter": ("", "FRA", "CHE", "2027-02-28", "month"),
    "permanent-transfer": ("gb/skilled-worker", "ESP", "GBR", "2027-08-01", "year"),
    "localisation": ("us/l-1b", "GBR", "USA", "2027-12-24", "hour"),
    "business-trip": ("eu/schengen-business", "USA", "FRA", "2027-05-05", "year"),
    "rotational": ("us/b-1", "CAN", "USA", "2027-06-30", "week"),
    "extended-business-trip": ("gb/business-visitor", "SGP", "GBR", "2027-10-10", "year"),
}
CURRENCIES = {"USA": "USD", "GBR": "GBP", "CHE": "CHF"}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MONTHS = {
    "en": r"\d{1,2} January 2027|January \d{1,2}, 2027", "de": r"\d{1,2}\. Januar 2027", "fr": r"1er janvier 2027",
    "es": r"\d{1,2} de enero de 2027",
}  # fmt: skip
_MONEY = {"en": r"USD\s96,000\.00", "de": r"96\.000,00\sUSD", "fr": r"96\s000,00\sUSD", "es": r"96\.000,00\sUSD"}


def facts(definition: write.Template, case: str, *, least: bool = False) -> Facts:
    route, home, host, start, pay = CASES[case]
    values = specimen_values(definition) | {
        "case.route": route, "case.start": start, "case.end": "2029-01-14",
        "assignment.home_country": home, "assignment.host_country": host,
        "assignment.salary": "96000", "assignment.salary_currency": CURRENCIES.get(host, "EUR"),
        "assignment.salary_period": pay, "assignment.weekly_hours": "37.5", "assignment.leave_days": "30",
        "principal.nationality": home, "new_office": "yes", "owner_beneficiary": "yes",
        "sponsor_certifies_maintenance": "yes", "principal.birth_date": "1988-02-29",
        "assignment.began": "2025-01-15", "assignment.agreed_end": "2028-01-14", "employment.since": "2019-04-01",
        "assignment.seniority_from": "2019-04-01", "assignment.return_on": "2029-01-20",
        "assignment.permission_until": "2028-01-14", "principal.passport.expiry_date": "2031-05-31",
        "employed_abroad_from": "2020-01-01", "employed_abroad_until": "2026-12-31",
    }  # fmt: skip
    wanted = definition.needs if least else definition.declared
    return Facts({name: Fact(name, reading(name, values[name])) for name in wanted if values[name]})


def written(name: str, case: str, *, least: bool = False) -> write.Letter:
    shape = write.template(name)
    rows = {group: () for group in shape.rows} if least else specimen_rows(shape)
    return write.write(name, facts(shape, case, least=least), today=TODAY, rows=rows)


def parts(letter: write.Letter) -> list[etree._Element]:
    with zipfile.ZipFile(io.BytesIO(letter.docx)) as bundle:
        names = [n for n in bundle.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", n)]
        return [etree.fromstring(bundle.read(name)) for name in names]


def text(element: etree._Element) -> str:
    return "".join("\t" if e.tag == f"{_W}tab" else e.text or "" for e in element.iter(f"{_W}t", f"{_W}tab"))


def code(name: str) -> str:
    return write.template(name).language[:2]


#: Left over from a tag, a template or Python.
LEFT_OVER = ("{{", "{%", "}}", "None", "**", "[[", "\ufdd0")
GAP = re.compile(r"[ \u00a0\u202f]{2}| [,.)]|\( |\(\)|,,|\.\.(?!\.)|,\.|:\.|; ;")
NO_FRENCH_SPACE = re.compile(r"[^\s\u00a0\u202f][;?!»]|«[^\u00a0]")
FOREIGN_QUOTES = {"en": "„«»", "de": "«»", "fr": "„“”", "es": "„“”"}


def faults(letter: write.Letter, language: str) -> list[str]:
    """What a reader would stumble over: an open tag, a gap, a doubled sign, a table cell with nothing in it."""
    found = []
    for part in parts(letter):
        lines = [text(p) for p in part.iter(f"{_W}p")]
        for line in lines:
            found += [f"{mark!r} in {line!r}" for mark in LEFT_OVER if mark in line]
            found += [f"gap in {line!r}"] if GAP.search(line) else []
            found += [f"nothing follows {line!r}"] if re.search(r"[:–-]\s*$", line.strip()) and not _opens(line) else []
            found += [f"foreign quotes in {line!r}" for mark in FOREIGN_QUOTES[language] if mark in line]
            if language == "fr" and (NO_FRENCH_SPACE.search(line) or "'" in line):
                found.append(f"not French typography in {line!r}")
        for cell in part.iter(f"{_W}tc"):
            if not text(cell).strip() and not _spacer(cell):
                found.append(f"empty cell beside {text(cell.getparent())!r}")
    return found


#: Lines that end in a colon and rightly so: salutations, the place to date a signature, what announces a table.
OPENING = (
    "Place, date", "Ort, Datum", "Lieu et date", "Lugar y fecha", "Dear ", "Estimado/a ", "The papers of your route",
    "Die Unterlagen für Ihren Weg", "Les pièces de votre dossier", "Los documentos de su expediente",
)  # fmt: skip


def _opens(line: str) -> bool:
    return line == "–" or line.startswith(OPENING)


def _spacer(cell: etree._Element) -> bool:
    """The gap between two signature blocks is a cell of its own."""
    row = cell.getparent()
    return row is not None and any(s.get(f"{_W}val") == "SignatureLine" for s in row.iter(f"{_W}pStyle"))


def test_what_is_wrong_is_seen():
    """The checks below can fail."""
    for wrong, language in (
        ("Dear {{ name }}", "en"), ("a  gap", "en"), ("with None", "de"), ("Grund: ", "de"), ("mot; mot", "fr"),
        ("« mot»", "fr"), ("„Wort“", "es"), ("the end ..", "en"), ("( empty )", "en"), ("", "en"),
    ):  # fmt: skip
        document = docx_file()
        cell = document.add_table(1, 1).rows[0].cells[0]
        cell.text = wrong
        out = io.BytesIO()
        document.save(out)
        assert faults(write.Letter("x", "x", out.getvalue()), language), wrong


def test_every_letter_of_the_field_is_there_in_its_languages():
    for name in IN_FOUR:
        assert {name, f"{name}-de", f"{name}-fr", f"{name}-es"} <= set(NAMES)
    assert set(NAMES) >= ENGLISH_ONLY
    for name in NAMES:
        suffix = name[-2:] if name[-3:] in ("-de", "-fr", "-es") else "en"
        assert code(name) == suffix


@pytest.mark.parametrize("name", NAMES)
def test_every_template_passes_lint_without_a_note(name: str):
    assert [str(problem) for problem in write.lint(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_type_of_case_is_written_without_a_gap(name: str):
    for case in CASES:
        for least in (False, True):
            letter = written(name, case, least=least)
            assert faults(letter, code(name)) == [], (case, "least" if least else "whole")


@pytest.mark.parametrize("name", NAMES)
def test_dates_and_amounts_are_in_the_form_of_the_language(name: str):
    whole = "\n".join(text(part) for part in parts(written(name, "long-term")))
    declared = write.template(name).declared
    if "case.start" in declared:
        assert re.search(_MONTHS[code(name)], whole)
    if "assignment.salary" in declared:
        assert re.search(_MONEY[code(name)], whole)
    assert "2027-01-01" not in whole
    assert not re.search(r"\b96000\b", whole)


def test_what_the_case_is_decides_what_the_letter_says():
    def body(name: str, case: str) -> str:
        return "\n".join(text(part) for part in parts(written(name, case)))

    assert "Regulation (EC) No\u00a0810/2009" in body("business-trip-invitation", "business-trip")
    assert "101(a)(15)(B)" in body("business-trip-invitation", "rotational")
    assert "Appendix Visitor" in body("business-trip-invitation", "extended-business-trip")
    assert "Specialized knowledge" in body("l-1-support-letter", "localisation")
    assert "Managerial or executive capacity" in body("l-1-support-letter", "long-term")
    brief = body("tax-social-security-brief-fr", "commuter")
    assert "Suisse" in brief
    assert "CGI" in brief
    assert "Abgabenordnung" not in brief


@pytest.mark.parametrize("name", sorted(IN_FOUR))
def test_four_languages_say_the_same_in_the_same_order(name: str):
    english = read(name, "en")
    for language in LANGUAGES:
        assert skeleton(read(name, language)) == skeleton(english), language
        folder = name if language == "en" else f"{name}-{language}"
        same, other = write.template(name), write.template(folder)
        assert (set(other.needs), set(other.may), other.rows) == (set(same.needs), set(same.may), same.rows)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.folder)
def test_the_word_file_is_the_one_its_text_makes(source):
    place = ROOT / "templates" / source.folder
    made = docx(source)
    assert (place / "template.toml").read_text("utf-8") == definition(source, made)
    assert _words(made) == _words((place / "template.docx").read_bytes())


def _words(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        names = [n for n in bundle.namelist() if n.startswith("word/") and n.endswith(".xml")]
        return [bundle.read(name).decode() for name in sorted(names)]
