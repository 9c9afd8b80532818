"""Brings a vault of the first format, whose officers share one key, to the second. Blobs and sealed rows stay as they
are.

The officer who does it founds the vault anew as a lead, with keys of her own; the first format's key signs that it
hands over. The other officers are added anew afterwards. One file, vault.json, decides of which format the vault is: a
kill before it is written leaves the old vault, a kill after it the new one, and running it again does what is left.
"""

from __future__ import annotations

import shutil

from vault.entries import Entry
from vault.errors import VaultError
from vault.files import locked, read_plain, remove, write_atomically
from vault.hash_keys import FOLDER, HashKeys
from vault.keys import WORK_FACTOR
from vault.officer_keys import OfficerKeys
from vault.officers import Officers
from vault.opened import LOCK, META, META_FILE, ROOT_FILE, Opened, found, write_meta
from vault.roll import Event
from vault.roll_file import FILE as ROLL_FILE
from vault.root import Root
from vault.signatory import Signatory
from vault.wraps import KEY_FILE, sealed_keys


def upgrade(opened: Opened, passphrase: str, work_factor: int = WORK_FACTOR) -> None:
    """Write everything of the second format beside the first, then vault.json. Unlock anew afterwards."""
    root, folder, label = opened.authority, opened.folder, opened.keys.label
    if not isinstance(root, Root):
        raise VaultError("The vault is of the second format already.")
    with locked(folder / LOCK):
        vault = str(root.read_entry(META, read_plain(folder / META_FILE))["id"])
        (folder / ROLL_FILE).unlink(missing_ok=True)
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        keys = OfficerKeys.generate(label, vault=vault)
        Officers(folder / "officers").keep_next(keys, passphrase, work_factor)
        handed = root.sign("handing over", f"{vault} {keys.public_signing}".encode()).hex()
        roll = found(folder, keys, Event.UPGRADED, root.public, handed)
        compartments = opened.compartments
        for name in compartments.names():
            identities = compartments.wraps.open(compartments.folder(name))
            data = sealed_keys(identities, [keys.identity.recipient])
            write_atomically(compartments.folder(name) / f"key.{label}.age", data)
        HashKeys(folder, Signatory(roll, label, keys.own_signing), keys.identity).start(root.secret)
        write_meta(folder, keys, root.public)


def convert(opened: Opened) -> None:
    """In the second format: sign anew what the first has signed of compartments, and remove its key files."""
    folder, compartments = opened.folder, opened.compartments
    with locked(folder / LOCK):
        for name in compartments.all_names():
            said = compartments.read(name)
            if "version" not in said:
                fresh: Entry = {"former": "", "granted": "", "held": "", "roll": 1}
                compartments.write(name, {**said, **fresh})
            if (compartments.folder(name) / KEY_FILE).exists():
                remove(compartments.folder(name) / KEY_FILE)
        kept = Officers(folder / "officers")
        for label in set(kept.labels()) - opened.roles().keys():
            kept.drop(label)
        if (folder / ROOT_FILE).exists():
            remove(folder / ROOT_FILE)


def retire(opened: Opened) -> None:
    """State that nothing signed by the first format's key is believed any more, but for the ledger's first lines."""
    if not opened.statements.retired:
        opened.statements.state(Event.RETIRED, by=opened.keys.label, key=opened.keys.own_signing)
        opened.tell()
