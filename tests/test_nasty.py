"""Files that broke other readers, through the confined chain of a real submission. `bench/nasty.py` runs them all."""

from __future__ import annotations

import pytest

from toolkit.arrival import Arrival
from toolkit.confine import Child, Limits
from toolkit.errors import InputError
from toolkit.model import Page

#: File -> how it ends; none of these needs the OCR engine, so the test stays fast.
ENDS = {
    "pdf/000-blankpage.pdf": "unreadable",
    "pdf/003-bad1.pdf": "read",  # "oops": five bytes of text under a PDF's name
    "pdf/005-Pages-tree-refs.pdf": "read",  # its page tree is a ring; PDFium counts what it can reach
    "pdf/007-issue-141b.pdf": "unreadable",
    "pdf/015-issue6010_2.pdf": "encrypted",
    "pdf/022-r6-both-passwords.pdf": "encrypted",
    "pdf/029-js-eval.pdf": "unreadable",
    "pdf/039-bad40.pdf": "read",
    "pdf/051-js-buttons.pdf": "read",
    "pdf/064-test_with_bom.pdf": "read",
    "image/001-corrupted.heic": "unreadable",
    "image/012-empty.heic": "unreadable",
    "mail/001-html.eml": "opened",
    "mail/005-strangeDate.msg": "unknown-format",
    "mail/008-broken.eml": "read",
}


@pytest.fixture(scope="module")
def child():
    with Child(Limits(seconds=60)) as child:
        yield child


def end(child: Child, name: str, data: bytes) -> str:
    try:
        arrival = child.call("toolkit.receive:inspect", data, name, result=Arrival)
        if arrival.members:
            return "opened"
        child.call("toolkit.pages:read_pages", data, arrival.media_type, result=list[Page])
    except InputError as error:
        assert error.remedy and "reader failed" not in error.message
        return error.code
    return "read"


@pytest.mark.data
@pytest.mark.parametrize("file", ENDS)
def test_nasty_files_end_in_a_named_state(child, shared_data, file):
    assert end(child, file, (shared_data / "nasty" / file).read_bytes()) == ENDS[file]


@pytest.mark.data
def test_an_original_becomes_a_packet_page_in_the_child(child, shared_data):
    data = (shared_data / "nasty" / "pdf/051-js-buttons.pdf").read_bytes()
    made = child.call("toolkit.pages.packet:as_pdf", data, "application/pdf", (0,), result=bytes)
    assert made.startswith(b"%PDF") and b"JavaScript" not in made
