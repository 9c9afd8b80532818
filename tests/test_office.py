"""Word to PDF through LibreOffice, and what is said when it is not there."""

from __future__ import annotations

import io

import docx
import pytest
from pypdf import PdfReader

from toolkit import disarm, office
from toolkit.errors import HostileError, MissingToolError, ToolkitError


def _word(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def test_nothing_to_convert_starts_nothing(monkeypatch):
    monkeypatch.setattr(office, "program", lambda: None)
    assert office.to_pdf([]) == []


def test_absent_libreoffice_names_the_package(monkeypatch):
    monkeypatch.setattr(office, "program", lambda: None)
    with pytest.raises(MissingToolError, match="apt-get install libreoffice-writer-nogui"):
        office.to_pdf([_word("x")])


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_files_come_back_in_order():
    made = office.to_pdf([_word("the first"), _word("the second")])
    assert ["first" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text() for pdf in made] == [True, False]


def test_a_hanging_program_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nsleep 60 &\nwait\n")
    slow.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(slow))
    with pytest.raises(ToolkitError, match="did not finish"):
        office.to_pdf([b"x"], seconds=-0.8)


def test_a_file_left_out_is_an_error(monkeypatch, tmp_path):
    idle = tmp_path / "soffice"
    idle.write_text("#!/bin/sh\nexit 0\n")
    idle.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(idle))
    with pytest.raises(ToolkitError, match="left out 1 of 1"):
        office.to_pdf([b"x"])


def test_a_submitted_file_that_fails_is_named(monkeypatch, tmp_path):
    idle = tmp_path / "soffice"
    idle.write_text("#!/bin/sh\nexit 77\n")
    idle.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(idle))
    with pytest.raises(HostileError, match="d7"):
        office.submitted_to_pdf("d7", b"x")


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_a_submitted_file_is_laid_out():
    made = office.submitted_to_pdf("d1", disarm.word(_word("an assignment contract")))
    assert "an assignment contract" in PdfReader(io.BytesIO(made)).pages[0].extract_text()
