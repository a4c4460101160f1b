"""Traces of the app as it is wired for service, as a collector gets them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quell.errors import SettingsRefused
from quell.measuring import Measuring
from quell.witness import NOBODY
from tests.doubles import TinyHarms
from tests.observability.collector import Collector, attributes, collecting
from tests.wire.app import GA, KEY, PREVIEW, add_incident, call, wired

ANALYZE = "/contentsafety/text:analyze"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRET = "a shove that nobody is to read about"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Return a collector that the standard variables name."""
    with collecting() as made:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.endpoint)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=safety")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
        yield made


def test_a_request_is_a_span_with_its_stages_below(tmp_path: Path, collector: Collector) -> None:
    """The wait and the stages on a worker's thread belong to the request, in its caller's trace."""
    with wired(tmp_path, traces=True) as client:
        add_incident(client, "scam", "pay the fee for the parcel")
        asked = {"text": SECRET, "incidents": {"incidentNames": ["scam"]}}
        answer = call(client, "POST", ANALYZE, asked, PREVIEW, headers={"traceparent": PARENT})
        client.get("/ready")

    span = collector.named("TextOperations_AnalyzeText")
    below = [one for one in collector.spans if one.trace_id == span.trace_id and one is not span]
    names = {one.span_id: one.name for one in [span, *below]}
    assert answer.status_code == 200
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == tuple(PARENT.split("-")[1:3])
    assert [(one.name, names[one.parent_span_id]) for one in below if one.name != span.name] == [
        ("queue", span.name),
        ("incidents", span.name),
        ("encode", "incidents"),
        ("harms", span.name),
    ]
    assert attributes(span) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "quell.operation": "TextOperations_AnalyzeText",
        "quell.api_version": PREVIEW,
        "quell.request_id": answer.headers["apim-request-id"],
    }
    assert "GET" not in {one.name for one in collector.spans}


def test_the_standard_variables_are_heeded(tmp_path: Path, collector: Collector) -> None:
    """Where to, with which headers, for what; the service is called quell where nobody says otherwise."""
    with wired(tmp_path, traces=True) as client:
        call(client, "POST", ANALYZE, {"text": SECRET}, GA)

    assert collector.resource["service.name"] == "quell"
    assert collector.resource["deployment.environment"] == "test"
    assert collector.headers[0]["x-tenant"] == "safety"
    assert collector.headers[0]["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("OTEL_SERVICE_NAME=moderation", "moderation"),
        ("OTEL_RESOURCE_ATTRIBUTES=service.name=elsewhere", "elsewhere"),
        ("OTEL_TRACES_SAMPLER=always_off", None),
        ("OTEL_SDK_DISABLED=true", None),
    ],
)
def test_the_operator_names_and_samples(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    collector: Collector,
    variable: str,
    name: str | None,
) -> None:
    """By the standard variables; a request is answered the same where nothing is kept of it."""
    monkeypatch.setenv(*variable.split("=", 1))

    with wired(tmp_path, traces=True) as client:
        assert call(client, "POST", ANALYZE, {"text": SECRET}, GA).status_code == 200

    assert collector.resource.get("service.name") == name


def test_nothing_that_a_client_sent_is_traced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collector: Collector
) -> None:
    """Neither texts, names, paths, queries and keys, nor the words of an exception that quotes them."""

    def fail(_: TinyHarms, text: str) -> Any:
        raise ValueError(text)

    with wired(tmp_path, traces=True) as client:
        add_incident(client, "a-private-name", SECRET)
        call(client, "GET", "/contentsafety/text/incidents/a-private-name")
        client.get(f"/{SECRET}?query={SECRET}")
        monkeypatch.setattr(TinyHarms, "analyze", fail)
        assert call(client, "POST", ANALYZE, {"text": SECRET}, GA).status_code == 500

    sent = b"".join(collector.bodies)
    assert len(collector.spans) > 5
    for word in (SECRET, "a-private-name", KEY, "query", "incidents/"):
        assert word.encode() not in sent, word
    failed = [one for one in collector.spans if "error.type" in attributes(one)]
    assert {(one.name, attributes(one)["error.type"]) for one in failed} == {
        ("harms", "ValueError"),
        ("TextOperations_AnalyzeText", "500"),
    }


def test_the_log_names_the_trace(
    tmp_path: Path, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a line of the log one finds the trace."""
    with wired(tmp_path, traces=True) as client:
        call(client, "POST", ANALYZE, {"text": SECRET}, GA)

    assert f"trace_id={collector.spans[0].trace_id.hex()}" in capsys.readouterr().out


def test_a_collector_that_is_away_breaks_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans are lost, answers are not, and the server ends in good time."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")

    with wired(tmp_path, traces=True) as client:
        assert call(client, "POST", ANALYZE, {"text": SECRET}, GA).status_code == 200


def test_without_the_extra_the_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "quell.observability.tracing", raising=False)

    with pytest.raises(SettingsRefused, match=r"quell\[otel\]"):
        Measuring(NOBODY, "key", traces=True)


def test_without_traces_the_libraries_are_not_loaded() -> None:
    """They take a tenth of a second and megabytes; the bare interface is FastAPI's own import."""
    parts = "('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf')"
    code = f"import sys, quell.app; print([name for name in sys.modules if name.startswith({parts})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
