"""A lot of invoices in one file (FatturaPA), taken apart so that each is a document of its own."""

from __future__ import annotations

from toolkit import e_invoices, pages, sniff
from toolkit.errors import InputError
from toolkit.pages import Opened


def separated(opened: Opened) -> tuple[Opened, ...]:
    """Return *opened* as files of one invoice each; as it is, when it is no lot. Raises nothing."""
    if opened.media_type != sniff.XML:
        return (opened,)
    try:
        parts = e_invoices.separate(opened.data)
        return tuple(pages.open_bytes(part, sniff.XML) for part in parts) or (opened,)
    except InputError:
        # Its reader says what is wrong with it.
        return (opened,)
