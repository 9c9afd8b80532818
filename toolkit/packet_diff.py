"""Two packets of one case side by side: for an answer to a request for evidence, or a filing made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one exhibit: unchanged, renumbered, replaced, added or removed; number 0 where it is not there."""

    what: str
    kind: str
    role: str
    old: int
    new: int

    @property
    def says(self) -> str:
        """The change in plain words."""
        name = f"{self.kind.replace('-', ' ')} ({self.role})" if self.role else self.kind.replace("-", " ")
        told = {
            "added": f"added as exhibit {self.new}",
            "removed": f"exhibit {self.old} is no longer in the packet",
            "replaced": f"exhibit {self.new} replaces exhibit {self.old}",
            "renumbered": f"exhibit {self.old} is now exhibit {self.new}, unchanged",
            "unchanged": f"exhibit {self.new}, unchanged",
        }
        return f"{name}: {told[self.what]}"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A requirement whose answer changed; "" where it was not asked."""

    requirement: str
    person: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed from one packet to the next."""

    exhibits: tuple[Change, ...]
    verdicts: tuple[Verdicts, ...]

    @property
    def same(self) -> bool:
        """Whether exhibits, their numbers and all answers are the same."""
        return not self.verdicts and all(each.what == "unchanged" for each in self.exhibits)


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Return what changed between two manifests. Raises KeyError where they are none."""
    return Difference(exhibits(old["exhibits"], new["exhibits"]), _verdicts(old["requirements"], new["requirements"]))


def exhibits(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return a change for every exhibit, in the order of the new packet; what is gone comes last.

    An exhibit is the same when its original and what is bound behind it are (SHA-256); it replaces one that is gone
    when it is the same document, or of the same kind and person.
    """
    left = list(old)
    partners: dict[int, tuple[str, Mapping[str, Any]]] = {}

    def pair(what: str, keys: Sequence[str]) -> None:
        for at, each in enumerate(new):
            if at not in partners:
                found = next((was for was in left if all(_told(was, key) == _told(each, key) for key in keys)), None)
                if found is not None:
                    left.remove(found)
                    partners[at] = (what, found)

    pair("same", ("document", "sha256_original", "behind"))
    pair("same", ("sha256_original", "kind", "behind"))
    pair("replaced", ("document",))
    pair("replaced", ("kind", "person"))
    changes = []
    for at, each in enumerate(new):
        what, was = partners.get(at, ("added", None))
        number = int(was["exhibit"]) if was else 0
        if what == "same":
            what = "unchanged" if number == each["exhibit"] else "renumbered"
        changes.append(Change(what, str(each["kind"]), str(each["role"]), number, int(each["exhibit"])))
    gone = [Change("removed", str(was["kind"]), str(was["role"]), int(was["exhibit"]), 0) for was in left]
    return (*changes, *gone)


def _told(row: Mapping[str, Any], key: str) -> object:
    """What a manifest says of an exhibit; of what is behind it, the hashes (packets made before know of none)."""
    return [each["sha256_original"] for each in row.get(key, ())] if key == "behind" else row[key]


def _verdicts(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[Verdicts, ...]:
    before = {(str(each["requirement"]), str(each["person"])): str(each["verdict"]) for each in old}
    after = {(str(each["requirement"]), str(each["person"])): str(each["verdict"]) for each in new}
    return tuple(
        Verdicts(*key, before.get(key, ""), after.get(key, ""))
        for key in {**after, **before}
        if before.get(key, "") != after.get(key, "")
    )
