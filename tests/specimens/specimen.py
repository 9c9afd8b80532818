"""What a drawing function gives back: the bytes of one paper and the truth about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: An upright RGB picture, height x width x 3.
Picture: TypeAlias = NDArray[np.uint8]

#: The values a reader should find, by field name, normalised as `mobility read --json` gives them.
Truth: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Specimen:
    """One paper as bytes, ready to be stored under any file name, with what a perfect reader would say of it.

    `state` is where intake should leave it (filed, asked, quarantined). `members` are papers inside a mail or archive.
    """

    data: bytes
    kind: str
    fields: Truth = field(default_factory=dict)
    person: str = ""
    state: str = "filed"
    why: str = ""
    name: str = ""
    members: tuple[Specimen, ...] = ()

    def named(self, name: str) -> Specimen:
        """The same paper under a file name."""
        return replace(self, name=name)
