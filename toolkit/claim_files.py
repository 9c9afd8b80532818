"""The claim for programs: lines and payroll rows as CSV, everything as JSON, and a manifest with SHA-256 of all of it.

What was written is read back and added up again before it is returned. Amounts are decimal strings. In CSV, text that a
spreadsheet would take for a formula gets an apostrophe.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from toolkit.claim_assessed import Allowance, Assessed
from toolkit.claim_cells import harmless
from toolkit.claim_limits import Ruling
from toolkit.errors import ToolkitError
from toolkit.expense import Duplicate, Line, Slip, Subtotal

_LINES = (
    "line", "date", "merchant", "country", "place", "amount", "currency", "rate", "rate_date", "rate_source",
    "converted", "converted_currency", "tax", "tax_split", "category", "clause", "limit", "standing", "over",
    "approver", "cost_centre", "entity", "home", "host", "tax_by", "purpose", "notes", "document",
)  # fmt: skip
_FEED = ("employee", "earning_code", "category", "amount", "currency", "home", "host", "lines")


def lines_csv(claim: Assessed) -> bytes:
    """Return the schedule as CSV in UTF-8, one line a row; raises ToolkitError when it does not add up as read back."""
    rows = [_flat(line, ruling) for line, ruling in zip(claim.schedule.lines, claim.rulings, strict=True)]
    data = _csv(_LINES, rows)
    read = _read(data)
    made = claim.schedule
    _agree(_by(read, None), {"": made.total} if read else {})
    _agree(_by(read, "category"), {harmless(each.name): each.converted for each in made.by_category})
    _agree(_by(read, "currency", "amount"), {each.name: each.amount for each in made.by_currency})
    return data


def payroll_csv(claim: Assessed) -> bytes:
    """Return the rows for payroll as CSV; raises ToolkitError when they do not add up to the claim as read back."""
    rows = [
        {
            "employee": row.employee,
            "earning_code": row.code,
            "category": row.category,
            "amount": row.amount,
            "currency": row.currency,
            "home": row.home,
            "host": row.host,
            "lines": " ".join(map(str, row.lines)),
        }
        for row in claim.payroll.rows
    ]
    data = _csv(_FEED, rows)
    total = sum((Decimal(row["amount"]) for row in _read(data)), Decimal(0))
    _agree({"": total}, {"": claim.schedule.total + claim.allowed})
    return data


def as_json(claim: Assessed, *, reference: str, today: date) -> bytes:
    """Return the whole claim as JSON; raises ToolkitError when its sums do not agree as read back."""
    made = claim.schedule
    told = {
        "case": reference,
        "made_on": today.isoformat(),
        "currency": made.currency,
        "receipts": made.total,
        "allowances": claim.allowed,
        "advances": claim.advanced,
        "payable": claim.payable,
        "over_limits": claim.over,
        "allowances_over_limits": claim.over_days,
        "policy": claim.policy,
        "claimed_before": claim.earlier,
        "lines": [_told_line(*each) for each in zip(made.lines, claim.rulings, strict=True)],
        "totals": {
            "currency": [_subtotal(each) for each in made.by_currency],
            "category": [_subtotal(each) for each in made.by_category],
            "cost_centre": [_subtotal(each) for each in made.by_cost_centre],
        },
        "to_be_settled": [
            {"paper": f"S{x.number}", "document": x.document, "reasons": x.reasons} for x in made.unsettled
        ],
        "duplicates": [_aside(f"D{x.number}", x) for x in made.duplicates],
        "card_slips": [_aside(f"P{x.number}", x) for x in made.slips],
        **sections(claim),
    }
    data = (json.dumps(told, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()
    read = json.loads(data)
    _agree({"": sum((Decimal(each["converted"]) for each in read["lines"]), Decimal(0))}, {"": made.total})
    for name in read["totals"]:
        parts = read["totals"][name]
        _agree({"": sum((Decimal(each["converted"]) for each in parts), Decimal(0))}, {"": made.total})
    return data


def sections(claim: Assessed) -> dict[str, Any]:
    """What is said of a claim beyond its lines, ready for JSON; decimals are left as they are."""
    return {
        "per_diem": [_day(each) for each in claim.allowances],
        "exceptions": [
            _named(each, {"of": "paper"}, "why", "clause", "limit", "over", "approver") for each in claim.exceptions
        ],
        "proof": [
            _named(each, {"rules": "regime"}, "line", "asked", "verdict", "because", "law") for each in claim.proofs
        ],
        "vat_reclaim": [
            _named(each, {}, "line", "country", "tax", "currency", "scheme", "deadline", "lacking", "law")
            for each in claim.vat.candidates
        ],
        "gross_up": [
            _named(each, {}, "side", "net", "rate", "method", "gross", "tax", "source", "lines")
            for each in claim.payroll.gross_up
        ],
        "payroll": [
            _named(
                each, {"earning_code": "code"}, "employee", "category", "amount", "currency", "home", "host", "lines"
            )
            for each in claim.payroll.rows
        ],
        "asked": [*claim.vat.asked, *claim.payroll.asked],
    }


def _named(each: object, renamed: Mapping[str, str], *names: str) -> dict[str, Any]:
    """The attributes *names* of *each*, and those of *renamed* (key: attribute) under another key."""
    told = {key: getattr(each, name) for key, name in renamed.items()}
    return told | {name: getattr(each, name) for name in names}


def _day(each: Allowance) -> dict[str, Any]:
    told = _named(
        each.day, {}, "trip", "date", "scheme", "country", "place", "reckoning", "amount", "currency", "source"
    )
    under = {} if each.held is None else _named(each.held, {}, "clause", "limit", "over")
    return told | {"converted": each.converted, "missing": each.open} | under


def manifest(papers: Sequence[tuple[str, str, str]], files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of *papers* (what the claim calls each, its document, the original's SHA-256) and *files*."""
    told = {
        "receipts": [{"paper": a, "document": b, "sha256_original": c} for a, b, c in papers],
        "files": [{"file": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _told_line(line: Line, ruling: Ruling) -> dict[str, Any]:
    more = line.more
    shares = [{"rate": each.rate, "net": each.net, "tax": each.tax} for each in more.tax_shares]
    return {
        **_flat(line, ruling),
        "country_by": more.country_by,
        "tax_split": shares,
        "attendees": more.attendees,
        "notes": line.notes,
    }


def _flat(line: Line, ruling: Ruling) -> dict[str, Any]:
    more = line.more
    return {
        "line": line.number, "date": line.date, "merchant": line.merchant, "country": more.country,
        "place": more.place, "amount": line.amount, "currency": line.currency, "rate": line.rate.value,
        "rate_date": line.rate.date, "rate_source": line.rate.source, "converted": line.converted,
        "converted_currency": line.rate.base, "tax": more.tax,
        "tax_split": "; ".join(f"{x.rate} % of {x.net}: {x.tax}" for x in more.tax_shares),
        "category": line.category, "clause": ruling.clause, "limit": ruling.limit,
        "standing": ruling.standing.value, "over": ruling.over, "approver": ruling.approver,
        "cost_centre": more.cost_centre, "entity": more.entity, "home": ruling.home, "host": ruling.host,
        "tax_by": ruling.tax_by, "purpose": more.purpose, "notes": "; ".join(line.notes), "document": line.document,
    }  # fmt: skip


def _aside(paper: str, each: Duplicate | Slip) -> dict[str, Any]:
    return {"paper": paper, "document": each.document, "line": each.of, "why": each.why}


def _subtotal(each: Subtotal) -> dict[str, Any]:
    return {"name": each.name, "lines": each.count, "amount": each.amount, "converted": each.converted}


def _csv(head: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        values = [row[name] for name in head]
        writer.writerow([harmless(value) if isinstance(value, str) else _plain(value) for value in values])
    return out.getvalue().encode("utf-8-sig")


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _by(rows: Sequence[Mapping[str, str]], name: str | None, amount: str = "converted") -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        key = row[name] if name else ""
        sums[key] = sums.get(key, Decimal(0)) + Decimal(row[amount])
    return sums


def _agree(found: Mapping[str, Decimal], expected: Mapping[str, Decimal | None]) -> None:
    if dict(found) != dict(expected):
        raise ToolkitError("A file of the claim does not add up to the claim.", remedy="Report this.")


def _plain(value: object) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
