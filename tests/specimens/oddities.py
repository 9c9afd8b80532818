"""What else lands in an inbox: broken, locked, empty and mistaken files, and what papers travel in (zip, mail)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import numpy as np
import pikepdf

from tests.specimens.specimen import Specimen
from tests.specimens.typeset import pdf

MADE = date(2026, 11, 9)


def _letter(title: str, *paragraphs: str) -> bytes:
    return pdf("letter", {"title": title, "paragraphs": paragraphs}, made=MADE)


def broken_off(whole: bytes) -> Specimen:
    """A PDF whose upload stopped half-way: everything a reader needs stood in the part that is missing."""
    return Specimen(whole[: len(whole) * 2 // 3], "unknown", state="quarantined", why="unreadable")


def locked() -> Specimen:
    """A PDF that opens only with a password nobody sent."""
    plain = _letter("Payslip October 2026", "Gross pay, deductions and net pay are shown on the next page.")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as document:
        # Revision 3 and a fixed id: newer schemes salt the file, and the same paper shall be the same bytes.
        # What is checked is that a password is asked for, not how strong the lock is.
        how = pikepdf.Encryption(owner="specimen", user="specimen", R=3, aes=False, metadata=False)
        document.save(out, encryption=how, static_id=True)
    return Specimen(out.getvalue(), "unknown", state="quarantined", why="encrypted")


def empty() -> Specimen:
    """A file of no bytes."""
    return Specimen(b"", "unknown", state="quarantined", why="unreadable")


def no_document(rng: np.random.Generator) -> Specimen:
    """The head of a Windows program and noise, under the name of a PDF."""
    head = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    return Specimen(head + rng.bytes(6000), "unknown", state="quarantined", why="unknown-format")


def stray_letter() -> Specimen:
    """A real paper of no kind that the case needs: a person has to say what it is."""
    data = _letter(
        "Parking space 14",
        "Dear neighbours, the courtyard will be resurfaced in the second week of December. Please move your cars by "
        "Sunday evening and leave the gate open for the lorries.",
        "The bicycle shed stays where it is. Thank you for your patience.",
    )
    return Specimen(data, "unknown", state="asked", why="kind")


def archive(members: Sequence[Specimen]) -> Specimen:
    """Papers in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in members:
            packed.writestr(zipfile.ZipInfo(member.name, (2026, 11, 9, 9, 30, 0)), member.data)
    return Specimen(out.getvalue(), "container", members=tuple(members))


def mail(members: Sequence[Specimen], *, subject: str, sender: str, text: str) -> Specimen:
    """Papers attached to a forwarded mail. Addresses are of the reserved domain example.org."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, "mobility@example.org", subject
    message["Date"], message["Message-ID"] = "Mon, 09 Nov 2026 09:30:00 +0000", "<20261109093000.1@example.org>"
    message.set_content(text)
    for member in members:
        message.add_attachment(member.data, maintype="application", subtype="pdf", filename=member.name)
    message.set_boundary("=_specimen_0001")
    return Specimen(message.as_bytes(), "container", members=tuple(members))
