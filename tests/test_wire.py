from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import answers, wire
from toolkit.model import Box, Case, Field, Method, Page, Person, Proof, Record, Source, Word

texts = st.text(max_size=8)
fractions = st.floats(0, 1)
boxes = st.builds(Box, fractions, fractions, fractions, fractions)
sources = st.builds(Source, texts, st.none() | st.integers(1, 9), st.none() | boxes, st.sampled_from(Method))
rows = st.lists(st.dictionaries(texts, texts, max_size=2), min_size=1, max_size=2).map(tuple)
values = texts | st.lists(texts, max_size=3).map(tuple) | rows
fields = st.builds(Field, texts, values, fractions, sources, st.sampled_from(Proof), st.none() | texts)
some_fields = st.lists(fields, max_size=3).map(tuple)
records = st.builds(
    Record, texts, fractions, st.lists(st.integers(1, 9)).map(tuple), some_fields, some_fields, st.just(()), texts
)
words = st.builds(Word, texts, boxes, fractions)
pages = st.builds(
    Page, st.integers(1, 99), fractions, fractions, st.lists(words, max_size=3).map(tuple), st.sampled_from(Method)
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | texts | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(records)
def test_records_come_back_as_they_went(record):
    assert wire.build(wire.loads(wire.dumps(record)), Record) == record


@given(st.lists(pages, max_size=3))
def test_pages_come_back_as_they_went(pages):
    assert wire.build(wire.loads(wire.dumps(pages)), list[Page]) == pages
    assert wire.build(wire.loads(wire.dumps(pages)), tuple[Page, ...]) == tuple(pages)


@given(plain)
def test_what_is_measured_first_decodes_to_the_same(value):
    assert answers.loads(wire.dumps(value)) == wire.loads(wire.dumps(value))


@given(plain, st.sampled_from([Record, Page, list[Record], tuple[str, bytes], Mapping[str, Record], int | tuple[int]]))
def test_what_does_not_fit_is_refused_in_one_way(value, kind):
    with contextlib.suppress(msgspec.ValidationError):
        wire.build(wire.loads(wire.dumps(value)), kind)


def test_dates_bytes_and_nested_people():
    case = Case("1", "r", "us/l-1a", (Person("p", "principal", "A", "B"),), {"start": date(2026, 1, 2)}, {"k": "v"})
    assert wire.build(wire.loads(wire.dumps(case)), Case) == case
    assert wire.build(wire.loads(wire.dumps(("a", b"\x00"))), tuple[str, bytes]) == ("a", b"\x00")


def test_a_record_with_a_field_too_many_or_few_is_refused():
    with pytest.raises(msgspec.ValidationError):
        wire.build({"kind": "receipt"}, Record)
    with pytest.raises(msgspec.ValidationError):
        wire.build({"kind": "r", "kind_confidence": 1, "pages": [], "fields": [], "eval": ""}, Record)
