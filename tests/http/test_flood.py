"""Which requests are turned away before the steps of the edge, and how often an answer is rendered."""

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.http.toy import PREVIEW

from quell.errors import TooManyRequests
from quell.http.api_version import KNOWN
from quell.http.boundary import ErrorBoundary
from quell.http.concurrency import KEPT, Places
from quell.http.context import context_of
from quell.http.flood import FloodGate
from quell.http.operations import load_operations
from quell.observability.requests import Answered

TARGET = f"/contentsafety/text:analyze?api-version={PREVIEW}"
INCIDENTS = f"/contentsafety/text/incidents?api-version={PREVIEW}"


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.requests: list[Answered] = []

    def answered(self, request: Answered) -> None:
        """Keep it."""
        self.requests.append(request)


class Rendering:
    """Renders bare answers and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def around(self, _: ASGIApp) -> ASGIApp:
        """Return what renders."""
        return self.render

    async def render(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with next to nothing."""
        self.count += 1
        context_of(scope)
        await send({"type": "http.response.start", "status": 429, "headers": []})
        await send({"type": "http.response.body", "body": b"refused"})


@pytest.mark.parametrize("strict", [False, True])
def test_only_judging_with_all_that_it_needs_is_turned_away(strict: bool) -> None:
    """Nothing that reads or manages, and nothing that the steps would answer otherwise."""
    table, gate = load_operations(strict=strict), FloodGate()
    gate.guard(Places(0, kept=KEPT), table, Rendering().around)

    def turned_away(url: str) -> bool:
        return gate.answer(url.encode(), [], b"") is not None

    found = {
        (row.method, row.state, row.own or row.exists_in(version, strict=strict))
        for row in table.rows
        for version in KNOWN
        if turned_away(row.path if row.own else f"{row.path}?api-version={version}")
    }
    assert found == {("POST", "served", True)}
    assert all(turned_away(url) for url in (TARGET, TARGET.replace("text:", "text%3A")))
    assert not any(
        turned_away(url)
        for url in (
            INCIDENTS,
            TARGET.partition("?")[0],
            TARGET + "x",
            "/contentsafety/text:analyze?api-version=2019-01-01",
            f"/contentsafety/text/incidents/one:addIncidentSamples?api-version={PREVIEW}",
        )
    )


def test_a_gate_that_guards_nothing_stands_open() -> None:
    """Before the app is loaded nothing is turned away."""
    assert FloodGate().answer(TARGET.encode(), [], b"") is None


def test_an_answer_is_rendered_once_a_second() -> None:
    """Its time is of the second, so it is rendered anew in the next one and not before."""
    moment, rendering = [100.0], Rendering()
    gate = FloodGate(lambda: moment[0])
    gate.guard(Places(0), load_operations(), rendering.around)

    for moment[0] in (100.0, 100.9, 101.0):
        assert gate.answer(TARGET.encode(), [], b"") is not None

    assert rendering.count == 2


def test_the_reason_may_change_within_a_second() -> None:
    """Without a place it is said so; with places, how far the workers are behind, with the time to wait."""
    late = TooManyRequests(retry_after=12, reason="wait")
    places, heard = Places(0, behind=lambda: late), Heard()
    gate = FloodGate(lambda: 100.0)
    gate.guard(places, load_operations(), ErrorBoundary)
    gate.tell([heard])

    answers = []
    for places.free in (0, 3):
        answers.append(gate.answer(TARGET.encode(), [], b"") or b"")
    late = None
    places.free = 1

    assert gate.answer(TARGET.encode(), [], b"") is None
    assert [b"retry-after: 1\r\n" in answers[0], b"retry-after: 12\r\n" in answers[1]] == [True, True]
    assert [one.named.refusal for one in heard.requests] == ["in-flight", "wait"]
