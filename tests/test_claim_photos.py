"""The manifest of a claim names every photo of a receipt that was joined, with its own SHA-256."""

from __future__ import annotations

import hashlib
import json

from test_join_filed import LOWER, UPPER, catalog, put, scan, vault

from toolkit.catalog import Catalog
from toolkit.cli.claim import make
from toolkit.dossier import dossier
from toolkit.settling import join
from vault import Vault

__all__ = ["catalog", "vault"]


def test_every_photo_of_a_joined_receipt_is_in_the_manifest(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", LOWER)
    put(vault, catalog, "d2", UPPER)
    join(vault, catalog, "d1", ["d2"])
    made, _ = make(vault, dossier(catalog, "GM-1"), currency="EUR")
    told = {
        each["document"]: each["sha256_original"] for each in json.loads(made.files["claim-manifest.json"])["receipts"]
    }
    assert told == {id: hashlib.sha256(scan(tuple(rows))).hexdigest() for id, rows in (("d1", LOWER), ("d2", UPPER))}
