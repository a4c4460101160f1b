"""What the monitor counts of requests."""

from quell.monitor.domain import Key
from quell.monitor.requests import RequestCount
from quell.monitor.tally import Tally
from quell.observability.requests import Answered, Named
from tests.monitor.test_tally import Hand


def counted(status: int, operation: str | None = None) -> dict[Key, int]:
    """Return what is counted of a request that is answered so."""
    tally = Tally(Hand())
    RequestCount(tally).answered(Answered("GET", status, 0.01, Named(operation)))
    return {key: value for key, value in tally.counts().items() if key.kind == "request"}


def test_pages_and_health_checks_are_left_out() -> None:
    """They name no operation and are answered; a refusal counts."""
    assert counted(200) == {}
    assert counted(0) == {}
    assert counted(404) == {Key(100, "request", "unknown/4xx"): 1}
    assert counted(503) == {Key(100, "request", "unknown/5xx"): 1}
    assert counted(200, "Text_Analyze") == {Key(100, "request", "Text_Analyze/2xx"): 1}
