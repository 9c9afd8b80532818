"""The option `--why` of verbs that can go on in spite of something; `toolkit.overrides` says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def why_option(*options: str) -> Callable[[F], F]:
    """Add `--why TEXT`, needed with each of *options*."""
    needed = " and ".join(options)
    return click.option(
        "--why",
        default="",
        metavar="TEXT",
        help=f"Why, in one line; needed with {needed}. Kept in the ledger, which is readable to all: no names of "
        "people, nothing personal.",
    )
