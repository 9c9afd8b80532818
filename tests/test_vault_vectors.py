"""The public test vectors of the age format (C2SP/CCTV): every X25519, scrypt, header, stanza and stream case."""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from vault import keys
from vault.envelope import Identity, unseal_stream
from vault.errors import HeaderError, HeaderMacError, PayloadError, WrongKeyError
from vault.header import finish, parse, render

FOLDER = Path(__file__).parent / "vectors" / "age"
#: Not read here: ASCII armor, and the hybrid post-quantum recipient type.
LEFT_OUT = ("armor_", "hybrid")
FAILURES = {
    "no match": WrongKeyError,
    "HMAC failure": HeaderMacError,
    "header failure": HeaderError,
    "payload failure": PayloadError,
}
NAMES = sorted(path.name for path in FOLDER.iterdir())


@dataclass
class Vector:
    expect: str
    payload: str
    identities: list[Identity]
    file: bytes
    lines: list[list[str]]


def load(path: Path) -> Vector:
    text, _, file = path.read_bytes().partition(b"\n\n")
    lines = [line.split(": ", 1) for line in text.decode().splitlines()]
    values = dict(lines)
    own = [value for name, value in lines if name == "identity" and value.startswith("AGE-SECRET-KEY-1")]
    identities: list[Identity] = [keys.X25519Identity.parse(value) for value in own]
    identities += [keys.ScryptIdentity(value) for name, value in lines if name == "passphrase"]
    if values.get("compressed") == "zlib":
        file = zlib.decompress(file)
    return Vector(values["expect"], values.get("payload", ""), identities, file, lines)


def test_all_of_them_are_here():
    assert (len(NAMES), [name for name in NAMES if name.startswith(LEFT_OUT)]) == (92, [])
    assert {load(FOLDER / name).expect for name in NAMES} == {"success", *FAILURES}


@pytest.mark.parametrize("name", NAMES)
def test_vector(name):
    vector = load(FOLDER / name)
    released = io.BytesIO()
    if vector.expect == "success":
        unseal_stream(io.BytesIO(vector.file), released, vector.identities)
    else:
        with pytest.raises(FAILURES[vector.expect]) as caught:
            unseal_stream(io.BytesIO(vector.file), released, vector.identities)
        assert caught.type is FAILURES[vector.expect]
    assert hashlib.sha256(released.getvalue()).hexdigest() == (vector.payload or hashlib.sha256().hexdigest())


@pytest.mark.parametrize("name", NAMES)
def test_a_header_that_is_read_is_printed_as_it_stood(name):
    """Those that break the format are refused before anything is made of them; every other is canonical."""
    source = io.BytesIO(load(FOLDER / name).file)
    try:
        read = parse(source)
    except HeaderError:
        assert load(FOLDER / name).expect in ("header failure", "HMAC failure")
        return
    printed = render(read.stanzas)
    assert printed == read.covered
    assert finish(printed, read.mac) + source.read() == load(FOLDER / name).file


# --- those that are left out, where the whole set is at hand


def whole(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "age_vectors").iterdir())


@pytest.mark.data
def test_what_is_here_is_as_published(shared_data: Path) -> None:
    kept = {path.name: path.read_bytes() for path in whole(shared_data) if not path.name.startswith(LEFT_OUT)}
    assert kept == {name: (FOLDER / name).read_bytes() for name in NAMES}


@pytest.mark.data
def test_what_is_not_read_is_refused_and_nothing_released(shared_data: Path) -> None:
    """Armored files and those for other kinds of keys end in an error of their own, as files of a newer age do."""
    left_out = [load(path) for path in whole(shared_data) if path.name.startswith(LEFT_OUT)]
    assert len(left_out) == 51
    own = keys.X25519Identity.generate()
    for vector in left_out:
        released = io.BytesIO()
        with pytest.raises((HeaderError, WrongKeyError)):
            unseal_stream(io.BytesIO(vector.file), released, [*vector.identities, own])
        assert not released.getvalue()
