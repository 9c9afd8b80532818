"""A comparison of routes as one HTML file that needs nothing else. Decides nothing; words and layout only.

No script, no picture, and a policy that forbids it to load anything; texts go through autoescaping.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toolkit import shipped
from toolkit.fields import country
from toolkit.route_choice import Comparison


def html(comparison: Comparison, today: date) -> bytes:
    """Return *comparison* as a page."""
    context = {
        "made": comparison,
        "today": today,
        "origin": country.name(comparison.origin),
        "destination": country.name(comparison.destination),
        "questions": comparison.questions(),
    }
    return _environment().get_template("routes.html.j2").render(context).encode("utf-8", "replace")


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(shipped.folder("templates") / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
