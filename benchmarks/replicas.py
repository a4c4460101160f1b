"""How soon a change through one server counts in another, and what asking for changes costs each request.

    python -m benchmarks.replicas [--rounds N]

Three servers on one PostgreSQL (from the package of the tests), and three on one data folder beside them.
In each round a sample is added through one server while another is asked again and again: the time from
sending the change to the end of the first answer that heeds it, the same from its acknowledgement, and the
answers that were asked for after the acknowledgement and did not heed it, which must be none. Kinds of round
take turns.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.acceptance.live_server import KEY, LiveServer, running_server
from tests.databases import PostgresServer

from benchmarks.load import measure

VERSION = {"api-version": "2024-09-15-preview"}
INCIDENTS = "/contentsafety/text/incidents"
GOAL_MS = 100.0
HEAD = (
    "| three servers on | rounds | sent → heeded p50 ms | p99 | "
    "acknowledged → heeded p50 ms | p99 | stale |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass
class Watcher:
    """Asks one server whether a text hits, again and again; notes when each answer was asked for and came."""

    client: httpx.Client
    name: str
    text: str
    answers: list[tuple[float, float, bool]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Ask until told to stop."""
        body = {"text": self.text, "incidentNames": [self.name]}
        while not self.ended.is_set():
            asked = time.perf_counter()
            answer = self.client.post("/contentsafety/text:detectIncidents", params=VERSION, json=body)
            answer.raise_for_status()
            self.answers.append((asked, time.perf_counter(), bool(answer.json()["incidentMatches"])))


@dataclass
class Figures:
    """What the rounds of one kind gave, in milliseconds."""

    from_sending: list[float] = field(default_factory=list)
    from_acknowledgement: list[float] = field(default_factory=list)
    stale: int = 0

    def row(self, name: str) -> str:
        """Return a row of the table."""
        cells = [
            f"{percentile(times, share):.1f}"
            for times in (self.from_sending, self.from_acknowledgement)
            for share in (0.5, 0.99)
        ]
        return f"| {name} | {len(self.from_sending)} | {' | '.join(cells)} | {self.stale} |"


def percentile(times: list[float], share: float) -> float:
    """Return a percentile of times."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def one_round(writer: httpx.Client, reader: httpx.Client, number: int, figures: Figures) -> None:
    """Add a sample through one server and watch another one."""
    name, text = f"round-{number}", f"offer {number}: velvet armchair with carved legs, message me"
    writer.patch(f"{INCIDENTS}/{name}", params=VERSION, json={}).raise_for_status()
    watcher = Watcher(reader, name, text)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    while len(watcher.answers) < 3:
        time.sleep(0.001)
    sent = time.perf_counter()
    body = {"incidentSamples": [{"text": text}]}
    writer.post(f"{INCIDENTS}/{name}:addIncidentSamples", params=VERSION, json=body).raise_for_status()
    acknowledged = time.perf_counter()
    while not watcher.answers[-1][2] or watcher.answers[-1][0] < acknowledged:
        time.sleep(0.001)
        if time.perf_counter() > acknowledged + 10:
            break
    watcher.ended.set()
    thread.join()
    first = next(came for _, came, hit in watcher.answers if hit)
    figures.from_sending.append((first - sent) * 1000)
    figures.from_acknowledgement.append(max(0.0, first - acknowledged) * 1000)
    figures.stale += sum(not hit for asked, _, hit in watcher.answers if asked > acknowledged)
    writer.delete(f"{INCIDENTS}/{name}", params=VERSION).raise_for_status()


def cost(servers: dict[str, list[LiveServer]], seconds: float, rounds: int) -> list[str]:
    """Return rows with the time of a check on one server of each kind, measured in turn."""
    body = json.dumps({"text": "a quiet afternoon at the lake", "incidentNames": ["steady"]}).encode()
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in servers}
    for fleet in servers.values():
        with fleet[0].client() as client:
            client.patch(f"{INCIDENTS}/steady", params=VERSION, json={}).raise_for_status()
    for _ in range(rounds):
        for name, fleet in servers.items():
            url = f"{fleet[0].endpoint}/contentsafety/text:detectIncidents?api-version=2024-09-15-preview"
            load = measure(
                url, [body], clients=1, seconds=seconds, headers={"Ocp-Apim-Subscription-Key": KEY}
            )
            found[name].append((load.per_second, load.p50_ms, load.p99_ms))
    rows = []
    for name, loads in found.items():
        medians = [statistics.median(column) for column in zip(*loads, strict=True)]
        rows.append(f"| {name} | {medians[0]:.0f} | {medians[1]:.2f} | {medians[2]:.2f} |")
    return rows


def main() -> None:
    """Start the servers, measure, print."""
    reading = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reading.add_argument("--rounds", type=int, default=200)
    reading.add_argument("--seconds", type=float, default=3.0)
    given = reading.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        postgres = PostgresServer()
        opened.callback(postgres.remove)
        servers = {
            "PostgreSQL": [
                opened.enter_context(
                    running_server(folder / f"replica-{n}", database=postgres.url, workers="1")
                )
                for n in range(3)
            ],
            "one data folder": [
                opened.enter_context(running_server(folder / "shared", workers="1")) for _ in range(3)
            ],
        }
        clients = {
            name: [opened.enter_context(one.client()) for one in fleet] for name, fleet in servers.items()
        }
        found = {name: Figures() for name in servers}
        for number in range(given.rounds):
            for name, three in clients.items():
                one_round(three[number % 3], three[(number + 1 + number // 3 % 2) % 3], number, found[name])
        print(HEAD)
        for name, figures in found.items():
            print(figures.row(name))
        print("\n| a check on | per second | p50 ms | p99 ms |\n|---|---|---|---|")
        print("\n".join(cost(servers, given.seconds, 5)))
        worst = percentile(found["PostgreSQL"].from_acknowledgement, 0.99)
        print(f"\nGoal: p99 of acknowledged → heeded ≤ {GOAL_MS:.0f} ms: {worst:.1f} ms.")


if __name__ == "__main__":
    main()
