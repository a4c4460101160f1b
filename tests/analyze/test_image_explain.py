"""image:explain over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from quell.analyze.domain import Category, Severity
from quell.workers import Workers
from tests.analyze.sights import Sights


@pytest.fixture
def sights() -> Sights:
    """Return doubles that see something of everything."""
    return Sights(
        nudity=2,
        lines=("you louse",),
        hits=frozenset({"flag"}),
        symbols={"flag": Severity(Category.VIOLENCE, 4)},
    )


@pytest.fixture
def client(sights: Sights) -> Iterator[TestClient]:
    """Return a client of the doubles."""
    workers = Workers(1)
    with sights.client(workers) as made:
        yield made
    workers.close()


def test_each_severity_comes_with_its_evidence(client: TestClient) -> None:
    """Nudity with its probabilities, lines with their boxes and words, mapped incidents by name."""
    answer = client.post("/quell/image:explain", json={"image": {"content": "AAAA"}}).json()

    assert [tuple(one.values()) for one in answer["categoriesAnalysis"]] == [
        ("Hate", 4, "text-only"),
        ("SelfHarm", 0, "text-only"),
        ("Sexual", 2, "full"),
        ("Violence", 4, "text-only"),
    ]
    assert answer["nudity"]["probabilities"]["explicit"] == pytest.approx(1 / 3)
    assert answer["text"]["lines"][0]["text"] == "you louse"
    assert answer["text"]["lines"][0]["box"][2] == [9.0, 3.0]
    assert answer["text"]["categoriesAnalysis"][0]["words"][0]["text"] == "louse"
    assert answer["incidents"] == [{"incidentName": "flag", "category": "Violence", "severity": 4}]


def test_evidence_for_other_categories_is_not_sought(client: TestClient, sights: Sights) -> None:
    """Asked for Hate, nothing is said of nudity."""
    sent = {"image": {"content": "AAAA"}, "categories": ["Hate"]}

    answer = client.post("/quell/image:explain", json=sent).json()

    assert "nudity" not in answer
    assert answer["incidents"] == []
    assert "nudity" not in sights.asked


def test_a_picture_without_text_has_no_text_verdict(client: TestClient, sights: Sights) -> None:
    """The text model is not asked about nothing."""
    sights.lines = ()

    answer = client.post("/quell/image:explain", json={"image": {"content": "AAAA"}}).json()

    assert answer["text"] == {"lines": [], "categoriesAnalysis": []}


def test_named_incidents_are_explained_hit_or_not(client: TestClient) -> None:
    """Each says its probability; a hit names the sample and where it lies in the picture."""
    sent = {"image": {"content": "AAAA"}, "incidents": {"incidentNames": ["badge", "flag"]}}

    miss, hit = client.post("/quell/image:explain", json=sent).json()["incidentMatches"]

    assert (miss["incidentName"], miss["hit"], "region" in miss) == ("badge", False, False)
    assert (hit["incidentName"], hit["hit"], hit["incidentSampleId"]) == ("flag", True, "sample-1")
    assert hit["region"] == {"left": 0, "top": 0, "width": 30, "height": 20, "frame": 0}


def test_an_unknown_incident_is_refused_by_its_place(client: TestClient) -> None:
    """The error names the entry of the list."""
    sent = {"image": {"content": "AAAA"}, "incidents": {"incidentNames": ["badge", "absent"]}}

    answer = client.post("/quell/image:explain", json=sent)

    assert (answer.status_code, answer.json()["error"]["target"]) == (404, "incidents.incidentNames[1]")
