"""Three servers on one PostgreSQL: never stale, nothing lost where a cable or the database breaks."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.acceptance.cable import Cable, cable
from tests.acceptance.live_server import LiveServer, running_server
from tests.databases import PostgresServer

VERSION = {"api-version": "2024-09-15-preview"}
INCIDENTS = "/contentsafety/text/incidents"
LISTS = "/contentsafety/text/blocklists"
RECOVERY_SECONDS = 5.0


@dataclass
class Fleet:
    """A PostgreSQL server and three servers on it, the last of them at the end of a cable."""

    postgres: PostgresServer
    cable: Cable
    servers: list[LiveServer]
    clients: list[httpx.Client]
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def incident(self) -> str:
        """Make an incident through the first server; return its name."""
        name = f"replicated-{next(self.names)}"
        self.clients[0].patch(f"{INCIDENTS}/{name}", params=VERSION, json={}).raise_for_status()
        return name


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Start everything once: the tests leave it whole."""
    folder = tmp_path_factory.mktemp("fleet")
    with ExitStack() as opened:
        postgres = PostgresServer()
        opened.callback(postgres.remove)
        laid = opened.enter_context(cable(postgres.socket))
        far = f"postgresql://postgres@127.0.0.1:{laid.port}/postgres"
        servers = [
            opened.enter_context(running_server(folder / f"server-{n}", database=url, monitor="false"))
            for n, url in enumerate((postgres.url, postgres.url, far))
        ]
        clients = [opened.enter_context(server.client()) for server in servers]
        yield Fleet(postgres, laid, servers, clients)


def add(client: httpx.Client, name: str, *texts: str) -> httpx.Response:
    """Add samples to an incident."""
    body = {"incidentSamples": [{"text": text} for text in texts]}
    return client.post(f"{INCIDENTS}/{name}:addIncidentSamples", params=VERSION, json=body)


def detect(client: httpx.Client, name: str, text: str) -> httpx.Response:
    """Ask whether a text hits an incident."""
    return client.post(
        "/contentsafety/text:detectIncidents",
        params=VERSION,
        json={"text": text, "incidentNames": [name]},
    )


def caught(client: httpx.Client, name: str, text: str) -> bool:
    """Return whether a text hits an incident."""
    answer = detect(client, name, text)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["incidentMatches"])


def blocked(client: httpx.Client, name: str, text: str) -> bool:
    """Return whether a blocklist has something that stands in a text."""
    body = {"text": text, "blocklistNames": [name], "categories": []}
    answer = client.post("/contentsafety/text:analyze", params=VERSION, json=body)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["blocklistsMatch"])


def tells_to_come_back(answer: httpx.Response) -> bool:
    """Return whether an answer is a clear 503."""
    error = answer.json()["error"]
    return (answer.status_code, error["code"], "Retry-After" in answer.headers) == (503, "ServerBusy", True)


def test_a_change_through_any_server_counts_at_the_next_request_of_every_other(fleet: Fleet) -> None:
    """Samples and list items, added and removed by each in turn: no answer is older than the change."""
    name, stale = fleet.incident(), []
    fleet.clients[0].patch(f"{LISTS}/{name}", params=VERSION, json={}).raise_for_status()
    for turn in range(12):
        writer, readers = fleet.clients[turn % 3], fleet.clients[turn % 3 + 1 :] + fleet.clients[: turn % 3]
        word = f"zugspitze{turn}kabine"
        items = {"blocklistItems": [{"text": word}]}
        added = add(writer, name, word).json()["incidentSamples"]
        item = writer.post(f"{LISTS}/{name}:addOrUpdateBlocklistItems", params=VERSION, json=items).json()[
            "blocklistItems"
        ][0]
        after = [(caught(reader, name, word), blocked(reader, name, word)) for reader in readers]
        ids = {"incidentSampleIds": [sample["incidentSampleId"] for sample in added]}
        writer.post(f"{INCIDENTS}/{name}:removeIncidentSamples", params=VERSION, json=ids).raise_for_status()
        gone = {"blocklistItemIds": [item["blocklistItemId"]]}
        writer.post(f"{LISTS}/{name}:removeBlocklistItems", params=VERSION, json=gone).raise_for_status()
        then = [(caught(reader, name, word), blocked(reader, name, word)) for reader in readers]
        if (set(after), set(then)) != ({(True, True)}, {(False, False)}):
            stale.append((turn, after, then))

    assert stale == []


def test_what_a_server_missed_while_its_cable_was_cut_counts_when_it_is_healed(fleet: Fleet) -> None:
    """It refuses clearly meanwhile, never answers with what it remembers, and misses no change."""
    near, far = fleet.clients[0], fleet.clients[2]
    name = fleet.incident()
    add(near, name, "bargain umbrella for the rainy season")
    before = caught(far, name, "bargain umbrella for the rainy season")
    fleet.cable.cut()
    refused = [detect(far, name, "anything"), add(far, name, "anything")]
    added = add(near, name, "secondhand accordion in good tune").status_code
    fleet.cable.heal()
    since = time.monotonic()
    while not (answer := detect(far, name, "secondhand accordion in good tune")).is_success:
        assert tells_to_come_back(answer)
        assert time.monotonic() < since + RECOVERY_SECONDS

    assert (before, added) == (True, 200)
    assert [tells_to_come_back(one) for one in refused] == [True, True]
    assert answer.json()["incidentMatches"]


def test_a_cable_that_passes_nothing_on_is_given_up_in_seconds(fleet: Fleet) -> None:
    """Packets that vanish break no connection; a request is refused all the same, and the rest recovers."""
    near, far = fleet.clients[0], fleet.clients[2]
    name = fleet.incident()
    before = caught(far, name, "anything at all")
    fleet.cable.hang()
    begun = time.monotonic()
    refused = detect(far, name, "anything")
    waited = time.monotonic() - begun
    add(near, name, "wooden rocking horse for collectors")
    fleet.cable.heal()
    since = time.monotonic()
    while not (answer := detect(far, name, "wooden rocking horse for collectors")).is_success:
        assert tells_to_come_back(answer)
        assert time.monotonic() < since + RECOVERY_SECONDS

    assert (before, tells_to_come_back(refused)) == (False, True)
    assert (
        waited < 2 * RECOVERY_SECONDS
    )  # two waits of five seconds at most: the question, and a new connection
    assert answer.json()["incidentMatches"]


@dataclass
class Writer:
    """Adds samples as fast as it can, and notes what came back."""

    client: httpx.Client
    name: str
    acknowledged: list[str] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    last_refusal: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Write until told to stop."""
        for number in itertools.count():
            if self.done.is_set():
                return
            text = f"{self.name} number {number}"
            answer = add(self.client, self.name, text)
            if answer.status_code == 200:
                self.acknowledged.append(text)
            elif tells_to_come_back(answer):
                self.last_refusal = time.monotonic()
                self.unclear.add(text)
                time.sleep(0.02)
            else:
                self.odd.append(f"{answer.status_code} {answer.text}")


def test_the_database_restarts_under_load_and_nothing_acknowledged_is_lost(fleet: Fleet) -> None:
    """It crashes and starts again: clear refusals meanwhile, and writes go on by themselves in seconds."""
    writers = [Writer(client, fleet.incident()) for client in fleet.clients]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    while min(len(writer.acknowledged) for writer in writers) < 3:
        time.sleep(0.01)
    fleet.postgres.end()
    time.sleep(0.3)
    fleet.postgres.start()
    ready, counts = time.monotonic(), [len(writer.acknowledged) for writer in writers]
    while any(len(w.acknowledged) < count + 3 for w, count in zip(writers, counts, strict=True)):
        assert time.monotonic() < ready + RECOVERY_SECONDS, [writer.odd for writer in writers]
        time.sleep(0.01)
    for writer, thread in zip(writers, threads, strict=True):
        writer.done.set()
        thread.join()

    assert [writer.odd for writer in writers] == [[], [], []]
    assert all(writer.unclear for writer in writers)
    for writer in writers:
        stored = samples(fleet.clients[1], writer.name)
        assert set(writer.acknowledged) <= set(stored)
        assert set(stored) <= set(writer.acknowledged) | writer.unclear
        assert len(stored) == len(set(stored))


def samples(client: httpx.Client, name: str) -> list[str]:
    """Return the texts of an incident."""
    answer = client.get(
        f"{INCIDENTS}/{name}/incidentSamples", params={**VERSION, "maxpagesize": 1000}
    ).raise_for_status()
    return [item["text"] for item in answer.json()["value"]]


def test_no_server_needed_help(fleet: Fleet, tmp_path: Path) -> None:
    """After all of this the same processes run, and answer."""
    assert not list(tmp_path.iterdir())
    assert [server.process.poll() for server in fleet.servers] == [None] * 3
    assert [client.get("/ready").status_code for client in fleet.clients] == [200] * 3
