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

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "age_vectors"
#: Not written yet: ASCII armor, and the hybrid post-quantum recipient type.
SKIPPED = ("armor_", "hybrid")
FAILURES = {
    "no match": WrongKeyError,
    "HMAC failure": HeaderMacError,
    "header failure": HeaderError,
    "payload failure": PayloadError,
}


@dataclass
class Vector:
    expect: str
    payload: str
    identities: list[Identity]
    file: bytes


def load(path: Path) -> Vector:
    text, _, file = path.read_bytes().partition(b"\n\n")
    lines = [line.split(": ", 1) for line in text.decode().splitlines()]
    values = dict(lines)
    identities: list[Identity] = [keys.X25519Identity.parse(value) for name, value in lines if name == "identity"]
    identities += [keys.ScryptIdentity(value) for name, value in lines if name == "passphrase"]
    if values.get("compressed") == "zlib":
        file = zlib.decompress(file)
    return Vector(values["expect"], values.get("payload", ""), identities, file)


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir()) if FOLDER.is_dir() else []


@pytest.mark.data
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the age test vectors (../shared/data/age_vectors) are not here")
@pytest.mark.parametrize("name", [name for name in names() if not name.startswith(SKIPPED)])
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


@pytest.mark.data
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the age test vectors (../shared/data/age_vectors) are not here")
def test_what_is_left_out_is_counted():
    left_out = [name for name in names() if name.startswith(SKIPPED)]
    assert (len(names()), len(left_out)) == (143, 51)
