"""Public papers issued abroad: an apostille between parties of the Hague Convention, a legalisation chain otherwise."""

from __future__ import annotations

from toolkit.fields import country
from toolkit.model import Fact, Field, Verdict
from toolkit.rules.papers import BaseRule
from toolkit.rules.situation import Answer, Situation, documents_of, record


class Legalised(BaseRule, frozen=True, tag="legalised"):
    """A public paper issued outside *home* bears the apostille or legalisation that its issuing country calls for.

    *issued_in* is the question for the country (ICAO three-letter code), *key* the one for what the paper bears:
    apostille, legalisation or no (and `not_asked` where an authority may not ask for any). Between parties of the
    convention (*parties*) an apostille is enough, and a legalisation is no worse; where either country is none, only
    the legalisation counts. *objections* are parties between whom and *home* the convention does not apply.
    """

    home: str
    issued_in: str
    key: str
    parties: str
    objections: tuple[str, ...] = ()

    def answer(self, situation: Situation) -> Answer:
        """Ask for the country first: a paper from home needs neither."""
        known = situation.known(self.issued_in)
        if isinstance(known, Answer):
            return known
        code = str(known.field.value).strip().upper()
        if not country.known(country.icao(code)):
            return situation.question(self.issued_in)
        if code == self.home:
            return Answer(Verdict.MET, "issued in the country itself", (known.field,))
        members = situation.lists.get(self.parties, frozenset())
        apostille = {code, self.home} <= members and code not in self.objections
        return self._borne(situation, known, code, apostille)

    def _borne(self, situation: Situation, issued: Fact, code: str, apostille: bool) -> Answer:
        filed = _apostille(situation, code) if apostille else ()
        if filed:
            return Answer(Verdict.MET, f"an apostille of {code} is filed with it", filed, documents_of(filed))
        stated = situation.known(self.key)
        if isinstance(stated, Answer):
            return stated
        borne, fields = str(stated.field.value).strip().casefold(), (issued.field, stated.field)
        wanted = "an apostille" if apostille else "a legalisation (the apostille convention does not apply)"
        if borne in ("legalisation", "not_asked") or (borne == "apostille" and apostille):
            said = "no apostille or legalisation is asked for" if borne == "not_asked" else f"it bears its {borne}"
            return Answer(Verdict.MET, f"issued in {code}: {said}", fields)
        step = f"Have {wanted} put on it in the issuing country; then {record(situation.key(self.key))}"
        return Answer(Verdict.UNMET, f"issued in {code}: needs {wanted}", fields, next_step=step)


def _apostille(situation: Situation, code: str) -> tuple[Field, ...]:
    """Return the country of an apostille on file that *code* issued; of several papers a person says which it is on."""
    papers = situation.of_kind(("apostille",))
    fields = [field for paper in papers if (field := paper.record.get("country")) is not None and field.sure]
    return tuple(field for field in fields if field.value == code) if len(papers) == 1 else ()
