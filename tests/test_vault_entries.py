"""There is one spelling of everything that is signed or a key: what is read is printed as it stood, or refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from vault import Share, TamperedError, VaultError, X25519Identity, X25519Recipient, bech32, note
from vault.entries import parse_entry, parted, signed

# --- entries

ENTRY = st.dictionaries(st.text(max_size=8), st.text(max_size=12) | st.integers(-(2**70), 2**70), max_size=4)


@given(ENTRY.filter(lambda entry: "signature" not in entry), st.binary(max_size=70))
def test_what_is_read_is_written_the_same(entry: dict, signature: bytes) -> None:
    line = signed(entry, signature)
    found, said = parted(line)
    assert (found, said, signed(found, said)) == (entry, signature, line)


@given(ENTRY.filter(lambda entry: "signature" not in entry), st.integers(0), st.integers(0, 255))
def test_no_other_spelling_is_read(entry: dict, place: int, byte: int) -> None:
    """Whatever is accepted is printed again as it stood: nothing can be changed that its signature would not cover."""
    line = bytearray(signed(entry, bytes(64)))
    line[place % len(line)] = byte
    try:
        found, signature = parted(bytes(line))
    except TamperedError:
        return
    assert signed(found, signature) == bytes(line)


@pytest.mark.parametrize(
    "line", [b'{"a":1,"a":1,"signature":""}\n', b'{"a": 1,"signature":""}\n', b'{"a":01}\n', b"[" * 99999]
)
def test_entries_in_two_spellings_are_refused(line: bytes) -> None:
    with pytest.raises(TamperedError):
        parted(line)
    with pytest.raises(TamperedError):
        parse_entry(b'{"a":{"b":1}}')


# --- checkpoints

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CHECKPOINT = note.signed("mobility-vault/0", 41, bytes(range(32)), KEY.public_key().public_bytes_raw(), KEY.sign)
EDIT = st.tuples(st.integers(0), st.text(max_size=2), st.integers(0, 2))


def changed(text: str, edit: tuple[int, str, int]) -> str:
    place, insert, drop = edit
    place %= len(text)
    return text[:place] + insert + text[place + drop :]


@given(EDIT, EDIT)
@example((len("mobility-vault/0\n"), "0", 0), (0, "", 0))  # 041 lines
@example((CHECKPOINT.whole.index("=\n") - 1, "9", 1), (0, "", 0))  # stray bits at the end of the base64
@example((len(CHECKPOINT.text), "extension\n", 0), (0, "", 0))  # which later versions may have
def test_a_checkpoint_that_is_read_is_printed_as_it_stood(first: tuple, second: tuple) -> None:
    text = changed(changed(CHECKPOINT.whole, first), second)
    try:
        read = note.parse(text.encode("utf-8", "surrogatepass"))
    except TamperedError:
        return
    assert read.whole == text


# --- keys and shares

IDENTITY = X25519Identity.parse("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0")
TYPED = {
    "identity": (X25519Identity.parse, str(IDENTITY)),
    "recipient": (X25519Recipient.parse, str(IDENTITY.recipient)),
    "share": (Share.parse, str(Share(2, 3, bytes(range(32))))),
}


@pytest.mark.parametrize("what", list(TYPED))
@given(edit=EDIT)
def test_a_key_that_is_read_is_printed_as_it_stood(what: str, edit: tuple) -> None:
    """But for white space around it, and that a share may be copied out in either case."""
    parse, text = TYPED[what]
    typed = changed(text, edit)
    try:
        read = str(parse(typed))
    except VaultError:
        return
    assert read == text == (typed.strip().upper() if what == "share" else typed.strip())


@given(st.lists(st.integers(0, 31), max_size=60))
def test_data_in_bech32_has_one_spelling_even_with_a_checksum_that_fits(values: list[int]) -> None:
    remainder = bech32._polymod([*bech32._expand("age"), *values, *[0] * 6]) ^ 1
    whole = [*values, *(remainder >> 5 * (5 - place) & 31 for place in range(6))]
    text = "age1" + "".join(bech32.CHARACTERS[value] for value in whole)
    try:
        prefix, data = bech32.decode(text)
    except ValueError as mistake:
        assert "stray bits" in str(mistake)
        assert len(values) * 5 % 8 >= 5 or values[-1] & (1 << len(values) * 5 % 8) - 1
        return
    assert bech32.encode(prefix, data) == text
