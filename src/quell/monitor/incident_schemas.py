"""The wire shapes of the hits of incidents."""

from collections.abc import Iterable

from pydantic import Field

from quell.http.wire import Timestamp, WireAnswer
from quell.monitor.domain import IncidentHits


class HourCount(WireAnswer):
    """How often an incident was hit in the hour that begins at `hour`."""

    hour: Timestamp
    count: int


class IncidentFigures(WireAnswer):
    """How often an incident was hit; the name `*` stands for those beyond what is counted apart."""

    medium: str
    incident_name: str
    last_hour: int = Field(description="Hits of the last hour, to five minutes.")
    count: int
    hours: list[HourCount]

    @classmethod
    def of(cls, one: IncidentHits) -> "IncidentFigures":
        """Render the hits of an incident."""
        hours = [HourCount(hour=hour, count=count) for hour, count in one.hours.items()]
        return cls(
            medium=one.medium,
            incident_name=one.name,
            last_hour=one.last_hour,
            count=one.count,
            hours=hours,
        )


class IncidentFiguresAnswer(WireAnswer):
    """Every incident that was hit in the span, the most hits first."""

    enabled: bool
    value: list[IncidentFigures]

    @classmethod
    def of(cls, found: Iterable[IncidentHits], *, enabled: bool) -> "IncidentFiguresAnswer":
        """Render the hits of all incidents."""
        return cls(enabled=enabled, value=[IncidentFigures.of(one) for one in found])
