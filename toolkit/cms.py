"""Who signed with a CMS signature (RFC 5652; CAdES), when by his own clock, and whether it fits what was signed.

Walks the envelope in DER and leaves the arithmetic to `cryptography`. Whether the certificate deserves trust is not
asked: that needs lists from the network. Knows the envelope; knows no PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

_SEQUENCE, _SET, _OCTETS, _INTEGER, _OID, _ATTRIBUTES, _CERTIFICATES = 0x30, 0x31, 0x04, 0x02, 0x06, 0xA0, 0xA0
_UTC_TIME, _TIME, _KEY_ID = 0x17, 0x18, 0x80
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_MESSAGE_DIGEST, _SIGNING_TIME = bytes.fromhex("2a864886f70d010904"), bytes.fromhex("2a864886f70d010905")
_PSS = bytes.fromhex("2a864886f70d01010a")
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("2b0e03021a"): hashes.SHA1(),  # noqa: S303  (what old papers were signed with is read, not made)
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
    bytes.fromhex("608648016503040204"): hashes.SHA224(),
}
#: An envelope has a handful of certificates and of signers.
_MOST = 64


class Fit(StrEnum):
    """Whether a signature fits the bytes it was made for; unsure where it uses what we do not know."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Signer:
    """One signer: the common name in his certificate ("" for none), his own word for when, and whether it fits."""

    name: str
    organisation: str
    signed_at: datetime | None
    fit: Fit

    def __repr__(self) -> str:
        return f"<Signer {self.fit}>"


class _NoEnvelope(ValueError):
    """The bytes are not what the standard has at this place."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    whole: bytes
    content: bytes


def signers(envelope: bytes, signed: bytes) -> tuple[Signer, ...]:
    """Return the signers of a detached *envelope* over the bytes *signed*; none for bytes that are no envelope.

    Padding behind the envelope is left alone. Never raises for what is in it.
    """
    try:
        return tuple(_signers(envelope, signed))
    except ValueError:
        # Of ours, or of `cryptography` for a certificate whose names cannot be read.
        return ()


def _signers(envelope: bytes, signed: bytes) -> Iterator[Signer]:
    kind, wrapped = _children(_element(envelope, 0, _SEQUENCE).content, 2)[:2]
    if kind.content != _SIGNED_DATA:
        raise _NoEnvelope
    parts = _children(_element(wrapped.content, 0, _SEQUENCE).content)
    certificates = [each for part in parts[3:-1] if part.tag == _CERTIFICATES for each in _certificates(part.content)]
    # An older kind of signature in PDF has the digest of the pages inside, and signs that.
    held = _children(parts[2].content)
    inner = _element(held[1].content, 0, _OCTETS).content if len(held) > 1 else None
    for info in _children(parts[-1].content):
        yield _signer(_children(info.content), certificates, signed, inner)


def _signer(
    info: Sequence[_Element], certificates: Sequence[x509.Certificate], signed: bytes, inner: bytes | None
) -> Signer:
    if len(info) < 5:
        raise _NoEnvelope
    by, digest = info[1], _children(info[2].content)[0].content
    attributes = info[3] if info[3].tag == _ATTRIBUTES else None
    algorithm, signature = info[4 if attributes else 3], info[5 if attributes else 4]
    certificate = next((each for each in certificates if _is_of(each, by)), None)
    values = dict(_attributes(attributes)) if attributes else {}
    told = values.get(_SIGNING_TIME)
    fit = Fit.UNSURE
    if certificate is not None and digest in _HASHES:
        subject = _HASHES[digest]
        content = signed if inner is None else inner
        fit = _embedded(inner, signed)
        if attributes is not None:
            fits = values[_MESSAGE_DIGEST].content == _digest(subject, content) if _MESSAGE_DIGEST in values else False
            fit = fit if fits else Fit.NO
            # What is signed is the set of attributes, as a set (RFC 5652, 5.4).
            content = bytes([_SET]) + attributes.whole[1:]
        if fit is Fit.YES:
            fit = _verified(certificate, signature.content, content, subject, _children(algorithm.content)[0].content)
    return Signer(
        _called(certificate, NameOID.COMMON_NAME), _called(certificate, NameOID.ORGANIZATION_NAME), _moment(told), fit
    )


def _embedded(inner: bytes | None, signed: bytes) -> Fit:
    """Whether the digest that the envelope holds, if any, is the one of the bytes signed."""
    if inner is None:
        return Fit.YES
    return Fit.YES if inner in (_digest(hashes.SHA1(), signed), signed) else Fit.NO  # noqa: S303


def _digest(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(content)
    return made.finalize()


def _verified(
    certificate: x509.Certificate, signature: bytes, content: bytes, subject: hashes.HashAlgorithm, algorithm: bytes
) -> Fit:
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(subject), padding.PSS.AUTO)
            key.verify(signature, content, pss if algorithm == _PSS else padding.PKCS1v15(), subject)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(subject))
        elif isinstance(key, dsa.DSAPublicKey):
            key.verify(signature, content, subject)
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, content)
        else:
            return Fit.UNSURE
    except InvalidSignature:
        return Fit.NO
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return Fit.UNSURE
    return Fit.YES


def _certificates(content: bytes) -> Iterator[x509.Certificate]:
    for each in _children(content):
        if each.tag == _SEQUENCE:
            try:
                yield x509.load_der_x509_certificate(each.whole)
            except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
                continue


def _is_of(certificate: x509.Certificate, by: _Element) -> bool:
    """Whether a signer's identifier (issuer and serial number, or the key's) means the certificate."""
    try:
        if by.tag == _KEY_ID:
            held = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
            return held == by.content
        issuer, serial = _children(by.content, 2)[:2]
        same = int.from_bytes(serial.content, "big") == certificate.serial_number
        return same and issuer.whole == certificate.issuer.public_bytes()
    except (x509.ExtensionNotFound, ValueError):
        return False


def _called(certificate: x509.Certificate | None, of: x509.ObjectIdentifier) -> str:
    if certificate is None:
        return ""
    try:
        named = certificate.subject.get_attributes_for_oid(of)
    except ValueError:
        return ""
    return str(named[0].value) if named else ""


def _attributes(attributes: _Element) -> Iterator[tuple[bytes, _Element]]:
    for each in _children(attributes.content):
        name, values = _children(each.content, 2)[:2]
        held = _children(values.content)
        if held:
            yield name.content, held[0]


def _moment(told: _Element | None) -> datetime | None:
    if told is None or told.tag not in (_UTC_TIME, _TIME):
        return None
    form = "%y%m%d%H%M%SZ" if told.tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    try:
        return datetime.strptime(told.content.decode("ascii"), form).replace(tzinfo=UTC)
    except (ValueError, UnicodeDecodeError):
        return None


def _element(data: bytes, at: int, tag: int | None = None) -> _Element:
    """The element at *at*, which must have this *tag*; lengths are definite in DER."""
    if at + 2 > len(data):
        raise _NoEnvelope
    found, length, start = data[at], data[at + 1], at + 2
    if length >= 0x80:
        more = length & 0x7F
        if not 0 < more <= 4 or found & 0x1F == 0x1F:
            raise _NoEnvelope
        length, start = int.from_bytes(data[start : start + more], "big"), start + more
    if start + length > len(data) or (tag is not None and found != tag):
        raise _NoEnvelope
    return _Element(found, data[at : start + length], data[start : start + length])


def _children(data: bytes, least: int = 0) -> list[_Element]:
    """The elements that follow one another in *data*, *least* of them at the least."""
    found: list[_Element] = []
    at = 0
    while at < len(data) and len(found) < _MOST:
        found.append(_element(data, at))
        at += len(found[-1].whole)
    if len(found) < max(1, least) and (least or data):
        raise _NoEnvelope
    return found
