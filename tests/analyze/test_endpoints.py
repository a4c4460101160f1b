"""text:analyze over HTTP."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.analyze.domain import Category, OutputType, Severity
from tests.house import House, build_house

PREVIEW = "2024-04-15-preview"
GA = "2024-09-01"
OLD = "2023-04-30-preview"
TEXT = "front row seats"


class EvenSeverities:
    """Stands in for the harm model: every category has severity 2, and what was asked is remembered."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Category, ...], OutputType]] = []

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Answer 2 for each category."""
        self.asked.append((text, tuple(categories), output))
        return tuple(Severity(category, 2) for category in categories)


@pytest.fixture
def harmful(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model and two incidents."""
    built = build_house(tmp_path, harm=EvenSeverities())
    built.create("seats", TEXT)
    built.create("lentils", "simmer the lentils")
    yield built
    built.close()


@pytest.fixture
def complete(harmful: House) -> Iterator[TestClient]:
    """Return a client of the house with a harm model."""
    with harmful.client() as made:
        yield made


def analyze(client: TestClient, version: str = PREVIEW, **body: object) -> Response:
    """Analyse a text."""
    return client.post(f"/contentsafety/text:analyze?api-version={version}", json={"text": TEXT} | body)


def asking(*names: str, halt: bool = False) -> dict[str, object]:
    """Return the incidents member of a request."""
    return {"incidentNames": list(names), "haltOnIncidentHit": halt}


def severities(*categories: str) -> list[dict[str, object]]:
    """Return the answer of the stand-in for some categories."""
    return [{"category": category, "severity": 2} for category in categories]


ALL = severities("Hate", "SelfHarm", "Sexual", "Violence")


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and target of an error."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("target")


def test_a_halt_on_a_hit_answers_without_harm_model(house: House, client: TestClient) -> None:
    """The incident that is hit is named, and no category is analysed."""
    house.create("seats", TEXT)
    answer = analyze(client, incidents=asking("seats", halt=True), outputType="EightSeverityLevels")

    assert answer.json() == {
        "blocklistsMatch": [],
        "categoriesAnalysis": [],
        "incidentMatches": [{"incidentName": "seats"}],
    }


@pytest.mark.parametrize(
    "incidents", [None, asking("seats"), asking("lentils", halt=True), asking(halt=True)]
)
def test_without_harm_model_severities_are_not_invented(
    house: House, client: TestClient, incidents: object
) -> None:
    """Where the categories are needed, the answer is 501 and names what to do."""
    house.create("seats", TEXT)
    house.create("lentils", "simmer the lentils")
    answer = analyze(client, incidents=incidents)

    assert refusal(answer) == (501, "NotImplemented", "categories")
    assert "text:detectIncidents" in answer.json()["error"]["message"]
    assert "haltOnIncidentHit" in answer.json()["error"]["message"]


def test_incidents_and_categories_are_told_together(complete: TestClient) -> None:
    """Without a halt a hit changes nothing about the categories."""
    answer = analyze(complete, incidents=asking("lentils", "seats"))

    assert answer.json() == {
        "blocklistsMatch": [],
        "categoriesAnalysis": ALL,
        "incidentMatches": [{"incidentName": "seats"}],
    }


@pytest.mark.parametrize(
    ("incidents", "matches", "categories"),
    [
        (asking("seats", halt=True), [{"incidentName": "seats"}], []),
        (asking("lentils", halt=True), [], ALL),
        (asking("lentils"), [], ALL),
        (asking(halt=True), [], ALL),
        ({}, [], ALL),
        (None, None, ALL),
    ],
)
def test_halting(complete: TestClient, incidents: object, matches: object, categories: object) -> None:
    """Only a hit halts; without the member there is no incidentMatches, without names an empty one."""
    answer = analyze(complete, incidents=incidents).json()

    assert (answer.get("incidentMatches"), answer["categoriesAnalysis"]) == (matches, categories)


@pytest.mark.parametrize("categories", [None, [], ["hate", "SELFHARM", "Sexual", "violence", "Hate"]])
def test_no_category_means_all(complete: TestClient, categories: object) -> None:
    """Absent, null and empty are all four; names are read in any case, each once, in the order of answers."""
    assert analyze(complete, categories=categories).json()["categoriesAnalysis"] == ALL


def test_only_requested_categories_are_answered(complete: TestClient) -> None:
    """The order is that of the protocol, whatever the request's."""
    answer = analyze(complete, categories=["Violence", "Hate"])

    assert answer.json()["categoriesAnalysis"] == severities("Hate", "Violence")


def test_the_harm_model_gets_what_was_asked(harmful: House, complete: TestClient) -> None:
    """Text, categories and output type reach the seam."""
    analyze(complete, categories=["Hate"], outputType="eightseveritylevels")
    analyze(complete, categories=["Hate"], outputType=None)

    assert isinstance(harmful.harm, EvenSeverities)
    assert harmful.harm.asked == [
        (TEXT, (Category.HATE,), OutputType.EIGHT),
        (TEXT, (Category.HATE,), OutputType.FOUR),
    ]


@pytest.mark.parametrize("names", [None, []])
def test_no_blocklist_is_asked_for(complete: TestClient, names: object) -> None:
    """Null and the empty list are as good as absent."""
    answer = analyze(complete, blocklistNames=names, haltOnBlocklistHit=True)

    assert answer.json()["blocklistsMatch"] == []


def test_an_unknown_blocklist_is_refused_with_its_place(harmful: House, complete: TestClient) -> None:
    """The target leads to the name in the request, duplicates counted."""
    harmful.blocklists.create("known", "plum")
    answer = analyze(complete, blocklistNames=["known", "known", "absent"])

    assert refusal(answer) == (404, "ResourceNotFound", "blocklistNames[2]")


def test_an_unknown_incident_is_refused_with_its_place(complete: TestClient) -> None:
    """The target leads to the name in the request."""
    answer = analyze(complete, incidents=asking("seats", "absent"))

    assert refusal(answer) == (404, "ResourceNotFound", "incidents.incidentNames[1]")


@pytest.mark.parametrize(("length", "records"), [(1, 1), (1000, 1), (1001, 2), (10_000, 10)])
def test_usage_is_counted_in_records(complete: TestClient, length: int, records: int) -> None:
    """A text record has 1,000 code points."""
    answer = analyze(complete, text="🎈" * length)

    assert answer.headers["csp-billing-usage"] == (f"CognitiveServices.ContentSafety.Text:Analyze={records}")


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"categories": ["Rudeness"]}, "categories[0]"),
        ({"categories": "Hate"}, "categories"),
        ({"outputType": "TwoSeverityLevels"}, "outputType"),
        ({"haltOnBlocklistHit": "yes"}, "haltOnBlocklistHit"),
        ({"incidents": ["seats"]}, "incidents"),
        ({"incidents": {"names": []}}, "incidents.names"),
        ({"incidentNames": ["seats"]}, "incidentNames"),
        ({"breakByBlocklists": True}, "breakByBlocklists"),
        ({"categories": ["Hate", "Drugs"]}, "categories[1]"),
    ],
)
def test_bad_requests_are_refused(complete: TestClient, body: dict[str, object], target: str) -> None:
    """The error names the field at fault."""
    assert refusal(analyze(complete, **body)) == (400, "InvalidRequestBody", target)


def test_a_text_is_required(complete: TestClient) -> None:
    """A request without a text is refused."""
    answer = complete.post(f"/contentsafety/text:analyze?api-version={PREVIEW}", json={})

    assert refusal(answer) == (400, "InvalidRequestBody", "text")


@pytest.mark.parametrize(
    ("version", "body", "target"),
    [
        (GA, {"incidents": {}}, "incidents"),
        ("2023-10-15-preview", {"incidents": {}}, "incidents"),
        (OLD, {"incidents": {}}, "incidents"),
        (OLD, {"outputType": "FourSeverityLevels"}, "outputType"),
        (OLD, {"haltOnBlocklistHit": False}, "haltOnBlocklistHit"),
        (GA, {"breakByBlocklists": False}, "breakByBlocklists"),
        (GA, {"customizedCategories": []}, "customizedCategories"),
        (GA, {"categories": ["Drugs"]}, "categories[0]"),
        ("2023-05-30-preview", {"text": "x" * 1001}, "text"),
    ],
)
def test_members_exist_in_some_versions_only(
    complete: TestClient, version: str, body: dict[str, object], target: str
) -> None:
    """A member that a version does not have is refused by name, whatever its value."""
    answer = analyze(complete, version, **body)

    assert refusal(answer) == (400, "InvalidRequestBody", target)
    assert version in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("version", "body"),
    [
        ("2023-10-30-preview", {"incidents": {}}),
        ("2026-11-01-preview", {"incidents": {}}),
        ("2023-10-01", {"outputType": "FourSeverityLevels", "haltOnBlocklistHit": True}),
        (GA, {"text": "x" * 1001}),
        ("2024-12-15-preview", {"categories": ["Drugs"]}),
        (PREVIEW, {"customizedCategories": None}),
    ],
)
def test_members_exist_from_their_first_version_on(
    complete: TestClient, version: str, body: dict[str, object]
) -> None:
    """Both ends of a member's life are served."""
    assert analyze(complete, version, **body).status_code == 200


def test_custom_categories_are_not_built(complete: TestClient) -> None:
    """What is part of the protocol but not of this version says so."""
    body = [{"categoryName": "x", "version": 1}]
    answer = analyze(complete, "2024-03-30-preview", customizedCategories=body)

    assert refusal(answer) == (501, "NotImplemented", "customizedCategories")


@pytest.mark.parametrize("version", [OLD, "2023-05-30-preview"])
def test_the_first_versions_are_answered_in_their_words(complete: TestClient, version: str) -> None:
    """Before 2023-10-01 each category has a member of its own, and the text 1,000 code points at most."""
    answer = analyze(
        complete, version, text="x" * 1000, categories=["Hate", "SelfHarm"], breakByBlocklists=True
    )

    assert answer.json() == {
        "blocklistsMatchResults": [],
        "hateResult": {"category": "Hate", "severity": 2},
        "selfHarmResult": {"category": "SelfHarm", "severity": 2},
    }
