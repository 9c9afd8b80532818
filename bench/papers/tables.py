"""The tables of `bench.kinds`, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.papers.marks import SURE, Mark
from bench.papers.paper import UNKNOWN


@dataclass(frozen=True, slots=True)
class Verdict:
    """One paper: its row of the truth, what it was taken for and how surely, and a mark for each of its fields.

    `documents`: into how many its file was cut (one is right).
    """

    row: Mapping[str, Any]
    got: str
    confidence: float
    right: bool
    marks: tuple[Mark, ...]
    documents: int

    @property
    def sure_and_wrong(self) -> bool:
        """Vouched for as a paper of another kind. Saying `unknown` claims nothing."""
        return not self.right and self.got != UNKNOWN and self.confidence >= SURE


def report(verdicts: Sequence[Verdict], *, brief: bool = False) -> str:
    """Overall, by picture, language, layout and kind, then the confusion table and the fields; *brief*: the gist."""
    drawn = [each for each in verdicts if each.row["how"] == "text"]
    pictures = [each for each in verdicts if each.row["how"] != "text"]
    lines = _groups(
        {
            "all": verdicts,
            "with a text layer": drawn,
            "scanned or photographed": pictures,
            "of a kind": [each for each in verdicts if each.row["kind"] != UNKNOWN],
            "of no kind": [each for each in verdicts if each.row["kind"] == UNKNOWN],
        }
    )
    if brief:
        return "\n".join([*lines, "", *_confusion(verdicts), "", *_fields(verdicts)[:2], _fields(verdicts)[-1]])
    for title, key in (("language", "language"), ("layout", "layout"), ("picture", "how")):
        lines += [
            "",
            f"| {title} | count | right | share |",
            "|---|---|---|---|",
            *_by(verdicts, lambda v, k=key: str(v.row[k])),
        ]
    lines += ["", *_kinds(verdicts), "", *_confusion(verdicts), "", *_fields(verdicts)]
    return "\n".join(lines)


def totals(verdicts: Sequence[Verdict]) -> str:
    """Overall, by language and the fields as a whole: nothing that tells which papers were not known."""
    languages = sorted({str(each.row["language"]) for each in verdicts})
    groups = {
        "all": verdicts,
        "of a kind": [each for each in verdicts if each.row["kind"] != UNKNOWN],
        "of no kind": [each for each in verdicts if each.row["kind"] == UNKNOWN],
        **{name: [each for each in verdicts if each.row["language"] == name] for name in languages},
    }
    return "\n".join([*_groups(groups), "", *_fields(verdicts)[:2], _fields(verdicts)[-1]])


def _groups(groups: Mapping[str, Sequence[Verdict]]) -> list[str]:
    lines = ["| papers | count | right | share | unknown | another kind | sure and wrong | cut up |", "|---" * 8 + "|"]
    return lines + [_group(name, some) for name, some in groups.items() if some]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else ""


def _group(name: str, some: Sequence[Verdict]) -> str:
    right = sum(each.right for each in some)
    unknown = sum(not each.right and each.got == UNKNOWN for each in some)
    other = len(some) - right - unknown
    sure = sum(each.sure_and_wrong for each in some)
    cut = sum(each.documents > 1 for each in some)
    return f"| {name} | {len(some)} | {right} | {_share(right, len(some))} | {unknown} | {other} | {sure} | {cut} |"


def _by(verdicts: Sequence[Verdict], key: Callable[[Verdict], str]) -> list[str]:
    names = Counter(key(each) for each in verdicts)
    right = Counter(key(each) for each in verdicts if each.right)
    return [
        f"| {name} | {count} | {right[name]} | {_share(right[name], count)} |" for name, count in sorted(names.items())
    ]


def _kinds(verdicts: Sequence[Verdict]) -> list[str]:
    lines = ["| kind | text layer | pictures | precision | taken for |", "|---|---|---|---|---|"]
    taken = Counter(each.got for each in verdicts)
    hits = Counter(each.got for each in verdicts if each.right)
    for name in sorted({each.row["kind"] for each in verdicts}):
        of = [each for each in verdicts if each.row["kind"] == name]
        cells = []
        for some in (
            [each for each in of if each.row["how"] == "text"],
            [each for each in of if each.row["how"] != "text"],
        ):
            cells.append(f"{sum(each.right for each in some)}/{len(some)}" if some else "")
        others = Counter(each.got for each in of if not each.right).most_common()
        wrong = ", ".join(f"{got} {count}" for got, count in others)
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {_share(hits[name], taken[name])} | {wrong} |")
    return lines


def _confusion(verdicts: Sequence[Verdict]) -> list[str]:
    """Only kinds that take part in a confusion: rows are what a paper is, columns what it was taken for."""
    pairs = Counter((str(each.row["kind"]), each.got) for each in verdicts if not each.right)
    rows, columns = sorted({pair[0] for pair in pairs}), sorted({pair[1] for pair in pairs})
    if not pairs:
        return ["No paper was taken for another kind."]
    right = Counter(str(each.row["kind"]) for each in verdicts if each.right)
    lines = [f"| is \\ taken for | right | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for row in rows:
        cells = [str(pairs[row, column] or "") for column in columns]
        lines.append(f"| {row} | {right[row]} | {' | '.join(cells)} |")
    return lines


def _fields(verdicts: Sequence[Verdict]) -> list[str]:
    lines = [
        "| kind | fields | right | wrong | silent | sure and wrong | right of those at 0.90 and above |",
        "|---" * 7 + "|",
    ]
    names = sorted({each.row["kind"] for each in verdicts if each.marks})
    lines += [
        _field_row(name, [mark for each in verdicts if each.row["kind"] == name for mark in each.marks])
        for name in names
    ]
    return [*lines, _field_row("all", [mark for each in verdicts for mark in each.marks])]


def _field_row(name: str, some: Sequence[Mark]) -> str:
    right, silent = sum(mark.right for mark in some), sum(not mark.got for mark in some)
    sure = [mark for mark in some if mark.got and mark.confidence >= SURE]
    vouched = f"{sum(mark.right for mark in sure)}/{len(sure)}"
    wrong = len(some) - right - silent
    return (
        f"| {name} | {len(some)} | {right} | {wrong} | {silent} | {sum(m.sure_and_wrong for m in some)} | {vouched} |"
    )
