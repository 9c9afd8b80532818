"""Hidden layers of exhibits (ISO 32000-1, 8.11): what a viewer does not show must not come to light in a packet.

A drawn page loses the file's list of layers that are off, so what they draw is taken out of the page before. Only what
paints goes; what sets colours, places and clips stays, as the standard has it for content that is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf

_Ids = frozenset[tuple[int, int]]
#: Operators that paint a path, which still has to end; and those that paint by themselves.
_PATHS = frozenset({"f", "F", "f*", "S", "s", "B", "B*", "b", "b*"})
_PAINT = frozenset({"Tj", "TJ", "'", '"', "sh", "Do", "INLINE IMAGE", "BI"})
_DEPTH = 4


def remove_hidden(pdf: pikepdf.Pdf) -> int:
    """Take what layers draw that are off out of every page, and return how many pages that changed."""
    off = _off(pdf)
    if not off:
        return 0
    changed = 0
    for page in pdf.pages:
        notes = [note for note in page.get("/Annots", ()) if isinstance(note, pikepdf.Dictionary)]
        kept = [note for note in notes if not _is_hidden(note.get("/OC"), off)]
        if len(kept) < len(notes):
            page.Annots = pikepdf.Array(kept)
        content = _shown(page.obj, page.obj.get("/Resources"), off, _DEPTH)
        if content is not None:
            page.Contents = pdf.make_stream(content)
        changed += content is not None or len(kept) < len(notes)
    return changed


def hides(pdf: pikepdf.Pdf) -> bool:
    """Whether the file has layers that are off when it is opened."""
    return bool(_off(pdf))


def _off(pdf: pikepdf.Pdf) -> _Ids:
    """Return the layers that a viewer hides when the file is opened."""
    layers = pdf.Root.get("/OCProperties")
    state = layers.get("/D") if isinstance(layers, pikepdf.Dictionary) else None
    if not isinstance(layers, pikepdf.Dictionary) or not isinstance(state, pikepdf.Dictionary):
        return frozenset()
    off = {each.objgen for each in state.get("/OFF", ())}
    if state.get("/BaseState") == pikepdf.Name.OFF:
        off |= {each.objgen for each in layers.get("/OCGs", ())} - {each.objgen for each in state.get("/ON", ())}
    return frozenset(off)


def _is_hidden(layer: pikepdf.Object | None, off: _Ids) -> bool:
    if not isinstance(layer, pikepdf.Dictionary):
        return False
    if layer.get("/Type") != pikepdf.Name.OCMD:
        return layer.objgen in off
    members = layer.get("/OCGs", pikepdf.Array())
    each_is_off = [one.objgen in off for one in (members if isinstance(members, pikepdf.Array) else (members,))]
    policy = str(layer.get("/P", "/AnyOn"))
    shown = {
        "/AllOn": not any(each_is_off),
        "/AnyOff": any(each_is_off),
        "/AllOff": all(each_is_off),
    }.get(policy, not all(each_is_off))
    return bool(each_is_off) and not shown


def _shown(holder: pikepdf.Object, resources: pikepdf.Object | None, off: _Ids, depth: int) -> bytes | None:
    """Return the content of a page or form without what is hidden, None where nothing is."""
    if not isinstance(resources, pikepdf.Dictionary) or depth == 0:
        return None
    layers = resources.get("/Properties", pikepdf.Dictionary())
    placed = resources.get("/XObject", pikepdf.Dictionary())
    for each in placed.values():
        if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == pikepdf.Name.Form:
            inner = _shown(each, each.get("/Resources"), off, depth - 1)
            if inner is not None:
                each.write(inner)
    hides = any(_is_hidden(each, off) for each in layers.values())
    gone = {name for name, each in placed.items() if _is_hidden(each.get("/OC"), off)}
    if not hides and not gone:
        return None
    return pikepdf.unparse_content_stream(_kept(holder, layers, gone, off))


def _kept(
    holder: pikepdf.Object, layers: pikepdf.Object, gone: set[str], off: _Ids
) -> Sequence[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage]:
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    marked: list[bool] = []
    for step in pikepdf.parse_content_stream(holder):
        name = str(step.operator)
        if name in ("BDC", "BMC"):
            layer = str(step.operands[-1]) if name == "BDC" and step.operands[0] == pikepdf.Name.OC else ""
            marked.append(bool(layer) and _is_hidden(layers.get(layer), off))
        elif name == "EMC" and marked:
            marked.pop()
        if name == "Do" and str(step.operands[0]) in gone:
            continue
        if any(marked) and name in _PATHS:
            kept.append(pikepdf.ContentStreamInstruction([], pikepdf.Operator("n")))
        elif not (any(marked) and name in _PAINT):
            kept.append(step)
    return kept
