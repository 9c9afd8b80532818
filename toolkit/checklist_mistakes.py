"""What is wrong in a route's file, said so that who wrote it can put it right: file, place, what, and a remedy.

The shapes themselves stand in `toolkit.checklist`; here is what a shape cannot say (a kind nobody reads, two thresholds
for one day) and how a mistake against a shape is told. Pure, but for the file that is read again to find the place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from toolkit.errors import DefinitionError
from toolkit.fields.currency import CODES
from toolkit.kind import kinds
from toolkit.rules import Ask, Condition, Rule
from toolkit.rules.amounts import AtLeast, LevelStep, Step
from toolkit.rules.situation import CONTRACT_TYPES

#: Dates a rule may lean on; each is planned in the case.
_PLANNED = frozenset({"case.filing", "case.start", "case.end"})
_IDENTITY = frozenset({"surname", "given_names", "birth_date", "nationality", "full_name"})
#: What readers give of any paper beside the fields of its kind's file, and what they give of a contract.
_READ = frozenset({"form_number", "language", "document_number", "expiry_date", "issue_date", "currency"})
_READ_OF_CONTRACTS = frozenset({"employer", "employee", "job_title", "effective_date", "end_date", "salary", "signed"})
#: Attributes that name a day or a value: of the plan, of a question, or of a paper.
_NAMED = ("on", "anchor", "earlier", "later", "first", "last")
_FIELDS = ("field", "anchor", "earlier", "later", "first", "last")
_COUNTS = ("years", "months", "weeks", "days", "working_days", "reduced_months", "before_days", "lookback_months")


def parts(value: object) -> Iterator[msgspec.Struct]:
    """Walk through rules and conditions, nested ones included."""
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from parts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def mistakes(part: msgspec.Struct, asks: Mapping[str, Ask], lists: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield what is wrong with one rule, condition or date that its shape does not forbid, each with its remedy."""
    named = [getattr(part, attribute, "") for attribute in ("list", "reduced_for", "parties")]
    for name in (*named, *(each for group in getattr(part, "choices", ()) for each in group.values())):
        if name and name not in lists:
            yield f"there is no list {name} in forms/lists: add the file or correct the name{_meant(name, lists)}"
    for attribute in ("key", "group", "issued_in"):
        name = getattr(part, attribute, "")
        if name and name not in asks:
            yield f"nothing asks for {name}: add [ask.{name}]{_meant(name, asks)}"
    for attribute in _NAMED:
        name = getattr(part, attribute, "")
        if name and not (name in _PLANNED or name in asks or name in _IDENTITY or "." in name.removeprefix("case.")):
            yield (
                f"{attribute} = {name} is no planned date, no question and no field of a paper: "
                f"write case.filing, add [ask.{name}], or name kind and field as in passport.expiry_date"
            )
    yield from _of_papers(part, asks)
    yield from _of_numbers(part)


def _of_papers(part: msgspec.Struct, asks: Mapping[str, Ask]) -> Iterator[str]:
    """A paper of a kind nobody reads, or a field no reader gives, would be asked for for ever."""
    for kind in getattr(part, "kinds", ()):
        if kind not in kinds():
            yield f"there is no kind of paper {kind}: take a folder of toolkit/kinds{_meant(kind, kinds())}"
    if getattr(part, "paper", None) == "":
        yield 'paper is empty: say in a few words which paper it is, as paper = "the passport"'
    known = _fields()
    for attribute in _FIELDS:
        kind, dot, field = getattr(part, attribute, "").rpartition(".")
        name = f"{kind}.{field}"
        if not dot or kind == "case" or name in asks:
            continue
        if kind not in known and (isinstance(part, get_args(Rule)) or _meant(kind, known)):
            yield f'{attribute} = {name}: there is no kind of paper {kind}{_meant(kind, known)}; or add [ask."{name}"]'
        elif field not in known.get(kind, {field}) and _meant(field, known[kind]):
            yield f"{attribute} = {name}: no reader gives {field}{_meant(field, known[kind])}"


def _of_numbers(part: msgspec.Struct) -> Iterator[str]:
    for attribute in _COUNTS:
        number = getattr(part, attribute, 0)
        if isinstance(number, int) and number < 0:
            yield f"{attribute} = {number}: a term is counted in whole numbers from 0; the side is said by another key"
    currency = getattr(part, "currency", "")
    if currency and currency not in CODES:
        yield f"currency = {currency} is no ISO 4217 code: write three capitals, as EUR"
    if isinstance(part, AtLeast):
        yield from _of_steps(part.steps)


def _of_steps(steps: Sequence[Step]) -> Iterator[str]:
    """Two thresholds of one group for one day, or one that ends before it begins."""
    for number, step in enumerate(steps):
        if step.last_day is not None and step.last_day < step.first_day:
            yield f"threshold {step.id} ends on {step.last_day}, before it begins: correct first_day or last_day"
        for other in steps[:number]:
            if step.id == other.id:
                yield f"two thresholds are called {step.id}: rename one"
            early, late = sorted((step, other), key=lambda each: each.first_day)
            shared = set(step.groups) & set(other.groups)
            if shared and (early.last_day is None or early.last_day >= late.first_day):
                yield (
                    f"two thresholds for {min(shared)} are in force on {late.first_day}: "
                    f"close {early.id} with last_day, the day before {late.id} begins"
                )


@cache
def _fields() -> Mapping[str, frozenset[str]]:
    """Return the fields of each kind of paper, by its name in facts."""
    read = {name.replace("-", "_"): _READ | frozenset(kind.fields) for name, kind in kinds().items()}
    return read | {f"{each}_contract": _READ_OF_CONTRACTS for each in CONTRACT_TYPES}


def _meant(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" where a known word is like it."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""


# Mistakes against a shape, told with their place


def located(path: Path, told: DefinitionError, shapes: Mapping[str, type[msgspec.Struct]]) -> DefinitionError:
    """Return *told* with the part of *path* it is in and a remedy; *shapes* are those of the parts by section."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return DefinitionError(f"{told}{_unreadable(path, str(told))}")
    for section, shape in shapes.items():
        found = raw.get(section)
        for name, part in found.items() if isinstance(found, dict) else ():
            try:
                msgspec.convert(part, shape)
            except msgspec.ValidationError as mistake:
                line = re.search(r" \(line [\d, ]+\)$", str(told))
                said = str(mistake).replace(" - at `$.", " at `")
                where = f"{path}: {section}.{name}"
                return DefinitionError(f"{where}: {said}{line[0] if line else ''}{_remedy(said, where, shapes)}")
    return DefinitionError(f"{told}{_remedy(str(told), str(path), shapes)}")


def _unreadable(path: Path, told: str) -> str:
    """Return what stands in the line a TOML reader stumbled over, and what is usually wrong there."""
    number = re.search(r"at line (\d+)", told)
    if number is None:
        return ""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    shown = lines[int(number[1]) - 1].strip() if int(number[1]) <= len(lines) else ""
    if "twice" in told or "overwrite" in told:
        return f": {shown}; two parts, or two lines of a part, bear one name: rename one"
    return f": {shown}; look for a missing quotation mark, bracket or comma, or a day that does not exist"


def _remedy(said: str, where: str, shapes: Mapping[str, type[msgspec.Struct]]) -> str:
    """Return what to do about a mistake that msgspec told, as "; ..."; empty where nothing more is known."""
    if unknown := re.search(r"unknown field `([^`]+)`", said):
        return _meant(unknown[1], _keys(shapes)) or "; correct or remove it: docs/guides/add-a-visa.md has the keys"
    if missing := re.search(r"missing required field `([^`]+)`", said):
        place = where.rpartition(": ")[2]
        source = f"; add [{place}.source] with citation, basis and confidence"
        return source if missing[1] == "source" else f"; add {missing[1]} = ..."
    if re.search(r"Invalid (enum )?value '", said):
        known = _words(shapes, (re.search(r"(\w+)`?(?: \(line.*)?$", said) or ["", ""])[1])
        return f"; write one of: {', '.join(known)}" if known else ""
    plain = {
        "encoded date": "; write a day as 2026-11-23, without quotation marks",
        "decimal": '; write an amount as "1234.50": a point, nothing between thousands',
        "of length >= 1": "; it may not be empty",
        ">= 0": "; write a whole number from 0",
        "Expected `int`": "; write a whole number, without quotation marks",
        "Expected `str`": "; write it in quotation marks",
        "Expected `array`": "; write it in square brackets",
    }
    return next((remedy for words, remedy in plain.items() if words in said), "")


def _shapes(shapes: Mapping[str, type[msgspec.Struct]]) -> Iterator[type[msgspec.Struct]]:
    yield from shapes.values()
    for shape in shapes.values():
        hints = get_type_hints(shape).values()
        yield from (each for each in hints if isinstance(each, type) and issubclass(each, msgspec.Struct))
    yield from (*get_args(Rule), *get_args(Condition), Step, LevelStep)


def _keys(shapes: Mapping[str, type[msgspec.Struct]]) -> list[str]:
    """Return every key that may stand in a part."""
    return sorted({name for shape in _shapes(shapes) for name in shape.__struct_fields__})


def _words(shapes: Mapping[str, type[msgspec.Struct]], key: str) -> list[str]:
    """Return the words that may stand under *key*: the rules, the conditions, or those of a closed vocabulary."""
    tagged = {"rule": Rule, "is": Condition}.get(key)
    if tagged is not None:
        return sorted(str(each.__struct_config__.tag) for each in get_args(tagged))
    hints = [get_type_hints(shape).get(key) for shape in _shapes(shapes)]
    return sorted({str(word) for hint in hints for word in _literals(hint)})


def _literals(hint: object) -> Iterator[object]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_origin(hint) is Union:
        for each in get_args(hint):
            yield from _literals(each)


__all__ = ["located", "mistakes", "parts"]
