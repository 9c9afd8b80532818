"""PDFs with digital signatures, made on the fly: self-signed certificates, and changes made after."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

_ROOM = 6000
_WIDE = 9_999_999_999


def certificate(name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A self-signed certificate of *name*."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )


def paper(words: str) -> bytes:
    """A PDF of one page with *words* as its text layer, line by line."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    lines = "".join(
        f"({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj 0 -14 Td " for line in words.split("\n")
    )
    pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 7 Tf 40 800 Td {lines} ET".encode("latin-1"))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    return _saved(pdf)


def signed(words: str, name: str, kind: str = "rsa") -> bytes:
    """The paper of *words*, signed by *name* with an RSA or an elliptic key ("rsa", "ec")."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    pdf = pikepdf.open(io.BytesIO(paper(words)))
    value = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig,
        Filter=pikepdf.Name("/Adobe.PPKLite"),
        SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
        ByteRange=pikepdf.Array([0, _WIDE, _WIDE, _WIDE]),
        Contents=pikepdf.String(bytes(_ROOM)),
        M=pikepdf.String("D:20270115100000Z"),
    )
    field = pikepdf.Dictionary(
        FT=pikepdf.Name.Sig, T=pikepdf.String("Signature1"), V=pdf.make_indirect(value), Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget, Rect=pikepdf.Array([0, 0, 0, 0]),
    )  # fmt: skip
    held = pdf.make_indirect(field)
    pdf.pages[0].Annots = pikepdf.Array([held])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([held]), SigFlags=3)
    return _filled(_saved(pdf), name, key)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


def _filled(data: bytes, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """The file with its byte range and the signature over it in the room left for them."""
    gap = re.search(rb"<(?:00){%d}>" % _ROOM, data)
    reach = re.search(rb"\[ 0 %d %d %d \]" % (_WIDE, _WIDE, _WIDE), data)
    assert gap and reach
    written = b"[ 0 %d %d %d ]" % (gap.start(), gap.end(), len(data) - gap.end())
    data = data[: reach.start()] + written.ljust(len(reach.group())) + data[reach.end() :]
    content = data[: gap.start()] + data[gap.end() :]
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    envelope = builder.add_signer(certificate(name, key), key, hashes.SHA256()).sign(Encoding.DER, options)
    return data[: gap.start()] + b"<" + envelope.hex().encode().ljust(2 * _ROOM, b"0") + b">" + data[gap.end() :]


def changed_since(data: bytes, words: str) -> bytes:
    """The file with another text on its first page, saved behind the signed bytes as editors do."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number, size, root = pdf.pages[0].Contents.objgen[0], len(pdf.objects) + 1, pdf.Root.objgen[0]
    stream = f"BT /F1 10 Tf 50 800 Td ({words}) Tj ET".encode("latin-1")
    before = re.findall(rb"startxref\s+(\d+)", data)[-1].decode()
    place = len(data) + 1
    added = b"\n%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(stream), stream)
    table = len(data) + len(added)
    added += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        number, place, size, root, before.encode(), table,
    )  # fmt: skip
    return data + added
