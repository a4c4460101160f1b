"""What metrics and traces cost: text:analyze with and without them, in turn, in one process.

Usage: python -m benchmarks.observability [rounds]

Three apps over the shipped models are asked the same texts in blocks, in changing order, so that whatever
else the machine does falls on all of them alike; the ratio is of processor time, which no neighbour takes.
The traces go to a collector in this process, whose own work is counted with them. The last line says what
the steps of one request cost without a model.
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
from quell.observability.logging import configure_logging
from quell.observability.metrics import Metrics
from quell.observability.requests import Answered, Named
from quell.observability.stages import following, stage
from quell.settings import Settings

BLOCK = 25
KEY = "0123456789abcdef0123456789abcdef"
TEXTS = (
    "I will be at the station at nine with the tickets, see you there, and bring something warm to wear.",
    "The delivery was late again today and nobody answers the phone, so we wait until tomorrow for it.",
    "He said last night that he would push me down the stairs if I ever told anyone about the money.",
)
"""Of about twenty tokens each: short texts, on which what is added shows most."""
MODES = {"off": {"metrics": "off"}, "metrics": {}, "metrics and traces": {"traces": True}}


async def ask(client: httpx.AsyncClient, number: int) -> None:
    """Have one text analysed."""
    answer = await client.post(
        "/contentsafety/text:analyze",
        params={"api-version": "2024-09-01"},
        json={"text": TEXTS[number % len(TEXTS)]},
        headers={"Ocp-Apim-Subscription-Key": KEY},
    )
    answer.raise_for_status()


async def block(app: quell.app.Quell, client: httpx.AsyncClient) -> tuple[float, float]:
    """Return the milliseconds, of the clock and of the processor, that one request of a block took."""
    wall, spent = time.perf_counter(), time.process_time()
    for number in range(BLOCK):
        await ask(client, number)
    taken = time.perf_counter() - wall
    if app.measuring.tracer is not None:
        app.measuring.tracer.flush()
    return taken * 1000 / BLOCK, (time.process_time() - spent) * 1000 / BLOCK


async def measure(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Ask every app in turn; return what `block` measured by mode."""
    with tempfile.TemporaryDirectory() as folder:
        built = {
            name: quell.app.build(Settings(data=Path(folder) / name.replace(" ", "-"), keys=(KEY,), **given))
            for name, given in MODES.items()
        }
        clients = {
            name: httpx.AsyncClient(
                transport=httpx.ASGITransport(quell.app.web(one)), base_url="http://127.0.0.1"
            )
            for name, one in built.items()
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in MODES}
        names = list(MODES)
        for number in range(rounds + 1):
            for name in names[number % 3 :] + names[: number % 3]:
                taken = await block(built[name], clients[name])
                if number:
                    found[name].append(taken)
        for name, one in built.items():
            await clients[name].aclose()
            one.close()
    return found


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
            for category in ("Hate", "SelfHarm", "Sexual", "Violence"):
                metrics.severity("text", category, 0)
            metrics.verdict("text", 0, matched=False)
        metrics.answered(over)
    return (time.perf_counter() - started) / times * 1e6


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    configure_logging("error")
    with collecting() as collector:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.endpoint
        found = asyncio.run(measure(rounds))
        spans = len(collector.spans)
    print("| what is on | median ms | median ms of processor | × processor |\n|---|---|---|---|")
    for name, blocks in found.items():
        wall, spent = (statistics.median(column) for column in zip(*blocks, strict=True))
        # Neighbours in time are compared with each other: a busy machine slows both.
        pairs = zip(blocks, found["off"], strict=True)
        ratio = statistics.median(one[1] / two[1] for one, two in pairs)
        print(f"| {name} | {wall:.2f} | {spent:.2f} | {ratio:.3f} |")
    print(f"\n{spans} spans arrived. The metrics of one request, alone: {bare():.0f} µs.")


if __name__ == "__main__":
    main()
