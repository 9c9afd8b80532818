"""How many months a paper covers, counted from the first and last day it names; only for kinds that have the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from toolkit.fields.terms import full_months
from toolkit.kind import FieldPattern
from toolkit.model import Field, Method, Proof
from toolkit.readers import Reading

MONTHS = "months"


def with_months(reading: Reading, patterns: Mapping[str, FieldPattern]) -> Reading:
    """Return *reading* with the whole months from `period_start` to `period_end`, both days counted.

    Nothing is added where the kind has no field `months`, where it was read, or where a day is missing: employment
    that goes on has no last day, and none is assumed. It is as sure as the less sure of the two days.
    """
    fields = {field.name: field for field in reading.fields}
    start, end = fields.get("period_start"), fields.get("period_end")
    if MONTHS not in patterns or MONTHS in fields or start is None or end is None:
        return reading
    first, last = date.fromisoformat(str(start.value)), date.fromisoformat(str(end.value))
    if last < first:
        return reading
    months = full_months(first, last + timedelta(days=1))
    source = replace(start.source, method=Method.COMPUTED)
    computed = Field(MONTHS, str(months), min(start.confidence, end.confidence), source, Proof.NONE)
    return replace(reading, fields=(*reading.fields, computed))
