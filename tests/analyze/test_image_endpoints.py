"""image:analyze over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.analyze.domain import Category, Severity
from quell.analyze.image_domain import Coverage
from quell.workers import Workers
from tests.analyze.sights import Sights

PREVIEW = "2024-04-15-preview"
GA = "2024-09-01"
OLD = "2023-04-30-preview"


@pytest.fixture
def sights() -> Sights:
    """Return doubles that see nothing."""
    return Sights()


@pytest.fixture
def client(sights: Sights) -> Iterator[TestClient]:
    """Return a client of the doubles."""
    workers = Workers(1)
    with sights.client(workers) as made:
        yield made
    workers.close()


def analyze(client: TestClient, version: str = PREVIEW, **body: object) -> Response:
    """Analyse a picture."""
    sent = {"image": {"content": "AAAA"}} | body
    return client.post(f"/contentsafety/image:analyze?api-version={version}", json=sent)


def levels(answer: Response) -> dict[str, int]:
    """Return the severities of an answer by category, in its order."""
    return {one["category"]: one["severity"] for one in answer.json()["categoriesAnalysis"]}


def test_a_harmless_picture_has_four_zeros_in_the_recorded_order(client: TestClient) -> None:
    """All four categories are answered when none is named."""
    answer = analyze(client, GA)

    assert answer.status_code == 200
    assert list(levels(answer).items()) == [("Hate", 0), ("SelfHarm", 0), ("Sexual", 0), ("Violence", 0)]
    assert set(answer.json()) == {"categoriesAnalysis"}


def test_an_empty_list_of_categories_is_all_and_a_named_one_alone(client: TestClient) -> None:
    """`[]` means all; names count in any case."""
    assert len(levels(analyze(client, categories=[]))) == 4
    assert list(levels(analyze(client, categories=["violence"]))) == ["Violence"]


def test_nudity_decides_the_sexual_severity(client: TestClient, sights: Sights) -> None:
    """Pixels speak for Sexual and for nothing else."""
    sights.nudity = 4

    assert levels(analyze(client)) == {"Hate": 0, "SelfHarm": 0, "Sexual": 4, "Violence": 0}


def test_text_in_the_picture_counts_for_every_category(client: TestClient, sights: Sights) -> None:
    """What is written in a picture is judged as a text is."""
    sights.lines = ("you louse", "wallop them")

    assert levels(analyze(client)) == {"Hate": 4, "SelfHarm": 0, "Sexual": 0, "Violence": 6}


def test_the_worst_evidence_wins(client: TestClient, sights: Sights) -> None:
    """A mild text does not soften what the pixels show."""
    sights.nudity, sights.lines = 6, ("a wink",)

    assert levels(analyze(client))["Sexual"] == 6


def test_nothing_is_looked_at_for_a_category_that_was_not_asked(client: TestClient, sights: Sights) -> None:
    """The nudity model does not run for Hate."""
    analyze(client, categories=["Hate"])

    assert "nudity" not in sights.asked


def test_eight_levels_do_not_exist_for_images(client: TestClient) -> None:
    """Only FourSeverityLevels is accepted."""
    answer = analyze(client, GA, outputType="EightSeverityLevels")

    assert answer.status_code == 400
    assert answer.json()["error"]["target"] == "outputType"
    assert analyze(client, GA, outputType="FourSeverityLevels").status_code == 200


def test_drugs_does_not_exist_for_images(client: TestClient) -> None:
    """The fifth category of texts is refused by its place."""
    answer = analyze(client, "2024-12-15-preview", categories=["Hate", "Drugs"])

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "categories[1]")


def test_old_versions_answer_in_their_words(client: TestClient, sights: Sights) -> None:
    """Each category has a member of its own, if it was asked for."""
    sights.nudity = 2

    answer = analyze(client, OLD, categories=["Sexual"])

    assert answer.json() == {"sexualResult": {"category": "Sexual", "severity": 2}}


@pytest.mark.parametrize(
    ("version", "member"),
    [(OLD, "outputType"), (GA, "incidents"), (OLD, "incidents")],
)
def test_members_that_a_version_does_not_have_are_refused(
    client: TestClient, version: str, member: str
) -> None:
    """Named members belong to later or preview versions."""
    sent = {"outputType": "FourSeverityLevels", "incidents": {"incidentNames": []}}

    answer = analyze(client, version, **{member: sent[member]})
    absent = analyze(client, version, **{member: None})

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, member)
    assert absent.status_code == 200


def test_incidents_that_were_asked_are_told_in_their_order(client: TestClient, sights: Sights) -> None:
    """A hit is named; the harm categories are judged as well."""
    sights.hits = frozenset({"flag"})

    answer = analyze(client, incidents={"incidentNames": ["badge", "flag"]})

    assert answer.json()["incidentMatches"] == [{"incidentName": "flag"}]
    assert len(answer.json()["categoriesAnalysis"]) == 4


def test_a_halting_hit_leaves_out_the_harm_categories(client: TestClient, sights: Sights) -> None:
    """No model runs after the hit."""
    sights.hits = frozenset({"flag"})

    answer = analyze(client, incidents={"incidentNames": ["flag"], "haltOnIncidentHit": True})

    assert answer.json() == {"categoriesAnalysis": [], "incidentMatches": [{"incidentName": "flag"}]}
    assert sights.asked == ["picture", "incidents"]


def test_an_unknown_incident_is_404_by_its_place(client: TestClient) -> None:
    """The place in the list is named."""
    answer = analyze(client, incidents={"incidentNames": ["badge", "nowhere"]})

    assert (answer.status_code, answer.json()["error"]["target"]) == (404, "incidents.incidentNames[1]")


def test_no_incident_named_is_no_incident_hit(client: TestClient) -> None:
    """An empty list answers an empty list."""
    assert analyze(client, incidents={}).json()["incidentMatches"] == []


def test_an_incident_mapped_to_a_category_is_evidence(client: TestClient, sights: Sights) -> None:
    """The operator's picture of a symbol counts for its category, asked for as an incident or not."""
    sights.symbols["flag"] = Severity(Category.HATE, 6)
    sights.symbols["gone"] = Severity(Category.VIOLENCE, 6)
    sights.hits = frozenset({"flag", "gone"})

    answer = analyze(client)

    assert levels(answer) == {"Hate": 6, "SelfHarm": 0, "Sexual": 0, "Violence": 0}
    assert "incidentMatches" not in answer.json()


def test_an_answer_says_what_stood_behind_it_and_what_it_costs(client: TestClient) -> None:
    """Coverage and usage are in headers, coverage for the asked categories only."""
    headers = analyze(client, categories=["Sexual", "Hate"]).headers

    assert headers["quell-coverage"] == "Hate=text-only, Sexual=full"
    assert headers["csp-billing-usage"] == "CognitiveServices.ContentSafety.Image:Analyze=1"


def test_too_little_coverage_is_refused_before_the_picture_is_read(
    client: TestClient, sights: Sights
) -> None:
    """An operator who requires full coverage gets no verdict on text alone."""
    sights.required = Coverage.FULL
    workers = Workers(1)

    with sights.client(workers) as strict:
        refused = analyze(strict, categories=["Sexual", "Violence"])
        answered = analyze(strict, categories=["Sexual"])
    workers.close()

    assert (refused.status_code, refused.json()["error"]["code"]) == (501, "NotImplemented")
    assert "'Violence' is covered text-only" in refused.json()["error"]["message"]
    assert (answered.status_code, sights.asked.count("picture")) == (200, 1)


def test_a_broken_picture_is_refused_by_its_field(client: TestClient) -> None:
    """The error names image.content."""
    answer = analyze(client, image={"content": "broken"})

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "image.content")


def test_a_request_without_a_picture_is_refused(client: TestClient) -> None:
    """`image` is required."""
    answer = client.post(f"/contentsafety/image:analyze?api-version={GA}", json={"categories": []})

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "image")
