"""Fields of Word: what of them stands on the page, and which are still to be filled in or change by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from toolkit.pages.word_parts import Element, attribute, child, each_of, on

#: What a place that is still to be filled in is read as: never as the name or date that its prompt speaks of.
BLANK = "________"
#: Fields that show another value each time the file is opened, saved or printed (17.16.5).
_CHANGING = frozenset({"DATE", "TIME", "SAVEDATE", "PRINTDATE", "EDITTIME"})
#: Fields that fetch a file or ask another program; none of them is ever followed.
FETCHING = frozenset(
    {"DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "DATABASE", "RD", "AUTOTEXT"}
)
_MERGED = re.compile(r"\s*«[^«»]*»\s*")
_TICKED, _EMPTY = "☒", "☐"


@dataclass(slots=True, repr=False)
class Open:
    """A field whose end has not come yet."""

    form: Element | None = None
    instruction: list[str] = field(default_factory=list)
    in_result: bool = False
    #: Where its result begins: which paragraph, and which piece of it.
    paragraph: int = -1
    piece: int = 0

    @property
    def name(self) -> str:
        """The first word of the instruction, in capitals."""
        words = "".join(self.instruction).split(maxsplit=1)
        return words[0].upper() if words else ""

    @property
    def changes(self) -> bool:
        """Whether what it shows changes by itself."""
        return self.name in _CHANGING

    def shown(self, result: str) -> tuple[str, bool]:
        """Return what stands on the page for the field's *result*, and whether that is still to be filled in."""
        if self.name == "MACROBUTTON":  # it shows a prompt to click on, out of its instruction
            return BLANK, True
        if self.name == "MERGEFIELD" and _MERGED.fullmatch(result):
            return BLANK, True
        if self.name == "FORMCHECKBOX" and not result.strip():
            return (_TICKED if self._ticked() else _EMPTY), False
        if self.name == "FORMDROPDOWN" and not result.strip():
            return self._chosen(), False
        return result, False

    def _ticked(self) -> bool:
        box = child(self.form, "checkBox")
        state = child(box, "checked")
        return on(state if state is not None else child(box, "default"))

    def _chosen(self) -> str:
        offered = child(self.form, "ddList")
        entries = [attribute(each, "val") for each in each_of(offered, "listEntry")]
        place = attribute(child(offered, "result"), "val") or attribute(child(offered, "default"), "val") or "0"
        at = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else 0
        return entries[at] if at < len(entries) else ""


#: Signs of the fonts of signs that say something: ticked and empty boxes, ticks, bullets (code points of the font).
_SIGNS = {
    ("Wingdings", 0xFE): _TICKED, ("Wingdings", 0xFD): _TICKED, ("Wingdings", 0x78): _TICKED, ("Wingdings", 0xFC): "✓",
    ("Wingdings", 0xA8): _EMPTY, ("Wingdings", 0x6F): _EMPTY, ("Wingdings", 0x71): _EMPTY,
    ("Wingdings 2", 0x52): _TICKED, ("Wingdings 2", 0x53): _TICKED, ("Wingdings 2", 0x54): _TICKED,
    ("Wingdings 2", 0xA3): _EMPTY, ("Wingdings 2", 0x50): "✓", ("Symbol", 0xB7): "•",
}  # fmt: skip


def sign(element: Element) -> str:
    """Return the character of a `w:sym` that is known by its meaning, or nothing: ornaments say nothing."""
    code = attribute(element, "char")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    number = int(code, 16)
    known = _SIGNS.get((attribute(element, "font"), number & 0xFF))
    return known or (chr(number) if 0x20 < number < 0xD800 else "")
