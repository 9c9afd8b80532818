"""By when something is owed: lead times as data (`owed.toml`), counted backwards from the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit import definitions
from toolkit.calendars import Calendar
from toolkit.checklist import STAGES, Stage
from toolkit.errors import DefinitionError

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
    granted: StageLead
    obtain: Mapping[str, Lead]
    specialist: Lead
    translation: Lead
    apostille: Lead

    def after_grant(self, dates: Mapping[str, date], calendar: Calendar, ahead: int = 0) -> date | None:
        """Return the last working day for what the filing brings, and the visa on it; never before the filing."""
        anchor = dates.get(self.granted.anchor)
        if anchor is None:
            return None
        day = calendar.last_by(anchor - timedelta(days=self.granted.days + ahead))
        return max(day, dates.get("filing", day))

    def due(self, stage: str, dates: Mapping[str, date], calendar: Calendar, ahead: int = 0) -> date | None:
        """Return the last working day it has to be there by, *ahead* days earlier; None where nothing is planned."""
        lead = next((each for name, each in self.stage.items() if name == stage), None)
        anchor = dates.get(lead.anchor) if lead is not None else None
        if lead is None or anchor is None:
            return None
        days = lead.days if lead.side == "after" else -lead.days
        return calendar.last_by(anchor + timedelta(days=days - ahead))


@cache
def lead_times(path: Path | None = None) -> LeadTimes:
    """Return the lead times that ship, or those in *path*. Raises DefinitionError "file: place: what"."""
    found = path or Path(__file__).parent / "owed.toml"
    made = definitions.load(found, LeadTimes)
    missing = [stage for stage in STAGES if stage not in made.stage]
    if missing:
        raise DefinitionError(f"{found}: stage.{missing[0]}: is missing")
    return made
