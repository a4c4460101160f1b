"""text:explain over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.analyze.harm_model import ModelHarmAnalyzer
from tests.doubles import TinyHarms
from tests.house import House, build_house

TEXT = "one two three four five six seven eight nine ten then sho\u200bve that oaf"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model, an incident, a blocklist and an allow-list."""
    built = build_house(tmp_path, harm=ModelHarmAnalyzer(TinyHarms()))
    built.create("seats", "front row seats")
    built.blocklists.create("words", "oaf", "three")
    built.allowlists.create("boats", "shove off")
    yield built
    built.close()


def explain(client: TestClient, **body: object) -> Response:
    """Ask why the text has its verdict."""
    return client.post("/quell/text:explain", json={"text": TEXT} | body)


def test_a_category_shows_what_decided(client: TestClient) -> None:
    """Severity in both scales, a probability for each cut, the window and its words as they were sent."""
    (violence,) = explain(client, categories=["violence"]).json()["categoriesAnalysis"]
    start = TEXT.index("then")
    word = TEXT.index("sho")

    assert violence == {
        "category": "Violence",
        "severity": 3,
        "fourLevelSeverity": 2,
        "probabilities": [
            {"severity": 1, "probability": 0.9},
            {"severity": 2, "probability": 0.9},
            {"severity": 4, "probability": 0.1},
            {"severity": 6, "probability": 0.1},
        ],
        "window": {"offset": start, "length": len(TEXT) - start, "text": TEXT[start:]},
        "words": [{"offset": word, "length": 6, "text": "sho\u200bve", "weight": 3.5}],
    }


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ([], ["Hate", "SelfHarm", "Sexual", "Violence"]),
        (["Violence", "hate", "Hate"], ["Hate", "Violence"]),
    ],
)
def test_categories_are_named_as_in_analyze(
    client: TestClient, categories: list[str], expected: list[str]
) -> None:
    """None named is all four, in the order of answers; words are told only where something was found."""
    found = explain(client, categories=categories).json()["categoriesAnalysis"]

    assert [one["category"] for one in found] == expected
    assert all(bool(one["words"]) == (one["severity"] > 0) for one in found)


def test_a_blocklist_shows_the_places(house: House, client: TestClient) -> None:
    """Each hit has its item and its first place in the text as it was sent."""
    items = {item.text: item.id for item in house.blocklists.transfer.export("words")}
    found = explain(client, blocklistNames=["words"]).json()["blocklistsMatch"]

    assert found == [
        {
            "blocklistName": "words",
            "blocklistItemId": items[word],
            "blocklistItemText": word,
            "offset": TEXT.index(word),
            "length": len(word),
            "text": word,
        }
        for word in ("three", "oaf")
    ]


def test_what_an_allow_list_lifted_is_said(house: House, client: TestClient) -> None:
    """The item, its place, and the severity that the category would have."""
    (item,) = house.allowlists.transfer.export("boats")
    found = explain(client, text="let us shove off", categories=["Violence"]).json()["categoriesAnalysis"]

    assert (found[0]["severity"], found[0]["words"]) == (0, [])
    assert found[0]["lifted"] == {
        "severity": 3,
        "allowlistsMatch": [
            {
                "allowlistName": "boats",
                "allowlistItemId": item.id,
                "allowlistItemText": "shove off",
                "offset": 7,
                "length": 9,
                "text": "shove off",
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"incidentNames": []}, {"matches"}),
        ({"incidentNames": ["seats"], "categories": None}, {"matches"}),
        ({"categories": ["Hate"]}, {"matches", "categoriesAnalysis"}),
        ({"blocklistNames": []}, {"matches", "blocklistsMatch"}),
        (
            {"incidentNames": ["seats"], "categories": [], "blocklistNames": ["words"]},
            {"matches", "categoriesAnalysis", "blocklistsMatch"},
        ),
    ],
)
def test_only_what_is_asked_for_is_explained(
    client: TestClient, body: dict[str, object], members: set[str]
) -> None:
    """The matches of incidents are always there, the rest where the request has its member."""
    answer = explain(client, **body).json()

    assert set(answer) == members
    assert len(answer["matches"]) == len(body.get("incidentNames") or [])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({}, 400, "incidentNames"),
        ({"incidentNames": None}, 400, "incidentNames"),
        ({"categories": ["Rudeness"]}, 400, "categories[0]"),
        ({"categories": [], "text": ""}, 400, "text"),
        ({"categories": [], "text": "x" * 10_001}, 400, "text"),
        ({"categories": ["Drugs"]}, 501, "categories"),
        ({"blocklistNames": ["words", "absent"]}, 404, "blocklistNames[1]"),
        ({"incidentNames": ["absent"], "categories": []}, 404, "incidentNames[0]"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    client: TestClient, body: dict[str, object], status: int, target: str
) -> None:
    """The error names the field."""
    answer = explain(client, **body)

    assert (answer.status_code, answer.json()["error"]["target"]) == (status, target)


def test_the_longest_text_is_explained(client: TestClient) -> None:
    """10,000 code points are read in windows, and the last of them can be the one that decides."""
    text = "🎈 " * 4_997 + "wallop"
    (violence,) = explain(client, text=text, categories=["Violence"]).json()["categoriesAnalysis"]

    assert (len(text), violence["severity"]) == (10_000, 6)
    assert violence["words"][0]["offset"] == len(text) - len("wallop")
