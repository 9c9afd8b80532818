"""Writes values into a form, each with a drawing that shows in every viewer, and takes out what would act on its own.

Runs in a confined child, as `toolkit.acroform` does. The second copy of the form for Adobe's programs (XFA) goes, since
they would show it instead; so do scripts, which would calculate values anew, and Adobe's usage rights, which the first
change breaks. A form that was locked against changes comes out unlocked: it is a draft to be checked and signed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from toolkit.acroform import chain, name_of, on_state, opened, turn_of, widgets
from toolkit.errors import InputError
from toolkit.pages import active

_NEEDED = "/NeedAppearances"
#: How a drawing is turned against the clock; a viewer then lays it into its rectangle (ISO 32000-1, 12.5.5).
_TURNED = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


def written(
    data: bytes,
    values: Mapping[str, str],
    boxes: Mapping[str, str],
    drawn: bytes,
    order: Sequence[tuple[str, int]],
    added: bytes = b"",
    ours: bool = False,
) -> bytes:
    """Return the form in *data* with *values* typed in by the name of the field, and *boxes* ticked by their state.

    *drawn* has a page for each of *order*: the drawing of the text in one place (from 0) of a field. The pages of
    *added* are put behind the form. Of a form that is *ours*, nothing is taken
    out. Raises InputError for a field that the form does not have.
    """
    with opened(data) as pdf:
        form = _form(pdf)
        if not ours:
            _calm(pdf, form)
        found: dict[str, list[Dictionary]] = {}
        for _, widget in widgets(pdf):
            found.setdefault(name_of(widget), []).append(widget)
        if strange := next((name for name in (*values, *boxes) if name not in found), ""):
            raise InputError(f"The form has no field {strange[:200]!r}.", remedy="Give the blank the definition names.")
        _adopt(pdf, form, found)
        for name, value in values.items():
            _type(found[name], value)
        _draw(pdf, found, drawn, order)
        for name, state in boxes.items():
            _tick(found[name], state)
        if added:
            _append(pdf, added)
        out = io.BytesIO()
        pdf.save(out, encryption=False, deterministic_id=True)
        return out.getvalue()


def _form(pdf: pikepdf.Pdf) -> Dictionary:
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, Dictionary):
        form = pdf.Root["/AcroForm"] = Dictionary(Fields=Array())
    if not isinstance(form.get("/Fields"), Array):
        form["/Fields"] = Array()
    return form


def _calm(pdf: pikepdf.Pdf, form: Dictionary) -> None:
    """Take out what acts, what shows other values than the fields, and signatures over the form as it was."""
    for holder, keys in (
        (form, ("/XFA", _NEEDED, "/SigFlags", "/CO")),
        (pdf.Root, ("/Perms", "/OpenAction", "/AA", "/Extensions", "/NeedsRendering")),
    ):
        for key in keys:
            if key in holder:
                del holder[key]
    for _, widget in widgets(pdf):
        for each in chain(widget):
            for key in ("/AA", "/A"):
                if key in each:
                    del each[key]
    active.remove(pdf)


def _adopt(pdf: pikepdf.Pdf, form: Dictionary, found: Mapping[str, Sequence[Dictionary]]) -> None:
    """List every field in the form: a viewer shows what is listed, and some forms list none."""
    listed = {each.objgen for each in form["/Fields"] if isinstance(each, Dictionary) and each.is_indirect}
    for parts in found.values():
        for widget in parts:
            top = chain(widget)[-1]
            if not top.is_indirect:
                continue
            if top.objgen not in listed:
                form["/Fields"].append(top)
                listed.add(top.objgen)


def _holder(widget: Dictionary) -> Dictionary:
    """Return the field that holds the value: the innermost with a name of its own."""
    return next(each for each in chain(widget) if "/T" in each)


def _type(parts: Sequence[Dictionary], value: str) -> None:
    for widget in parts:
        field = _holder(widget)
        for each in (widget, field):
            for key in ("/RV", "/I"):
                if key in each:
                    del each[key]
        field["/V"] = String(value)
        if widget.objgen != field.objgen and "/V" in widget:
            del widget["/V"]


def _draw(
    pdf: pikepdf.Pdf, found: Mapping[str, Sequence[Dictionary]], drawn: bytes, order: Sequence[tuple[str, int]]
) -> None:
    if not order:
        return
    with pikepdf.open(io.BytesIO(drawn)) as pages:
        if len(pages.pages) != len(order):
            raise InputError("The drawing of the values does not fit the form.", remedy="Fill it again.")
        for (name, place), page in zip(order, pages.pages, strict=True):
            shown = pdf.copy_foreign(page.as_form_xobject())
            if turn := turn_of(found[name][place]):
                shown.stream_dict["/Matrix"] = Array(_TURNED[turn])
            found[name][place]["/AP"] = Dictionary(N=shown)


def _tick(parts: Sequence[Dictionary], state: str) -> None:
    """Tick the box of *parts* whose state is *state*; the others of the same field are cleared."""
    for widget in parts:
        on = bool(state) and on_state(widget) == state
        widget["/AS"] = Name("/" + state) if on else Name.Off
        _holder(widget)["/V"] = Name("/" + state) if state else Name.Off


def _append(pdf: pikepdf.Pdf, added: bytes) -> None:
    with pikepdf.open(io.BytesIO(added)) as more:
        pdf.pages.extend(more.pages)
