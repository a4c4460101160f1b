"""How fast a text is checked beside the same weights served in two common ways, in one run.

    python -m benchmarks.analyze_speed --weights FOLDER --peer-python PYTHON --infinity PROGRAM

`--weights` is the English encoder in the sentence-transformers layout.
Peers: (a) sentence-transformers in a FastAPI handler, as a newcomer would write it;
(b) infinity-emb as it is shipped. Quell does more per request: it normalises, matches five
incidents and answers. Rounds are interleaved; the median of each cell is printed, with the ratio of
Quell's throughput to each peer's.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from benchmarks.load import Load, measure

KEY = "0123456789abcdef0123456789abcdef"
INCIDENTS = ["tickets", "charity", "parcels", "lottery", "jobs"]
VERSION = "api-version=2024-04-15-preview"
# Twenty tokens each, give or take two, in everyday English.
TEXTS = [
    "Could you tell me whether the library on the main square is open this Sunday afternoon, please?",
    "We walked along the river until it began to rain and then had soup in a small cafe.",
    "The new timetable takes effect on Monday, and the last tram will leave at half past eleven.",
    "My sister planted tomatoes on the balcony, and this year they are finally turning red and sweet.",
    "Please send me the slides of yesterday's talk about bridges, I would like to show them around.",
    "Front row seats for the concert tonight, pay with gift cards only and I will send the code.",
]
SAMPLE = "{0} offer number {1}: pay with gift cards first and message me fast, no refunds"
PEER = """
import sys
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer
import uvicorn
model = SentenceTransformer(sys.argv[1], device="cpu")
app = FastAPI()
class Body(BaseModel):
    text: str
@app.post("/analyze")
def analyze(body: Body):
    return {"embedding": model.encode(body.text, normalize_embeddings=True).tolist()}
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning")
"""


@dataclass(frozen=True)
class Contender:
    """A running server and how it is asked."""

    name: str
    url: str
    bodies: list[bytes]
    headers: dict[str, str]
    process: int = 0


@contextlib.contextmanager
def started(command: list[str], ready: str, environment: dict[str, str]) -> Iterator[int]:
    """Run a server until the end of the block; waits until it is ready, and gives its process id."""
    with contextlib.suppress(httpx.TransportError):
        httpx.get(ready, timeout=5)
        raise SystemExit(f"something answers already at {ready}: it would be measured instead")
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 180
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(ready, timeout=5).status_code < 500:
                    break
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"did not start: {command[0]}")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def quell(folder: Path, port: int) -> Iterator[Contender]:
    """Start Quell with five incidents of ten samples each."""
    settings = {"QUELL_DATA": str(folder), "QUELL_KEYS": KEY, "QUELL_PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    headers = {"Ocp-Apim-Subscription-Key": KEY}
    with started([sys.executable, "-m", "quell", "serve"], f"{base}/ready", settings):
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            for name in INCIDENTS:
                route = f"/contentsafety/text/incidents/{name}"
                client.patch(f"{route}?{VERSION}", json={}).raise_for_status()
                samples = [{"text": SAMPLE.format(name, number)} for number in range(10)]
                answer = client.post(
                    f"{route}:addIncidentSamples?{VERSION}", json={"incidentSamples": samples}
                )
                answer.raise_for_status()
        bodies = [json.dumps({"text": text, "incidentNames": INCIDENTS}).encode() for text in TEXTS]
        yield Contender("quell", f"{base}/contentsafety/text:detectIncidents?{VERSION}", bodies, headers)


@contextlib.contextmanager
def plain(python: str, weights: Path, port: int) -> Iterator[Contender]:
    """Start peer (a): sentence-transformers in a FastAPI handler."""
    base = f"http://127.0.0.1:{port}"
    with started([python, "-c", PEER, str(weights), str(port)], f"{base}/docs", {"HF_HUB_OFFLINE": "1"}):
        bodies = [json.dumps({"text": text}).encode() for text in TEXTS]
        yield Contender("sentence-transformers", f"{base}/analyze", bodies, {})


@contextlib.contextmanager
def infinity(program: str, weights: Path, port: int) -> Iterator[Contender]:
    """Start peer (b): infinity-emb as it is shipped."""
    base = f"http://127.0.0.1:{port}"
    options = ["v2", "--model-id", str(weights), "--port", str(port), "--device", "cpu", "--engine", "torch"]
    options += ["--no-bettertransformer"]  # it refuses current releases of transformers
    environment = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0"}
    with started([program, *options], f"{base}/health", environment):
        model = httpx.get(f"{base}/models").json()["data"][0]["id"]
        bodies = [json.dumps({"model": model, "input": [text]}).encode() for text in TEXTS]
        yield Contender("infinity-emb", f"{base}/embeddings", bodies, {})


def rounds(contenders: list[Contender], count: int, seconds: float) -> dict[tuple[str, int], list[Load]]:
    """Measure everybody in turn, `count` times."""
    found: dict[tuple[str, int], list[Load]] = {}
    for number in range(count + 1):  # the first round warms up and is not counted
        for clients in (1, 8, 32):
            for one in contenders:
                length = seconds if number else 1.0
                load = measure(one.url, one.bodies, clients=clients, seconds=length, headers=one.headers)
                if number:
                    found.setdefault((one.name, clients), []).append(load)
    return found


def table(found: dict[tuple[str, int], list[Load]]) -> str:
    """Return the medians as a markdown table, with the ratio of Quell's throughput to each."""
    rows = ["| server | clients | requests/s | p50 ms | p99 ms | Quell is × |", "|---|---|---|---|---|---|"]
    for (name, clients), loads in found.items():
        median = {key: statistics.median(asdict(load)[key] for load in loads) for key in asdict(loads[0])}
        ours = statistics.median(load.per_second for load in found["quell", clients])
        ratio = ours / median["per_second"]
        cells = [
            name,
            clients,
            f"{median['per_second']:.0f}",
            f"{median['p50_ms']:.1f}",
            f"{median['p99_ms']:.1f}",
        ]
        rows.append("| " + " | ".join(map(str, [*cells, f"{ratio:.1f}"])) + " |")
    return "\n".join(rows)


def main() -> None:
    """Start the contenders, measure, print."""
    reading = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reading.add_argument("--weights", type=Path, required=True)
    reading.add_argument("--peer-python", required=True)
    reading.add_argument("--infinity")
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--seconds", type=float, default=5.0)
    given = reading.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        contenders = [running.enter_context(quell(Path(folder), 18101))]
        contenders.append(running.enter_context(plain(given.peer_python, given.weights, 18102)))
        if given.infinity:
            contenders.append(running.enter_context(infinity(given.infinity, given.weights, 18103)))
        print(table(rounds(contenders, given.rounds, given.seconds)))


if __name__ == "__main__":
    main()
