"""What is done each time a vault is unlocked: completing what a kill has interrupted, and sweeping what it left."""

from __future__ import annotations

from vault import carrying, recovery, rotating, torn
from vault.access import Right, may
from vault.checking import FORGOTTEN
from vault.files import locked, sweep
from vault.hash_keys import FOLDER
from vault.office import Office
from vault.officers import Officers
from vault.opened import LOCK, Opened
from vault.wraps import remove_for, wrapped_to


def finish(opened: Opened) -> None:
    """Complete what a kill interrupted, as far as the officer at work may."""
    folder = opened.folder
    with locked(folder / LOCK):
        torn.cut(opened)
        sweep(folder)
        sweep(folder / "officers")
        opened.store.sweep()
        sweep(folder / "compartments")
        gone = _gone(opened)
        for name in opened.compartments.all_names():
            _finish_compartment(opened, name, gone)
        _drop(opened, gone)
        if opened.roll is not None:
            recovery.finish(opened)
        opened.tell()


def forget(opened: Opened, name: str) -> None:
    """Tell the ledger that a compartment marked as forgotten loses its keys, and delete them. *opened* is locked."""
    if opened.compartments.has_key(name):
        # Said before it is done: nothing is lost in silence, and what a kill leaves is done at the next unlocking.
        opened.ledger.append(FORGOTTEN, compartment=name)
        opened.compartments.drop_keys(name)


def _trim(opened: Opened, name: str) -> None:
    """Take from a case's key files what its public file does not name: anybody who can open them may."""
    if may(opened.role, Right.ROTATE):
        rotating.trim(opened, name)
        return
    compartments = opened.compartments
    compartments.drop_known(name)
    entry = compartments.read(name)
    readers = opened.readers(entry) & wrapped_to(compartments.folder(name))
    compartments.write_keys(name, compartments.identities(name, entry), readers)
    compartments.drop_known(name)


def _take_away(opened: Opened, name: str) -> None:
    """Remove the key file of whom a case was just taken back from; that it was is told by who may appoint."""
    entry = opened.compartments.read(name)
    if str(entry["changing"]) not in opened.readers(entry):
        remove_for(opened.compartments.folder(name), [str(entry["changing"])])


def _gone(opened: Opened) -> frozenset[str]:
    """Return who was removed from the roll of officers and has not come back."""
    if opened.roll is None:
        return frozenset()
    return frozenset(each.label for each in opened.roll.ever.values() if each.until) - opened.roll.officers.keys()


def _drop(opened: Opened, gone: frozenset[str]) -> None:
    """Remove what a kill has left of officers who were removed; what nobody has ever entered stays, and is named."""
    kept = Officers(opened.folder / "officers")
    for label in gone.intersection(kept.labels()):
        kept.drop(label)
    if gone.intersection(path.stem for path in (opened.folder / FOLDER).glob("*/*.age")):
        opened.hash_keys.tidy()


def _finish_compartment(opened: Opened, name: str, gone: frozenset[str]) -> None:
    compartments = opened.compartments
    folder = compartments.folder(name)
    if not folder.is_dir():
        return  # somebody has put it there; it is named
    there = [path.name for path in folder.iterdir()]
    if any(each.startswith(".") for each in there):
        if opened.roll is not None:
            carrying.finish(opened, name)
        sweep(folder)
    if not any(each.endswith(".age") for each in there):
        return
    remove_for(folder, [label for label in gone if f"key.{label}.age" in there])
    said = compartments.unchecked(name)
    if said.get("state") == "forgotten" and compartments.was_forgotten(name):
        forget(opened, name)
    elif said.get("changing") == rotating.KEY:
        if compartments.readable([name]):
            _trim(opened, name)
    elif said.get("changing") and may(opened.role, Right.APPOINT):
        Office(opened).finish_change(name)
    elif said.get("changing"):
        _take_away(opened, name)
