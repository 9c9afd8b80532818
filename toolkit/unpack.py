"""Containers (zip archives, mails) taken apart one level, within limits, in memory. Writes no file, follows no path.

Names of members are personal data and may be hostile: they are cut to their last part and never appear in messages.
"""

from __future__ import annotations

import email
import email.header
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from email.message import Message
from pathlib import PurePosixPath

from lxml import etree, html

from toolkit.arrival import Member, UnpackLimits
from toolkit.errors import EncryptedError, HostileError, TooLargeError, UnreadableError

_SEND_SINGLY = "Ask for the documents as single files."
#: What operating systems leave in archives.
_DROSS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
#: What parts the mails of a mailbox, RFC 4155: an empty line, then sender and time; writers escape it within mails.
_NEXT_MAIL = re.compile(rb"(?:(?<=\n\n)|(?<=\n\r\n))(?=From \S+ [^\n]*\d\d:\d\d[^\n]*\n)")
#: With attachments beside it, a mail's text counts as a document only from this many words on: cover notes do not.
_COVER_NOTE = 80


def plain_name(name: str, otherwise: str) -> str:
    """Return the last part of *name* without control characters, at most 120 long; *otherwise* if none is left."""
    kept = "".join(each for each in name.replace("\\", "/") if unicodedata.category(each)[0] != "C")
    last = PurePosixPath(kept).name.strip()
    return otherwise if last in ("", ".", "..") else last[-120:]


def unzip(data: bytes, limits: UnpackLimits) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """Return the members of a zip archive and notes about it; stops at the limits whatever sizes the archive claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as broken:
        raise UnreadableError("The zip archive is damaged or cut short.", remedy=_SEND_SINGLY) from broken


def _members(archive: zipfile.ZipFile, limits: UnpackLimits) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    entries = [each for each in archive.infolist() if not each.is_dir() and not _DROSS.search(each.filename)]
    if len(entries) > limits.members:
        raise TooLargeError(f"The zip archive holds more than {limits.members} files.", remedy=_SEND_SINGLY)
    if any(each.flag_bits & 0x1 for each in entries):
        raise EncryptedError("The zip archive asks for a password.", remedy="Ask for the files without one.")
    members, total, climbing = [], 0, 0
    for number, entry in enumerate(entries, 1):
        content = _inflate(archive, entry, limits, limits.bytes - total)
        total += len(content)
        climbing += ".." in PurePosixPath(entry.filename.replace("\\", "/")).parts or entry.filename[:1] in "/\\"
        members.append(Member(plain_name(entry.filename, f"member {number}"), content))
    notes = (f"{climbing} file names pointed outside the archive; only their last part is kept",) if climbing else ()
    return tuple(members), notes


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: UnpackLimits, left: int) -> bytes:
    """Unpack one entry, counting what really comes out: the sizes an archive states are the sender's claim."""
    content = bytearray()
    with archive.open(entry) as stream:
        while part := stream.read(1 << 16):
            content += part
            if len(content) > left:
                raise TooLargeError(
                    f"The zip archive unpacks to more than {limits.bytes >> 20} MB.", remedy=_SEND_SINGLY
                )
            if len(content) > limits.ratio_from and len(content) > limits.ratio * max(1, entry.compress_size):
                raise HostileError("The zip archive is built to unpack without end.", remedy=_SEND_SINGLY)
    return bytes(content)


def unmail(data: bytes, limits: UnpackLimits) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """Return the attachments of a mail (inline pictures and forwarded mails too) and notes about it.

    The mail's own text is a member when it says more than a cover note would, or when it is all there is. Of a mailbox
    (several mails in one file) the mails are the members.
    """
    data = data.lstrip(b"\r\n\xef\xbb\xbf")
    if data.startswith(b"From ") and len(mails := _NEXT_MAIL.split(data)) > 1:
        if len(mails) > limits.members:
            raise TooLargeError("The mailbox holds more than is taken in at once.", remedy=_SEND_SINGLY)
        return tuple(Member(f"mail {number}.eml", mail) for number, mail in enumerate(mails, 1)), ()
    try:
        message = email.message_from_bytes(data)
        members, bodies = _parts(message, limits)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as broken:
        raise UnreadableError("The mail is damaged.", remedy="Ask for the attachments as single files.") from broken
    body = max(bodies, key=_count_words, default="")
    if _count_words(body) >= (_COVER_NOTE if members else 3):
        members.append(Member("mail text.txt", body.encode("utf-8", "replace")))
    return tuple(members), (("the mail is damaged in places",) if message.defects else ())


def _parts(message: Message, limits: UnpackLimits) -> tuple[list[Member], list[str]]:
    members: list[Member] = []
    bodies: list[str] = []
    total = 0
    for number, part in enumerate(_leaves(message), 1):
        name = _file_name(part)
        content = _content(part)
        total += len(content)
        if total > limits.bytes or len(members) >= limits.members:
            raise TooLargeError("The mail holds more than is taken in at once.", remedy=_SEND_SINGLY)
        kind = part.get_content_type()
        if not name and kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            bodies.append(_body(part, content, kind))
        elif content or name:
            members.append(Member(plain_name(name, f"attachment {number}"), content))
    return members, bodies


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold content; a forwarded mail is one part and is not looked into here."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [each for each in inner if isinstance(each, Message)]
        else:
            yield part


def _content(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):  # message/rfc822 and its kin
        return b"".join(each.as_bytes() for each in inner if isinstance(each, Message))
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _file_name(part: Message) -> str:
    raw = part.get_filename() or ""
    if not raw and part.get_content_type() == "message/rfc822":
        return "forwarded mail.eml"
    try:
        return str(email.header.make_header(email.header.decode_header(raw)))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return raw


def _body(part: Message, content: bytes, kind: str) -> str:
    try:
        decoded = content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        decoded = content.decode("utf-8", "replace")
    if kind == "text/plain" or not decoded.strip():
        return decoded
    try:
        tree = html.document_fromstring(decoded.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    etree.strip_elements(tree, "script", "style", "head", etree.Comment, with_tail=False)
    return "\n".join(line for each in tree.itertext() if (line := str(each).strip()))


def _count_words(body: str) -> int:
    return len(re.findall(r"\w{2,}", body))
