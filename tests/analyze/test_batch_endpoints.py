"""text:batch over HTTP: the lines of the answer, what is refused whole and what in a line of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.analyze.domain import Category, OutputType, Severity
from quell.analyze.harm_model import ModelHarmAnalyzer
from tests.doubles import TinyHarms
from tests.house import House, build_house

ROUTE = "/quell/text:batch"
TEXTS = ["a calm day", "shove that oaf", "front row seats"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model, an incident and a blocklist."""
    built = build_house(tmp_path, harm=ModelHarmAnalyzer(TinyHarms()))
    built.create("seats", "front row seats")
    built.blocklists.create("words", "oaf")
    yield built
    built.close()


def rows(answer: Response) -> list[dict[str, Any]]:
    """Return the lines of an answer."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    assert answer.text.endswith("\n")
    return [json.loads(line) for line in answer.text.splitlines()]


def send_lines(client: TestClient, *values: object, **query: Any) -> Response:
    """Send JSON Lines; bytes go as they are."""
    parts = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    headers = {"Content-Type": "application/x-ndjson"}
    return client.post(ROUTE, content=b"\n".join(parts), headers=headers, params=query)


def severities(row: dict[str, Any]) -> dict[str, int]:
    """Return the severities of a line by category."""
    return {one["category"]: one["severity"] for one in row["categoriesAnalysis"]}


def test_each_text_has_its_line_in_order(client: TestClient) -> None:
    """A line is the place in the request and the verdict that text:analyze gives."""
    options: dict[str, object] = {
        "categories": ["Violence", "Hate"],
        "blocklistNames": ["words"],
        "outputType": "EightSeverityLevels",
        "incidents": {"incidentNames": ["seats"]},
    }
    found = rows(client.post(ROUTE, json={"texts": TEXTS} | options))
    alone = [
        client.post(
            "/contentsafety/text:analyze?api-version=2024-04-15-preview", json={"text": text} | options
        )
        for text in TEXTS
    ]

    assert found == [{"position": place, **answer.json()} for place, answer in enumerate(alone)]
    assert [severities(row)["Violence"] for row in found] == [0, 3, 0]


def test_a_batch_of_the_largest_size_keeps_its_order(client: TestClient) -> None:
    """10,000 texts, in the order of the request whichever worker was faster."""
    found = rows(client.post(ROUTE, json={"texts": ["shove", "calm"] * 5_000, "categories": ["Violence"]}))

    assert [row["position"] for row in found] == list(range(10_000))
    assert [severities(row)["Violence"] for row in found] == [2, 0] * 5_000


def test_ids_come_back(client: TestClient) -> None:
    """Items carry ids of the client's choice, in either form; a text without one has its place only."""
    items = [
        {"id": "a", "text": "calm"},
        {"id": 7, "text": "calm"},
        {"text": "calm"},
        {"ID": None, "TEXT": "x"},
    ]
    whole = rows(client.post(ROUTE, json={"items": items}))
    lines = rows(send_lines(client, *items))

    assert [row.get("id") for row in whole] == ["a", 7, None, None]
    assert lines == whole
    assert "id" not in whole[2]


BAD: list[tuple[object, str]] = [
    ({"id": 1, "text": ""}, "text"),
    ({"id": 1, "text": "x" * 10_001}, "text"),
    ({"id": 1, "text": 5}, "text"),
    ({"id": 1}, "text"),
    ({"id": 1, "text": "calm", "language": "en"}, "language"),
]


@pytest.mark.parametrize(("bad", "target"), BAD)
def test_one_bad_text_does_not_end_the_batch(client: TestClient, bad: object, target: str) -> None:
    """Its line has an error and its id; the others are answered."""
    good = {"id": 2, "text": "shove"}
    for place, answer in (
        (f"items[0].{target}", client.post(ROUTE, json={"items": [bad, good]})),
        (target, send_lines(client, bad, good)),
    ):
        first, second = rows(answer)
        assert (first["position"], first["id"], first["error"]["code"], first["error"]["target"]) == (
            0,
            1,
            "InvalidRequestBody",
            place,
        )
        assert target in first["error"]["message"]
        assert (second["id"], severities(second)["Violence"]) == (2, 2)


@pytest.mark.parametrize("bad", [5, None, "", "x" * 10_001, {"text": "calm"}, ["calm"]])
def test_one_bad_string_does_not_end_the_batch(client: TestClient, bad: object) -> None:
    """Among bare strings the place in the list names the culprit."""
    first, second, third = rows(client.post(ROUTE, json={"texts": ["calm", bad, "shove"]}))

    assert (second["position"], second["error"]["target"]) == (1, "texts[1]")
    assert "error" not in first | third


@pytest.mark.parametrize("bad", [b"{", b'"calm"', b"[]", b"null", b'{"text": "\\ud800"}', b"\xff", b"5"])
def test_one_bad_line_does_not_end_the_batch(client: TestClient, bad: bytes) -> None:
    """What is not JSON, or not an object, has an error in its place."""
    first, second = rows(send_lines(client, bad, {"text": "shove"}))

    assert (first["position"], first["error"]["code"]) == (0, "InvalidRequestBody")
    assert severities(second)["Violence"] == 2


@pytest.mark.parametrize("bad", [True, 1.5, ["a"], "x" * 257])
def test_an_id_is_a_short_string_or_an_integer(client: TestClient, bad: object) -> None:
    """A text with another id is refused, and its line has none."""
    first, second = rows(client.post(ROUTE, json={"items": [{"id": bad, "text": "calm"}, {"text": "calm"}]}))

    assert (first["error"]["target"], "id" in first, "error" in second) == ("items[0].id", False, False)


@pytest.mark.parametrize("length", [1, 10_000])
def test_texts_of_both_ends_are_answered(client: TestClient, length: int) -> None:
    """Code points count, not bytes."""
    (row,) = rows(send_lines(client, {"id": "x" * 256, "text": "🎈" * length}))

    assert "error" not in row


OPTIONS = {"categories": ["Violence"], "outputType": "EightSeverityLevels", "blocklistNames": ["words"]}


def test_options_stand_in_the_first_line_or_in_the_query(client: TestClient) -> None:
    """Both say the same as the members of the object; blank lines do not matter."""
    whole = rows(client.post(ROUTE, json={"texts": TEXTS} | OPTIONS))
    items = [{"text": text} for text in TEXTS]
    first = rows(send_lines(client, b"", {"Options": OPTIONS}, b"  \r", *items, b""))
    query = {"categories": "violence", "OutputType": "eightSeverityLevels", "blocklistNames": "words"}

    assert first == whole
    assert rows(send_lines(client, *items, **query)) == whole
    assert rows(client.post(ROUTE, params=query, json={"texts": TEXTS})) == whole
    assert [severities(row) for row in whole] == [{"Violence": 0}, {"Violence": 3}, {"Violence": 0}]


def test_the_query_can_say_everything(client: TestClient) -> None:
    """Lists are separated by commas or repeated; flags are true or false."""
    query = {
        "categories": ["Hate,SelfHarm", "Violence"],
        "blocklistNames": "words",
        "incidentNames": "seats",
        "haltOnBlocklistHit": "true",
        "haltOnIncidentHit": "True",
    }
    calm, blocked, hit = rows(send_lines(client, *({"text": text} for text in TEXTS), **query))

    assert set(severities(calm)) == {"Hate", "SelfHarm", "Violence"}
    assert (blocked["categoriesAnalysis"], len(blocked["blocklistsMatch"])) == ([], 1)
    assert (hit["categoriesAnalysis"], hit["incidentMatches"]) == ([], [{"incidentName": "seats"}])


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({}, 400, "texts"),
        ({"texts": ["a"], "items": [{"text": "a"}]}, 400, "texts"),
        ({"texts": []}, 400, "texts"),
        ({"items": []}, 400, "texts"),
        ({"texts": "a"}, 400, "texts"),
        ({"texts": ["a"], "text": "a"}, 400, "text"),
        ({"texts": ["a"], "categories": ["Rudeness"]}, 400, "categories[0]"),
        ({"texts": ["a"], "categories": ["Drugs"]}, 501, "categories"),
        ({"texts": ["a"], "outputType": "Two"}, 400, "outputType"),
        ({"texts": ["a"], "blocklistNames": ["words", "absent"]}, 404, "blocklistNames[1]"),
        ({"texts": ["a"], "incidents": {"incidentNames": ["absent"]}}, 404, "incidents.incidentNames[0]"),
    ],
)
def test_what_is_wrong_for_all_texts_refuses_the_batch(
    client: TestClient, body: dict[str, object], status: int, target: str
) -> None:
    """No line is sent."""
    answer = client.post(ROUTE, json=body)

    assert (answer.status_code, answer.json()["error"]["target"]) == (status, target)


@pytest.mark.parametrize(
    ("lines", "query", "words"),
    [
        ([], {}, "at least one text"),
        ([{"options": {}}], {}, "at least one text"),
        ([{"options": {"categories": ["Rude"]}}, {"text": "a"}], {}, "'options.categories[0]'"),
        ([{"options": []}, {"text": "a"}], {}, "'options'"),
        ([{"options": {}}, {"text": "a"}], {"categories": "Hate"}, "not in both"),
        ([{"text": "a"}], {"categories": "Rude"}, "query parameter 'categories[0]'"),
        ([{"text": "a"}], {"haltOnBlocklistHit": "maybe"}, "query parameter 'haltOnBlocklistHit'"),
        ([{"text": "a"}] * 10_001, {}, "at most 10,000 texts"),
    ],
)
def test_bad_options_refuse_the_batch(
    client: TestClient, lines: list[object], query: dict[str, str], words: str
) -> None:
    """Wherever they stand, the error says what is wrong with them."""
    answer = send_lines(client, *lines, **query)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_options_in_object_and_query_are_refused(client: TestClient) -> None:
    """Nobody has to guess which of them counted."""
    answer = client.post(ROUTE, params={"categories": "Hate"}, json={"texts": ["a"], "outputType": None})
    both = client.post(
        ROUTE, params={"categories": "Hate"}, json={"texts": ["a"], "blocklistNames": ["words"]}
    )

    assert (answer.status_code, both.status_code) == (200, 400)


def test_more_than_ten_thousand_texts_are_refused(client: TestClient) -> None:
    """The first text too many refuses the object, too."""
    answer = client.post(ROUTE, json={"texts": ["a"] * 10_001})

    assert (answer.status_code, "10,000" in answer.json()["error"]["message"]) == (400, True)


def test_options_after_the_first_line_are_a_bad_text(client: TestClient) -> None:
    """They would have come too late for the texts before them."""
    first, second = rows(send_lines(client, {"text": "a"}, {"options": {}}))

    assert ("error" in first, second["error"]["target"]) == (False, "options")


class Faulty:
    """Stands in for a harm model with a bug that one text shows."""

    def analyze(self, text: str, categories: object, output: OutputType) -> tuple[Severity, ...]:
        """Fail at one text."""
        del categories, output
        if text == "plum":
            raise RuntimeError(text)
        return (Severity(Category.HATE, 0),)


def test_an_unforeseen_error_stays_in_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are answered, and the log has the request's id and not the text."""
    house = build_house(tmp_path, harm=Faulty())  # type: ignore[arg-type]
    with house.client() as client:
        answer = client.post(ROUTE, json={"texts": ["pear", "plum", "fig"]})
    house.close()

    before, faulty, after = rows(answer)
    logged = capsys.readouterr().out
    assert faulty["error"]["code"] == "InternalError"
    assert "error" not in before | after
    assert answer.headers["apim-request-id"] in logged
    assert "plum" not in logged


def test_the_schema_stands_on_its_own(client: TestClient) -> None:
    """What describes request and lines refers to nothing that the document does not have."""
    operation = client.get("/openapi.json").json()["paths"][ROUTE]["post"]
    sent = operation["requestBody"]["content"]["application/json"]["schema"]
    lines = operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"]

    assert "$defs" not in json.dumps(operation)
    assert "$defs" not in sent | lines
    assert sent["properties"]["categories"]["items"]["enum"][:2] == ["Hate", "SelfHarm"]
    assert set(lines["properties"]) >= {"position", "id", "categoriesAnalysis", "error"}
