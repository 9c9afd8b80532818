"""Checks a received packet against its manifest: every file, every page. Needs no vault, no key and no connection.

The files may have been changed by anybody, so they are opened in a confined child, like all that comes from outside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit import packet_signed
from toolkit.errors import InputError
from toolkit.packet_manifest import checked
from toolkit.packet_room import Room
from toolkit.packet_told import from_manifest

MANIFEST = ".manifest.json"
_MOST = 64 << 20
_SENSELESS = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at in one packet, and what is wrong, in plain words."""

    manifest: str
    case: str
    made: str
    files: int
    pages: int
    complete: bool
    problems: tuple[str, ...]
    #: The fingerprint of the key that the list of files is signed with; "" where there is no list, or a wrong one.
    signed_by: str = ""


def manifests(path: Path) -> list[Path]:
    """Return the manifests at *path*, which is one or a folder that holds some. Raises InputError."""
    if path.is_dir():
        found = sorted(path.glob(f"*{MANIFEST}"))
        if not found:
            raise InputError(
                f"There is no packet manifest (*{MANIFEST}) in {path}.",
                remedy="Name the folder that the packet was unpacked into.",
            )
        return found
    if path.suffix in (".age", ".zip"):
        raise InputError(
            f"{path} has to be opened first.",
            remedy="Open it with `age -d -i KEY-FILE -o packet.zip FILE.age`, unpack packet.zip, and name the folder.",
        )
    return [path]


def read_manifest(path: Path) -> Mapping[str, Any]:
    """Read one manifest. Raises InputError where it is none."""
    try:
        if path.stat().st_size > _MOST:
            raise InputError(f"{path} is too large for a packet manifest.")
        return checked(json.loads(path.read_text("utf-8")))
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}.") from problem
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InputError(
            f"{path} is no packet manifest: it is not JSON.", remedy=f"Name the *{MANIFEST} file."
        ) from None


def verify(path: Path, progress: Callable[[], None] | None = None, *, signer: str = "") -> Verified:
    """Check every file that the manifest at *path* names. Raises InputError where the manifest cannot be read.

    *signer* is the key, or its fingerprint, that the packet has to be signed with; "" takes any.
    """
    manifest = read_manifest(path)
    problems: list[str] = []
    try:
        rows: Sequence[Mapping[str, Any]] = manifest["files"]
        with Room() as room:
            for row in rows:
                problems += _file(room, manifest, row, path.parent)
                if progress:
                    progress()
        problems += _unnamed(path, rows)
        key, unlike = _signature(path, rows, signer)
        problems += unlike
        return Verified(
            path.name,
            str(manifest["case"]),
            str(manifest["made"]),
            len(rows),
            int(manifest["pages"]),
            bool(manifest["complete"]),
            tuple(problems),
            key,
        )
    except _SENSELESS:
        raise InputError(f"{path} is damaged: parts of the manifest are missing.", remedy="Ask for it again.") from None


def _file(room: Room, manifest: Mapping[str, Any], row: Mapping[str, Any], folder: Path) -> list[str]:
    name = str(row["name"])
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        return [f"{name}: lies outside the folder of the packet"]
    try:
        data = place.read_bytes()
    except OSError:
        return [f"{name}: is missing or cannot be read"]
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        found = [f"{name}: was changed (its SHA-256 is not that of the manifest)"]
    else:
        found = []
    if row["role"] == "signed":
        exhibit = next(each for each in manifest["exhibits"] if each["exhibit"] == row["exhibit"])
        submitted = [exhibit["sha256_original"], *(each["sha256_original"] for each in exhibit.get("behind", ()))]
        return [*found, *([] if row["sha256"] in submitted else [f"{name}: is not the file that was submitted"])]
    room.feed(data)
    if row["role"] == "document":
        told = room.look(int(row["pages"]), 0)
    else:
        bound = manifest if row["role"] == "packet" else {**manifest, "exhibits": [], "requirements": []}
        told = room.problems(from_manifest(bound, int(row["first_page"]), int(row["last_page"])))
        if row["role"] == "index":
            names = [str(each["name"]).split("/")[-1] for each in manifest["files"] if each["role"] == "document"]
            told = [*told, *(f"the index does not name {each}" for each in room.says(names))]
    return [*found, *(f"{name}: {each}" for each in told)]


def _signature(path: Path, rows: Sequence[Mapping[str, Any]], signer: str) -> tuple[str, list[str]]:
    """Return the fingerprint of the key that signed the list of files, and what in the list is not so."""
    place = path.with_name(path.name.removesuffix(MANIFEST) + packet_signed.SUMS)
    try:
        found = packet_signed.read(place.read_bytes())
    except FileNotFoundError:
        return "", ["nobody signed it"] if signer else []
    except OSError:
        return "", [f"{place.name}: cannot be read"]
    problems = [f"{place.name}: {each}" for each in found.problems]
    beside = [path.name, path.name.removesuffix(MANIFEST) + ".manifest.csv"]
    for name in (*beside, *(str(row["name"]) for row in rows)) if found.sums else ():
        try:
            is_so = hashlib.sha256((path.parent / name).read_bytes()).hexdigest() == found.sums.get(name)
        except OSError:
            is_so = name not in beside  # of other files it was said already that they are missing
        if not is_so:
            problems.append(f"{name}: is not what was signed")
    if signer and not found.problems and not packet_signed.same(found.key, signer):
        problems.append("it is signed with another key than you named")
    return packet_signed.fingerprint(found.key) if found.key else "", problems


def _unnamed(path: Path, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Files in the packet's own folder that the manifest does not know."""
    own = path.parent / path.name.removesuffix(MANIFEST)
    named = {str(row["name"]) for row in rows}
    there = (
        sorted(each.relative_to(path.parent).as_posix() for each in own.rglob("*") if each.is_file())
        if own.is_dir()
        else []
    )
    return [f"{each}: is not in the manifest" for each in there if each not in named]
