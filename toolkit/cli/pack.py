"""`mobility pack CASE`: the packet for counsel, and what is done with packets. Each verb is in a file of its own."""

from __future__ import annotations

import click

from toolkit.cli.pack_case import case_command, compile_packet
from toolkit.cli.pack_delivery import deliver
from toolkit.cli.pack_diff import diff_command
from toolkit.cli.pack_profiles import profiles_command
from toolkit.cli.pack_verify import verify_command

__all__ = ["command", "compile_packet", "deliver"]

_MAKE = "case"


class _Pack(click.Group):
    """Takes `mobility pack REFERENCE` for `mobility pack case REFERENCE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the sub-verb before arguments that name none."""
        asks_for_help = args[:1] and args[0] in ctx.help_option_names
        if args and args[0] not in self.commands and not asks_for_help:
            args = [_MAKE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Pack)
def command() -> None:
    """Compile the packet of a case for counsel, and check or compare packets.

    `mobility pack REFERENCE` is short for `mobility pack case REFERENCE`: its options are under
    `mobility pack case --help`.
    """


command.add_command(case_command, _MAKE)
command.add_command(verify_command, "verify")
command.add_command(diff_command, "diff")
command.add_command(profiles_command, "profiles")
