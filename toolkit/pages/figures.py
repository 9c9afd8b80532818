"""The print of a file: its figures, taken from its pages. Runs in a confined child, as all of `toolkit.pages` does."""

from __future__ import annotations

from toolkit import pages
from toolkit.prints import Print, figures


def of_bytes(data: bytes, media_type: str) -> Print:
    """Open a file of a media type that `toolkit.receive.inspect` named and return its print.

    Raises InputError subclasses, as `toolkit.pages.open_bytes` does.
    """
    return Print(figures(pages.open_bytes(data, media_type).pages))
