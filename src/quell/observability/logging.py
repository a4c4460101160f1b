"""Structured logs: one line per request and event, and never any user text or key."""

import asyncio
import contextlib
import logging
import sys
from collections import Counter
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import Processor

from quell.observability.requests import Answered

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]

_QUIET = {"uvicorn": "warning", "uvicorn.error": "warning", "uvicorn.access": "error", "asyncio": "error"}


def configure_logging(level: Level = "info", form: Format = "auto", stream: TextIO | None = None) -> None:
    """Send the log of Quell and of the libraries below it to one stream (stderr), in one form."""
    out = UnfailingStream(sys.stderr if stream is None else stream)
    colours = out.isatty()
    console = form == "console" or (form == "auto" and colours)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=colours)] if console else [structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, _without_traces, *last],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", out)),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(level, shared, last, out)


def _adopt_libraries(
    level: Level, shared: list[Processor], last: list[Processor], out: "UnfailingStream"
) -> None:
    handler = logging.StreamHandler(out)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    clean: list[Processor] = [meta, _without_traces, _first_line]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*clean, *last])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(_number(level), logging.WARNING))
    for name, least in _QUIET.items():
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(max(_number(level), _number(least)))


class UnfailingStream:
    """A stream that loses what cannot be written: a full disk or a gone reader must not break an answer."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose it."""
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or lose it."""
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.flush()

    def isatty(self) -> bool:
        """Whether someone watches."""
        with contextlib.suppress(OSError, ValueError):
            return self._stream is not None and self._stream.isatty()
        return False


EARLY_SECONDS = 1.0
"""The time, in seconds, whose early refusals are told in one line for each operation and api-version."""


class RequestLog:
    """One line for each request, after its answer; for what is turned away early, one line a second.

    An overloaded server would else spend its time on telling how overloaded it is.
    """

    def __init__(self) -> None:
        self._log = structlog.get_logger("quell.requests")
        self._early: Counter[tuple[str | None, str | None, str]] = Counter()

    def answered(self, request: Answered) -> None:
        """Write the line of a request."""
        named = request.named
        if request.early:
            if not self._early:
                asyncio.get_running_loop().call_later(EARLY_SECONDS, self._tell_early, request.status)
            self._early[named.operation, named.api_version, named.refusal] += 1
            return
        self._log.log(
            logging.ERROR if request.status >= 500 and request.status not in {501, 503} else logging.INFO,
            "request",
            method=request.method,
            status=request.status,
            ms=round(request.seconds * 1000, 1),
            operation=named.operation,
            api_version=named.api_version,
            request_id=named.request_id,
            key=named.key,
            **({"refusal": named.refusal} if named.refusal else {}),
            **({"trace_id": request.trace_id} if request.trace_id else {}),
        )

    def _tell_early(self, status: int) -> None:
        told, self._early = self._early, Counter()
        for (operation, api_version, refusal), count in told.items():
            self._log.info(
                "requests-refused",
                count=count,
                status=status,
                operation=operation,
                api_version=api_version,
                refusal=refusal,
            )


def _number(level: str) -> int:
    return int(logging.getLevelNamesMapping()[level.upper()])


def _without_traces(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave an exception's type and drop its message and trace: both may quote what a user sent."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    current = sys.exc_info() if given is True else given
    error = current[1] if isinstance(current, tuple) else current
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    return event


def _first_line(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep a library's own words: asyncio appends what failed, with its message, on lines of their own."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event
