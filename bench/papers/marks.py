"""Whether an answer is right: the kind of a paper, and each of its main fields. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SURE = 0.9
#: A till's bill that calls itself an invoice is both: one reader reads them, and either name is right.
ALIKE = ({"receipt", "invoice"},)
#: Under which names a kind may give what the truth calls otherwise; the first that the kind defines counts.
OTHERWISE: Mapping[str, Sequence[str]] = {
    "issuer": (
        "institution",
        "issuing_authority",
        "authority",
        "bank",
        "insurer",
        "organisation",
        "evaluator",
        "registry",
        "court",
    ),
    "number": (
        "certificate_number",
        "licence_number",
        "receipt_number",
        "case_number",
        "reference_number",
        "reference",
        "policy_number",
        "account_number",
        "registration_number",
        "document_number",
        "cos_number",
        "grant_number",
        "file_number",
        "register_number",
    ),
    "holder": (
        "beneficiary",
        "applicant",
        "employee",
        "client",
        "insured",
        "principal",
        "represented",
        "tenant",
        "declarant",
        "guest",
    ),
    "company": (
        "employer",
        "sponsor",
        "petitioner",
        "organisation",
        "entity",
        "company_name",
        "payer",
        "host",
        "inviter",
        "subsidiary",
    ),
    "second": ("spouse_2", "respondent", "consenting_parent"),
    "child": ("child_name", "minor"),
    "child_birth_date": ("birth_date",),
    "award_date": ("conferral_date", "graduation_date"),
    "overall_score": ("score", "total_score", "overall"),
    "level": ("cefr_level",),
    "tax_year": ("year", "period"),
    "passport": ("passport_number",),
    "gross_pay": ("gross", "wages", "income", "total_income"),
    "net_pay": ("net",),
    "tax": ("tax_withheld", "total_tax"),
    "from_date": ("visit_start", "start_date", "arrival_date"),
    "to_date": ("visit_end", "end_date", "departure_date"),
    "start_date": ("valid_from", "period_start", "employment_start"),
    "end_date": ("valid_until", "period_end", "employment_end"),
    "expiry_date": ("valid_until", "end_date"),
    "exam_date": ("examination_date",),
    "marriage_date": ("event_date",),
    "licence": ("sponsor_licence_number", "licence_number"),
    "father": ("parent_1", "parent_2"),
    "mother": ("parent_2", "parent_1"),
    "profession": ("title", "licence_type"),
    "official": ("translator", "representative", "signatory", "physician"),
    "appointment_date": ("appointment",),
    "us_degree": ("equivalence", "us_equivalent"),
    "from": ("source_language",),
    "amount": ("amount_paid", "fee"),
    "law": ("governing_law",),
    "agreement_date": ("issue_date",),
    "merchant": ("issuer",),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One field of one paper: what was wanted, what was got (empty for nothing) and how sure the answer was."""

    name: str
    wanted: str
    got: str
    confidence: float

    @property
    def right(self) -> bool:
        return bool(self.got) and same(self.wanted, self.got)

    @property
    def sure_and_wrong(self) -> bool:
        return bool(self.got) and not self.right and self.confidence >= SURE


def same_kind(wanted: str, got: str) -> bool:
    return wanted == got or any({wanted, got} <= pair for pair in ALIKE)


def marks(truth: Mapping[str, str], fields: Mapping[str, Mapping[str, Any]], defined: Collection[str]) -> list[Mark]:
    """A mark for everything in *truth* that the paper's kind has a field for; *defined*: the names of its fields."""
    names = {wanted: wanted for wanted in truth if wanted in defined}
    for wanted in truth:
        free = (each for each in OTHERWISE.get(wanted, ()) if each in defined and each not in names.values())
        name = names.get(wanted) or next(free, "")
        names |= {wanted: name} if name else {}
    found = []
    for wanted, name in names.items():
        answer = fields.get(name, {})
        got = answer.get("value", "")
        text = " / ".join(str(each) for each in got) if isinstance(got, (list, tuple)) else str(got or "")
        if truth[wanted]:
            found.append(Mark(name, truth[wanted], text, float(answer.get("confidence") or 0)))
    return found


#: Numbers in words, as agreements write their terms.
_NUMBERS = {
    word: str(number)
    for number, words in {
        1: "one ein einen un", 2: "two zwei deux dos due", 3: "three drei trois tres tre",
        4: "four vier quatre cuatro quattro",
        6: "six sechs seis sei", 12: "twelve zwölf douze doce", 30: "thirty", 60: "sixty",
    }.items()
    for word in words.split()
}  # fmt: skip
#: Germany's code in machine-readable zones (Doc 9303-3, section 5).
_STATES = {"D": "DEU"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SUM = re.compile(r"-?\d+\.\d\d")


def same(wanted: str, got: str) -> bool:
    """Days, sums and terms must be equal; all words of the shorter name or title must be in the longer, in any order.

    One word of a longer name is not the name; one word that was wanted may come with others.
    """
    if _DAY.fullmatch(wanted):
        return got == wanted
    if wanted == _STATES.get(got, got):
        return True
    term = re.fullmatch(r"(\d+(?:\.\d+)?) (?:month|week|day|year|hour)s?", got)
    if term or wanted in _NUMBERS:
        first = wanted.split(maxsplit=1)[0]
        return _NUMBERS.get(first, first) == (term[1] if term else got)
    if _SUM.fullmatch(wanted):
        return bool(re.fullmatch(r"-?[\d.]+", got)) and float(got) == float(wanted)
    short, long = sorted((_words(wanted), _words(got)), key=len)
    if not short:
        return wanted.strip() == got.strip()
    compact = ["".join(words) for words in (short, long)]
    enough = len(short) > 1 or len(long) == 1 or short == _words(wanted)
    return (set(short) <= set(long) and enough) or compact[0] == compact[1]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ł", "l"))
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
