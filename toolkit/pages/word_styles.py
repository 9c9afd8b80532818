"""What the styles of a Word file say of its paragraphs and runs: to which list they belong, whether they are seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from toolkit.pages.word_parts import Element, attribute, child, each_of, on

#: No chain of styles that rest on one another is followed further.
_CHAIN = 12
#: Half-points: print of one point and less is a line to the eye.
_TOO_SMALL = ("1", "2")
#: Red, green and blue that no eye tells from paper.
_WHITE = re.compile(r"(?i)(f[a-f]){3}")


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of one file, by id."""

    styles: dict[str, Element] = field(default_factory=dict)
    #: The style of paragraphs that name none.
    usual: str = ""
    _runs: dict[tuple[str, str], list[Element]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Styles {len(self.styles)}>"

    def chain(self, name: str) -> list[Element]:
        """Return the style *name* and those it rests on, nearest first."""
        found: list[Element] = []
        while name in self.styles and len(found) < _CHAIN:
            found.append(self.styles[name])
            name = attribute(child(self.styles[name], "basedOn"), "val")
        return found

    def list_of(self, paragraph: Element) -> tuple[str, int | None, str] | None:
        """Return list (`numId`), level and style of a numbered paragraph; None where it is not numbered.

        The level is None where neither the paragraph nor its style says it.
        """
        properties, style = child(paragraph, "pPr"), self.style_of(paragraph)
        number = level = ""
        for each in (properties, *(child(one, "pPr") for one in self.chain(style))):
            numbered = child(each, "numPr")
            number = number or attribute(child(numbered, "numId"), "val")
            level = level or attribute(child(numbered, "ilvl"), "val")
        if number in ("", "0"):
            return None
        return number, int(level) if level.isascii() and level.isdecimal() and len(level) < 3 else None, style

    def style_of(self, paragraph: Element | None) -> str:
        """Return the id of a paragraph's style."""
        return attribute(child(child(paragraph, "pPr"), "pStyle"), "val") or self.usual

    def unseen(self, run: Element, paragraph: Element | None) -> str:
        """Return how the text of a run is hidden: "hidden", "white", "tiny", or nothing where it is seen."""
        own = child(run, "rPr")
        inherited = self._of_runs(attribute(child(own, "rStyle"), "val"), self.style_of(paragraph))
        places = inherited if own is None else [own, *inherited]
        if on(_first(places, "vanish")):
            return "hidden"
        size = attribute(_first(places, "sz"), "val")
        if size in _TOO_SMALL:
            return "tiny"
        white = _WHITE.fullmatch(attribute(_first(places, "color"), "val"))
        return "white" if white and not self._on_colour(run, paragraph, places) else ""

    def _of_runs(self, character: str, paragraph: str) -> list[Element]:
        known = self._runs.get((character, paragraph))
        if known is None:
            chains = self.chain(character) + self.chain(paragraph)
            known = [found for each in chains if (found := child(each, "rPr")) is not None]
            self._runs[character, paragraph] = known
        return known

    def _on_colour(self, run: Element, paragraph: Element | None, places: list[Element]) -> bool:
        """Whether white letters may stand on something that is not white: shading, a table's style, a drawn box."""
        if any(_shaded(each) or child(each, "highlight") is not None for each in places):
            return True
        above = [child(paragraph, "pPr"), *(child(each, "pPr") for each in self.chain(self.style_of(paragraph)))]
        if any(_shaded(each) for each in above):
            return True
        for around in run.iterancestors():
            name = str(around.tag).rpartition("}")[2]
            properties = child(around, f"{name}Pr")
            if name in ("txbxContent", "textbox") or (name in ("tc", "tbl") and _shaded(properties)):
                return True
            if name == "tbl" and child(properties, "tblStyle") is not None:
                return True
            if name == "document" and child(around, "background") is not None:
                return True
        return False


def styles(part: Element | None) -> Styles:
    """Return the styles of the part `styles.xml`; none where the file has none."""
    found = {attribute(each, "styleId"): each for each in each_of(part, "style")}
    usual = [
        name
        for name, each in found.items()
        if attribute(each, "type") == "paragraph" and attribute(each, "default") in ("1", "true", "on")
    ]
    return Styles(found, usual[0] if usual else "")


def _first(places: list[Element], name: str) -> Element | None:
    return next((found for each in places if (found := child(each, name)) is not None), None)


def _shaded(properties: Element | None) -> bool:
    shading = child(properties, "shd")
    if shading is None:
        return False
    fill = attribute(shading, "fill").upper()
    # A theme's colour may be any; a pattern (`val` other than clear) draws in the colour of its own.
    return fill not in ("", "AUTO", "FFFFFF") or attribute(shading, "val") not in ("", "clear", "nil")
