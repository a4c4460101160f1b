"""What metrics and traces cost: text:analyze with and without them, in turn, in one process.

Usage: python -m benchmarks.observability [rounds]

Three apps over the shipped models are asked the same texts one after the other, in changing order, so that
whatever else the machine does falls on all of them alike. The traces go to a collector in this process.
Printed are medians and their ratios; the last line says what one request's own steps cost without a model.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from tests.observability.collector import collecting

import quell.app
from quell.observability.metrics import Metrics
from quell.observability.requests import Answered, Named
from quell.observability.stages import following, stage
from quell.settings import Settings

KEY = "0123456789abcdef0123456789abcdef"
TEXTS = (
    "I will be at the station at nine, see you there.",
    "The delivery was late again and nobody answers the phone. " * 4,
    "He said he would push me down the stairs if I told anyone.",
)
MODES = {"off": {"metrics": "off"}, "metrics": {}, "metrics and traces": {"traces": True}}


async def ask(client: httpx.AsyncClient, text: str) -> float:
    """Return the milliseconds of one analysis."""
    started = time.perf_counter()
    answer = await client.post(
        "/contentsafety/text:analyze",
        params={"api-version": "2024-09-01"},
        json={"text": text},
        headers={"Ocp-Apim-Subscription-Key": KEY},
    )
    answer.raise_for_status()
    return (time.perf_counter() - started) * 1000


async def measure(rounds: int) -> dict[str, list[float]]:
    """Ask every app in turn; return the milliseconds by mode."""
    with tempfile.TemporaryDirectory() as folder:
        built = {
            name: quell.app.build(
                Settings(data=Path(folder) / name.replace(" ", "-"), keys=(KEY,), log_level="error", **given)
            )
            for name, given in MODES.items()
        }
        clients = {
            name: httpx.AsyncClient(
                transport=httpx.ASGITransport(quell.app.web(one)), base_url="http://127.0.0.1"
            )
            for name, one in built.items()
        }
        spent: dict[str, list[float]] = {name: [] for name in MODES}
        names = list(MODES)
        for number in range(rounds + 10):
            for name in names[number % 3 :] + names[: number % 3]:
                taken = await ask(clients[name], TEXTS[number % len(TEXTS)])
                if number >= 10:
                    spent[name].append(taken)
        for name, one in built.items():
            await clients[name].aclose()
            one.close()
    return spent


def bare(times: int = 20_000) -> float:
    """Return the microseconds that the metrics of one request with five stages take."""
    metrics = Metrics()
    over = Answered("POST", 200, 0.02, Named("TextOperations_AnalyzeText", "2024-09-01", "id"))
    started = time.perf_counter()
    for _ in range(times):
        with following(metrics):
            metrics.waited("work", 0.0001)
            for name in ("incidents", "encode", "blocklists", "harms"):
                with stage(name):
                    pass
            metrics.severity("text", "Hate", 0)
        metrics.answered(over)
    return (time.perf_counter() - started) / times * 1e6


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with collecting() as collector:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.endpoint
        spent = asyncio.run(measure(rounds))
        spans = len(collector.spans)
    base = statistics.median(spent["off"])
    for name, times in spent.items():
        median = statistics.median(times)
        # Neighbours in time are compared with each other: a busy machine slows both.
        ratio = statistics.median(one / two for one, two in zip(times, spent["off"], strict=True))
        print(f"{name:20} median {median:7.2f} ms  of medians {median / base:.3f}  of pairs {ratio:.3f}")
    print(f"spans received {spans}; metrics of one request alone: {bare():.1f} µs")


if __name__ == "__main__":
    main()
