"""The shape of `forms/<country>/<form>/form.toml`: which fact fills which field of an official form. Knows no PDF.

A blank is never part of the toolkit: the definition names editions by the SHA-256 of the file the authority publishes,
and the user brings the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from toolkit import shipped
from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError

#: Who signs a form or is meant by a part of it.
Party: TypeAlias = Literal["principal", "dependant", "employer", "attorney"]
#: How a fact is written: dates as MM/DD/YYYY, countries by their English names, given names without the middle name.
Format: TypeAlias = Literal[
    "text", "date", "digits", "a-number", "phone-us", "country", "money", "year", "given", "initial", "number", "upper"
]

_DEFINITION = "form.toml"
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the form, as printed at its foot; `expires` is the day printed at its head."""

    edition: str
    sha256: Sha256
    expires: date | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field and what fills it: a `fact` (or the first known of several), several joined, or a `fixed` text.

    One of those that are joined may be several facts with a space between ("employer.unit_type employer.unit"); with a
    question mark at its end it is left out where none of its facts is known.

    A box is ticked where the fact is one of `tick`, in its `state` (where the field has one box, that box's). What is
    `fixed` is a rule of the form and not of the case: `because` says which. `optional`: not asked for when unknown.
    `routes` limits an entry to visa routes; elsewhere the field stays empty and nothing is asked. An amount
    is written only where it is stated in the field's `currency`. A value too long for
    the field goes whole to the addendum, or continues there.
    """

    field: str
    item: str = ""
    label: str = ""
    fact: str | tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    between: str = " "
    format: Format = "text"
    tick: str | tuple[str, ...] = ()
    state: str = ""
    fixed: str = ""
    because: str = ""
    optional: bool = False
    routes: tuple[str, ...] = ()
    currency: Annotated[str, msgspec.Meta(pattern="^([A-Z]{3})?$")] = ""
    overflow: Literal["", "whole", "continue"] = ""

    def __post_init__(self) -> None:
        sources = [bool(self.fact), bool(self.join), bool(self.fixed)]
        if sum(sources) != 1:
            raise ValueError(f"{self.field}: give one of fact, join and fixed")
        if self.fixed and not self.because:
            raise ValueError(f"{self.field}: say under because which rule fixes it")
        if self.state and not (self.tick or self.fixed):
            raise ValueError(f"{self.field}: say under tick which value of the fact ticks the box")

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts that can fill it, the first known of which does."""
        return (self.fact,) if isinstance(self.fact, str) else self.fact

    @property
    def parts(self) -> tuple[tuple[tuple[str, ...], bool], ...]:
        """Return what is joined: the facts of each part, and whether it is left out where none of them is known."""
        return tuple((tuple(each.rstrip("?").split()), each.endswith("?")) for each in self.join)

    @property
    def ticks(self) -> tuple[str, ...]:
        """Return the values that tick the box; none where it is no box."""
        return (self.tick,) if isinstance(self.tick, str) else self.tick


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the form, about one party; `editions` limits it to some, where others name their fields otherwise."""

    name: str
    about: Party
    entries: tuple[Entry, ...]
    title: str = ""
    routes: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place of the form's own part for more information: fields for page, part, item, and the text."""

    text: str
    page: str = ""
    part: str = ""
    item: str = ""


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `form.toml`, `checked` against the blanks of its editions on that day.

    `more` are the places of the form's own part for what does not fit elsewhere. `ruled` is the distance in points of
    the ruled lines in its fields of several lines, 0 where it has none.
    """

    form: str
    title: str
    authority: str
    source: str
    checked: date
    signed_by: tuple[Party, ...]
    editions: tuple[Edition, ...]
    parts: tuple[Part, ...]
    more: tuple[Slot, ...] = ()
    ruled: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0
    note: str = ""

    def __post_init__(self) -> None:
        names = [entry.field for part in self.parts if not part.editions for entry in part.entries if not entry.routes]
        twice = sorted({name for name in names if names.count(name) > 1 and name not in self._groups()})
        if twice:
            raise ValueError(f"the field {twice[0]!r} is filled twice")

    def _groups(self) -> set[str]:
        """Return the fields of several boxes, which have an entry for each."""
        return {entry.field for part in self.parts for entry in part.entries if entry.state}

    def of_edition(self, sha256: str) -> Edition | None:
        """Return the edition whose file has this hash, or None."""
        return next((each for each in self.editions if each.sha256 == sha256), None)

    def entries(self, route: str, edition: str) -> Iterator[tuple[Part, Entry]]:
        """Yield the entries that hold on *route* in *edition*, with their parts, in order."""
        for part in self.parts:
            if (part.routes and route not in part.routes) or (part.editions and edition not in part.editions):
                continue
            for entry in part.entries:
                if not entry.routes or route in entry.routes:
                    yield part, entry


@dataclass(frozen=True, slots=True)
class Named:
    """A definition by its name, `<country>/<form>` as under `forms/`; `file` is where it was read from, by its path."""

    name: str
    definition: Definition
    file: str = ""

    @property
    def place(self) -> str:
        """What an error calls the file."""
        return self.file or f"{self.name}/{_DEFINITION}"


def forms(root: Path | None = None) -> Mapping[str, Definition]:
    """Return every definition of a form by name; raises DefinitionError "file: place: what"."""
    top = root or shipped.folder("forms")
    return {
        f"{path.parent.parent.name}/{path.parent.name}": load(path, Definition)
        for path in sorted(top.glob(f"*/*/{_DEFINITION}"))
    }


def facts_of_forms() -> frozenset[str]:
    """Return the facts that some form asks for. Raises DefinitionError."""
    return frozenset(
        name
        for definition in forms().values()
        for part in definition.parts
        for entry in part.entries
        for name in (*entry.facts, *(name for names, _ in entry.parts for name in names))
    )


def form(name: str) -> Named:
    """Return the form called *name*, with its country (`us/g-28`), without it (`g-28`), or by the path of its file.

    Raises UnknownNameError, listing those there are.
    """
    if name.endswith(".toml"):
        path = Path(name).resolve()
        return Named(f"{path.parent.parent.name}/{path.parent.name}", load(Path(name), Definition), name)
    every = forms()
    fitting = [each for each in every if name.casefold() in (each, each.partition("/")[2])]
    if len(fitting) > 1:
        raise UnknownNameError(f"There are several forms {name}.", remedy=f"Say which: {', '.join(fitting)}.")
    if not fitting:
        raise UnknownNameError(f"There is no form called {name[:60]}.", remedy=f"There are: {', '.join(every)}.")
    return Named(fitting[0], every[fitting[0]])


def known_edition(named: Named, sha256: str) -> Edition | None:
    """Return the edition of the blank with that hash; DefinitionError where the definition names none at all."""
    if not named.definition.editions:
        raise DefinitionError(f"{named.place}: editions: none is named")
    return named.definition.of_edition(sha256)
