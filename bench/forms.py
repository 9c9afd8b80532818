"""How many fields of official forms are filled and read back right, how long it takes, and the same with pypdf.

    python -m bench.forms --out out/forms

Fills every form that is known from the whole specimen case (tests/specimens/forms_case.toml) into the blanks under
../shared/data/forms, as `mobility fill` does, in one confined child; a third library (pypdf, which writes nothing here)
reads every value again. Then pypdf fills the same values with appearances of its own, and what pdfium shows in each
place is held against the value.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdf

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from forms_case import facts_of, whole_case

from bench.machine import machine
from toolkit import acroform_reread
from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.fill_definition import Named, forms
from toolkit.fill_form import Filled, fill_form, look

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "forms"
TODAY = date(2026, 11, 26)
#: Forms about somebody of the family.
ABOUT = {"us/i-539": "spouse", "us/i-765": "spouse"}


def blanks() -> dict[str, bytes]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path.read_bytes() for path in DATA.glob("*.pdf")}


def measure() -> Iterator[tuple[str, Filled, float, float]]:
    facts, there = facts_of(whole_case()), blanks()
    with Child() as child:
        look(child, next(iter(there[each.editions[0].sha256] for each in forms().values())))
        for name, definition in forms().items():
            for edition in definition.editions:
                if edition.sha256 in there:
                    role, data = ABOUT.get(name, "principal"), there[edition.sha256]
                    begun = time.perf_counter()
                    filled = fill_form(
                        child, Named(name, definition), data, facts, route="us/l-1a", today=TODAY, role=role
                    )
                    took = time.perf_counter() - begun
                    yield name, filled, took, len(data) / 1024


def right_by_pypdf(filled: Filled) -> int:
    """How many fields hold what was written, as pypdf reads them."""
    held: dict[str, str] = {}
    for page in pypdf.PdfReader(io.BytesIO(filled.pdf)).pages:
        for each in page.get("/Annots") or ():
            name, value, at = [], None, each.get_object()
            if at.get("/Subtype") != "/Widget":
                continue
            state = str(at.get("/AS", "/Off"))[1:]
            while at is not None:
                name += [str(at["/T"])] if "/T" in at else []
                value = at.get("/V") if value is None else value
                at = at["/Parent"].get_object() if "/Parent" in at else None
            whole = ".".join(reversed(name))
            said = state if whole in filled.filling.boxes else str(value or "")
            if said not in ("", "Off"):
                held[whole] = said
    wanted = {**filled.filling.values, **filled.filling.boxes}
    return sum(held.get(name) == value for name, value in wanted.items())


def pypdf_fills(data: bytes, filled: Filled) -> tuple[float, int, int]:
    """Fill the same texts with pypdf: seconds, places whose value is right, places that show it to pdfium."""
    begun = time.perf_counter()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    if writer._root_object.get("/AcroForm", {}).get("/XFA") is not None:
        del writer._root_object["/AcroForm"]["/XFA"]
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(filled.filling.values), auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    took = time.perf_counter() - begun
    right = shown = 0
    typed = {(each.field.name, each.place.page): each.text for each in filled.filling.typed}
    for held in acroform_reread.reread(out.getvalue()):
        if held.name in filled.filling.values:
            right += held.value == filled.filling.values[held.name]
            bare = "".join(typed[held.name, held.page].split())
            shown += bare in "".join(held.shown.split())
    return took, right, shown


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, help="Keep the filled forms there.")
    given = arguments.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"{DATA} is not there: the blank forms lie outside the project.")
    print(machine())
    print(
        "form      fields  known to the definition  filled  right (pdfium)  right (pypdf)  asked  addendum  seconds |"
        " pypdf: seconds, texts right, texts shown, of"
    )
    there = blanks()
    total = right = 0
    for name, filled, took, _ in measure():
        definition = forms()[name]
        entries = {entry.field for part in definition.parts for entry in part.entries}
        filling = filled.filling
        count = len(filling.values) + len(filling.boxes)
        again = right_by_pypdf(filled)
        total, right = total + count, right + again
        data = there[definition.editions[0].sha256]
        try:
            seconds, held, shown = pypdf_fills(data, filled)
            beside = f"{seconds:.2f} {held:4} {shown:4} {len(filling.typed):4}"
        except (pypdf.errors.PyPdfError, KeyError, AttributeError, TypeError, InputError) as problem:
            beside = f"fails ({type(problem).__name__})"
        print(
            f"{name:10}{filled.fields:6}{len(entries):12}{count:20}{filled.checked:12}{again:14}"
            f"{len(filling.asked):10}{len(filling.longer):8}{took:10.2f}   | {beside}"
        )
        if given.out:
            given.out.mkdir(parents=True, exist_ok=True)
            (given.out / f"{name.replace('/', '-')}.pdf").write_bytes(filled.pdf)
    print(f"{right} of {total} filled fields hold what was written, read by a library that did not write them")


if __name__ == "__main__":
    main()
