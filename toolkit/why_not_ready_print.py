"""A report as one HTML file that needs nothing else, and as one page of PDF. Decides nothing; words and layout only.

The HTML has its pictures and styles inside, no script, and a policy that forbids it to load anything. Texts go through
autoescaping; the PDF gets them as data.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toolkit import phrasing, shipped, typeset
from toolkit.case_log_entries import Entry, Standing
from toolkit.checklist import Reading
from toolkit.model import Box, Field, Method, Verdict
from toolkit.plain_words import READ_BY, because, cleared, lines, percent, spoken, standing
from toolkit.typeset import Data
from toolkit.why_not_ready import LEVEL, Clash, Line, Missing, Report, fact_words
from toolkit.why_not_ready_crops import Crop, Piece, pieces

_LANGUAGE = "en-GB"
#: Rows and contradictions on the one page, links of one row; what does not fit is counted, and stands in the HTML.
_MOST_ROWS, _MOST_LINKS, _MOST_CLASHES, _MOST_LETTERS = 40, 5, 8, 170
_NOT_DRAWN = Crop(why="the report has no room for more pictures; mobility show draws the page")
_SAID = {
    Verdict.UNMET.value: "unmet",
    Verdict.UNSURE.value: "unsure",
    Verdict.MET.value: "met",
}


def html(
    report: Report, crops: Mapping[Piece, Crop], log: Sequence[tuple[Entry, Standing]] = (), *, sheet: str = ""
) -> bytes:
    """Return the report as HTML with its *crops*, and with the entries of the case's *log*; *sheet* names the PDF."""
    shown = _Evidence(report, crops)
    clashes = [shown.clash(each) for each in report.clashes]  # first on the page, so that their pictures stand there
    sections = [
        {"id": id_, "title": title, "lines": [shown.line(at, line) for at, line in group]}
        for id_, title, group in _sections(report)
        if group
    ]
    context = {
        **_head(report),
        "sheet": sheet,
        "counts": _counts(report),
        "missing": [_missing(report, each) for each in report.missing],
        "clashes": clashes,
        "sections": sections,
        "waiting": report.waiting,
        "log": [_logged(entry, worth) for entry, worth in log],
    }
    return _environment().get_template("ready.html.j2").render(context).encode("utf-8", "replace")


def sheet(report: Report) -> bytes:
    """Return "why not ready" as one page of PDF: the counts, what is missing by date, and what contradicts."""
    data: dict[str, Any] = {
        **_head(report),
        "counts": _counts(report),
        "missing": [_short(report, each) for each in report.missing[:_MOST_ROWS]],
        "missing_total": len(report.missing),
        "clashes": [_short_clash(report, each) for each in report.clashes[:_MOST_CLASHES]],
        "clashes_total": len(report.clashes),
        "waiting": report.waiting,
        "unverified": sum(_unverified(line) for line in report.lines if line.open),
    }
    return typeset.pdf("report/why-not-ready.typ", data, today=report.today)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    loader = FileSystemLoader(shipped.folder("templates") / "report")
    return ImmutableSandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _head(report: Report) -> dict[str, Any]:
    case = report.case
    return {
        "reference": cleared(case.reference),
        "route": report.route,
        "ready": report.ready,
        "stage": report.stage.replace("_", " "),
        "today": _day(report.today),
        "people": [
            {"role": person.role, "name": cleared(f"{person.given_names} {person.surname}")} for person in case.people
        ],
        "dates": [{"name": spoken(name), "day": _day(day)} for name, day in sorted(case.dates.items(), key=_by_day)],
    }


def _by_day(planned: tuple[str, date]) -> date:
    return planned[1]


def _counts(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "verdict": verdict.value,
            "style": _SAID[verdict.value],
            "binding": report.count(verdict, binding=True),
            "other": report.count(verdict, binding=False),
        }
        for verdict in (Verdict.UNMET, Verdict.UNSURE, Verdict.MET)
    ]


def _sections(report: Report) -> Iterator[tuple[str, str, list[tuple[int, Line]]]]:
    """Yield the sections with their lines and each line's place in the report; every line is in exactly one."""
    left = list(enumerate(report.lines))

    def taken(wanted: Any) -> list[tuple[int, Line]]:
        mine = [pair for pair in left if wanted(pair[1])]
        left[:] = [pair for pair in left if not wanted(pair[1])]
        return mine

    binding = ("mandatory", "conditional")
    yield "unmet", "Not met", taken(lambda e: e.finding.verdict is Verdict.UNMET and e.finding.level in binding)
    yield "unsure", "Not sure", taken(lambda e: e.finding.verdict is Verdict.UNSURE and e.finding.level in binding)
    yield "later", "Open, and due at a later stage", taken(lambda e: e.open and e.finding.level == "later")
    yield "practice", "Open, and recommended only", taken(lambda e: e.open)
    yield "met", "Met", taken(lambda e: e.finding.verdict is Verdict.MET)
    yield "outside", "Does not apply", left


def _missing(report: Report, each: Missing) -> dict[str, Any]:
    late = each.due is not None and each.due < report.today
    return {
        "what": cleared(_capital(each.what)),
        "who": cleared(each.who),
        "because": [cleared(reason) for reason in each.because],
        "owed_by": each.owed_by,
        "due": _day(each.due) if each.due is not None else "no date planned",
        "begin": _day(each.begin) if each.begin is not None else "",
        "begin_late": each.begin is not None and each.begin < report.today,
        "late": late,
        "lines": [{"at": at, "label": report.lines[at].finding.label} for at in each.lines[:_MOST_LINKS]],
        "more": len(each.lines[_MOST_LINKS:]),
    }


def _short(report: Report, each: Missing) -> dict[str, Data]:
    labels = dict.fromkeys(report.lines[at].finding.label for at in each.lines)
    why = "; ".join(each.because) or f"needed to judge: {'; '.join(labels)}"
    overdue = any(day is not None and day < report.today for day in (each.due, each.begin))
    begin = f"{'overdue: ' if overdue else ''}start by {_brief(each.begin)}" if each.begin is not None else ""
    late = "overdue" if each.due is not None and each.due < report.today else begin
    return {
        "what": _cut(_capital(each.what)),
        "who": cleared(each.who),
        "because": _cut(why),
        "owed_by": each.owed_by,
        "due": _brief(each.due) if each.due is not None else "no date",
        "note": late,
        "late": overdue,
    }


def _short_clash(report: Report, clash: Clash) -> dict[str, Data]:
    said = [f"{_value(each)} ({_where(report, each)})" for each in clash.readings]
    return {
        "name": fact_words(report.case, clash.name),
        "readings": [_cut(each) for each in said[:3]],
        "more": max(0, len(said) - 3),
        "settled": clash.settled,
    }


def _logged(entry: Entry, worth: Standing) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at[:16].replace("T", " "),
        "by": f"{entry.by}, the only officer of the vault" if entry.alone else entry.by,
        "what": f"{entry.what} to entry {entry.answers}" if entry.answers else entry.what.value,
        "text": entry.text.split("\n"),
        "clause": entry.clause,
        "evidence": [f"{each.name}: {each.said}" for each in entry.evidence],
        "standing": worth.value,
    }


class _Evidence:
    """Words and pictures of the evidence; a piece of a page is shown once, and referred to from then on."""

    def __init__(self, report: Report, crops: Mapping[Piece, Crop]) -> None:
        self._report = report
        self._crops = crops
        self._numbers: dict[tuple[str, int, Box], int] = {}
        self._count = 0

    def line(self, at: int, line: Line) -> dict[str, Any]:
        """Return everything said of one requirement."""
        finding = line.finding
        shown = {value.source.document for value in finding.evidence}
        return {
            "at": at,
            "label": finding.label,
            "who": cleared(line.who),
            "verdict": str(finding.verdict),
            "style": _SAID.get(str(finding.verdict), "outside"),
            "level": finding.level,
            "stage": finding.stage.replace("_", " "),
            "because": cleared_long(finding.because),
            "next_step": cleared_long(finding.next_step),
            "owed_by": " and ".join(line.owed_by),
            "due": _day(line.due) if line.due is not None else "",
            "late": line.due is not None and line.due < self._report.today,
            "source": _source(line),
            "checked": _day(finding.checked),
            "documents": [self._named(document) for document in finding.documents if document not in shown],
            "evidence": self._figures(finding.evidence),
        }

    def clash(self, clash: Clash) -> dict[str, Any]:
        """Return a contradiction with all its readings."""
        return {
            "name": fact_words(self._report.case, clash.name),
            "settled": clash.settled,
            "figures": self._figures(clash.readings),
        }

    def _figures(self, values: Sequence[Field]) -> list[dict[str, Any]]:
        """Return the pieces of pages with the values on each, and last the values that stand on none."""
        placed = pieces(values)
        figures = [self._figure(piece, found) for piece, found in placed.items()]
        on_pages = {id(value) for found in placed.values() for read in found.values() for value in read}
        loose = [self._value(value) for value in values if id(value) not in on_pages]
        nothing = {"number": 0, "again": [], "picture": "", "width": 0, "height": 0, "text": "", "why": "", "where": ""}
        return [*figures, *([{**nothing, "values": loose}] if loose else [])]

    def _figure(self, piece: Piece, found: Mapping[Box, Sequence[Field]]) -> dict[str, Any]:
        """Return one piece; where others have shown all its places before, their numbers in the place of a picture."""
        places = [(piece.document, piece.page, box) for box in piece.boxes]
        crop = self._crops.get(piece, _NOT_DRAWN)
        seen = sorted({self._numbers[place] for place in places if place in self._numbers})
        again = seen if all(place in self._numbers for place in places) else []
        if not again and not crop.why:
            self._count += 1
            for place in places:
                self._numbers.setdefault(place, self._count)
        marked = not again and len(places) > 1 and bool(crop.jpeg)
        values = [
            self._value(value, str(mark) if marked else "")
            for mark, read in enumerate(found.values(), 1)
            for value in read
        ]
        return {
            "number": 0 if again or crop.why else self._count,
            "again": again,
            "picture": base64.b64encode(crop.jpeg).decode() if not again else "",
            "width": crop.width,
            "height": crop.height,
            "text": crop.text if not again else "",
            "why": crop.why,
            "where": f"{self._named(piece.document)}, page {piece.page}",
            "values": values,
        }

    def _value(self, value: Field, mark: str = "") -> dict[str, Any]:
        stated = not value.source.document
        how = f"{READ_BY[value.source.method]}; {standing(value).value}, {percent(value.confidence)}; {because(value)}"
        return {
            "mark": mark,
            "name": fact_words(self._report.case, value.name),
            "lines": lines(value.value, value.currency),
            "where": _where(self._report, value),
            "how": "" if stated and value.source.method is Method.PERSON else how,
        }

    def _named(self, document: str) -> str:
        return f"{self._report.kinds.get(document, 'Paper')}, document {document}"


def _source(line: Line) -> dict[str, Any]:
    source = line.source
    return {
        "citation": source.citation if source is not None else line.finding.legal_source,
        "basis": line.basis,
        "verify": _unverified(line),
        "confidence": source.confidence if source is not None else "",
        "url": _link(source.url) if source is not None else "",
        "quote": source.quote if source is not None else "",
        "as_of": source.as_of if source is not None else "",
        "read": source.read if source is not None else "",
        "further": [_reading(each) for each in (source.further if source is not None else ())],
    }


def _reading(each: Reading) -> dict[str, str]:
    link = _link(each.where)
    return {
        "citation": each.citation,
        "level": LEVEL[each.level],
        "url": link,
        "where": "" if link else each.where,
        "as_of": each.as_of,
        "quote": each.quote,
        "note": each.note,
    }


def _unverified(line: Line) -> bool:
    return line.source is not None and line.source.basis in ("seen_secondary", "recalled")


def _link(url: str) -> str:
    """Return *url* where a browser would go to a page by it, and nothing else."""
    return url if urlsplit(url).scheme in ("http", "https") else ""


def _where(report: Report, value: Field) -> str:
    """Return where a value comes from: "Passport of Anna, principal, document d1, page 1"."""
    document = value.source.document
    if not document:
        return "stated for the case"
    page = f", page {value.source.page}" if value.source.page is not None else ""
    return f"{report.kinds.get(document, 'Paper')}, document {document}{page}"


def _value(value: Field) -> str:
    return "; ".join(lines(value.value, value.currency))


def _day(day: date) -> str:
    return phrasing.long_date(day, _LANGUAGE)


def _brief(day: date) -> str:
    return day.isoformat()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str) -> str:
    line = cleared(text)
    return line if len(line) <= _MOST_LETTERS else line[: _MOST_LETTERS - 1] + "…"


def cleared_long(text: str) -> str:
    """Return a reason as one printable line, however long: a report leaves nothing of it out."""
    return " ".join(phrasing.printable(text).split())
