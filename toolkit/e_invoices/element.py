"""XML of an electronic invoice, refused where it schemes, and seen by local names.

The namespaces changed between the drafts of ZUGFeRD 1, ZUGFeRD 1 and Factur-X, and between versions of FatturaPA, while
the names of the elements did not. Knows XML; knows no invoice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import cast

from lxml import etree

from toolkit.errors import HostileError, UnreadableError

LARGEST = 20 * 1024 * 1024
#: Characters a number can have: sums and products of such are exact in the 28 digits that Decimal keeps.
_DIGITS = 24
_ASK = "Ask the supplier for the invoice again."


def parse(data: bytes) -> Element:
    """Return the root of *data*.

    Raises UnreadableError for what is no well-formed XML, nests deeper than 256 elements or is over 20 MB, and
    HostileError for a document type declaration: no invoice format has one, and entities are declared nowhere else.
    """
    if len(data) > LARGEST:
        raise UnreadableError("The electronic invoice is too large to be one.", remedy=_ASK)
    # Comments and processing instructions are dropped, so that none can cut the text of an element in two.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as mistake:
        raise UnreadableError("The electronic invoice is no well-formed XML.", remedy=_ASK) from mistake
    if root.getroottree().docinfo.internalDTD is not None:
        raise HostileError(
            "The electronic invoice declares a document type, which no invoice format does.", remedy=_ASK
        )
    return Element(root)


class Element:
    """An element of the invoice. A path is `A/B|C/*/D`: children of children, `|` for either name, `*` for any."""

    __slots__ = ("_element", "name")

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self.name = etree.QName(element).localname

    def __repr__(self) -> str:
        return f"<Element {self.name}>"

    def all(self, path: str) -> Iterator[Element]:
        """Yield every element at *path* below this one, in the document's order."""
        first, _, rest = path.partition("/")
        names = [f"{{*}}{name}" for name in first.split("|")] if first != "*" else ["*"]
        for child in self._element.iterchildren(*names):
            found = Element(child)
            if rest:
                yield from found.all(rest)
            else:
                yield found

    def first(self, path: str) -> Element | None:
        """Return the first element at *path*, or None."""
        return next(self.all(path), None)

    def text(self, *paths: str) -> str:
        """Return the text at the first of *paths* that has any, white space evened out; else nothing."""
        return next((found.own for path in paths for found in self.all(path) if found.own), "")

    def keeping(self, name: str, number: int) -> bytes:
        """Return this element as XML, of its children called *name* only that with this *number*, counted from 0."""
        # The default namespace has no prefix, which the type stubs do not know.
        spaces = cast("Mapping[str, str]", self._element.nsmap)
        kept = etree.Element(self._element.tag, {str(key): str(value) for key, value in self._element.items()}, spaces)
        named = 0
        for child in self._element.iterchildren("*"):
            if etree.QName(child).localname != name:
                kept.append(deepcopy(child))
                continue
            if named == number:
                kept.append(deepcopy(child))
            named += 1
        return etree.tostring(kept, encoding="UTF-8", xml_declaration=True)

    @property
    def own(self) -> str:
        """The element's own text, white space evened out."""
        return " ".join((self._element.text or "").split())

    def attribute(self, name: str) -> str:
        """Return an attribute, or nothing."""
        return self._element.get(name, "")

    def decimal(self, *paths: str) -> Decimal | None:
        """Return the number at the first of *paths* that has any text; None where that is no XML Schema decimal."""
        return decimal(self.text(*paths))


def decimal(written: str) -> Decimal | None:
    """Return an XML Schema decimal, which has neither an exponent nor a comma nor NaN; None for anything else."""
    # ASCII digits alone: Decimal would take those of other scripts.
    if len(written) > _DIGITS or not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", written):
        return None
    # Adding nothing takes the sign off a zero.
    return Decimal(written) + 0


def day(written: str) -> str:
    """Return a day of CII (format 102, YYYYMMDD) or of XML Schema (2026-05-03, a time or zone behind) in ISO 8601."""
    found = re.match(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})(?![0-9])", written)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat() if found else ""
    except ValueError:
        return ""


def joined(parts: Iterator[str] | list[str]) -> str:
    """Return the parts of an address that say something, with commas."""
    return ", ".join(each for each in parts if each)
