"""Nothing acknowledged is lost when the whole server is killed while clients write."""

import itertools
import random
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.databases import schema_url

VERSION = {"api-version": "2024-09-15-preview"}
WRITERS = 3
TOPICS = ["tickets", "recipes", "trains", "gardens", "libraries"]


@dataclass
class Journal:
    """What one writer knows about its own incident: acknowledged samples, and the one write in flight."""

    name: str
    alive: bool = False
    samples: dict[str, str] = field(default_factory=dict)
    in_flight: str = ""
    failures: list[str] = field(default_factory=list)


def write_until_killed(server: LiveServer, journal: Journal, seed: int) -> None:
    """Add, remove and delete at random until the connection breaks; journal each acknowledged write."""
    dice = random.Random(seed)
    base = f"/contentsafety/text/incidents/{journal.name}"
    with server.client() as client:
        try:
            for number in itertools.count():
                step(client, base, journal, dice, f"{journal.name} {number} about {dice.choice(TOPICS)}")
        except httpx.TransportError:
            return


def step(client: httpx.Client, base: str, journal: Journal, dice: random.Random, text: str) -> None:
    """Make one write and journal it when it is acknowledged."""
    if not journal.alive:
        journal.in_flight = "create"
        expect(client.patch(base, params=VERSION, json={}), journal, 200, 201)
        journal.alive = True
    elif len(journal.samples) > 3 and dice.random() < 0.1:
        journal.in_flight = "delete"
        expect(client.delete(base, params=VERSION), journal, 204)
        journal.alive, journal.samples = False, {}
    elif journal.samples and dice.random() < 0.4:
        victim = dice.choice(sorted(journal.samples))
        journal.in_flight = f"remove {victim}"
        body = {"incidentSampleIds": [victim]}
        expect(client.post(f"{base}:removeIncidentSamples", params=VERSION, json=body), journal, 204)
        del journal.samples[victim]
    else:
        journal.in_flight = f"add {text}"
        body = {"incidentSamples": [{"text": f"{text} one"}, {"text": f"{text} two"}]}
        answer = client.post(f"{base}:addIncidentSamples", params=VERSION, json=body)
        expect(answer, journal, 200)
        journal.samples |= {s["incidentSampleId"]: s["text"] for s in answer.json()["incidentSamples"]}
    journal.in_flight = ""


def expect(answer: httpx.Response, journal: Journal, *statuses: int) -> None:
    """Note an answer that is none of the expected ones."""
    if answer.status_code not in statuses:
        journal.failures.append(f"{answer.request.method} {answer.request.url}: {answer.text}")


def stored(client: httpx.Client, name: str) -> dict[str, str] | None:
    """Return the samples the restarted server has of an incident, or None when it has no such incident."""
    route = f"/contentsafety/text/incidents/{name}/incidentSamples"
    answer = client.get(route, params={**VERSION, "maxpagesize": 1000})
    if answer.status_code == 404:
        return None
    return {item["incidentSampleId"]: item["text"] for item in answer.json()["value"]}


def settle(journal: Journal, found: dict[str, str] | None) -> None:
    """Check what was found against the journal, then take it over; a write in flight may have happened."""
    before = dict(journal.samples)
    if journal.in_flight in ("create", "delete"):
        assert found in (None, before)
    elif journal.in_flight.startswith("remove "):
        victim = journal.in_flight.removeprefix("remove ")
        rest = {identity: text for identity, text in before.items() if identity != victim}
        assert found in (before, rest)
    elif journal.in_flight.startswith("add "):
        assert found is not None
        added = {identity: text for identity, text in found.items() if identity not in before}
        assert before.items() <= found.items()
        text = journal.in_flight.removeprefix("add ")
        assert sorted(added.values()) in ([], [f"{text} one", f"{text} two"])
    else:
        assert found == (before if journal.alive else None)
    journal.alive, journal.samples, journal.in_flight = found is not None, found or {}, ""


def check_matching(client: httpx.Client, journal: Journal) -> None:
    """Check that matching agrees with the stored samples: each is found again by its own words."""
    for identity, text in list(journal.samples.items())[:3]:
        body = {"text": text, "incidentNames": [journal.name]}
        explained = client.post("/quell/text:explain", json=body).json()["matches"][0]
        assert explained["literal"] is True
        assert journal.samples[explained["incidentSampleId"]] == text, identity


def kill_and_check(folder: Path, kills: int, database: str = "") -> list[Journal]:
    """Run writers against a server that is killed `kills` times; check all journals after each restart."""
    dice = random.Random(20261125)
    journals = [Journal(f"writer-{number}") for number in range(WRITERS)]
    for kill in range(kills + 1):
        with running_server(folder, log_level="warning", database=database) as server:
            with server.client() as client:
                for journal in journals:
                    settle(journal, stored(client, journal.name))
                    check_matching(client, journal)
            writers = [
                threading.Thread(target=write_until_killed, args=(server, journal, 1000 * kill + number))
                for number, journal in enumerate(journals)
            ]
            for writer in writers:
                writer.start()
            threading.Event().wait(dice.uniform(0.05, 0.6))
            server.stop(signal.SIGKILL)
            for writer in writers:
                writer.join()
    return journals


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.nightly)])
def test_every_acknowledged_write_survives_sigkill(tmp_path: Path, kills: int) -> None:
    """After each SIGKILL every acknowledged write is there, none is half there, and matching agrees."""
    journals = kill_and_check(tmp_path / "folder", kills)

    assert [journal.failures for journal in journals] == [[]] * WRITERS


@pytest.mark.parametrize("kills", [2, pytest.param(200, marks=pytest.mark.nightly)])
def test_every_acknowledged_write_survives_sigkill_on_postgresql(tmp_path: Path, kills: int) -> None:
    """The same holds where the rows lie in a server, which rolls back what a killed process had begun."""
    journals = kill_and_check(tmp_path / "folder", kills, schema_url())

    assert [journal.failures for journal in journals] == [[]] * WRITERS
