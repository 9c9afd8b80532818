"""What is done each time a vault is unlocked: completing what a kill has interrupted, and sweeping what it left."""

from __future__ import annotations

from vault import rotating
from vault.access import Right, may
from vault.checking import FORGOTTEN
from vault.files import locked, sweep
from vault.office import Office
from vault.opened import LOCK, Opened


def finish(opened: Opened) -> None:
    """Complete what a kill interrupted, as far as the officer at work may."""
    folder = opened.folder
    with locked(folder / LOCK):
        sweep(folder)
        sweep(folder / "officers")
        opened.store.sweep()
        if opened.roll is None or may(opened.role, Right.SIGN_LEDGER):
            sweep(folder / "compartments")
            for name in opened.compartments.all_names():
                _finish_compartment(opened, name)
        opened.tell()


def forget(opened: Opened, name: str) -> None:
    """Tell the ledger that a compartment marked as forgotten loses its keys, and delete them. *opened* is locked."""
    if opened.compartments.has_key(name):
        # Said before it is done: nothing is lost in silence, and what a kill leaves is done at the next unlocking.
        opened.ledger.append(FORGOTTEN, compartment=name)
        opened.compartments.drop_keys(name)


def _finish_compartment(opened: Opened, name: str) -> None:
    compartments = opened.compartments
    folder = compartments.folder(name)
    there = [path.name for path in folder.iterdir()]
    if any(each.startswith(".") for each in there):
        sweep(folder)
    if not any(each.endswith(".age") for each in there):
        return
    said = compartments.unchecked(name)
    if said.get("state") == "forgotten" and compartments.was_forgotten(name):
        forget(opened, name)
    elif said.get("changing") == rotating.KEY:
        if may(opened.role, Right.ROTATE) and compartments.readable([name]):
            rotating.trim(opened, name)
    elif said.get("changing") and may(opened.role, Right.APPOINT):
        Office(opened).finish_change(name)
