"""By when something is owed: lead times as data (`owed.toml`), counted backwards from the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit import definitions
from toolkit.checklist import STAGES, Stage
from toolkit.errors import DefinitionError

_SATURDAY = 5
Text = Annotated[str, msgspec.Meta(min_length=1)]
Days = Annotated[int, msgspec.Meta(ge=0, le=730)]


class StageLead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Papers of a stage are due *days* before (or after) the planned date *anchor*; `basis` says who says so."""

    anchor: Literal["filing", "start", "end"]
    days: Days
    basis: Text
    side: Literal["before", "after"] = "before"


class Lead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days something takes. `missing`: it has to be got even where it is simply not there yet."""

    days: Days
    basis: Text
    missing: bool = False


class LeadTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `owed.toml`."""

    stage: Mapping[Stage, StageLead]
    obtain: Mapping[str, Lead]
    specialist: Lead
    translation: Lead
    apostille: Lead

    def due(self, stage: str, dates: Mapping[str, date], *, specialist: bool = False) -> date | None:
        """Return the last working day (Monday to Friday) by which it has to be there; None where nothing is planned."""
        lead = next((each for name, each in self.stage.items() if name == stage), None)
        anchor = dates.get(lead.anchor) if lead is not None else None
        if lead is None or anchor is None:
            return None
        days = lead.days if lead.side == "after" else -lead.days
        return weekday(anchor + timedelta(days=days - (self.specialist.days if specialist else 0)))


@cache
def lead_times(path: Path | None = None) -> LeadTimes:
    """Return the lead times that ship, or those in *path*. Raises DefinitionError "file: place: what"."""
    found = path or Path(__file__).parent / "owed.toml"
    made = definitions.load(found, LeadTimes)
    missing = [stage for stage in STAGES if stage not in made.stage]
    if missing:
        raise DefinitionError(f"{found}: stage.{missing[0]}: is missing")
    return made


def weekday(day: date) -> date:
    """Return *day*, or the Friday before where it is a Saturday or Sunday: nobody reads the post then."""
    return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))
