"""Originals become clean upright pages: texts are typeset, pictures turned, PDFs disarmed; a broken one is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from toolkit.errors import InputError
from toolkit.model import Document, Record, State
from toolkit.originals import as_pdfs
from vault import Vault

Keep = Callable[[bytes, str], Document]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    made.new_compartment("c")
    return made


@pytest.fixture
def keep(vault: Vault) -> Keep:
    def put(data: bytes, media_type: str) -> Document:
        stored = vault.compartment("c").put(data)
        return Document(
            stored.name[:12], "c", "x", media_type, len(data), stored.sha256, "2026-01-01T00:00:00+00:00", State.FILED
        )

    return put


def record(document: Document, turns: tuple[int, ...] = ()) -> Record:
    return Record("contract", 1.0, (1,), (), document=document.id, turns=turns)


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_a_text_is_typeset_as_it_is(vault: Vault, keep: Keep) -> None:
    document = keep(b"Dear team,\n#set page(fill: red) is no *markup* here, nor is $x$.\n", "text/plain")
    made = as_pdfs(vault, [(document, record(document))])[document.id]
    assert "#set page(fill: red) is no *markup* here" in text_of(made.pdf)


def test_an_invoice_that_is_only_data_has_pages_too(vault: Vault, keep: Keep) -> None:
    document = keep(b"<Invoice><ID>R-17</ID><Note>Danke</Note></Invoice>", "application/xml")
    assert "R-17" in text_of(as_pdfs(vault, [(document, record(document))])[document.id].pdf)


def test_a_sideways_picture_is_turned_as_it_was_read(vault: Vault, keep: Keep) -> None:
    picture = io.BytesIO()
    Image.fromarray(np.full((200, 400, 3), 255, np.uint8)).save(picture, "JPEG")
    document = keep(picture.getvalue(), "image/jpeg")
    upright = as_pdfs(vault, [(document, record(document, (0,)))])[document.id].pdf
    turned = as_pdfs(vault, [(document, record(document, (90,)))])[document.id].pdf
    wide = pypdfium2.PdfDocument(upright)[0].get_size()
    tall = pypdfium2.PdfDocument(turned)[0].get_size()
    assert wide[0] > wide[1]
    assert tall[0] < tall[1]


def test_what_a_pdf_would_run_is_gone(vault: Vault, keep: Keep) -> None:
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        data = io.BytesIO()
        made.save(data)
    document = keep(data.getvalue(), "application/pdf")
    clean = as_pdfs(vault, [(document, record(document, (0,)))])[document.id].pdf
    assert b"JavaScript" not in clean
    with pikepdf.open(io.BytesIO(clean)) as opened:
        assert "/OpenAction" not in opened.Root


def test_a_broken_original_is_named_by_its_id(vault: Vault, keep: Keep) -> None:
    document = keep(b"%PDF-1.7\nbroken", "application/pdf")
    with pytest.raises(InputError, match=document.id):
        as_pdfs(vault, [(document, record(document))])
