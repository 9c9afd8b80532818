"""LibreOffice kept running: letters in order, nothing left behind, dead with its parent, replaced where it breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader
from word_tags import word

from toolkit import office, office_pool, scratch
from toolkit.errors import MissingToolError, ToolkitError

needs_office = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")


def offices(folder: Path) -> list[int]:
    """The processes whose command line names *folder*."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (each / "cmdline").read_bytes():
                found.append(int(each.name))
        except OSError:
            continue
    return found


def test_absent_libreoffice_is_said_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(office, "program", lambda: None)
    with pytest.raises(MissingToolError, match="apt-get install"), office_pool.pool():
        pass


@pytest.fixture(scope="module")
def pool():
    with office_pool.pool(1, archival=True) as made:
        made.warm()
        yield made


@pytest.mark.office
@needs_office
def test_letters_come_back_in_order_from_one_start_and_nothing_of_them_stays(pool):
    done = []
    made = pool.map([word(f"letter {n}") for n in range(6)], lambda: done.append(1))
    mine = pool._idle[0][0].folder
    (process,) = offices(mine)
    assert sys.platform != "linux" or "Seccomp:\t2" in Path(f"/proc/{process}/status").read_text()
    assert not list(mine.glob("*.docx")) and not list((mine / "pdf").iterdir())
    texts = [PdfReader(BytesIO(pdf)).pages[0].extract_text() for pdf in made]
    assert [f"letter {n}" in text for n, text in enumerate(texts)] == [True] * 6 and len(done) == 6
    with pikepdf.open(BytesIO(made[0])) as pdf, pdf.open_metadata() as about:
        assert about["pdfaid:part"] == "2" and about["pdfaid:conformance"] == "B"


@pytest.mark.office
@needs_office
def test_an_office_that_dies_is_replaced_and_the_letter_made_all_the_same(pool):
    assert pool.to_pdf(word("one"))
    running, _ = pool._idle[0]
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert b"%PDF" in pool.to_pdf(word("two"))[:8]
    assert not running.folder.exists()


@pytest.mark.office
@needs_office
def test_what_is_no_letter_fails_alone_and_costs_no_start(pool):
    pool.warm()
    before = pool._idle[0][0]
    first, bad, last = pool.map([word("one"), b"PK\x03\x04 no word file", word("three")])
    assert pool._idle[0][0] is before
    assert isinstance(first, bytes) and isinstance(last, bytes)
    assert isinstance(bad, ToolkitError) and "could not lay out" in str(bad)


@pytest.mark.office
@needs_office
def test_a_letter_that_takes_too_long_is_an_error_and_leaves_nothing(pool, monkeypatch):
    pool.warm()
    mine = pool._idle[0][0].folder
    monkeypatch.setattr(pool, "seconds", 0.001)
    with pytest.raises(ToolkitError, match="within 0 seconds"):
        pool.to_pdf(word("one"))
    assert not mine.exists() and not offices(mine) and not pool._idle


@pytest.mark.office
@needs_office
@pytest.mark.skipif(sys.platform != "linux", reason="dying with the parent is Linux")
def test_it_dies_with_its_parent_and_its_folder_is_swept():
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from toolkit import office_pool; from word_tags import word\n"
        "with office_pool.pool() as p:\n"
        "    p.to_pdf(word('x')); print(p._idle[0][0].folder, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    mine = Path(parent.stdout.readline().decode().strip())
    assert offices(mine)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 10
    while offices(mine) and time.monotonic() < until:
        time.sleep(0.05)
    assert not offices(mine)
    scratch.sweep()
    assert not mine.exists()


@pytest.mark.parametrize(
    ("text", "escaped"), [("a,b", "a\\,b"), ("a\\b", "a\\\\b"), ("a\0b", "a\\0b"), ("file:///x y", "file:///x y")]
)
def test_arguments_are_handed_over_as_they_are(text: str, escaped: str):
    assert office_pool._escaped(text) == escaped
