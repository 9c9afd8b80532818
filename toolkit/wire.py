"""Values of ours to bytes and back, typed on both ways: what the confined child and its parent speak. No pickle.

msgspec does the packing and most of the checking. It refuses unions of two array shapes, which `model.Value` is, so
such types are walked here down to the parts that msgspec takes.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

_LISTS = (list, Sequence, typing.Sequence)
_MAPPINGS = (dict, Mapping)


def dumps(value: object) -> bytes:
    """Return *value* (built of dataclasses, enums, dates, text, bytes, numbers, tuples and mappings) as MessagePack."""
    return msgspec.msgpack.encode(value)


def loads(data: bytes) -> Any:
    """Return the plain value in *data*: mappings, lists, text, bytes, numbers. Raises msgspec.DecodeError."""
    return msgspec.msgpack.decode(data)


def build(plain: Any, kind: Any) -> Any:
    """Return *plain* as a value of the type *kind*. Raises msgspec.ValidationError where it does not fit."""
    if kind is Any or kind is object:
        return plain
    if _taken_whole(kind):
        return msgspec.convert(plain, kind)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _build_union(plain, get_args(kind))
    if origin is tuple:
        return _build_tuple(plain, get_args(kind))
    if origin in _LISTS:
        return [build(item, get_args(kind)[0]) for item in _expect(plain, list)]
    if origin in _MAPPINGS:
        key, value = get_args(kind)
        return {build(k, key): build(v, value) for k, v in _expect(plain, dict).items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return _build_dataclass(_expect(plain, dict), kind)
    raise TypeError(f"values of type {kind} cannot cross the process boundary")


@cache
def _taken_whole(kind: Any) -> bool:
    try:
        msgspec.msgpack.Decoder(kind)
    except TypeError:
        return False
    return True


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind) if each.init}


def _build_union(plain: Any, arms: Sequence[Any]) -> Any:
    for arm in arms:
        try:
            return build(plain, arm)
        except msgspec.ValidationError:
            continue
    raise msgspec.ValidationError(f"a {type(plain).__name__} fits none of the {len(arms)} types allowed")


def _build_tuple(plain: Any, parts: Sequence[Any]) -> tuple[Any, ...]:
    items = _expect(plain, list)
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(build(item, parts[0]) for item in items)
    if len(items) != len(parts):
        raise msgspec.ValidationError(f"{len(items)} items where {len(parts)} are expected")
    return tuple(build(item, part) for item, part in zip(items, parts, strict=True))


def _build_dataclass(plain: Mapping[str, Any], kind: Any) -> Any:
    hints = _hints(kind)
    if unknown := plain.keys() - hints.keys():
        raise msgspec.ValidationError(f"{len(unknown)} unknown fields for a {kind.__name__}")
    try:
        return kind(**{name: build(value, hints[name]) for name, value in plain.items()})
    except TypeError as mistake:
        raise msgspec.ValidationError(f"fields are missing for a {kind.__name__}") from mistake


def _expect(plain: Any, shape: type) -> Any:
    if not isinstance(plain, shape):
        raise msgspec.ValidationError(f"a {type(plain).__name__} where a {shape.__name__} is expected")
    return plain
