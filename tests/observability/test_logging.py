"""What is logged, and above all what is not."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.observability.logging import RequestLog, configure_logging
from quell.observability.requests import Answered, Named, RequestStep

SECRET = "the words of a user"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Return what is logged as JSON; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    out = io.StringIO()
    configure_logging("info", "json", out)
    yield out
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the logged events."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def answering(status: int) -> ASGIApp:
    """Return an app that answers with a status."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": SECRET.encode()})

    return app


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    """Fail before any answer."""
    raise ValueError(SECRET)


def described(scope: Scope) -> Named:
    """Describe a request as the composition root would."""
    return Named("Text_Analyze", "2024-09-01", "id-1")


def ask(app: ASGIApp) -> None:
    """Send one request through the log."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{SECRET}",
        "query_string": SECRET.encode(),
        "headers": [(b"ocp-apim-subscription-key", SECRET.encode())],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": SECRET.encode(), "more_body": False}

    async def send(_: Message) -> None:
        return

    asyncio.run(RequestStep(app, described, [RequestLog()])(scope, receive, send))


def test_a_request_is_one_line_with_what_was_described(stream: io.StringIO) -> None:
    """Method, route, status, time, request id and api-version are there."""
    ask(answering(200))

    (event,) = lines(stream)
    assert event["ms"] >= 0
    assert {
        key: event[key] for key in ("event", "method", "operation", "status", "request_id", "api_version")
    } == {
        "event": "request",
        "method": "POST",
        "operation": "Text_Analyze",
        "status": 200,
        "request_id": "id-1",
        "api_version": "2024-09-01",
    }


@pytest.mark.parametrize(("status", "level"), [(200, "info"), (404, "info"), (500, "error"), (501, "info")])
def test_only_our_own_faults_are_errors(stream: io.StringIO, status: int, level: str) -> None:
    """A refusal is no error of the server."""
    ask(answering(status))

    assert lines(stream)[0]["level"] == level


def test_a_request_that_fails_is_logged_too(stream: io.StringIO) -> None:
    """An exception passes through, and its request has a line."""
    with pytest.raises(ValueError, match=SECRET):
        ask(failing)

    assert lines(stream)[0]["status"] == 0


def test_nothing_that_a_client_sent_is_logged(stream: io.StringIO) -> None:
    """Path, query, headers, body and answer stay out of the log."""
    ask(answering(200))

    assert SECRET not in stream.getvalue()


def test_exceptions_of_libraries_lose_their_words(stream: io.StringIO) -> None:
    """Of a logged exception only the type remains: its message and trace may quote a user."""
    fault = ValueError(SECRET)

    logging.getLogger("some.library").error("It failed\nfuture: %r", fault, exc_info=fault)
    structlog.get_logger("quell").error("failed", exc_info=fault)

    assert SECRET not in stream.getvalue()
    assert [event["error"] for event in lines(stream)] == ["ValueError", "ValueError"]


def test_the_access_log_of_the_server_is_off(stream: io.StringIO) -> None:
    """The server below logs neither paths nor its own start."""
    logging.getLogger("uvicorn.access").info("GET /words")
    logging.getLogger("uvicorn.error").info("Started")

    assert stream.getvalue() == ""


def test_the_level_is_a_floor() -> None:
    """Events below the level are not logged."""
    out = io.StringIO()
    configure_logging("error", "json", out)

    structlog.get_logger("quell").info("quiet")
    structlog.get_logger("quell").error("loud")

    structlog.reset_defaults()
    assert [event["event"] for event in lines(out)] == ["loud"]


def test_away_from_a_terminal_the_log_is_json() -> None:
    """The form `auto` gives lines for machines where no terminal reads them, `console` lines for people."""
    automatic, console = io.StringIO(), io.StringIO()
    configure_logging("info", "auto", automatic)
    structlog.get_logger("quell").info("event")
    configure_logging("info", "console", console)
    structlog.get_logger("quell").info("event")
    structlog.reset_defaults()

    assert automatic.getvalue().startswith("{")
    assert "event" in console.getvalue()
    assert not console.getvalue().startswith("{")


class BrokenStream(io.StringIO):
    """A log on a full disk, or a pipe nobody reads any more."""

    def write(self, _: str) -> int:
        """Fail."""
        raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("stream")
def test_a_log_that_cannot_be_written_breaks_no_answer() -> None:
    """The line is lost, and nothing is raised that would end the connection."""
    configure_logging("info", "json", BrokenStream())

    ask(answering(200))
    logging.getLogger("uvicorn.error").warning("a library speaks")


def test_what_is_turned_away_early_is_told_in_the_plural(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line for each operation and api-version and each stretch of time, with how many there were."""
    monkeypatch.setattr("quell.observability.logging.EARLY_SECONDS", 0.01)
    log = RequestLog()

    async def flood() -> None:
        for version in ("2024-09-01", "2023-10-01", "2024-09-01"):
            named = Named("Text_Analyze", version, "id", "in-flight")
            log.answered(Answered("POST", 429, 0.0, named, early=True))
        await asyncio.sleep(0.05)
        log.answered(Answered("POST", 429, 0.0, Named("Text_Analyze", refusal="in-flight"), early=True))
        await asyncio.sleep(0.05)

    asyncio.run(flood())

    told = [(line["event"], line["api_version"], line["count"], line["refusal"]) for line in lines(stream)]
    assert told == [
        ("requests-refused", "2024-09-01", 2, "in-flight"),
        ("requests-refused", "2023-10-01", 1, "in-flight"),
        ("requests-refused", None, 1, "in-flight"),
    ]
