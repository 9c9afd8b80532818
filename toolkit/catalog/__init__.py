"""Cases, documents and records in one SQLite file, where nothing personal is in clear and every row is signed.

`catalog` the verbs · `rows` signed rows and what notices removed ones · `schema` tables and migrations ·
`papers` rows of documents and records · `case_log` each case's log ·
`contents` what is sealed into a row · `lookup` what a row can be found by. Only `catalog` is for others.
"""

from __future__ import annotations

from toolkit.catalog.catalog import Catalog, Filing, Stand
from toolkit.catalog.papers import INBOX

__all__ = ["INBOX", "Catalog", "Filing", "Stand"]
