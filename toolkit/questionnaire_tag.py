"""The tag in a questionnaire: which case and person of this vault it was made for. Knows the vault's keyed hashes.

A tag is the keyed hash of both. Without the vault it says nothing, and no other vault gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.model import Case, Person
from vault import Vault
from vault.errors import VaultError
from vault.hash_keys import FIND

_PURPOSE = "questionnaire"
_TAG = re.compile(r"[0-9a-f]{64}")


def tag_for(vault: Vault, case: Case, person: Person) -> str:
    """Return the tag of a questionnaire for *person* of *case*, 64 hexadecimal digits."""
    return vault.keyed_hash(_PURPOSE, f"{case.id} {person.id}".encode())


@dataclass(frozen=True, slots=True)
class Tags:
    """Says for whom questionnaires of one vault were made."""

    vault: Vault

    def whose(self, tag: str, cases: Sequence[Case]) -> tuple[Case, Person] | None:
        """Return for which of *cases*, and for whom of its people, *tag* was made; None where for none of them."""
        if not _TAG.fullmatch(tag):
            return None
        now = frozenset(self._since(tag))
        people = ((case, person) for case in cases for person in case.people)
        return next((each for each in people if tag_for(self.vault, *each) in now), None)

    def _since(self, tag: str) -> Iterator[str]:
        """Yield what *tag* has become under hash keys that came since, for each key it may have been made with."""
        yield tag
        try:
            keys = self.vault.parts.hash_keys
        except VaultError:  # the first format has one key
            return
        count = keys.count(FIND)
        for made_with in range(1, count):
            later = tag
            for number in range(made_with + 1, count + 1):
                later = keys.again(later, number)
            yield later
