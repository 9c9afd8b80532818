"""Pages we typeset ourselves (covers, indexes, schedules), by typst from the sources under `templates/`.

Values travel as one JSON text that the source reads as data: nothing in them is ever taken for markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, TypeAlias

from toolkit import phrasing, shipped
from toolkit.errors import DefinitionError

Data: TypeAlias = Mapping[str, "Data"] | list["Data"] | tuple["Data", ...] | str | int | float | bool | None


def pdf(source: str, data: Data, *, today: date, archival: bool = False) -> bytes:
    """Typeset `templates/<source>` with *data* and return the PDF, with *archival* as PDF/A-2b (ISO 19005-2).

    The same input gives the same bytes. Raises DefinitionError "file: what" when the source does not compile.
    """
    standard = {"pdf_standards": "a-2b"} if archival else {}
    return _compiled(source, data, timestamp=int(datetime.combine(today, time(), UTC).timestamp()), **standard)


def picture(source: str, data: Data, *, ppi: float) -> bytes:
    """Typeset `templates/<source>`, a single page, with *data* and return it as PNG; raises as `pdf` does."""
    return _compiled(source, data, format="png", ppi=ppi)


def _compiled(source: str, data: Data, **how: Any) -> bytes:
    import typst

    path = shipped.folder("templates") / source
    values = {"data": json.dumps(_clean(data), ensure_ascii=False)}
    try:
        made = typst.compile(str(path), root=str(path.parent), font_paths=_fonts(), sys_inputs=values, **how)
    except typst.TypstError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake
    if not isinstance(made, bytes):
        raise DefinitionError(f"{path}: gives several outputs instead of one")
    return made


@cache
def _fonts() -> Any:
    """Return the fonts, looked up once: typst brings its own, the machine's serve scripts those lack."""
    import typst

    return typst.Fonts()


def _clean(data: Data) -> Data:
    if isinstance(data, str):
        return phrasing.printable(data)
    if isinstance(data, Mapping):
        return {name: _clean(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_clean(value) for value in data]
    return data
