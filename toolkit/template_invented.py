"""Invented values for everything a template declares, in its language: for previews, lint's trial letter and tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.template_definition import GROUPS, Template
from toolkit.word_template_tags import Use

_LANGUAGES = ("en", "de", "fr", "es")
_DATE = re.compile(r"(^|[._])(date|start|end|until|from|expiry|deadline|day|birth_date)$|_(date|on|by|until)$")
_AMOUNT = re.compile(r"salary|amount|allowance|premium|total|budget|limit|cost$")


class _Specimens(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The shape of `template_specimen.toml`."""

    text: Mapping[str, tuple[str, ...]]
    filtered: Mapping[str, str]
    dated: Mapping[str, str]
    rows: Mapping[str, Mapping[str, tuple[str, ...]]]


@cache
def _specimens() -> _Specimens:
    return definitions.load(Path(__file__).with_name("template_specimen.toml"), _Specimens)


def values(template: Template, uses: Sequence[Use] = ()) -> dict[str, str]:
    """Return a value for every fact that *template* needs or may have; *uses* tell which are dates, money, countries.

    The value of a fact that a filter writes is one that filter can write; without *uses* its name decides.
    """
    filters = {use.variable: use.filter for use in uses if use.filter}
    currencies = {use.argument for use in uses if use.argument}
    return {
        name: "EUR" if name in currencies else _value(name, filters.get(name, ""), template.language)
        for name in template.declared
    }


def rows(template: Template) -> dict[str, tuple[Mapping[str, str], ...]]:
    """Return two or three rows for every group of rows that *template* declares, with all columns the group has."""
    return {name: invented_rows(name, template.language) for name in template.rows if name in GROUPS}


def invented_rows(group: str, language: str) -> tuple[Mapping[str, str], ...]:
    """Return invented rows of *group* with every column."""
    columns = _specimens().rows[group]
    count = len(next(iter(columns.values())))
    return tuple({column: _spoken(columns[column][place], language) for column in columns} for place in range(count))


def _spoken(text: str, language: str) -> str:
    parts = text.split("|")
    code = language.partition("-")[0]
    return parts[_LANGUAGES.index(code)] if len(parts) == len(_LANGUAGES) and code in _LANGUAGES else parts[0]


def _value(name: str, filter_: str, language: str) -> str:
    made = _specimens()
    if filter_ in made.filtered:
        said = made.dated.get(name.rpartition(".")[2], "") if made.filtered[filter_].count("-") == 2 else ""
        return said or made.filtered[filter_]
    if name.endswith("_currency"):
        return "EUR"
    last = name.rpartition(".")[2]
    if _DATE.search(name) and last not in made.text:
        return made.dated.get(last, made.filtered["long_date"])
    if _AMOUNT.search(last) and not name.startswith("policy.") and last not in made.text:
        return made.filtered["money"]
    return _text(name, language)


def _text(name: str, language: str) -> str:
    texts = _specimens().text
    fits = [key for key in texts if key and (name == key or name.endswith((f".{key}", f"_{key}")))]
    fits += [key for key in texts if key.endswith(".") and name.startswith(key)]
    return _spoken("|".join(texts[max(fits, key=len, default="")]), language)
