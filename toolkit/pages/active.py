"""What a PDF could do besides being read: named for the officer, and taken out of what goes into a packet."""

from __future__ import annotations

from itertools import islice

import pikepdf
from pikepdf.sanitize import Sanitizer

from toolkit.arrival import ONE_EMBEDDED

#: Objects looked at; a PDF with more is noted by what its first ones hold.
_OBJECTS = 20_000
_ACTIONS = {
    "/JavaScript": "the PDF holds scripts, which were not run",
    "/Launch": "the PDF asks to start programs, which was not done",
    "/SubmitForm": "the PDF asks to send data, which was not done",
    "/ImportData": "the PDF asks to load data, which was not done",
    "/GoToR": "the PDF refers to other files, which were not opened",
    "/GoToE": "the PDF refers to other files, which were not opened",
}
_EMBEDDED = "the PDF holds embedded files"
_FORM = "the PDF holds an XFA form, of which only the printed pages were read"


def notes(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Return in plain words what active content *pdf* holds, each once."""
    found: dict[str, None] = {}
    with pikepdf.explicit_conversion():
        for each in islice(pdf.objects, _OBJECTS):
            for holder in _dictionaries(each, 3):
                _note(holder, found)
    if pdf.is_encrypted:
        found["the PDF is protected against changes"] = None
    return tuple(found)


def _dictionaries(each: pikepdf.Object, depth: int) -> list[pikepdf.Dictionary]:
    """Return *each* and what is nested in it directly; indirect objects come by themselves."""
    if isinstance(each, pikepdf.Stream):
        each = each.stream_dict
    if not isinstance(each, pikepdf.Dictionary | pikepdf.Array):
        return []
    inner = list(each.values()) if isinstance(each, pikepdf.Dictionary) else list(islice(each, 50))
    own = [each] if isinstance(each, pikepdf.Dictionary) else []
    nested = (pikepdf.Dictionary, pikepdf.Array)
    if depth > 0:
        for one in inner:
            if isinstance(one, nested) and not one.is_indirect:
                own += _dictionaries(one, depth - 1)
    return own


def _note(holder: pikepdf.Dictionary, found: dict[str, None]) -> None:
    if note := _ACTIONS.get(str(holder.get("/S", ""))):
        found[note] = None
    if "/JS" in holder:
        found[_ACTIONS["/JavaScript"]] = None
    if "/EF" in holder:
        more = found.pop(ONE_EMBEDDED, _EMBEDDED) is None or _EMBEDDED in found
        found[_EMBEDDED if more else ONE_EMBEDDED] = None
    if "/XFA" in holder:
        found[_FORM] = None


def remove(pdf: pikepdf.Pdf) -> None:
    """Take scripts, launch and network actions, embedded files, media and private data out of *pdf*, in place."""
    (
        Sanitizer()
        .remove_javascript()
        .remove_external_access()
        .remove_attachments()
        .remove_multimedia()
        .remove_web_capture()
        .remove_private_app_data()
        .remove_search_index()
        .remove_thumbnails()
        .remove_collection()
        .apply(pdf)
    )
