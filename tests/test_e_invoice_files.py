"""Electronic invoices as whole files: signed ones, lots of several, and the command line."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from tests.specimens import e_invoices as drawn
from toolkit import read, sniff
from toolkit.arrival import worth_saying
from toolkit.receive import inspect


@pytest.mark.parametrize("signed", [drawn.signed(drawn.fattura()), base64.encodebytes(drawn.signed(drawn.fattura()))])
def test_a_signed_invoice_is_read_from_end_to_end(tmp_path: Path, signed: bytes):
    (tmp_path / "IT99999999990_00001.xml.p7m").write_bytes(signed)
    done = subprocess.run(
        [Path(sys.executable).with_name("mobility"), "read", "--json", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    (answer,) = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, answer["error"], answer["kind"]) == (0, None, "invoice")
    assert answer["fields"]["total"]["value"] == "222.40"


def test_each_invoice_of_a_lot_is_a_record_of_its_own():
    records = read.read_bytes(drawn.fattura("1", "2", "3"), sniff.XML)
    assert [record.get("number").value for record in records] == ["1", "2", "3"]
    assert all(record.get("total").sure for record in records)
    assert [record.warnings for record in records] == [(), (), ()]


def test_a_lot_of_too_many_says_what_it_leaves_out():
    (record,) = read.read_bytes(drawn.fattura(*map(str, range(51))), sniff.XML)
    assert not record.get("total").sure
    assert any("holds 51 invoices" in each for each in record.warnings)


def a_pdf(*files: tuple[str, bytes]) -> bytes:
    pdf, made = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(300, 400))
    for name, data in files:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
    pdf.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("files", "note"),
    [
        ((("factur-x.xml", drawn.ubl()),), ()),
        ((("factur-x.xml", drawn.ubl()), ("offer.txt", b"much")), ("the PDF holds embedded files",)),
        ((("offer.txt", b"much"),), ("the PDF holds an embedded file",)),
    ],
)
def test_the_invoice_inside_a_pdf_is_no_finding_and_any_other_file_is(files: tuple[tuple[str, bytes], ...], note):
    data = a_pdf(*files)
    (record,) = read.read_bytes(data, sniff.PDF)
    assert worth_saying(inspect(data, "RE-1.pdf", 0).notes, record) == note
