"""Writing a packet where it belongs: its files and their manifest in a folder, or all of it as one sealed file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from toolkit import packet_signed
from toolkit.cli.unlock import existing_parent
from toolkit.dossier import Dossier
from toolkit.errors import InputError
from toolkit.pack import Packet
from toolkit.packet_manifest import as_csv
from toolkit.packet_verify import MANIFEST, read_manifest
from vault import X25519Recipient, seal
from vault.files import write_atomically

#: Gives the signed list of files by name.
Signing: TypeAlias = Callable[[Mapping[str, bytes]], bytes]


def deliver(
    known: Dossier,
    packet: Packet,
    out: Path,
    recipients: Sequence[X25519Recipient] = (),
    signing: Signing | None = None,
) -> list[Path]:
    """Write the packet and its manifest into *out* and return the paths; to *recipients*, as one sealed file alone.

    With *signing* the list of the files goes along, signed (`packet_signed`).
    """
    name = f"{known.case.reference}-packet"
    files = {each.name: each.data for each in packet.files}
    files[f"{name}{MANIFEST}"] = (json.dumps(packet.manifest, indent=2, ensure_ascii=False) + "\n").encode()
    files[f"{name}.manifest.csv"] = as_csv(packet.manifest).encode()
    if signing is not None:
        files[f"{name}{packet_signed.SUMS}"] = signing(files)
    if recipients:
        sealed = out / f"{name}.zip.age"
        _write(sealed, seal(_zipped(files), recipients))
        return [sealed]
    _remove_old(out, out / f"{name}{MANIFEST}")
    paths = []
    for each, data in files.items():
        path = out / each
        existing_parent(path.parent)
        _write(path, data)
        paths.append(path)
    return paths


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --out.") from problem


def _remove_old(out: Path, manifest: Path) -> None:
    """Remove the files of the packet that was made before into the same folder, lest its parts lie among the new."""
    if not manifest.is_file():
        return
    manifest.with_name(manifest.name.removesuffix(MANIFEST) + packet_signed.SUMS).unlink(missing_ok=True)
    try:
        rows = read_manifest(manifest)["files"]
    except InputError:
        return
    for row in rows:
        path = (out / str(row["name"])).resolve()
        own = str(row["name"]).startswith(manifest.name.removesuffix(MANIFEST))
        if own and path.is_relative_to(out.resolve()) and path.suffix == ".pdf":
            path.unlink(missing_ok=True)


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            # A fixed time: when the packet was made stands in its manifest.
            archive.writestr(zipfile.ZipInfo(name), data)
    return made.getvalue()
