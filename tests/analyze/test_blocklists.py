"""Blocklists in text:analyze: what is reported, and what a halt leaves out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from quell.analyze.domain import Category, OutputType, Severity
from quell.blocklists.domain import ItemWrite
from tests.house import House, build_house

TEXT = "front row seats, 😀 an ac\u200bme bag"


class Mild:
    """Stands in for the harm model: nothing is harmful."""

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Answer 0 for each category."""
        del text, output
        return tuple(Severity(category, 0) for category in categories)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model, an incident and two blocklists."""
    built = build_house(tmp_path, harm=Mild())
    built.create("seats", "front row seats")
    built.blocklists.create("brands", "acme", "apex")
    built.blocklists.create("words", regexes=[r"row \w+", "front"])
    yield built
    built.close()


def analyze(client: TestClient, version: str = "2024-09-01", **body: object) -> dict[str, object]:
    """Analyse the text for hate; return the answer."""
    asked = {"text": TEXT, "categories": ["Hate"]} | body
    answer = client.post(f"/contentsafety/text:analyze?api-version={version}", json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_each_item_that_matches_is_named(house: House, client: TestClient) -> None:
    """By list in the order of the request, then in the order of the text."""
    answer = analyze(client, blocklistNames=["words", "brands"])
    ids = {
        item.text: item.id for name in ("words", "brands") for item in house.blocklists.transfer.export(name)
    }

    assert answer == {
        "blocklistsMatch": [
            {"blocklistName": name, "blocklistItemId": ids[text], "blocklistItemText": text}
            for name, text in [("words", "front"), ("words", r"row \w+"), ("brands", "acme")]
        ],
        "categoriesAnalysis": [{"category": "Hate", "severity": 0}],
    }


def test_the_first_version_has_places(house: House, client: TestClient) -> None:
    """Offset and length count code points of the text as it was sent, tricks included."""
    (item,) = [item for item in house.blocklists.transfer.export("brands") if item.text == "acme"]
    answer = analyze(client, "2023-04-30-preview", blocklistNames=["brands"])

    assert answer == {
        "blocklistsMatchResults": [
            {
                "blocklistName": "brands",
                "blockItemId": item.id,
                "blockItemText": "acme",
                "offset": TEXT.index("ac"),
                "length": 5,
            }
        ],
        "hateResult": {"category": "Hate", "severity": 0},
    }


def test_a_halt_leaves_out_the_categories_and_nothing_else(client: TestClient) -> None:
    """Incidents that were asked for are still reported."""
    answer = analyze(
        client,
        "2024-04-15-preview",
        blocklistNames=["brands"],
        haltOnBlocklistHit=True,
        incidents={"incidentNames": ["seats"]},
    )

    assert answer["categoriesAnalysis"] == []
    assert answer["incidentMatches"] == [{"incidentName": "seats"}]
    assert len(answer["blocklistsMatch"]) == 1  # type: ignore[arg-type]


def test_a_halt_on_an_incident_keeps_the_blocklists(client: TestClient) -> None:
    """Both are cheap, so both are told."""
    answer = analyze(
        client,
        "2024-04-15-preview",
        blocklistNames=["brands"],
        incidents={"incidentNames": ["seats"], "haltOnIncidentHit": True},
    )

    assert answer["categoriesAnalysis"] == []
    assert len(answer["blocklistsMatch"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "member", "result"),
    [
        ("2023-04-30-preview", "breakByBlocklists", "hateResult"),
        ("2023-10-01", "haltOnBlocklistHit", "categoriesAnalysis"),
    ],
)
def test_a_halt_needs_a_hit(client: TestClient, version: str, member: str, result: str) -> None:
    """With a hit there is no severity, without one there is."""
    hit = analyze(client, version, blocklistNames=["brands"], **{member: True})
    none = analyze(client, version, text="a plain bag", blocklistNames=["brands"], **{member: True})

    assert not hit.get(result)
    assert none[result]


def test_an_item_counts_at_the_next_request_and_then_no_more(house: House, client: TestClient) -> None:
    """There is no wait of minutes."""
    before = analyze(client, blocklistNames=["brands"])["blocklistsMatch"]
    (item,) = house.blocklists.service.write("brands", [ItemWrite("bag")])
    between = analyze(client, blocklistNames=["brands"])["blocklistsMatch"]
    house.blocklists.service.remove("brands", [item.id])
    after = analyze(client, blocklistNames=["brands"])["blocklistsMatch"]

    assert [len(found) for found in (before, between, after)] == [1, 2, 1]  # type: ignore[arg-type]
