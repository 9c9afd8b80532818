"""How verbs print: tables for people, JSON for programs. Cells are printed as they are, never as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from toolkit.cli.plain import plain

F = TypeVar("F", bound=Callable[..., Any])

#: Columns of a few known words, which are never broken.
SHORT = frozenset(
    {"ended", "kind", "case", "document", "verdict", "sure", "person", "state", "currency", "route", "planned"}
)

VERDICT_STYLE = {"MET": "green", "UNMET": "bold red", "UNSURE": "yellow", "NOT APPLICABLE": "dim"}


def json_option(verb: F) -> F:
    """Add `--json`: print one JSON value instead of a table."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(verb)


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps tables to the terminal and never marks up what documents say."""
    made = _Console(stderr=stderr, highlight=False, markup=False, soft_wrap=False)
    # A file or a pipe has no width of its own, and 80 columns break every table.
    return made if made.is_terminal else _Console(stderr=stderr, highlight=False, markup=False, width=160)


class _Console(Console):
    """Prints no sign that would steer the terminal: names of files and what papers say come from strangers."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain(text), **options)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr; the function that is given moves it on by one."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 person" or "2 people"; *many* is *one* with an s unless given."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def echo_json(value: Any) -> None:
    """Print *value* (dataclasses, dates, lists) as one line of JSON."""
    click.echo(msgspec.json.encode(value, enc_hook=str).decode())


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, styles: Sequence[str] = ()) -> Table:
    """Build a table whose cells are printed as they are; *styles* colours whole rows."""
    made = Table(title=title or None, title_justify="left", show_lines=False)
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in SHORT)
    for number, row in enumerate(rows):
        made.add_row(*row, style=styles[number] if number < len(styles) else None)
    return made
