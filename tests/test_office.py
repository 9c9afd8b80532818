"""Word to PDF through LibreOffice, and what is said when it is not there."""

from __future__ import annotations

import io
import subprocess
import sys

import docx
import pytest
from pypdf import PdfReader

from toolkit import disarm, launch, office
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


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's confinement is Linux")
def test_a_program_started_confined_sees_and_changes_nothing_outside_its_folder(tmp_path):
    if not all(held.holds for held in launch.guarantees()):
        pytest.skip("this kernel does not offer it")
    folder, vault = tmp_path / "mine", tmp_path / "beside"
    folder.mkdir()
    vault.mkdir()
    (vault / "secret").write_text("secret")
    tries = (
        f"echo x > {vault}/new", f"cat {vault}/secret", f"rm {vault}/secret", f"mv {vault}/secret {folder}/stolen",
        f"chmod 777 {vault}", f"truncate -s 0 {vault}/secret", "ls /home", "ls /root", "cat /proc/1/environ",
        "kill -0 $PPID", "echo x > /tmp/confined-was-here", "echo x > /dev/shm/confined-was-here",
    )  # fmt: skip
    script = "\n".join(f"({each}) > /dev/null 2>&1 && echo '{number}' >> held" for number, each in enumerate(tries))
    script += "\ncp /usr/bin/env copy && mkdir d && mv copy d/copy && echo fine > mine\n"
    command = launch.confined(["/bin/sh", "-c", script], folder, 10)
    subprocess.run(command, cwd=folder, env=launch.environment(folder), timeout=30)
    assert not (folder / "held").exists(), (folder / "held").read_text()
    assert (folder / "mine").read_text() == "fine\n"
    assert (vault / "secret").read_text() == "secret"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's confinement is Linux")
def test_a_program_started_confined_has_no_network_and_no_secret(tmp_path, monkeypatch):
    if not all(held.holds for held in launch.guarantees()):
        pytest.skip("this kernel does not offer it")
    monkeypatch.setenv("MOBILITY_PASSPHRASE", "correct horse")
    script = "env; exec 3<>/dev/tcp/127.0.0.1/9"
    command = launch.confined(["/bin/bash", "-c", script], tmp_path, 10)
    done = subprocess.run(command, cwd=tmp_path, env=launch.environment(tmp_path), capture_output=True, text=True)
    assert "HOME=" in done.stdout
    assert "MOBILITY_PASSPHRASE" not in done.stdout
    assert "not permitted" in done.stderr
