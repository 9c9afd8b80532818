"""The signed list of a packet: there is one way to write it, and every bit of it counts."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from toolkit import packet_signed
from vault import note


def test_every_bit_of_a_signed_list_counts() -> None:
    signing = Ed25519PrivateKey.generate()
    public = signing.public_key().public_bytes_raw()
    text = packet_signed.listed({"packet.pdf": b"%PDF", "packet.manifest.json": b"{}"}, "GM-c1", public.hex())
    data = note.signed_text("mobility-vault/specimen", text, public, signing.sign).encode()
    assert packet_signed.read(data).problems == ()
    missed = []
    for at in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            if not packet_signed.read(bytes(changed)).problems:
                missed.append((at, bit))
    assert missed == []
    assert packet_signed.read(data + b"\n").problems and packet_signed.read(data[:-1]).problems
