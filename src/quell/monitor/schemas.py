"""The wire shapes of the figures."""

from pydantic import Field

from quell.http.wire import Timestamp, WireAnswer
from quell.monitor.domain import (
    Figures,
    Hits,
    Latency,
    Rejects,
    Report,
    Requests,
    Severities,
    Verdicts,
)


class RequestCounts(WireAnswer):
    """How many requests for an operation ended so: `2xx` to `5xx`, or `none` where no answer began."""

    operation: str
    status_class: str
    count: int

    @classmethod
    def of(cls, one: Requests) -> "RequestCounts":
        """Render a count."""
        return cls(operation=one.operation, status_class=one.status_class, count=one.count)


class LatencyAnswer(WireAnswer):
    """Milliseconds, rounded up, within which half, 95% and 99% were answered; of one operation or of all."""

    operation: str | None = None
    count: int
    p50: int
    p95: int
    p99: int

    @classmethod
    def of(cls, one: Latency) -> "LatencyAnswer":
        """Render latencies."""
        return cls(operation=one.operation or None, count=one.count, p50=one.p50, p95=one.p95, p99=one.p99)


class SeverityCounts(WireAnswer):
    """How many texts or images were given a severity in a category."""

    medium: str
    category: str
    severity: int
    count: int

    @classmethod
    def of(cls, one: Severities) -> "SeverityCounts":
        """Render a count."""
        return cls(medium=one.medium, category=one.category, severity=one.severity, count=one.count)


class VerdictCounts(WireAnswer):
    """How many texts or images were judged, how many of them rejected, how many of those by a match."""

    medium: str
    count: int
    rejected: int = Field(description="With a severity from `rejectAt` on, or matched.")
    matched: int = Field(description="Rejected because a blocklist or an incident matched.")

    @classmethod
    def of(cls, one: Verdicts) -> "VerdictCounts":
        """Render a count."""
        return cls(medium=one.medium, count=one.count, rejected=one.rejected, matched=one.matched)


class RejectCounts(WireAnswer):
    """How many texts or images were judged in a category, and how many reached `rejectAt` in it."""

    medium: str
    category: str
    count: int
    rejected: int

    @classmethod
    def of(cls, one: Rejects) -> "RejectCounts":
        """Render a count."""
        return cls(medium=one.medium, category=one.category, count=one.count, rejected=one.rejected)


class IncidentHits(WireAnswer):
    """How often an incident was hit; the name `*` stands for those beyond what is counted apart."""

    medium: str
    incident_name: str
    count: int

    @classmethod
    def of(cls, one: Hits) -> "IncidentHits":
        """Render a count."""
        return cls(medium=one.of, incident_name=one.name, count=one.count)


class TermHits(WireAnswer):
    """How often an item of a blocklist was found; `*` stands for those beyond what is counted apart."""

    blocklist_name: str
    blocklist_item_id: str
    count: int

    @classmethod
    def of(cls, one: Hits) -> "TermHits":
        """Render a count."""
        return cls(blocklist_name=one.of, blocklist_item_id=one.name, count=one.count)


class LabelCounts(WireAnswer):
    """How often an auto reviewer gave a label; `*` stands for those beyond what is counted apart."""

    auto_reviewer_name: str
    label_name: str
    count: int

    @classmethod
    def of(cls, one: Hits) -> "LabelCounts":
        """Render a count."""
        return cls(auto_reviewer_name=one.of, label_name=one.name, count=one.count)


class FiguresAnswer(WireAnswer):
    """What was counted, in the hour that begins at `hour` or in the whole span."""

    hour: Timestamp | None = None
    total: int
    refused: int = Field(description="Answered 4xx.")
    failed: int = Field(description="Answered 5xx.")
    latency: LatencyAnswer | None = None
    requests: list[RequestCounts]
    latencies: list[LatencyAnswer]
    verdicts: list[VerdictCounts]
    rejects: list[RejectCounts]
    severities: list[SeverityCounts]
    incidents: list[IncidentHits]
    terms: list[TermHits]
    labels: list[LabelCounts]

    @classmethod
    def of(cls, figures: Figures, reject_at: int, hour: int | None = None) -> "FiguresAnswer":
        """Render figures."""
        return cls(
            hour=hour,
            total=figures.total,
            refused=figures.refused,
            failed=figures.failed,
            latency=LatencyAnswer.of(figures.latency) if figures.latency else None,
            requests=[RequestCounts.of(one) for one in figures.requests],
            latencies=[LatencyAnswer.of(one) for one in figures.latencies],
            verdicts=[VerdictCounts.of(one) for one in figures.verdicts(reject_at)],
            rejects=[RejectCounts.of(one) for one in figures.rejects(reject_at)],
            severities=[SeverityCounts.of(one) for one in figures.severities],
            incidents=[IncidentHits.of(one) for one in figures.incidents],
            terms=[TermHits.of(one) for one in figures.terms],
            labels=[LabelCounts.of(one) for one in figures.reviews],
        )


class MonitorAnswer(WireAnswer):
    """The figures since an hour: all together, and each hour that has any, oldest first."""

    enabled: bool
    since: Timestamp
    reject_at: int = Field(description="The severity from which verdicts count as rejected here.")
    totals: FiguresAnswer
    hours: list[FiguresAnswer]

    @classmethod
    def of(cls, report: Report, reject_at: int) -> "MonitorAnswer":
        """Render a report."""
        return cls(
            enabled=report.enabled,
            since=report.since,
            reject_at=reject_at,
            totals=FiguresAnswer.of(report.total, reject_at),
            hours=[FiguresAnswer.of(figures, reject_at, hour) for hour, figures in report.hours.items()],
        )
