"""Sets what a zone reader said against the truth, picture by picture, and counts by difficulty, effect and confidence.

Compares as ../shared/bench/score.py does (letters and digits only, dates as YYMMDD), and like it takes the record
whose zone lines agree best where a reader gives several.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

#: A value at or above this confidence is one the reader vouches for, and this share of such values must be right.
SURE, SURE_SHARE = 0.9, 0.995
#: The name of a field and where the truth has it.
FIELDS = {
    "document_number": "document_number",
    "birth_date": "birth_yymmdd",
    "expiry_date": "expiry_yymmdd",
    "nationality": "nationality",
    "issuing_state": "issuing_state",
    "surname": "surname",
    "given_names": "given_names",
    "sex": "sex",
}
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one picture; `given` holds name, confidence and rightness of every value the reader gave."""

    file: str
    difficulty: float
    effects: tuple[str, ...]
    lines: int
    lines_right: int
    exact: bool
    answered: bool
    given: tuple[tuple[str, float, bool], ...]

    @property
    def negative(self) -> bool:
        return self.lines == 0

    @property
    def sure_and_wrong(self) -> int:
        """Fields vouched for and wrong, as score.py counts them: without the lines of the zone themselves."""
        return sum(confidence >= SURE and not right for name, confidence, right in self.given if name != "mrz")


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def judge(truth: Sequence[Row], predictions: Iterable[Row]) -> list[Verdict]:
    """One verdict a row of *truth*; predictions carry the same `file`."""
    by_file: dict[str, list[Row]] = {}
    for each in predictions:
        by_file.setdefault(str(each["file"]), []).append(each)
    return [_verdict(row, by_file.get(row["file"], [])) for row in truth]


def _verdict(truth: Row, records: Sequence[Row]) -> Verdict:
    read = [fields for fields in (record.get("fields") or {} for record in records) if _value(fields, "mrz")]
    lines: list[str] = truth.get("mrz") or []
    best = max(read, key=lambda fields: _hits(_value(fields, "mrz"), lines), default={})
    got = _value(best, "mrz") or []
    exact = bool(lines) and list(got) == lines
    given = [("mrz", float(best["mrz"].get("confidence") or 0), exact)] if got else []
    for name, key in FIELDS.items() if lines else ():
        value = _value(best, name)
        if value not in (None, "", []) and truth.get(key) is not None:
            given.append((name, float(best[name].get("confidence") or 0), _same(name, value, truth[key])))
    return Verdict(
        file=truth["file"],
        difficulty=float(truth.get("difficulty", 0.0)),
        effects=tuple(str(truth.get("cond") or "").split("+")),
        lines=len(lines),
        lines_right=sum(line in got for line in lines),
        exact=exact,
        answered=bool(got),
        given=tuple(given),
    )


def _value(fields: Row, name: str) -> Any:
    field = fields.get(name)
    return field.get("value") if isinstance(field, Mapping) else None


def _hits(got: Sequence[str], lines: Sequence[str]) -> int:
    return sum(a == b for a, b in zip(got, lines, strict=False))


def _loose(text: Any) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", str(text or "")).upper() if c.isalnum())


def _same(name: str, value: Any, want: str) -> bool:
    if name.endswith("_date"):
        value = str(value)
        return (value[2:].replace("-", "") if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value) == want
    if name == "sex":
        return _loose(value)[:1] == _loose(want)[:1] or (not _loose(value) and want == "X")
    return _loose(value) == _loose(want)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return the headline: documents and lines exact, sure and wrong, zones invented."""
    zones = [v for v in verdicts if not v.negative]
    exact, lines, right = (sum(getattr(v, n) for v in zones) for n in ("exact", "lines", "lines_right"))
    # A reader of zones alone gives no fields to be sure of.
    given = any(name != "mrz" for v in zones for name, _, _ in v.given)
    wrong = sum(v.sure_and_wrong for v in zones) if given else "-"
    negatives = [v for v in verdicts if v.negative]
    return (
        f"documents exact {exact}/{len(zones)} = {share(exact, len(zones))}; lines exact {right}/{lines} = "
        f"{share(right, lines)}; sure+wrong {wrong}; invented {sum(v.answered for v in negatives)}/{len(negatives)}"
    )


def by_difficulty(verdicts: Sequence[Verdict]) -> list[str]:
    """A Markdown table, one row a tenth of the difficulty."""
    groups = {
        f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}": [v for v in verdicts if min(9, int(v.difficulty * 10)) == tenth]
        for tenth in range(10)
    }
    return _table("difficulty", groups)


def by_effect(verdicts: Sequence[Verdict]) -> list[str]:
    """A Markdown table, one row an effect that matters in a picture; a picture counts under each of its effects."""
    names = sorted({effect for v in verdicts for effect in v.effects})
    groups = {name: [v for v in verdicts if name in v.effects] for name in names}
    return _table("effect", dict(sorted(groups.items(), key=lambda item: _exactness(item[1]))))


def _exactness(verdicts: Sequence[Verdict]) -> float:
    zones = [v for v in verdicts if not v.negative]
    return sum(v.exact for v in zones) / max(1, len(zones))


def _table(head: str, groups: Mapping[str, Sequence[Verdict]]) -> list[str]:
    table = [
        f"| {head} | documents | exact | share | lines exact | sure+wrong | invented |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, members in groups.items():
        zones, others = [v for v in members if not v.negative], [v for v in members if v.negative]
        exact, lines, right = (sum(getattr(v, n) for v in zones) for n in ("exact", "lines", "lines_right"))
        invented = f"{sum(v.answered for v in others)}/{len(others)}" if others else "-"
        wrong = sum(v.sure_and_wrong for v in zones)
        table.append(
            f"| {name} | {len(zones)} | {exact} | {share(exact, len(zones))} | {share(right, lines)} | {wrong} "
            f"| {invented} |"
        )
    return table


def calibration(verdicts: Sequence[Verdict]) -> list[str]:
    """A Markdown table: of the values given with a confidence in each band, how many are right."""
    given = [each for v in verdicts for each in v.given]
    table = ["| confidence | values | right | share right |", "|---|---|---|---|"]
    for low, high in itertools.pairwise(BANDS):
        band = [right for _, confidence, right in given if low <= confidence < high]
        table.append(f"| {low:.2f} to {min(high, 1.0):.2f} | {len(band)} | {sum(band)} | {_right(band)} |")
    sure = [right for _, confidence, right in given if confidence >= SURE]
    verdict = "met" if sure and sum(sure) / len(sure) >= SURE_SHARE else "not met"
    table.append(
        f"| **{SURE:.2f} and above** (at least {SURE_SHARE}: {verdict}) | {len(sure)} | {sum(sure)} | {_right(sure)} |"
    )
    return table


def _right(band: Sequence[bool]) -> str:
    # Three nines matter here: 0.9949 must not print as met.
    return f"{sum(band) / len(band):.4f}" if band else "-"
