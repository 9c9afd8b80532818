"""What any paper has, whatever its kind: its languages, its figures, and what a translator certifies on its sheets.

Knows the families of readers, and no field of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit import language, translation_figures
from toolkit.kind import Kind
from toolkit.model import Field, Page
from toolkit.readers import translation

#: Papers that are handed in with a translation; receipts, passports and contracts of hundreds of figures are not.
_TRANSLATED = frozenset({"patterns", "bank_statement"})
_CERTIFICATE = "translation"


def of_any_paper(pages: Sequence[Page], kind: Kind | None) -> tuple[Field, ...]:
    """Return the fields `language`, `figures` and `translation_...` of a document's *pages*, those that there are."""
    fields = [language.field(pages)]
    if kind is not None and kind.reader in _TRANSLATED:
        fields += [translation_figures.field(pages), *translation.beside(pages)]
    elif kind is not None and kind.reader == _CERTIFICATE:
        fields.append(translation_figures.field(pages))
    return tuple(field for field in fields if field is not None)
