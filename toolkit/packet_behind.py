"""Papers bound directly behind the one they belong to, in one exhibit: a translation and the translator's certificate.

What is joined are clean copies (`toolkit.pages.packet.as_pdf`); it runs in a confined child all the same.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pikepdf

from toolkit.bind import BROKEN
from toolkit.confine import Child
from toolkit.errors import UnreadableError
from toolkit.exhibits import Behind, Exhibit


@dataclass(frozen=True, slots=True)
class Joined:
    """One file of several, and how many pages each of them has in it."""

    pdf: bytes = field(repr=False)
    counts: tuple[int, ...]


def joined(files: list[bytes]) -> Joined:
    """Return *files* one after another as one PDF. Runs in the child. Raises UnreadableError."""
    out, counts = pikepdf.new(), []
    try:
        for data in files:
            with pikepdf.open(io.BytesIO(data)) as source:
                out.pages.extend(source.pages)
                counts.append(len(source.pages))
        made = io.BytesIO()
        out.save(made, deterministic_id=True)
    except BROKEN as problem:
        raise UnreadableError("A paper and its translation cannot be bound together.") from problem
    return Joined(made.getvalue(), tuple(counts))


def with_behind(child: Child, first: Exhibit, behind: Sequence[tuple[str, Exhibit]]) -> Exhibit:
    """Return *first* with the exhibits of *behind* in it, each as what it is there (a role of `Behind`).

    Raises UnreadableError naming the document id.
    """
    if not behind:
        return first
    try:
        made: Joined = child.call(
            "toolkit.packet_behind:joined", [first.pdf, *(each.pdf for _, each in behind)], result=Joined
        )
    except UnreadableError as problem:
        message = f"Document {first.document} cannot be bound with what belongs behind it."
        raise UnreadableError(message, remedy="Ask for another copy of one of them.") from problem
    bound, words, removed, page = [], [*first.words], [*first.removed], made.counts[0]
    for (role, each), count in zip(behind, made.counts[1:], strict=True):
        spans = (page + 1, page + count)
        bound.append(Behind(role, each.title, each.kind, each.document, each.sha256, *spans, each.signed))
        words += [replace(shown, number=shown.number + page) for shown in each.words]
        removed += [f"{role}: {what}" for what in each.removed]
        page += count
    verified = {name: None for each in (first, *(each for _, each in behind)) for name in each.verified_by}
    return replace(
        first,
        pdf=made.pdf,
        words=tuple(words),
        removed=tuple(removed),
        verified_by=tuple(verified),
        behind=tuple(bound),
    )
