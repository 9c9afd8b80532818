"""The Merkle tree hash of RFC 6962 (section 2.1) over the lines of a ledger, a line in memory at a time."""

from __future__ import annotations

import hashlib

_LEAF, _NODE = b"\x00", b"\x01"


class Tree:
    """The tree over the lines added so far."""

    def __init__(self) -> None:
        self.size = 0
        #: Roots of the full subtrees, largest first: one for each bit of the size.
        self._full: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Add the next line, with its line feed."""
        node = hashlib.sha256(_LEAF + line).digest()
        size = self.size
        while size & 1:
            node = hashlib.sha256(_NODE + self._full.pop() + node).digest()
            size >>= 1
        self._full.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree hash; that of no lines is the hash of nothing."""
        if not self._full:
            return hashlib.sha256(b"").digest()
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = hashlib.sha256(_NODE + left + node).digest()
        return node
