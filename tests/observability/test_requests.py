"""The outermost step: one time for all who observe."""

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.observability.requests import Answered, Named, RequestStep
from tests.observability.test_stages import Ear


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[Answered] = []

    def answered(self, request: Answered) -> None:
        """Keep it."""
        self.heard.append(request)


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _send(message: Message) -> None:
    del message


def answering(status: int, seen: list[int], step: list[RequestStep]) -> ASGIApp:
    """Return an app that notes how many requests are at work; status 0 fails."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        seen.append(step[0].in_flight)
        if not status:
            raise ConnectionError
        await send({"type": "http.response.start", "status": status, "headers": []})

    return app


async def asked(status: int, kind: str = "http") -> tuple[list[Answered], list[Answered], list[int], int]:
    """Ask once; return what two observers heard, the requests at work meanwhile, and afterwards."""
    first, second, seen, steps = Listener(), Listener(), [], []  # type: ignore[var-annotated]  # a test's
    named = Named("Text_Analyze", "2024-09-01", "id")
    step = RequestStep(answering(status, seen, steps), lambda _: named, [first, second], follower=Ear())
    steps.append(step)
    scope = {"type": kind, "method": "POST"}
    if status:
        await step(scope, _receive, _send)
    else:
        with pytest.raises(ConnectionError):
            await step(scope, _receive, _send)
    return first.heard, second.heard, seen, step.in_flight


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 503, 0])
async def test_all_observers_hear_the_same_of_a_request(status: int) -> None:
    """Log, monitor and metrics cannot disagree: there is one time and one status, failures included."""
    first, second, seen, after = await asked(status)

    assert first == second
    assert [(one.status, one.named.operation, one.seconds > 0) for one in first] == [
        (status, "Text_Analyze", True)
    ]
    assert (seen, after) == ([1], 0)


@pytest.mark.anyio
async def test_what_is_no_request_is_not_observed() -> None:
    """Starting and stopping pass."""
    assert (await asked(200, "lifespan"))[0] == []
