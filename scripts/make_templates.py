#!/usr/bin/env python3
"""Make the folders under templates/ that hold letters, from their text under scripts/letters/.

    python scripts/make_templates.py [NAME...]        # relocation-guide makes all its languages
    python scripts/make_templates.py --out FOLDER     # elsewhere, to compare

The text files are the source: a sentence is changed there, in every language, and the Word files are made anew.
What the labels of facts say stands in scripts/letters/facts.toml.
"""

from __future__ import annotations

import io
import json
import sys
import tomllib
import zipfile
from pathlib import Path

from letter_source import FOLDER, Source, clauses, read, sources
from letter_word import word_file

from toolkit.template_specimen import assumed
from toolkit.word_template import WordTemplate

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
#: A fixed time stamp: the same text makes the same file.
STAMP = (2020, 1, 1, 0, 0, 0)


def definition(source: Source, docx: bytes) -> str:
    """Return the text of template.toml: what the Word file prints, and what of that it can do without."""
    labels = tomllib.loads((FOLDER / "facts.toml").read_text("utf-8"))
    wants = assumed(WordTemplate(docx, source.folder, source.locale).uses, source.locale)
    lines = [f"title = {quoted(source.head['title'])}", f"audience = {quoted(source.head['audience'])}"]
    lines += [f'language = "{source.locale}"', *meant(source), "", "[needs]"]
    lines += [f'"{name}" = {quoted(labels[name])}' for name in wants.needs]
    if wants.may:
        lines += ["", "[may]", *(f'"{name}" = {quoted(labels[name])}' for name in wants.may)]
    if wants.rows:
        lines += ["", "[rows]"]
        lines += [f"{name} = [{', '.join(quoted(each) for each in columns)}]" for name, columns in wants.rows.items()]
    return "\n".join(lines) + "\n"


def meant(source: Source) -> list[str]:
    """Return for which types of assignment and routes the letter is, as the head of its English text says."""
    head = source.head if source.language == "en" else read(source.name, "en").head
    return [f"{key} = {json.dumps(head[key])}" for key in ("assignment_types", "routes") if key in head]


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def docx(source: Source) -> bytes:
    """Return template.docx; the same text gives the same bytes."""
    raw = io.BytesIO()
    word_file(source, clauses(source.language)).save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as made, zipfile.ZipFile(out, "w") as bundle:
        for info in made.infolist():
            bundle.writestr(zipfile.ZipInfo(info.filename, STAMP), made.read(info), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def main(arguments: list[str]) -> None:
    names, root = arguments, TEMPLATES
    if "--out" in names:
        place = names.index("--out")
        names, root = names[:place] + names[place + 2 :], Path(names[place + 1])
    for source in sources():
        if names and source.name not in names:
            continue
        folder = root / source.folder
        folder.mkdir(parents=True, exist_ok=True)
        made = docx(source)
        (folder / "template.toml").write_text(definition(source, made), "utf-8")
        (folder / "template.docx").write_bytes(made)
        print(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
