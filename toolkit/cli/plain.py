"""Words of strangers made fit for a terminal. Standard library only: `mobility --help` loads it."""

from __future__ import annotations

import re

#: Signs that move the cursor, recolour or rename the terminal, or turn the direction of writing (Unicode TR 36, 3.7);
#: halves of pairs stand for bytes of file names that are no text, and cannot be printed.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Return *text* with every sign that could steer a terminal replaced; line ends and tabs stay."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)
