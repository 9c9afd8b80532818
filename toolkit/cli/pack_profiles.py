"""`mobility pack profiles`: the receivers a packet can be made for."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from toolkit import packet_profiles
from toolkit.cli.show import console, echo_json, json_option, table


@click.command()
@json_option
def profiles_command(as_json: bool) -> None:
    """List the receivers a packet can be made for: limits, source, and when they were last checked."""
    today = date.today()
    found = {name: packet_profiles.profile(name) for name in packet_profiles.names()}
    if as_json:
        echo_json([{"name": name, "expired": each.expired(today), **_told(each)} for name, each in found.items()])
        return
    rows = [
        (
            name,
            each.title,
            f"{each.most_bytes / 1_000_000:g} MB" if each.most_bytes else "no limit",
            each.layout,
            f"{each.checked.isoformat()}{' EXPIRED' if each.expired(today) else ''}, {each.basis}",
            each.source,
        )
        for name, each in found.items()
    ]
    console().print(table("", ("profile", "for", "a file", "layout", "checked", "source"), rows))


def _told(found: packet_profiles.Profile) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__}
