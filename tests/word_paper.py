"""Word files for tests, part by part: bodies are raw WordprocessingML, so that nothing hides what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_ROOTS = {"styles": "styles", "numbering": "numbering", "comments": "comments", "footnotes": "footnotes"}
_ROOTS |= {"endnotes": "endnotes", "settings": "settings"}
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PLAIN = f"{_TYPE}.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def word_file(
    body: str,
    *,
    sides: Sequence[tuple[str, str]] = (),
    outside: Sequence[tuple[str, str]] = (),
    extra: Sequence[tuple[str, bytes]] = (),
    images: Sequence[tuple[str, bytes]] = (),
    main: str = "word/document.xml",
    content_type: str = PLAIN,
    **parts: str,
) -> bytes:
    """Return a Word file. *sides* are ("header" or "footer", XML), with ids side1, side2; *outside* are relations."""
    relations, files = [], {main: f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"}
    types = [f'<Override PartName="/{main}" ContentType="{content_type}"/>']

    def add(number: str, kind: str, name: str, root: str, content: str) -> None:
        files[f"word/{name}.xml"] = f"<w:{root} {_SPACES}>{content}</w:{root}>"
        relations.append(f'<Relationship Id="{number}" Type="{_R}/{kind}" Target="{name}.xml"/>')
        types.append(f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>')

    for name, content in parts.items():
        add(name, name, name, _ROOTS[name], content)
    for place, (kind, content) in enumerate(sides, 1):
        add(f"side{place}", kind, f"{kind}{place}", "hdr" if kind == "header" else "ftr", content)
    for place, (kind, target) in enumerate(outside, 1):
        relations.append(f'<Relationship Id="out{place}" Type="{_R}/{kind}" Target="{target}" TargetMode="External"/>')
    for place, (name, _) in enumerate(images, 1):
        relations.append(f'<Relationship Id="image{place}" Type="{_R}/image" Target="{name}"/>')
    schema = "http://schemas.openxmlformats.org/package/2006"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        head = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        head += '<Default Extension="xml" ContentType="application/xml"/>'
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{schema}/content-types">{head}{"".join(types)}</Types>')
        whole = f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="{main}"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{schema}/relationships">{whole}</Relationships>')
        folder, _, name = main.rpartition("/")
        archive.writestr(
            f"{folder}/_rels/{name}.rels",
            f'<Relationships xmlns="{schema}/relationships">{"".join(relations)}</Relationships>',
        )
        for name, content in files.items():
            archive.writestr(name, content)
        for name, binary in (*extra, *((f"word/{name}", binary) for name, binary in images)):
            archive.writestr(name, binary)
    return made.getvalue()


def r(text: str, properties: str = "", kind: str = "t") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{kind} xml:space="preserve">{text}</w:{kind}></w:r>'


def p(*content: str, properties: str = "") -> str:
    """A paragraph of runs; what is no XML becomes one."""
    runs = "".join(each if each.startswith("<") else r(each) for each in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def ins(text: str, author: str = "Ann") -> str:
    return f'<w:ins w:id="1" w:author="{author}">{r(text)}</w:ins>'


def gone(text: str, author: str = "Ann") -> str:
    return f'<w:del w:id="1" w:author="{author}">{r(text, kind="delText")}</w:del>'


def field(instruction: str, result: str) -> str:
    """A field of Word in its five pieces."""
    return "".join(
        f"<w:r>{each}</w:r>"
        for each in (
            '<w:fldChar w:fldCharType="begin"/>',
            f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            f"<w:t>{result}</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )


def numbered(text: str, level: int, number: int = 1) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
