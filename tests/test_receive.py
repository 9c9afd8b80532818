from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from toolkit import sniff
from toolkit.arrival import Limits, UnpackLimits
from toolkit.errors import (
    EncryptedError,
    HostileError,
    InputError,
    TooLargeError,
    UnknownFormatError,
    UnreadableError,
)
from toolkit.receive import inspect
from toolkit.unpack import plain_name


def a_pdf(pages: int = 1, **saving) -> bytes:
    made, result = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page()
    made.save(result, **saving)
    return result.getvalue()


def a_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    result = io.BytesIO()
    Image.new("RGB", size, "white").save(result, kind)
    return result.getvalue()


def a_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return result.getvalue()


def a_mail(text: str = "Please find attached.", *attachments: tuple[str, bytes, str]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Papers"
    mail.set_content(text)
    for name, data, kind in attachments:
        maintype, subtype = kind.split("/")
        mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return mail


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (a_pdf(), sniff.PDF),
        (b"\n\n junk before \n" + a_pdf(), sniff.PDF),
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("PNG"), "image/png"),
        (a_picture("TIFF"), "image/tiff"),
        (a_picture("WEBP"), "image/webp"),
        (a_picture("GIF"), "image/gif"),
        (a_picture("BMP"), "image/bmp"),
        (b"# Notes\n\nSome text, d\xc3\xa9j\xc3\xa0 vu.\n", sniff.TEXT),
        ("größer".encode("cp1252"), sniff.TEXT),
        ("größer".encode("utf-16"), sniff.TEXT),
        (b'<?xml version="1.0"?><Invoice><ID>1</ID></Invoice>', sniff.XML),
        (b'<?xml version="1.0"?><Invoice><ID>1</ID><Iss', sniff.XML),
        (b"PK\x05\x06" + bytes(18), sniff.ZIP),
        (a_mail().as_bytes(), sniff.MAIL),
        (b"From a@b Mon Jan 1\r\n" + a_mail().as_bytes(), sniff.MAIL),
        (b"\0\0\0\x18ftypmsf1\0\0\0\0heicmif1", "image/heic"),
        (b"\0\0\0\x18ftypXYZW\0\0\0\0heicmif1", "image/heic"),
        (b"<!DOCTYPE html><p>hi", "text/html"),
        (b"\x89\x00\x01\x02\xff", "application/octet-stream"),
    ],
)
def test_the_content_names_the_type(data, media_type):
    assert sniff.media_type(data) == media_type


def test_a_wrong_extension_is_a_note_and_no_error():
    arrival = inspect(a_picture("PNG"), "passport.pdf")
    assert arrival.media_type == "image/png"
    assert arrival.notes == ("the name ends in .pdf, the content is image/png",)
    assert inspect(a_picture("PNG"), "passport.png").notes == ()


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", UnreadableError, "empty"),
        (a_pdf(encryption=pikepdf.Encryption(user="u", owner="o")), EncryptedError, "password"),
        (a_pdf()[:200], UnreadableError, "damaged"),
        (a_picture("JPEG")[:60], UnreadableError, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), UnreadableError, "damaged"),
        (b"MZ" + bytes(300), UnknownFormatError, None),
        (b"<html><body>hello</body></html>", UnknownFormatError, "web page"),
        (b"{\\rtf1 hello}", UnknownFormatError, "rich text"),
        (b"#!/bin/sh\nrm -rf /\n", UnknownFormatError, "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), UnknownFormatError, ".doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"), UnknownFormatError, ".msg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), EncryptedError, "password"),
        (b"\x00\x01\x02\x03" * 50, UnknownFormatError, None),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), UnknownFormatError, "archive"),
    ],
)
def test_what_cannot_come_in_is_named_with_a_remedy(data, error, says):
    with pytest.raises(error, match=says) as raised:
        inspect(data, "file")
    assert raised.value.remedy


def test_limits_on_bytes_pages_and_pixels():
    with pytest.raises(TooLargeError):
        inspect(b"x" * 2_000_000, "a", limits=Limits(bytes=1 << 20))
    with pytest.raises(TooLargeError, match="more than 2 pages"):
        inspect(a_pdf(3), "a", limits=Limits(pages=2))
    with pytest.raises(TooLargeError, match="pixels"):
        inspect(a_picture(size=(2000, 1000)), "a", limits=Limits(pixels=1_000_000))
    assert inspect(a_pdf(3), "a").pages == 3


def posted(number: int, content: bytes = b"%PDF-1.7") -> bytes:
    text = "Please find it attached.\n\nFrom here on all is well."
    return a_mail(text, (f"{number}.pdf", content, "application/pdf")).as_bytes()


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_mailbox_gives_every_mail(ends):
    first = b"From a@example.org Mon Jan  1 10:00:00 2027\n"
    box = b"".join(first + posted(number) + b"\n\n" for number in range(3)).replace(b"\n", ends)
    mails = inspect(box, "mails").members
    assert [mail.name for mail in mails] == ["mail 1.eml", "mail 2.eml", "mail 3.eml"]
    assert [each.name for mail in mails for each in inspect(mail.data, mail.name).members] == [
        "0.pdf",
        "1.pdf",
        "2.pdf",
    ]
    with pytest.raises(TooLargeError):
        inspect(box, "mails", limits=Limits(unpack=UnpackLimits(members=2)))
    assert [each.name for each in inspect(first + posted(7), "one").members] == ["7.pdf"]


def test_an_empty_attachment_is_not_passed_over():
    assert [(each.name, each.data) for each in inspect(posted(1, b""), "a.eml").members] == [("1.pdf", b"")]


def test_zip_members_come_out_one_level_deep():
    inner = a_zip(("b.txt", b"hello there"))
    arrival = inspect(a_zip(("folder/a.pdf", a_pdf()), ("inner.zip", inner), ("__MACOSX/._a", b"x")), "papers.zip")
    assert arrival.media_type == sniff.ZIP
    assert [(each.name, each.data) for each in arrival.members] == [("a.pdf", a_pdf()), ("inner.zip", inner)]


def test_zip_names_never_point_outside():
    arrival = inspect(a_zip(("../../etc/passwd", b"root text"), ("/abs/..", b"more text")), "z.zip")
    assert [each.name for each in arrival.members] == ["passwd", "member 2"]
    assert "outside" in arrival.notes[0]


def test_zip_bombs_stop_early():
    bomb = a_zip(("zeros", bytes(30 << 20)))
    with pytest.raises(HostileError, match="without end"):
        inspect(bomb, "z.zip")
    with pytest.raises(TooLargeError, match="unpacks to more than 1 MB"):
        inspect(bomb, "z.zip", limits=Limits(unpack=UnpackLimits(bytes=1 << 20)))
    with pytest.raises(TooLargeError, match="more than 3 files"):
        inspect(a_zip(*((f"{n}", b"x") for n in range(4))), "z.zip", limits=Limits(unpack=UnpackLimits(members=3)))
    with pytest.raises(TooLargeError, match="containers"):
        inspect(a_zip(("a", b"x")), "z.zip", depth=4)


def test_damaged_locked_and_empty_zips():
    data = bytearray(a_zip(("a.txt", b"hello world " * 50)))
    data[45:60] = bytes(15)
    with pytest.raises(UnreadableError):
        inspect(bytes(data), "z.zip")
    locked = bytearray(a_zip(("a.txt", b"hello")))
    central = locked.index(b"PK\x01\x02")
    locked[6] |= 1
    locked[central + 8] |= 1
    with pytest.raises(EncryptedError):
        inspect(bytes(locked), "z.zip")
    with pytest.raises(UnreadableError, match="no document"):
        inspect(a_zip(), "z.zip")


def test_mail_attachments_come_out_and_a_cover_note_does_not():
    mail = a_mail("See attached.", ("Päss.pdf", a_pdf(), "application/pdf"), ("p.png", a_picture(), "image/png"))
    forwarded = a_mail("Forwarded.")
    forwarded.add_attachment(mail)
    arrival = inspect(mail.as_bytes(), "mail.eml")
    assert [each.name for each in arrival.members] == ["Päss.pdf", "p.png"]
    assert arrival.members[0].data == a_pdf()
    inner = inspect(forwarded.as_bytes(), "fwd.eml").members[0]
    assert [each.name for each in inspect(inner.data, inner.name, 1).members] == ["Päss.pdf", "p.png"]


def test_a_mail_that_is_the_document_is_read_as_text():
    arrival = inspect(a_mail("Your ride cost 12.00 EUR on 3 May.").as_bytes(), "ride.eml")
    assert [each.name for each in arrival.members] == ["mail text.txt"]
    long = a_mail("word " * 100, ("a.png", a_picture(), "image/png"))
    assert [each.name for each in inspect(long.as_bytes(), "m.eml").members] == ["a.png", "mail text.txt"]
    page = a_mail("x")
    page.set_content("<html><head><style>p{}</style></head><p>Total 12.00 EUR paid</p></html>", subtype="html")
    assert inspect(page.as_bytes(), "m.eml").members[0].data == b"Total 12.00 EUR paid"
    with pytest.raises(UnreadableError, match="no document"):
        inspect(a_mail("Hi").as_bytes(), "m.eml")


def test_active_content_of_a_pdf_is_noted():
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))
        pdf.attachments["a.xml"] = pikepdf.AttachedFileSpec(pdf, b"<a/>", filename="a.xml")
        result = io.BytesIO()
        pdf.save(result)
    notes = " ".join(inspect(result.getvalue(), "a.pdf").notes)
    assert "scripts" in notes and "programs" in notes and "embedded" in notes


@pytest.mark.parametrize("name", ["a\x00b", "../..", "", "a\\b\\c.txt", "\u202egpj.exe", "x" * 500, "/", "."])
def test_names_are_cut_to_their_harmless_part(name):
    plain = plain_name(name, "member 1")
    assert plain and len(plain) <= 120 and "/" not in plain and plain not in (".", "..")
    assert plain.isprintable()


starts = st.sampled_from(
    [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xd8\xff", b"From: a\nTo: b\n\n", b"<?xml", b"II*\0", b"BM"]
)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(starts, st.binary(max_size=300))
def test_any_bytes_end_in_an_arrival_or_a_named_error(start, rest):
    try:
        inspect(start + rest, "file.pdf")
    except InputError as error:
        assert error.remedy


whole = st.sampled_from([a_pdf(2), a_picture("PNG"), a_picture("TIFF"), a_zip(("a", b"x" * 99)), a_mail().as_bytes()])


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole, st.integers(0, 2000), st.binary(min_size=1, max_size=4))
def test_damage_ends_in_an_arrival_or_a_named_error(data, at, change):
    at %= len(data)
    try:
        inspect(data[:at] + change + data[at + len(change) :], "file")
    except InputError as error:
        assert error.remedy
