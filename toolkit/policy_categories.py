"""The categories of a company's expense policy, and which of the reader's categories fall in each.

A file in TOML that a company writes itself:

    other = "Miscellaneous"          # for what no category below takes; leave it out and that stays uncategorised

    [categories]
    "Accommodation" = ["lodging"]
    "Subsistence" = ["meals", "groceries"]
    "Travel" = ["transport", "fuel"]

Knows no receipt and no claim: `name` is what `claim.Rules.category` asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError


class PolicyCategories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy's categories by name, with the reader's categories that fall in each."""

    categories: Mapping[str, tuple[str, ...]]
    other: str = ""

    def name(self, category: str) -> str:
        """Return the policy's name for the reader's *category*; empty when the policy has none for it."""
        return next((name for name, ours in self.categories.items() if category in ours), self.other)


def load(path: Path, known: Collection[str]) -> PolicyCategories:
    """Read the policy's categories from *path*; *known* are the reader's (`readers.money.category.names()`).

    Raises DefinitionError "file: place: what" for a wrong file, for a category the reader does not have, and for one
    that falls in two of the policy's.
    """
    policy = definitions.load(path, PolicyCategories)
    places: dict[str, str] = {}
    for name, ours in policy.categories.items():
        for each in ours:
            if each not in known:
                raise DefinitionError(f"{path}: categories.{name}: {each!r} is none of {', '.join(known)}")
            if each in places:
                raise DefinitionError(f"{path}: categories.{name}: {each!r} falls in {places[each]!r} already")
            places[each] = name
    return policy
