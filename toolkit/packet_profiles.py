"""What the receiver of a packet accepts (size, types, layout, paper): dated data in `templates/packet/profiles/`.

Portals change their limits; a profile that nobody has checked for a year is said to be old wherever it is used.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from toolkit import shipped
from toolkit.definitions import load as load_definition
from toolkit.errors import UnknownNameError

#: After this many days without a look at its source a profile has expired.
_YEAR = 366


class Profile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of a profile. `paper` empty means that of the route's country; `most_bytes` 0 means no limit a file.

    `basis` says how its figures are known: official (the authority's own page), second hand, or own (nobody's rule).
    """

    title: str
    for_whom: str
    checked: date
    source: str
    basis: Literal["official", "second hand", "own"]
    layout: Literal["bound", "one document a file"]
    paper: Literal["", "a4", "us-letter"] = ""
    searchable: bool = False
    types: tuple[str, ...] = ("pdf",)
    most_bytes: int = 0
    #: Pictures are never made coarser than this, whatever the limit: print must stay legible.
    lowest_dpi: int = 150
    #: Whether one document may be cut into several files where it stays over the limit.
    split_documents: bool = False
    notes: tuple[str, ...] = ()
    #: The country whose demands on papers in other languages the receiver makes (`translation_demands.toml`); "" where
    #: none is known, and then only the route's own requirements ask for translations.
    translations: str = ""

    @property
    def bound(self) -> bool:
        """Whether cover, index, dividers and exhibits are bound into one numbered whole."""
        return self.layout == "bound"

    def expired(self, today: date) -> bool:
        """Whether the source of the figures was not looked at for a year."""
        return (today - self.checked).days > _YEAR


def names() -> list[str]:
    """Return the names of all profiles."""
    return sorted(path.stem for path in (shipped.folder("templates") / "packet" / "profiles").glob("*.toml"))


def profile(name: str) -> Profile:
    """Return the profile called *name*. Raises UnknownNameError, DefinitionError."""
    if name not in names():
        raise UnknownNameError(
            f"There is no packet profile {name[:40]}.", remedy=f"Choose one of {', '.join(names())}."
        )
    return load_definition(shipped.folder("templates") / "packet" / "profiles" / f"{name}.toml", Profile)


def warning(name: str, found: Profile, today: date) -> str:
    """Return what to say of an expired profile, "" for a fresh one."""
    if not found.expired(today):
        return ""
    return (
        f"The profile {name} was last checked on {found.checked.isoformat()}, more than a year ago: its limits may "
        f"have changed. Look at its source ({found.source}) and renew the date in its file."
    )
