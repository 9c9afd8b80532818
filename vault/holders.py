"""Who holds a share of the recovery key, and whose share no longer does what it is there for. Pure.

A share is sealed to its holder's keys, to the new ones where she makes some, and cannot be taken back: who has left may
have kept hers.
"""

from __future__ import annotations

from dataclasses import dataclass

from vault.entries import parse_entry
from vault.roll import Event, Roll
from vault.roll_file import RollFile

#: What helps with every finding here.
_REMEDY = "have a lead set recovery up anew (mobility vault recovery set-up)"


@dataclass(frozen=True, slots=True)
class Holders:
    """The holders of shares of the recovery key that is set up now; none where none is.

    *gone* were removed since (theirs count, wherever they are kept); *able* are the others.
    """

    needed: int
    able: tuple[str, ...]
    gone: tuple[str, ...]


def holders(roll: Roll | None) -> Holders:
    """Return how it stands with the shares; *roll* is None in a vault of the first format, which has no recovery."""
    if roll is None or not roll.recovery:
        return Holders(0, (), ())
    roll.refresh()
    number = int(roll.recovery["number"])
    found: dict[str, list[str]] = {"able": [], "gone": []}
    for label in str(roll.recovery["holders"]).split():
        found[_standing(roll, label, number)].append(label)
    return Holders(int(roll.recovery["threshold"]), tuple(found["able"]), tuple(found["gone"]))


def findings(roll: RollFile | None) -> list[str]:
    """Return in plain words what has to be done about the shares, and why."""
    how = holders(roll)
    if roll is None or not how.needed:
        return []
    found = [f"{each} is no officer any more, and her share of the recovery key still counts" for each in how.gone]
    if how.needed > len(how.able):
        found.append(f"{how.needed} shares are needed for recovery, and officers of today can open {len(how.able)}")
    later = map(parse_entry, roll.lines[int(roll.recovery["number"]) :])
    found += ["the shares were brought together, and are used up" for said in later if said["event"] == Event.RECOVERED]
    return [f"{each}: {_REMEDY}" for each in dict.fromkeys(found)]


def _standing(roll: Roll, label: str, number: int) -> str:
    """Return how it stands with who had a share under that name when statement *number* set recovery up."""
    # Whoever has that name today may be another than who had it then.
    now = roll.officers.get(label)
    if now is not None and now.since < number:
        return "able"
    then = [each for each in roll.ever.values() if each.label == label and each.since < number <= each.until]
    if now is None or not then:
        return "gone"
    # Other keys with the same statement that ended the former ones: she is who she was.
    return "able" if _renewed(roll, label, then[0].until) else "gone"


def _renewed(roll: Roll, label: str, end: int) -> bool:
    """Whether *label* has kept her office from statement *end* on, through every change of her keys."""
    later = {each.since: each.until for each in roll.ever.values() if each.label == label}
    while end in later:
        end = later[end]
        if not end:
            return True
    return False
