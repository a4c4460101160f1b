"""A change made by one process counts in another at its next request."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import running_server
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES

VERSION = {"api-version": "2024-09-15-preview"}
NAME = "shared"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two servers over one data folder, each with a client."""
    folder = tmp_path / "folder"
    with running_server(folder) as one, running_server(folder) as two, one.client() as a, two.client() as b:
        yield a, b


def caught(client: httpx.Client) -> bool:
    """Return whether a paraphrase of the samples is caught."""
    body = {"text": TICKET_PARAPHRASES[0], "incidentNames": [NAME]}
    answer = client.post("/contentsafety/text:detectIncidents", params=VERSION, json=body)
    return bool(answer.json()["incidentMatches"])


def test_samples_added_and_removed_by_one_process_count_in_the_other(
    pair: tuple[httpx.Client, httpx.Client],
) -> None:
    """The other process's very next request sees added samples, removed samples and the deletion."""
    writer, reader = pair
    base = f"/contentsafety/text/incidents/{NAME}"
    samples = {"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]}

    for _ in range(5):
        writer.patch(base, params=VERSION, json={})
        before = caught(reader)
        added = writer.post(f"{base}:addIncidentSamples", params=VERSION, json=samples).json()
        after_add = caught(reader)
        ids = [sample["incidentSampleId"] for sample in added["incidentSamples"]]
        writer.post(f"{base}:removeIncidentSamples", params=VERSION, json={"incidentSampleIds": ids})
        after_remove = caught(reader)
        writer.delete(base, params=VERSION)
        gone = reader.get(base, params=VERSION).status_code

        assert (before, after_add, after_remove, gone) == (False, True, False, 404)
