#!/usr/bin/env python3
"""Pack the ECB's published history of euro reference rates into the table that `toolkit.rates` reads.

    python scripts/refresh_rates.py eurofxref-hist.zip

The file is the "Time series" download at
https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/ (zip or csv).
Rates since 2015 are kept:
claims do not reach further back, and the table stays under 200 kB.
"""

from __future__ import annotations

import lzma
import sys
import zipfile
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "toolkit" / "tables" / "ecb-euro-reference-rates.csv.xz"
SINCE = "2015-01-01"


def main(source: Path) -> None:
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as bundle:
            text = bundle.read("eurofxref-hist.csv").decode("ascii")
    else:
        text = source.read_text("ascii")
    head, *rows = text.split()
    if not head.startswith("Date,USD,"):
        raise SystemExit(f"{source}: this is not the ECB's history file (its first line should begin with Date,USD)")
    kept = sorted((row for row in rows if row >= SINCE), reverse=True)
    packed = "\n".join([head, *kept, ""]).replace("N/A", "")
    TABLE.write_bytes(lzma.compress(packed.encode("ascii"), preset=9 | lzma.PRESET_EXTREME))
    print(f"{TABLE.name}: {len(kept)} days, {kept[-1][:10]} to {kept[0][:10]}, {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
