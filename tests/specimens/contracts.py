"""An employment contract (PDF with text) and an assignment agreement (Word): clauses and terms in `contracts.toml`."""

from __future__ import annotations

import io
import tomllib
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import docx
import msgspec
import numpy as np
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Inches, Mm, Pt, RGBColor

from tests.specimens.cast import Company, Person, cast, written
from tests.specimens.signature import signature, signature_png
from tests.specimens.specimen import Truth
from tests.specimens.typeset import pdf

HERE = Path(__file__).resolve().parent


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    employer: str
    employee: str
    agreed: date
    effective: date
    job_title: str
    salary: str
    currency: str
    period: str
    weekly_hours: str
    notice: str
    law: str
    place: str
    clauses: tuple[tuple[str, str], ...]
    probation: str = ""
    host: str = ""
    ends: date | None = None

    @property
    def home_company(self) -> Company:
        return cast().company[self.employer]

    @property
    def host_company(self) -> Company | None:
        return cast().company[self.host] if self.host else None

    @property
    def worker(self) -> Person:
        return cast().person[self.employee]

    def filled(self) -> list[tuple[str, str]]:
        host = self.host_company
        values = {
            "agreed": written(self.agreed),
            "effective": written(self.effective),
            "ends": written(self.ends) if self.ends else "",
            "employer": self.home_company.name,
            "employer_address": self.home_company.address,
            "host": host.name if host else "",
            "host_address": host.address if host else "",
            "employee": self.worker.full_name,
            "birth_date": written(self.worker.birth_date),
            "job_title": self.job_title,
            "currency": self.currency,
            "weekly_hours": self.weekly_hours,
            "probation": self.probation,
            "notice": f"{self.notice}'",
            "law": self.law,
            "place": self.place,
        }
        return [(heading, text.strip().format(**values)) for heading, text in self.clauses]


class Contracts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    employment: Contract
    assignment: Contract


@cache
def contracts() -> Contracts:
    return msgspec.convert(tomllib.loads((HERE / "contracts.toml").read_text("utf-8")), Contracts)


def _signatories(contract: Contract) -> list[dict[str, str]]:
    companies = [("For the Employer" if not contract.host else "For the Home Company", contract.home_company)]
    if contract.host_company:
        companies.append(("For the Host Company", contract.host_company))
    signed = written(contract.agreed)
    blocks = [
        {"for": label, "name": company.signatory, "title": f"{company.signatory_title}, {company.name}", "date": signed}
        for label, company in companies
    ]
    role = "The Assignee" if contract.host else "The Employee"
    return [*blocks, {"for": role, "name": contract.worker.full_name, "title": role[4:], "date": signed}]


def as_pdf(contract: Contract, rng: np.random.Generator) -> bytes:
    """The signed contract with a text layer; signatures are drawn strokes."""
    data = {
        "title": contract.title,
        "parties": [contract.home_company.name, contract.worker.full_name],
        "clauses": contract.filled(),
        "signatures": [block | {"strokes": signature(rng)} for block in _signatories(contract)],
    }
    return pdf("contract", data, made=contract.agreed)


def as_docx(contract: Contract, rng: np.random.Generator) -> bytes:
    """The signed contract as a Word file; signatures are pasted pictures, as people do it."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(20)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10.5)
    title = document.add_heading(contract.title, level=0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, (heading, text) in enumerate(contract.filled(), start=1):
        document.add_heading(f"{number}. {heading}", level=2)
        document.add_paragraph(text)
    _sign(document, contract, rng)
    mark = section.footer.paragraphs[0].add_run("SPECIMEN - invented parties")
    mark.font.size, mark.font.color.rgb = Pt(7), RGBColor(0xA0, 0xA0, 0xA0)
    made = datetime(contract.agreed.year, contract.agreed.month, contract.agreed.day, 9, 30, tzinfo=UTC)
    core = document.core_properties
    core.author, core.title, core.created, core.modified = contract.home_company.name, contract.title, made, made
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _sign(document: DocxDocument, contract: Contract, rng: np.random.Generator) -> None:
    """The signature block: a column for each party, one row for each thing they write, kept on one page."""
    document.add_heading("Signatures", level=2)
    blocks = _signatories(contract)
    table = document.add_table(rows=4, cols=len(blocks))
    for column, block in enumerate(blocks):
        cells = table.columns[column].cells
        cells[0].paragraphs[0].text = f"{block['for']}:"
        cells[1].paragraphs[0].add_run().add_picture(io.BytesIO(signature_png(rng)), width=Inches(1.5))
        cells[2].paragraphs[0].text = "_" * 22
        cells[3].paragraphs[0].text = f"{block['name']}\n{block['title']}\nDate: {block['date']}"
        for cell in cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _undated(archive: bytes) -> bytes:
    """The same zip with every member's clock set back, so that the same contract is the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def truth(contract: Contract) -> Truth:
    """What the contract says, as `mobility read --json` would give it."""
    host = contract.host_company
    parties = [contract.home_company.name, *([host.name] if host else []), contract.worker.full_name]
    fields: dict[str, object] = {
        "contract_type": "assignment" if host else "employment",
        "parties": parties,
        "employer": contract.home_company.name,
        "employee": contract.worker.full_name,
        "job_title": contract.job_title,
        "agreement_date": contract.agreed.isoformat(),
        "effective_date": contract.effective.isoformat(),
        "salary": f"{contract.salary}.00",
        "salary_currency": contract.currency,
        "salary_period": contract.period,
        "work_location": contract.place,
        "weekly_hours": contract.weekly_hours,
        "notice_period": contract.notice,
        "governing_law": contract.law,
        "signed": "yes",
    }
    if contract.probation:
        fields["probation"] = contract.probation
    if contract.ends:
        fields["end_date"] = contract.ends.isoformat()
    return fields
