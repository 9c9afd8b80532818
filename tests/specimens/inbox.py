"""Which paper lies where and under which name, and the truth about all of them in one file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zlib import crc32

import numpy as np

from tests.specimens import certificates, contracts, invoice, oddities, passport, receipts
from tests.specimens.camera import Hand, Scan, jpeg, photographed, rumpled, scan_pdf, scanned
from tests.specimens.case_file import case_file, moves
from tests.specimens.cast import cast
from tests.specimens.specimen import Specimen

SEED = 20261123
US, GB = "GM-2026-001", "GM-2026-002"

Drawer = Callable[[np.random.Generator], Specimen]


def _passport_photo(rng: np.random.Generator) -> Specimen:
    person = cast().person["gruenwaldt"]
    corners = ((0.06, 0.06), (0.945, 0.035), (0.965, 0.94), (0.035, 0.965))
    photo = photographed(
        passport.open_booklet(passport.data_page(person, rng), rng), rng, Hand(size=(1600, 1300), corners=corners)
    )
    return Specimen(jpeg(photo, 80), "passport", passport.truth(person), "principal")


def _passport_sideways(rng: np.random.Generator) -> Specimen:
    person = cast().person["ostervang"]
    corners = ((0.05, 0.075), (0.95, 0.05), (0.94, 0.95), (0.06, 0.93))
    hand = Hand(size=(1600, 1320), corners=corners, desk=(168, 170, 174), shade=0.16, blur=0.7)
    photo = photographed(passport.open_booklet(passport.data_page(person, rng), rng), rng, hand)
    return Specimen(jpeg(np.rot90(photo), 80), "passport", passport.truth(person), "spouse")


def _passport_scan(rng: np.random.Generator) -> Specimen:
    person = cast().person["celikhan"]
    page = passport.data_page(person, rng)
    sheet = np.full((1800, 1560, 3), 252, np.uint8)
    rows, columns = page.shape[:2]
    sheet[120 : 120 + rows, 90 : 90 + columns] = page
    picture = scanned(sheet[:1240], rng, Scan(skew=-1.1, noise=2.5, grey=False))
    data = scan_pdf([picture], 72, dpi=280, made=oddities.MADE, grey=False)
    return Specimen(data, "passport", passport.truth(person), "principal")


def _contract(rng: np.random.Generator) -> Specimen:
    paper = contracts.contracts().employment
    return Specimen(contracts.as_pdf(paper, rng), "contract", contracts.truth(paper), "principal")


def _assignment(rng: np.random.Generator) -> Specimen:
    paper = contracts.contracts().assignment
    return Specimen(contracts.as_docx(paper, rng), "contract", contracts.truth(paper), "principal")


def _degree(rng: np.random.Generator) -> Specimen:
    picture = scanned(certificates.degree(rng), rng, Scan(skew=0.5))
    data = scan_pdf([picture], 68, dpi=certificates.SCAN_PPI, made=oddities.MADE)
    return Specimen(data, "degree", certificates.degree_truth(), "principal")


def _marriage(rng: np.random.Generator) -> Specimen:
    picture = scanned(certificates.marriage(rng), rng, Scan(skew=-0.7))
    return Specimen(jpeg(picture, 68, grey=True), "marriage-certificate", certificates.marriage_truth(), "spouse")


def _slip_photo(key: str, hand: Hand) -> Drawer:
    def draw(rng: np.random.Generator) -> Specimen:
        paper = receipts.money().receipt[key]
        photo = photographed(rumpled(receipts.slip(paper), rng), rng, hand)
        return Specimen(jpeg(photo, 78), "receipt", receipts.truth(paper), "principal")

    return draw


_GRILL = _slip_photo("grill", Hand((1050, 1400), ((0.09, 0.05), (0.88, 0.07), (0.93, 0.95), (0.055, 0.935))))
_CAB = _slip_photo(
    "cab", Hand((960, 1160), ((0.1, 0.06), (0.93, 0.04), (0.9, 0.95), (0.07, 0.955)), desk=(92, 100, 108))
)


def _kitchen(rng: np.random.Generator) -> Specimen:
    paper = receipts.money().receipt["kitchen"]
    picture = scanned(receipts.slip(paper, ppi=240), rng, Scan(skew=0.9, noise=3))
    return Specimen(jpeg(picture, 66, grey=True), "receipt", receipts.truth(paper), "principal")


def _lodge(_: np.random.Generator) -> Specimen:
    paper = receipts.money().receipt["lodge"]
    return Specimen(receipts.bill(paper), "receipt", receipts.truth(paper), "principal")


def _rail(_: np.random.Generator) -> Specimen:
    paper = receipts.money().receipt["rail"]
    ticket = Specimen(
        receipts.bill(paper), "receipt", receipts.truth(paper), "principal", name="Beleg_B-2026-081174.pdf"
    )
    text = "Hello,\n\nthe train to the airport for our look-and-see trip, to be repaid. The receipt is attached.\n"
    return oddities.mail([ticket], subject="Fwd: Ihre Buchung", sender="assignee@example.org", text=text)


def _slips(rng: np.random.Generator) -> Specimen:
    return oddities.archive([_CAB(rng).named("taxi.jpg"), _kitchen(rng).named("IMG_2047.jpg")])


def _copy_of_lodge(rng: np.random.Generator) -> Specimen:
    return _lodge(rng)


def _invoice(_: np.random.Generator) -> Specimen:
    return Specimen(invoice.factur_x(), "invoice", invoice.truth(), "principal")


def _broken(rng: np.random.Generator) -> Specimen:
    return oddities.broken_off(contracts.as_pdf(contracts.contracts().employment, rng))


#: Every file of the inbox. A folder named as a case belongs to it; what lies loose must find its case by its names.
FILES: Mapping[str, Drawer] = {
    f"{US}/IMG_2041.jpg": _passport_photo,
    "IMG_2043.jpg": _passport_sideways,
    f"{US}/Assignment agreement signed.docx": _assignment,
    f"{US}/Scan0003.pdf": _degree,
    f"{US}/Scan0007.jpg": _marriage,
    f"{US}/IMG_2050.jpg": _GRILL,
    f"{US}/receipts.zip": _slips,
    f"{US}/Fwd_ Ihre Buchung.eml": _rail,
    f"{US}/RE-2026-0917.pdf": _invoice,
    f"{GB}/Scan0011.pdf": _passport_scan,
    f"{GB}/Employment contract.pdf": _contract,
    f"{GB}/hotel receipt.pdf": _lodge,
    f"{GB}/hotel.pdf": _copy_of_lodge,
    f"{GB}/payslip.pdf": lambda _: oddities.locked(),
    f"{GB}/Scan0014.pdf": lambda _: oddities.stray_letter(),
    "Employment contract (1).pdf": _broken,
    "Scan0012.pdf": lambda _: oddities.empty(),
    "visa form.pdf": oddities.no_document,
}

#: Files that are byte for byte another one.
COPIES = {f"{GB}/hotel.pdf": f"{GB}/hotel receipt.pdf"}

#: Loose files and the case that the names on them lead to.
LED = {"IMG_2043.jpg": US}


def _row(file: str, specimen: Specimen, member: str = "") -> dict[str, object]:
    first = file.split("/")[0]
    return {
        "file": file,
        "member": member,
        "case": LED.get(file, first if first in moves() else ""),
        "person": specimen.person,
        "kind": specimen.kind,
        "state": specimen.state,
        "why": specimen.why,
        "copy_of": COPIES.get(file, ""),
        "fields": specimen.fields,
    }


def papers() -> Iterator[tuple[str, Specimen]]:
    """Every file of the inbox; each is drawn from a seed of its own, so that a change to one leaves the others."""
    for file, drawer in FILES.items():
        seed = COPIES.get(file, file)
        yield file, drawer(np.random.default_rng([SEED, crc32(seed.encode())]))


def draw(folder: Path) -> Iterator[str]:
    """Write inbox, case files and truth into *folder*, in place of what was drawn there before."""
    for name in ("inbox", "cases"):
        shutil.rmtree(folder / name, ignore_errors=True)
    rows = []
    for file, specimen in papers():
        path = folder / "inbox" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(specimen.data)
        rows.append(_row(file, specimen))
        rows += [_row(file, member, member.name) for member in specimen.members]
        yield f"{len(specimen.data):>8} {file}"
    (folder / "cases").mkdir(parents=True)
    for reference in moves():
        (folder / "cases" / f"{reference}.toml").write_text(case_file(reference), "utf-8")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "truth.jsonl").write_text(text, "utf-8")
