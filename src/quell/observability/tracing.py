"""OpenTelemetry traces: a span for each request, and one below it for each stage.

Imported only where traces are asked for: the libraries are the extra `quell[otel]`. Where spans go, how many
are kept and what the service is called is said by the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT`,
`OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`, …). Nothing that a client sent becomes an attribute, and no
exception's message: it may quote what was sent.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id
from starlette.types import Scope

from quell.observability.requests import Answered
from quell.observability.stages import Follower


class Tracing:
    """Traces requests; `also` follows them, too, and paths that are `ignored` are not traced."""

    def __init__(
        self,
        version: str,
        *,
        also: Follower | None = None,
        ignored: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._provider = TracerProvider(resource=_resource(version), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("quell", version)
        self._also = also
        self._ignored = ignored

    @contextmanager
    def request(self, scope: Scope) -> Iterator["RequestTrace | None"]:
        """Trace one request, below the span that its headers name if they name one."""
        if self._ignored(scope["path"]):
            yield None
            return
        parent = propagate.extract(
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        )
        with self._tracer.start_as_current_span(
            scope["method"],
            parent,
            SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield RequestTrace(self._tracer, span, self._also)

    def flush(self) -> None:
        """Send what there is now."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is left, and trace no more."""
        self._provider.shutdown()


class RequestTrace:
    """The span of one request, and the maker of those below it."""

    def __init__(self, tracer: Tracer, span: Span, also: Follower | None) -> None:
        self._tracer = tracer
        self._span = span
        self._also = also

    @property
    def trace_id(self) -> str:
        """The id of the trace, as 32 hexadecimal digits."""
        return format_trace_id(self._span.get_span_context().trace_id)

    def answered(self, request: Answered) -> None:
        """Name the span by the operation, and say how it went."""
        named = request.named
        self._span.update_name(named.operation or request.method)
        told = {
            "http.request.method": request.method,
            "http.response.status_code": request.status or None,
            "quell.operation": named.operation,
            "quell.api_version": named.api_version,
            "quell.request_id": named.request_id,
            "quell.refusal": named.refusal or None,
        }
        self._span.set_attributes({name: value for name, value in told.items() if value is not None})
        if request.status >= 500 or not request.status:
            self._span.set_attribute("error.type", str(request.status or "no answer"))
            self._span.set_status(Status(StatusCode.ERROR))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Make a span of a stage; of an exception only its type is told."""
        with ExitStack() as entered:
            if self._also is not None:
                entered.enter_context(self._also.stage(name))
            span = entered.enter_context(self._started(name))
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def waited(self, pool: str, seconds: float) -> None:
        """Make a span of a wait that ends now."""
        if self._also is not None:
            self._also.waited(pool, seconds)
        begun = time.time_ns() - round(seconds * 1e9)
        self._tracer.start_span("queue", attributes={"quell.pool": pool}, start_time=begun).end()

    def _started(self, name: str) -> AbstractContextManager[Span]:
        return self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)


def _resource(version: str) -> Resource:
    """Return what the traces are of; the standard variables may call it otherwise."""
    given = OTELResourceDetector().detect().attributes
    name = {} if "service.name" in given or os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "quell"}
    return Resource.create({**name, "service.version": version})
