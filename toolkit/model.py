"""The nouns every other module speaks in. Frozen, no I/O, no engine, no file format.

Values read from documents are personal data, so every `repr` here hides them: reprs end up in logs and tracebacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

#: What a field can hold: text, a list of texts (MRZ lines, party names), or a table (receipt lines).
Value: TypeAlias = str | tuple[str, ...] | tuple[Mapping[str, str], ...]

#: A field at or above this confidence is one the reader vouches for; below it the answer is "unsure".
SURE = 0.90


class Method(StrEnum):
    """How a value came to be known."""

    TEXT_LAYER = "text layer"
    MRZ = "mrz"
    OCR = "ocr"
    E_INVOICE = "e-invoice xml"
    COMPUTED = "computed"
    PERSON = "person"


class Proof(StrEnum):
    """What, beyond the reading itself, shows that a value is right."""

    CHECK_DIGIT = "check digit"
    CROSS_MATCH = "cross-match"
    ARITHMETIC = "arithmetic"
    PERSON = "person"
    NONE = "none"


class Verdict(StrEnum):
    """The answers a requirement can have. Unclear never counts as met, and does not apply only where that is known."""

    MET = "MET"
    UNMET = "UNMET"
    UNSURE = "UNSURE"
    NOT_APPLICABLE = "NOT APPLICABLE"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the upright page, origin top left: the only convention in the project."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Height as a fraction of the page."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Width as a fraction of the page."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Vertical middle, as a fraction from the top."""
        return (self.top + self.bottom) / 2

    @staticmethod
    def around(boxes: Sequence[Box]) -> Box:
        """Return the smallest box that holds all *boxes* (at least one)."""
        return Box(
            min(b.left for b in boxes),
            min(b.top for b in boxes),
            max(b.right for b in boxes),
            max(b.bottom for b in boxes),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text as the text layer or the OCR engine gave it; from OCR it may be a run of several words."""

    text: str
    box: Box
    confidence: float = 1.0

    def __repr__(self) -> str:
        return f"<Word {len(self.text)} characters {self.confidence:.2f}>"


@dataclass(frozen=True, slots=True)
class Page:
    """One upright page: its words in reading order, and how they were had.

    `width` and `height` are PDF points for PDFs and pixels for pictures. `rotation` is the clockwise turn in degrees
    (0, 90, 180, 270) that was applied to the page as stored (after EXIF) to make it upright; boxes refer to the result.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    method: Method
    rotation: int = 0

    def __repr__(self) -> str:
        return f"<Page {self.number} {len(self.words)} words {self.method}>"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: enough to draw the rectangle. `document` is empty until the document has an id."""

    document: str
    page: int | None
    box: Box | None
    method: Method


@dataclass(frozen=True, slots=True)
class Field:
    """One fact, how sure we are of it, where we read it and what proves it.

    `value` is normalised: dates ISO 8601, money as a decimal string with `currency` (ISO 4217), countries as ICAO 9303
    three-letter codes. A correction is a new Field by a person; nothing is overwritten.
    """

    name: str
    value: Value
    confidence: float
    source: Source
    proof: Proof = Proof.NONE
    currency: str | None = None

    @property
    def sure(self) -> bool:
        """Whether the reader vouches for this value."""
        return self.confidence >= SURE

    def __repr__(self) -> str:
        return f"<{self.name} {self.confidence:.2f} {self.source.method} p{self.source.page} {self.proof}>"


@dataclass(frozen=True, slots=True)
class Record:
    """What was read from one document: its kind and fields; `rejected` keeps losing candidates for the reviewer."""

    kind: str
    kind_confidence: float
    pages: tuple[int, ...]
    fields: tuple[Field, ...]
    rejected: tuple[Field, ...] = ()
    warnings: tuple[str, ...] = ()
    document: str = ""
    #: The clockwise turn of each page of the file (`Page.rotation`), so that a packet shows it upright.
    turns: tuple[int, ...] = ()

    def get(self, name: str) -> Field | None:
        """Return the field called *name*, or None."""
        return next((f for f in self.fields if f.name == name), None)

    def __repr__(self) -> str:
        return f"<Record {self.kind} {self.kind_confidence:.2f} {len(self.fields)} fields>"


class State(StrEnum):
    """Where a submitted file ended. Every file ends in exactly one."""

    FILED = "filed"
    ASKED = "asked"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Document:
    """The original as it was submitted, immutable and sealed. `name` is the submitted file name (personal data)."""

    id: str
    case: str
    name: str
    media_type: str
    size: int
    sha256_sealed: str
    received: str
    state: State
    reason: str = ""
    next_step: str = ""
    person: str = ""
    parent: str = ""
    duplicate_of: str = ""
    #: The document whose paper this is a further photo of: a long receipt in several photos is one paper.
    part_of: str = ""
    #: Which photo of its paper this is, from 1; 0 where the paper is one file.
    place: int = 0
    #: The pages of the file it was cut from (its parent's), in its own order; empty for a file that came by itself.
    pages: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it counts by itself: it is no copy, and no further photo of another document's paper."""
        return not (self.duplicate_of or self.part_of)

    def __repr__(self) -> str:
        return f"<Document {self.id} {self.media_type} {self.state}>"


@dataclass(frozen=True, slots=True)
class Person:
    """A principal or dependant of a case. `role` is principal, spouse, partner or child."""

    id: str
    role: str
    surname: str
    given_names: str
    birth_date: str = ""
    nationality: str = ""

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.role}>"


@dataclass(frozen=True, slots=True)
class Case:
    """One move: who, by which route, when. `details` are statements of the specialist (employer, salary, answers).

    `dates` holds planned dates by name: `filing`, `start`, `end`. `route` is `<country>/<route>`, as under `forms/`.
    """

    id: str
    reference: str
    route: str
    people: tuple[Person, ...]
    dates: Mapping[str, date]
    details: Mapping[str, str] = field(default_factory=dict)

    def person(self, id_or_role: str) -> Person | None:
        """Return the first person with that id or role, or None."""
        return next((p for p in self.people if id_or_role in (p.id, p.role)), None)

    def __repr__(self) -> str:
        return f"<Case {self.id} {self.route} {len(self.people)} people>"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a case: the reading that is trusted most, and what other papers say.

    `agreeing` are readings that say the same (perhaps in another spelling), `others` those that contradict it.
    """

    name: str
    field: Field
    others: tuple[Field, ...] = ()
    agreeing: tuple[Field, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether a person has decided what is true, or nothing contradicts.

        Who corrects what was read from one paper says what that paper says, not which of two papers is right.
        """
        return not self.others or (self.field.proof is Proof.PERSON and not self.field.source.document)

    def __repr__(self) -> str:
        return f"<Fact {self.name} {self.field.confidence:.2f} {len(self.others)} against>"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one requirement: the verdict, the reason in plain words, the legal source, and the evidence.

    `level` is mandatory, conditional, recommended (practice, not law) or later (falls due after the planned stage);
    only the first two can make a case incomplete.
    """

    requirement: str
    label: str
    verdict: Verdict
    because: str
    legal_source: str
    checked: date
    person: str = ""
    evidence: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    next_step: str = ""
    level: str = "mandatory"
    stage: str = ""

    def __repr__(self) -> str:
        return f"<Finding {self.requirement} {self.verdict}>"
