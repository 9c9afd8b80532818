"""Which key a case has is said by those who start cases or make new keys, in a signed line of its own.

Who appoints signs what else is said of a case, such as to whom it is granted: she carries that line on, and cannot
write it. Otherwise she could name a key of her own, and read what others seal to the case.
"""

from __future__ import annotations

from collections.abc import Mapping

from vault.access import Right
from vault.entries import Authority, Entry, parse_entry
from vault.errors import TamperedError
from vault.roll import Roll

PURPOSE = "compartment keys"
FIELD = "keys"


def vouched(authority: Authority, said: Entry) -> Entry:
    """Return what is *said* of a case with the line about its keys; raise NotGrantedError for who may not name any."""
    kept = str(said.get(FIELD, ""))
    if kept and _keys(parse_entry(kept.encode())) == _keys(said):
        return said
    return {**said, FIELD: authority.write_entry(PURPOSE, _keys(said)).decode().rstrip("\n")}


def check(authority: Authority, roll: Roll, entry: Entry) -> None:
    """Raise TamperedError unless the keys that *entry* names were named by somebody who may."""
    if FIELD not in entry:
        # As the line was before there was another about the keys.
        roll.by_key(str(entry["key"]), Right.START_CASES, ever=True)
    elif _keys(authority.read_entry(PURPOSE, f"{entry[FIELD]}\n".encode())) != _keys(entry):
        raise TamperedError("A key is named there that nobody who may has given to the case.")


def _keys(said: Mapping[str, str | int]) -> dict[str, str | int]:
    return {each: said.get(each, "") for each in ("name", "recipient", "former")}
