"""The age format as written and read here: round trips, no malleability, and an independent implementation."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault import (
    HeaderError,
    HeaderMacError,
    PayloadError,
    ScryptIdentity,
    ScryptRecipient,
    TamperedError,
    VaultError,
    WrongKeyError,
    X25519Identity,
    X25519Recipient,
    bech32,
    header,
    seal,
    seal_stream,
    unseal,
    unseal_stream,
)
from vault.envelope import CHUNK

KEY = X25519Identity.generate()
OTHER = X25519Identity.generate()
SMALL = 4
#: Around the edges of a chunk, where off-by-one mistakes of a stream cipher live.
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1]


class Trickle(io.BytesIO):
    """Gives less than it is asked for, as pipes do."""

    def read(self, size=-1):
        return super().read(min(size, 1000) if size > 0 else size)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens(size):
    plaintext = os.urandom(size)
    assert unseal(seal(plaintext, [KEY.recipient]), [OTHER, KEY]) == plaintext


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_opens_ours(size):
    plaintext = os.urandom(size)
    sealed = seal(plaintext, [OTHER.recipient, KEY.recipient])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(str(KEY))]) == plaintext


@pytest.mark.parametrize("size", SIZES)
def test_ours_opens_pyrage(size):
    plaintext = os.urandom(size)
    sealed = pyrage.encrypt(plaintext, [pyrage.x25519.Recipient.from_str(str(KEY.recipient))])
    assert unseal(sealed, [KEY]) == plaintext


@pytest.mark.parametrize("size", [0, CHUNK, CHUNK + 1])
def test_pyrage_opens_our_passphrase_files(size):
    plaintext = os.urandom(size)
    sealed = seal(plaintext, [ScryptRecipient("corréct horse", SMALL)])
    assert pyrage.passphrase.decrypt(sealed, "corréct horse") == plaintext


def test_ours_opens_pyrage_passphrase_files():
    sealed = (Path(__file__).parent / "vectors" / "pyrage-passphrase.age").read_bytes()
    plaintext = unseal(sealed, [ScryptIdentity("corréct horse")])
    assert plaintext == b"sealed by another implementation\n" * 2000


def test_keys_of_both_are_the_same_text():
    theirs = pyrage.x25519.Identity.generate()
    ours = X25519Identity.parse(str(theirs))
    assert str(ours) == str(theirs)
    assert str(ours.recipient) == str(theirs.to_public())
    assert X25519Recipient.parse(str(ours.recipient)) == ours.recipient
    assert ours.recipient != KEY.recipient and ours.recipient != ours.recipient.public
    assert len({ours.recipient, X25519Recipient.parse(str(theirs.to_public())), KEY.recipient}) == 2


def test_streams_that_give_little_at_a_time():
    plaintext = os.urandom(CHUNK + 5000)
    sealed, opened = io.BytesIO(), io.BytesIO()
    seal_stream(Trickle(plaintext), sealed, [KEY.recipient])
    unseal_stream(Trickle(sealed.getvalue()), opened, [KEY])
    assert opened.getvalue() == plaintext


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.integers(0), st.integers(1, 255))
def test_any_changed_byte_is_noticed(plaintext, where, flip):
    sealed = bytearray(seal(plaintext, [KEY.recipient]))
    sealed[where % len(sealed)] ^= flip
    with pytest.raises((TamperedError, WrongKeyError)):
        unseal(bytes(sealed), [KEY])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, CHUNK + 400), st.integers(0))
def test_any_cut_is_noticed(size, where):
    sealed = seal(bytes(size), [KEY.recipient])
    with pytest.raises(TamperedError):
        unseal(sealed[: where % len(sealed)], [KEY])


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=50))
def test_anything_appended_is_noticed(plaintext, more):
    with pytest.raises(PayloadError):
        unseal(seal(plaintext, [KEY.recipient]) + more, [KEY])


def test_chunks_cannot_be_swapped():
    sealed = seal(bytes(3 * CHUNK), [KEY.recipient])
    start = len(sealed) - 3 * (CHUNK + 16)
    first, second, rest = (
        sealed[start : start + CHUNK + 16],
        sealed[start + CHUNK + 16 : start + 2 * (CHUNK + 16)],
        sealed[start + 2 * (CHUNK + 16) :],
    )
    with pytest.raises(PayloadError):
        unseal(sealed[:start] + second + first + rest, [KEY])


words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
stanzas = st.builds(header.Stanza, st.lists(words, min_size=1, max_size=4).map(tuple), st.binary(max_size=3 * 48))


@given(st.lists(stanzas, min_size=1, max_size=4).map(tuple), st.binary(min_size=32, max_size=32), st.binary(max_size=9))
def test_a_header_reads_back_as_written(written, mac, payload):
    data = header.finish(header.render(written), mac)
    source = io.BytesIO(data + payload)
    read = header.parse(source)
    assert (read.stanzas, read.mac) == (written, mac)
    assert header.finish(read.covered, read.mac) == data
    assert source.read() == payload


@settings(max_examples=400)
@given(st.lists(stanzas, min_size=1, max_size=2).map(tuple), st.integers(0), st.binary(max_size=2), st.integers(0, 2))
def test_a_header_that_parses_is_the_only_way_to_write_it(written, where, insert, drop):
    data = header.finish(header.render(written), bytes(32))
    where %= len(data)
    data = data[:where] + insert + data[where + drop :]
    source = io.BytesIO(data)
    try:
        read = header.parse(source)
    except HeaderError:
        return
    assert header.finish(header.render(read.stanzas), read.mac) + source.read() == data


@given(st.binary(max_size=300))
def test_garbage_is_no_header(data):
    with pytest.raises(HeaderError):
        unseal(data, [KEY])


@pytest.mark.parametrize("end", [b"--- ", b"---x", b"---\t"])
def test_a_header_ends_with_a_space_and_its_mac_and_opens_to_somebody(end):
    mac = b"A" * 43 + b"\n"
    stanza = b"-> x\n\n"
    with pytest.raises(HeaderError, match="does not end as it must"):
        header.parse(io.BytesIO(header.VERSION_LINE + end + mac))
    good = io.BytesIO(header.VERSION_LINE + stanza + end + mac)
    if end == b"--- ":
        assert header.parse(good).mac == bytes(32)
    else:
        with pytest.raises(HeaderError, match="does not end as it must"):
            header.parse(good)


def test_an_endless_header_is_refused():
    line = b"-> " + b"x" * 60 + b"\n\n"
    with pytest.raises(HeaderError):
        header.parse(io.BytesIO(header.VERSION_LINE + line * (header.MAX_HEADER_BYTES // len(line) + 1)))


def test_stanza_arguments_are_checked_when_writing():
    for arguments in [(), ("",), ("two words",), ("né",)]:
        with pytest.raises(ValueError, match="visible ASCII"):
            header.render((header.Stanza(arguments, b""),))


def test_a_changed_header_is_told_from_a_wrong_key():
    sealed = seal(b"x", [KEY.recipient, OTHER.recipient])
    lines = sealed.split(b"\n")
    # Without its second stanza the header still opens for the first; only the MAC notices.
    with pytest.raises(HeaderMacError):
        unseal(b"\n".join(lines[:3] + lines[5:]), [KEY])
    with pytest.raises(WrongKeyError):
        unseal(sealed, [X25519Identity.generate()])
    with pytest.raises(WrongKeyError):
        unseal(sealed, [ScryptIdentity("x")])


def test_a_passphrase_stands_alone():
    with pytest.raises(VaultError, match="mixed"):
        seal(b"", [KEY.recipient, ScryptRecipient("x", SMALL)])
    with pytest.raises(VaultError, match="nobody"):
        seal(b"", [])


def test_the_work_factor_is_limited():
    sealed = seal(b"x", [ScryptRecipient("x", 10)])
    assert unseal(sealed, [ScryptIdentity("x", max_work_factor=10)]) == b"x"
    with pytest.raises(HeaderError, match="more work"):
        unseal(sealed, [ScryptIdentity("x", max_work_factor=9)])
    with pytest.raises(WrongKeyError):
        unseal(sealed, [ScryptIdentity("y")])
    for factor in (0, 23):
        with pytest.raises(VaultError):
            ScryptRecipient("x", factor)
    with pytest.raises(VaultError, match="empty"):
        ScryptRecipient("")


@given(st.binary(max_size=80), words.filter(lambda word: word == word.lower()))
def test_bech32_reads_back(data, prefix):
    text = bech32.encode(prefix, data)
    assert bech32.decode(text) == (prefix, data)
    assert bech32.decode(text.upper()) == (prefix, data)


@given(st.binary(min_size=1, max_size=40), st.integers(0), st.sampled_from(bech32.CHARACTERS))
def test_bech32_notices_a_mistyped_character(data, where, character):
    text = bech32.encode("age", data)
    place = 4 + where % (len(text) - 4)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        with pytest.raises(ValueError, match="checksum"):
            bech32.decode(changed)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text[:10] + text[10:].upper(), "upper and lower case are mixed"),
        # U+212A is no letter of ASCII, and its lower case is one.
        (lambda text: text.upper().replace("K", "\N{KELVIN SIGN}"), "mixed"),
        (lambda text: text.replace("1", ""), "^not Bech32$"),
        (lambda text: text[text.index("1") :], "^not Bech32$"),
        (lambda text: text[: text.index("1") + 6], "^not Bech32$"),
        (lambda text: text.replace("q", "b"), "^not Bech32$"),
        (lambda text: text[: text.index("1") + 7], "checksum"),
    ],
)
def test_what_is_no_bech32_is_refused_for_what_it_is(change, why):
    text = bech32.encode("age", b"kqkq" + bytes(28))
    assert "q" in text and "k" in text
    with pytest.raises(ValueError, match=why):
        bech32.decode(change(text))


def test_bech32_has_one_way_to_write_data():
    # Five stray bits that are not zero, with a checksum that fits.
    values = [0, 1]
    remainder = bech32._polymod([*bech32._expand("age"), *values, *[0] * 6]) ^ 1
    values += [remainder >> 5 * (5 - place) & 31 for place in range(6)]
    with pytest.raises(ValueError, match="stray bits"):
        bech32.decode("age1" + "".join(bech32.CHARACTERS[value] for value in values))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age",
        "1qqqqqq",
        "age1b",
        "Age1" + "q" * 10,
        str(KEY.recipient).upper(),
        str(KEY),
        bech32.encode("age", b"short"),
        bech32.encode("agf", bytes(32)),
    ],
    # Named by hand: a new key is drawn in every process that collects the tests.
    ids=[
        "empty",
        "no data",
        "no prefix",
        "no sum",
        "mixed case",
        "upper case",
        "an identity",
        "too short",
        "another prefix",
    ],
)
def test_what_is_no_recipient(text):
    with pytest.raises(VaultError):
        X25519Recipient.parse(text)


def test_what_is_no_identity_is_not_repeated():
    others = bech32.encode("age-secret-kex-", bytes(range(32))).upper()
    for text in (str(KEY).lower(), str(KEY)[:-1] + ("X" if str(KEY)[-1] != "X" else "Q"), str(KEY.recipient), others):
        with pytest.raises(VaultError) as caught:
            X25519Identity.parse(text)
        assert text[20:40] not in str(caught.value)


def test_reprs_tell_no_secret():
    assert str(KEY)[20:40] not in repr(KEY)
    assert str(KEY.recipient) in repr(KEY.recipient)
    stanza = KEY.recipient.wrap(bytes(16))
    assert stanza.arguments[1] not in repr(stanza)
