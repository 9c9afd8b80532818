"""Measure the reader of contracts on the public sets: commercial contracts, non-disclosure agreements, employment.

    python -m bench.contracts                          through `mobility read --json`, as people use it, with seconds
    python -m bench.contracts --words FOLDER           open once, keep the words in FOLDER, replay the reader on them
    python -m bench.contracts --words FOLDER --set cuad --wrong end_date    list what is wrong or missing in a field
    python -m bench.contracts --words FOLDER --folds 5   what a ceiling chosen on the other folds would let through

The sets are `cuad`, `kleister_nda` and `employment` under ../shared/data. How answers are matched is said in
docs/contract-reader.md: dates by their ISO form, parties by name, law by place, lengths of time by what they add up to.
"""

from __future__ import annotations

import argparse
import collections
import json
import pickle
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bench.machine import machine
from toolkit import pages, sniff
from toolkit.errors import InputError
from toolkit.model import SURE
from toolkit.readers import contract

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SETS = ("cuad", "kleister_nda", "employment")
Row = Mapping[str, Any]
Answers = Mapping[str, tuple[tuple[str, ...], float]]
Same = Callable[[str, str], bool]


# --- what counts as the same


def loose(text: str) -> str:
    """Letters and digits only (of any script), upper case, accents folded."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).upper() if c.isalnum())


def same_name(want: str, have: str) -> bool:
    """Equal letters, or one holds the other and is at least 0.8 as long; former names may be left out."""
    return any(
        _near(one, loose(_spelt(have))) for one in {loose(_spelt(want)), loose(_spelt(_OTHER_NAME.sub("", want)))}
    )


def _near(one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return one == other or (bool(one and other) and (one in other or other in one) and shorter >= 0.8 * longer)


def _spelt(name: str) -> str:
    """One spelling of what annotators normalised: "Incorporated" is "Inc.", "&" is "and"."""
    name = re.sub(r"\bincorporated\b", "inc", name.replace("&", " and "), flags=re.IGNORECASE)
    return re.sub(r"\blimited\b", "ltd", name, flags=re.IGNORECASE)


def same_place(want: str, have: str) -> bool:
    """One names the other: "Netherlands" and "The Netherlands", "England" in "England and Wales"."""
    one, other = loose(want), loose(have)
    return bool(one and other) and (one in other or other in one)


def same_length(want: str, have: str) -> bool:
    """The same length of time: twelve months are a year, four weeks are no month."""
    return bool(_length(want)) and _length(want) == _length(have)


def _length(text: str) -> tuple[str, Decimal] | None:
    parts = re.search(r"(\d+(?:\.\d+)?)\s*(?:working\s+|business\s+)?(day|week|month|year)", text.casefold())
    if parts is None:
        return None
    factor = {"year": 12, "month": 1, "week": 7, "day": 1}[parts[2]]
    return "months" if parts[2] in ("month", "year") else "days", Decimal(parts[1]) * factor


def same_amount(want: str, have: str) -> bool:
    """The same number of money."""
    try:
        return Decimal(want) == Decimal(have)
    except InvalidOperation:
        return False


def same(want: str, have: str) -> bool:
    """Exactly equal."""
    return want == have


_RULES: Mapping[str, Same] = {
    "parties": same_name,
    "employee": same_name,
    "employer": same_name,
    "job_title": same_name,
    "work_location": same_place,
    "governing_law": same_place,
    "term": same_length,
    "notice_period": same_length,
    "renewal_notice": same_length,
    "probation": same_length,
    "salary": same_amount,
}

# --- what is expected

_FORM = re.compile(r"\b(?:inc|llc|l\.l\.c|ltd|limited|corp|corporation|company|gmbh|ag|b\.v|plc)\b", re.IGNORECASE)
_COLLECTIVE = re.compile(r"collectively|individually|each\s+an?\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[\W_]*|x{4,}|the\s+individual\s+or\s+legal\s+entity.*", re.IGNORECASE)
#: Roles that annotators wrote where the paper names nobody.
_ROLES = frozenset(("SUPPLIER", "THESELLER", "SELLER", "BUYER", "PURCHASER"))
_OTHER_NAME = re.compile(r"\s+(?:[dfan]/?[kb]/?a|formerly\s+known\s+as|doing\s+business\s+as)\b.*", re.IGNORECASE)


def party_names(answers: Sequence[str]) -> tuple[str, ...]:
    """The names in CUAD's answers, without definitions in brackets, collective terms, blanks and repetitions."""
    names: dict[str, str] = {}
    for answer in answers:
        # What stands before the first definition; a place in brackets, "Bunker One (USA) Inc.", is part of the name.
        name = re.split(r"\(+(?=[^()]*[\"“”'])", answer)[0].strip(" ,;'\"“”")
        name = re.sub(r"\s*\([^()]*\)?$", "", name)
        together = _COLLECTIVE.search(answer) and " and " in name and not _FORM.search(name)
        repeated = _COLLECTIVE.search(answer) and any(known in loose(name) and known != loose(name) for known in names)
        if together or repeated or _PLACEHOLDER.fullmatch(name) or loose(name) in _ROLES:
            continue
        names.setdefault(loose(name), name)
    return tuple(names.values())


def _dates(row: Row, name: str) -> tuple[str, ...]:
    """The ISO date of the annotation, or those of a list ("09/01/2006; 8/31/2007"); a blank or "perpetual" is none."""
    if row.get(f"{name}_iso"):
        return (str(row[f"{name}_iso"]),)
    found = re.findall(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", str(row[name]["answer"]))
    return tuple(f"{year}-{int(month):02d}-{int(day):02d}" for month, day, year in found)


def expected(name: str, row: Row) -> dict[str, tuple[tuple[str, ...], bool]]:
    """For each field the answers that are right, and whether all of them are wanted (parties) or any (the others)."""
    if name == "cuad":
        law = str(row["governing_law"]["answer"])
        return {
            "agreement_date": (_dates(row, "agreement_date"), False),
            "effective_date": (_dates(row, "effective_date"), False),
            "end_date": (_dates(row, "expiration_date"), False),
            "governing_law": (tuple(part for part in law.split(";") if loose(part)), False),
            "parties": (party_names(row["parties_answer"]), True),
        }
    if name == "kleister_nda":
        wanted = {"effective_date": "effective_date", "governing_law": "jurisdiction", "term": "term"}
        fields = {field: (tuple(row.get(key) or ()), False) for field, key in wanted.items()}
        return {"parties": (tuple(row.get("party") or ()), True), **fields}
    wanted = {
        "employee": "employee",
        "employer": "employer",
        "job_title": "job_title",
        "effective_date": "start_date",
        "salary": "base_salary",
        "salary_currency": "currency",
        "salary_period": "period",
        "notice_period": "notice",
        "probation": "probation",
    }
    return {field: ((str(row[key]),) if row.get(key) else (), False) for field, key in wanted.items()}


# --- scoring


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer or one silence: which field of which file, right or not, and how sure the reader was."""

    file: str
    field: str
    wanted: int
    given: int
    right: int
    confidence: float
    #: Right as a whole: nothing missing, nothing too many.
    whole: bool


def judged(name: str, truth: Sequence[Row], answers: Mapping[str, Answers]) -> Iterator[Judged]:
    """Compare every expected field of every row with what was read; a row without an answer counts as silence."""
    for row in truth:
        got = answers.get(row["file"], {})
        for field, (wanted, every) in expected(name, row).items():
            given, confidence = got.get(field, ((), 0.0))
            right = _matched(wanted, given, _RULES.get(field, same))
            count = len(wanted) if every else min(1, len(wanted))
            right = right if every else min(1, right)
            whole = right == count == len(given) if every else bool(right)
            yield Judged(row["file"], field, count, len(given), right, confidence, whole)


def _matched(wanted: Sequence[str], given: Sequence[str], alike: Same) -> int:
    left, right = list(given), 0
    for want in wanted:
        hit = next((have for have in left if alike(want, have)), None)
        if hit is not None:
            left.remove(hit)
            right += 1
    return right


def f1(wanted: int, given: int, right: int) -> float:
    """The harmonic mean of recall and precision; 0 where either is."""
    return 2 * right / (wanted + given) if right else 0.0


def table(all_judged: Sequence[Judged]) -> str:
    """One row a field (expected, answered, right, F1, and how often what was vouched for is right), then all."""
    out = [
        "| field | expected | answered | right | F1 | sure | sure and right |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for field in (*dict.fromkeys(each.field for each in all_judged), "**all**"):
        rows = [each for each in all_judged if each.field == field or field == "**all**"]
        wanted, given, right = (sum(getattr(each, part) for each in rows) for part in ("wanted", "given", "right"))
        sure = [each for each in rows if each.given and each.confidence >= SURE]
        held = sum(each.whole for each in sure)
        share = f"{held} ({held / len(sure):.1%})" if sure else "-"
        out.append(
            f"| {field} | {wanted} | {given} | {right} | {f1(wanted, given, right):.3f} | {len(sure)} | {share} |"
        )
    return "\n".join(out)


# --- reading


def opened(folder: Path, name: str, truth: Sequence[Row]) -> dict[str, Any]:
    """The pages of every file of the set, from *folder* or opened now and kept there (words only)."""
    kept = folder / f"{name}.pickle"
    if kept.is_file():
        words: dict[str, Any] = pickle.loads(kept.read_bytes())
        return words
    words = {}
    for row in truth:
        data = (DATA / row["file"]).read_bytes()
        try:
            words[row["file"]] = pages.open_bytes(data, sniff.media_type(data)).pages
        except InputError as error:
            print(f"{row['file']}: {error}", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(words))
    return words


def replayed(words: Mapping[str, Any], truth: Sequence[Row]) -> dict[str, Answers]:
    """What the reader says of the kept words; prints the seconds it took."""
    answers, slowest, start = {}, (0.0, ""), time.perf_counter()
    for row in truth:
        begun = time.perf_counter()
        fields = contract.read_pages(words.get(row["file"], ())).fields
        slowest = max(slowest, (time.perf_counter() - begun, row["file"]))
        answers[row["file"]] = {field.name: (_listed(field.value), field.confidence) for field in fields}
    each = (time.perf_counter() - start) / max(1, len(truth))
    print(
        f"reader alone: {each:.3f} s a document, slowest {slowest[0]:.2f} s ({Path(slowest[1]).name})", file=sys.stderr
    )
    return answers


def read_as_people(truth: Sequence[Row]) -> dict[str, Answers]:
    """What `mobility read --json` says; the first contract of a file counts. Prints the seconds a document took."""
    paths = {str(DATA / row["file"]): row["file"] for row in truth}
    start = time.perf_counter()
    command = [str(Path(sys.executable).with_name("mobility")), "read", "--json", *paths]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    each = (time.perf_counter() - start) / max(1, len(paths))
    print(f"mobility read: {each:.2f} s a document, all children together ({machine()})", file=sys.stderr)
    answers: dict[str, Answers] = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        if answer["kind"] == "contract" and paths[answer["file"]] not in answers:
            answers[paths[answer["file"]]] = {
                name: (_listed(field["value"]), field["confidence"]) for name, field in answer["fields"].items()
            }
    return answers


def _listed(value: object) -> tuple[str, ...]:
    """A field's value as a list; a table (defined terms) is none of the scored fields."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def folds(all_judged: Sequence[Judged], count: int) -> str:
    """Per field: the ceiling that lets 98.5 % through on the other folds, and how often it held on the one left out.

    Files are grouped by the company whose papers they are (the first word of their name): one firm's contracts are
    worded alike.
    """
    out = ["| field | answers | vouched for when left out | of these right |", "|---|---:|---:|---:|"]
    for field in dict.fromkeys(each.field for each in all_judged):
        rows = [each for each in all_judged if each.field == field and each.given]
        passed = [
            each
            for fold in range(count)
            for each in rows
            if _fold(each.file, count) == fold
            and each.confidence >= _ceiling([other for other in rows if _fold(other.file, count) != fold])
        ]
        out.append(f"| {field} | {len(rows)} | {len(passed)} | {sum(each.whole for each in passed)} |")
    return "\n".join(out)


def _fold(file: str, count: int) -> int:
    return sum(map(ord, re.split(r"[_, ]", Path(file).name)[0].upper())) % count


def _ceiling(rows: Sequence[Judged]) -> float:
    """The lowest confidence from which on at least 98.5 % of *rows* are right."""
    best, right = 2.0, collections.Counter[bool]()
    for each in sorted(rows, key=lambda each: -each.confidence):
        right[each.whole] += 1
        if right[True] >= 0.985 * right.total():
            best = each.confidence
    return best


def wrong(
    all_judged: Sequence[Judged], name: str, truth: Sequence[Row], answers: Mapping[str, Answers], of: str
) -> str:
    """What is wrong or missing in the field *of*: the answers wanted and given, with the confidence."""
    by_file = {row["file"]: row for row in truth}
    lines = []
    for each in all_judged:
        if each.field == of and (each.wanted or each.given) and not each.whole:
            wanted, given = expected(name, by_file[each.file])[of][0], answers.get(each.file, {}).get(of, ((), 0.0))[0]
            lines.append(f"{Path(each.file).name[:70]} @{each.confidence:.2f}\n    want {wanted}\n    got  {given}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table a set, and one over all of them."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog="\n".join((__doc__ or "").splitlines()[1:])
    )
    parser.add_argument("--words", type=Path, help="keep the words of the opened files in this folder and replay")
    parser.add_argument("--set", choices=SETS, action="append", help="only this set (may be given more than once)")
    parser.add_argument("--wrong", default="", metavar="FIELD", help="list what is wrong or missing in this field")
    parser.add_argument("--folds", type=int, default=0, help="calibrate on grouped folds and report what holds")
    args = parser.parse_args(arguments)
    everything: list[Judged] = []
    for name in args.set or SETS:
        truth = [json.loads(line) for line in (DATA / name / "truth.jsonl").read_text("utf-8").splitlines()]
        truth = [row for row in truth if (DATA / row["file"]).is_file()]
        answers = replayed(opened(args.words, name, truth), truth) if args.words else read_as_people(truth)
        found = list(judged(name, truth, answers))
        print(f"\n{name}: {len(truth)} documents\n\n{table(found)}")
        if args.wrong:
            print(wrong(found, name, truth, answers, args.wrong))
        everything += found
    if args.folds:
        print(f"\nCalibration on {args.folds} folds, grouped by company\n\n{folds(everything, args.folds)}")


if __name__ == "__main__":
    main()
