"""What a form's fields are, as the confined child tells of them: the nouns of filling. No parser, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "box", "choice", "button", "signature"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: page from 1, and its rectangle in PDF points from the lower left corner of the page."""

    page: int
    left: float
    bottom: float
    width: float
    height: float
    #: The state that ticks this box; empty for what is no box.
    state: str = ""
    #: By how many degrees what stands in it is turned against the clock: 0, 90, 180 or 270.
    turn: int = 0

    @property
    def across(self) -> float:
        """How wide it is for who reads what stands in it."""
        return self.height if self.turn in (90, 270) else self.width

    @property
    def high(self) -> float:
        """How high it is for who reads what stands in it."""
        return self.width if self.turn in (90, 270) else self.height


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: `longest` is its limit in signs (0: none), `size` the size of its print in points (0: as it fits).

    `states` are those of its boxes, `options` the values of a list by what the list shows.
    """

    name: str
    kind: Kind
    places: tuple[Place, ...]
    label: str = ""
    longest: int = 0
    comb: bool = False
    lines: bool = False
    size: float = 0.0
    mono: bool = False
    #: The distance of ruled lines in points, as a definition tells it; 0: none.
    ruled: float = 0.0
    centred: bool = False
    read_only: bool = False
    editable: bool = False
    value: str = field(default="", repr=False)
    #: What the field held when the form was made (/DV): what differs from it was typed since.
    default: str = field(default="", repr=False)
    states: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Blank:
    """A form as it was given. `xfa`: it holds a second copy of itself for Adobe's programs."""

    fields: tuple[FormField, ...]
    pages: tuple[tuple[float, float], ...]
    xfa: bool = False
    locked: bool = False
    scripts: bool = False
    #: Whether other files lie in it.
    files: bool = False

    def get(self, name: str) -> FormField | None:
        """Return the field called *name*, or None."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Held:
    """One place of a field: its value (the state of a box), and the letters that a viewer shows there."""

    name: str
    page: int
    value: str = field(repr=False)
    shown: str = field(default="", repr=False)
    #: Whether the file itself has a drawing of it; some viewers make one up where there is none, others show nothing.
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a field goes: page from 1, points from the top left corner. `state` is the answer that a box stands for."""

    name: str
    page: int
    left: float
    top: float
    width: float
    height: float
    state: str = ""


@dataclass(frozen=True, slots=True)
class NewField:
    """A field to be made: its places, what a screen reader says of it, and its value from the start."""

    name: str
    label: str
    spots: tuple[Spot, ...]
    lines: bool = False
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    value: str = field(default="", repr=False)
