"""Files of any size are sealed and opened a few chunks at a time, and appear whole or not at all."""

from __future__ import annotations

import io
import os

import pyrage
import pytest

from vault import PayloadError, TamperedError, WrongKeyError, X25519Identity, seal, unseal
from vault.envelope import BATCH, CHUNK, TAG, seal_stream, unseal_stream
from vault.sealed_files import seal_file, unseal_file

KEY = X25519Identity.generate()
PIECE = BATCH * CHUNK
SIZES = [0, 1, CHUNK, CHUNK + 1, PIECE - 1, PIECE, PIECE + 1, PIECE + CHUNK, 2 * PIECE, 2 * PIECE + 7]


def streamed(plaintext: bytes) -> bytes:
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), sealed, [KEY.recipient])
    return sealed.getvalue()


def opened(sealed: bytes) -> bytes:
    plaintext = io.BytesIO()
    unseal_stream(io.BytesIO(sealed), plaintext, [KEY])
    return plaintext.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_in_memory_and_as_a_stream_and_by_rage_it_is_the_same_format(size):
    plaintext = os.urandom(size)
    rage = pyrage.x25519.Identity.from_str(str(KEY))
    for sealed in (seal(plaintext, [KEY.recipient]), streamed(plaintext)):
        assert unseal(sealed, [KEY]) == opened(sealed) == pyrage.decrypt(sealed, [rage]) == plaintext
    theirs = pyrage.encrypt(plaintext, [rage.to_public()])
    assert unseal(theirs, [KEY]) == opened(theirs) == plaintext


@pytest.mark.parametrize("size", [PIECE, PIECE + CHUNK, 2 * PIECE + 7])
@pytest.mark.parametrize("cut", [1, TAG, CHUNK + TAG, BATCH * (CHUNK + TAG)])
def test_a_cut_anywhere_releases_a_genuine_beginning_and_fails(size, cut):
    plaintext = os.urandom(size)
    released = io.BytesIO()
    with pytest.raises(TamperedError):
        unseal_stream(io.BytesIO(streamed(plaintext)[:-cut]), released, [KEY])
    assert plaintext.startswith(released.getvalue())


def test_chunks_swapped_between_pieces_are_noticed():
    sealed = streamed(os.urandom(2 * PIECE))
    start, chunk = len(sealed) - 2 * BATCH * (CHUNK + TAG), CHUNK + TAG
    pieces = [sealed[start + n * chunk : start + (n + 1) * chunk] for n in range(2 * BATCH)]
    pieces[BATCH - 1], pieces[BATCH] = pieces[BATCH], pieces[BATCH - 1]
    released = io.BytesIO()
    with pytest.raises(PayloadError):
        unseal_stream(io.BytesIO(sealed[:start] + b"".join(pieces)), released, [KEY])
    assert len(released.getvalue()) == (BATCH - 1) * CHUNK, "what stands before the swapped chunks is genuine"


def test_a_file_is_sealed_and_opened(tmp_path):
    (tmp_path / "plain").write_bytes(plaintext := os.urandom(PIECE + 100))
    seal_file(tmp_path / "plain", tmp_path / "sealed", [KEY.recipient])
    unseal_file(tmp_path / "sealed", tmp_path / "again", [KEY])
    assert (tmp_path / "again").read_bytes() == plaintext
    assert (tmp_path / "again").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "plain", "sealed"]


@pytest.mark.parametrize(("spoil", "error"), [(lambda b: b[:-1], PayloadError), (lambda b: b[1:], TamperedError)])
def test_a_spoilt_file_leaves_what_was_there_and_no_clear_text(tmp_path, spoil, error):
    (tmp_path / "sealed").write_bytes(spoil(seal(bytes(PIECE + 100), [KEY.recipient])))
    (tmp_path / "again").write_bytes(b"from before")
    with pytest.raises(error):
        unseal_file(tmp_path / "sealed", tmp_path / "again", [KEY])
    assert (tmp_path / "again").read_bytes() == b"from before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "sealed"]


def test_another_key_opens_no_file(tmp_path):
    (tmp_path / "sealed").write_bytes(seal(b"x", [KEY.recipient]))
    with pytest.raises(WrongKeyError):
        unseal_file(tmp_path / "sealed", tmp_path / "again", [X25519Identity.generate()])
    assert not (tmp_path / "again").exists()


def test_a_full_disk_and_a_pressed_key_leave_nothing(tmp_path, monkeypatch):
    (tmp_path / "plain").write_bytes(b"x")
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):

        def fail(handle, error=error):
            raise error

        monkeypatch.setattr("os.fsync", fail)
        with pytest.raises(type(error)):
            seal_file(tmp_path / "plain", tmp_path / "sealed", [KEY.recipient])
        assert [path.name for path in tmp_path.iterdir()] == ["plain"]
