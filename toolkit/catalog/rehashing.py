"""Brings next find keys and next sum keys of the vault into use, some thousand rows a transaction.

What has been done stands in the rows themselves, signed: which find key a row's hashes are under, with which sum key a
scope is summed. So a kill costs one batch, other programs read and write in between, and `verify` is clean throughout.

A next find key hashes every keyed hash once more, which needs no content; a row is checked before it is signed anew. A
next sum key sums every scope anew; the sum with the key before is checked first, so nothing that was removed or put
back passes because of new keys.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TypeAlias

from toolkit.catalog.database import Row
from toolkit.catalog.generations import FIND, NEXT, SUM, TABLE, Generations, is_tag
from toolkit.catalog.pending import Pending
from toolkit.catalog.rows import Rows
from toolkit.catalog.schema import KEYS, TAGS
from vault import Vault
from vault.files import locked
from vault.opened import LOCK

#: Shows how far it is: given what is counted and how much of it there is, for each piece done a call.
Shown: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
#: Rows a transaction: about a second, for which other writers wait. Fewer would cost more: hashes lie anywhere, so each
#: batch changes most of the sums by beginnings there are.
BATCH: Final = 5_000
#: Rows in memory at a time.
_CHUNK: Final = 500
#: So much of the work is one step of what is shown.
_STEP: Final = 1_000
_ALL: Final = 1 << 62


def unseen(_what: str, _total: int) -> AbstractContextManager[Callable[[], None]]:
    """Show nothing."""
    return nullcontext(lambda: None)


class Rehashing:
    """New hash keys for one catalogue."""

    def __init__(self, rows: Rows, vault: Vault, pending: Pending) -> None:
        self._rows = rows
        self._vault = vault
        self._pending = pending

    def under_way(self) -> list[str]:
        """Return which kinds of keys were made and are not in use for every row yet, or not destroyed where spent."""
        at = self._present()
        kinds = [kind for kind in (FIND, SUM) if self._waits(kind, at)]
        return kinds if SUM in kinds or not self._vault.parts.hash_keys.spent() else [*kinds, SUM]

    def make(self, kind: str) -> None:
        """Make a next key of that kind, unless one is waiting to come into use or coming into use."""
        if not self._waits(kind, self._present()):
            with self._holding():
                self._vault.parts.hash_keys.add(kind)

    def finish(self, kind: str, shown: Shown = unseen) -> None:
        """Bring what next keys of that kind were made into use, one after the other, and destroy what is spent.

        Raise TamperedError where a row or a sum is not as it was left.
        """
        if self._waits(kind, self._present()):
            # A kill while the key was made has left it with some of those it is for.
            with self._holding():
                self._vault.parts.hash_keys.wrap(kind)
        while self._waits(kind, at := self._present()):
            number = at.next(kind) or self._begin(kind, at.present(kind) + 1)
            (self._bring_tags if kind == FIND else self._bring_sums)(number, shown)
        if kind == SUM:
            with self._holding():
                self._vault.parts.hash_keys.destroy(SUM)

    def _holding(self) -> AbstractContextManager[None]:
        """Nobody else wraps hash keys meanwhile, without the next one, to whom is being added or makes own keys."""
        return locked(self._vault.folder / LOCK)

    def _present(self) -> Generations:
        with self._rows.reading():
            return self._rows.at

    def _waits(self, kind: str, at: Generations) -> bool:
        return bool(at.next(kind)) or self._vault.parts.hash_keys.count(kind) > at.present(kind)

    def _begin(self, kind: str, number: int) -> int:
        """Have the catalogue say that the key of that *number* is coming into use; return it."""
        with self._rows.writing():
            self._rows.insert(TABLE, {"name": NEXT[kind], "number": number})
            self._pending.tell("keys.rotating", keys=kind)
        self._pending.do()
        return number

    # --- find keys

    def _bring_tags(self, number: int, shown: Shown) -> None:
        total = sum(map(self._rows.count, TAGS))
        with shown("find keys (thousands of rows)", -(-total // _STEP)) as step:
            after = dict.fromkeys(TAGS, 0)
            while total > BATCH and any(self._rows.older(table, number, after[table], 1) for table in after):
                with self._rows.writing():
                    self._bring_rows(number, after, BATCH, step)
                    self._pending.tell("keys.rotating", keys=FIND)
                self._pending.do()
            with self._rows.writing():
                # What other programs have added meanwhile, too: none is under the key before after this.
                self._bring_rows(number, dict.fromkeys(TAGS, 0), _ALL, step)
                self._end(FIND, number)
            self._pending.do()

    def _bring_rows(self, number: int, after: dict[str, int], most: int, step: Callable[[], None]) -> None:
        """Bring up to *most* rows, those behind the places *after* in their tables; move these places on."""
        done = 0
        for table in tuple(after):
            while done < most and (found := self._rows.older(table, number, after[table], min(_CHUNK, most - done))):
                for _, row in found:
                    self._rows.replace(table, row, **self._tags_again(table, row, number), find_key=number)
                after[table] = found[-1][0]
                for _ in range((done + len(found)) // _STEP - done // _STEP):
                    step()
                done += len(found)

    def _tags_again(self, table: str, row: Row, number: int) -> dict[str, str]:
        again = self._vault.parts.hash_keys.again
        tags = {name: str(row[name]) for name in TAGS[table] if is_tag(row[name])}
        return {name: again(tag, number) for name, tag in tags.items()}

    # --- sum keys

    def _bring_sums(self, number: int, shown: Shown) -> None:
        total = sum(map(self._rows.count, KEYS))
        with shown("sum keys (thousands of rows)", -(-total // _STEP)) as step:
            while total > BATCH and self._rows.older_scopes(number, 1):
                with self._rows.writing():
                    self._bring_scopes(number, BATCH, step)
                    self._pending.tell("keys.rotating", keys=SUM)
                self._pending.do()
            with self._rows.writing():
                self._bring_scopes(number, _ALL, step)
                self._rows.sum_heads_again(number)
                self._end(SUM, number)
            self._pending.do()

    def _bring_scopes(self, number: int, most: int, step: Callable[[], None]) -> None:
        """Sum scopes anew, up to the one with which there are *most* rows."""
        done = 0
        while found := self._rows.older_scopes(number, _CHUNK):
            for scope in found:
                before, done = done, done + self._rows.sum_again(scope, number)
                for _ in range(done // _STEP - before // _STEP):
                    step()
                if done >= most:
                    return

    def _end(self, kind: str, number: int) -> None:
        """Say that the next key is the one in use, inside the transaction that brought the last row to it."""
        (coming,) = self._rows.find(TABLE, "name = ?", NEXT[kind])
        self._rows.remove(TABLE, [coming])
        found = self._rows.find(TABLE, "name = ?", kind)
        if found:
            self._rows.replace(TABLE, found[0], number=number)
        else:
            self._rows.insert(TABLE, {"name": kind, "number": number})
        self._pending.tell("keys.rotated", keys=kind)
