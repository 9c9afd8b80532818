"""Word files with tags, and parts put into them, for tests of templates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """A Word file with a heading, *paragraphs*, and a table of *rows*."""
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Pay and period", 1)
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(out)
    return out.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """*data* with *parts* added or put in place of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


def body(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return source.read("word/document.xml")


def in_body(data: bytes, xml: str) -> bytes:
    """*data* with *xml* at the beginning of its text."""
    return with_parts(data, {"word/document.xml": body(data).replace(b"<w:body>", b"<w:body>" + xml.encode(), 1)})


def field(code: str) -> str:
    """A paragraph with a field in three runs, as Word writes it."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f'<w:p>{begin}<w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>{end}</w:p>'


def texts(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]


def cells(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in docx.Document(io.BytesIO(data)).tables for row in table.rows]


def run(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def link(kind: str, target: str) -> bytes:
    """The relations of a part, with one that leads outside."""
    relation = f'<Relationship Id="r1" Type="{REL}/{kind}" Target="{target}" TargetMode="External"/>'
    return f'<Relationships xmlns="r">{relation}</Relationships>'.encode()
