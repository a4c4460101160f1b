"""Quell's own operations on text incidents, over HTTP."""

import json

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.errors import TooManyRequests
from tests.house import House

ROOT = "/quell/text/incidents"
SAMPLES = ("front row seats pay by gift card only", "two passes left pay by gift card")
LINES = {"content-type": "application/x-ndjson"}


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and target of an error."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("target")


def lines(*values: object) -> bytes:
    """Return values as JSON Lines."""
    return "\n".join(json.dumps(value) for value in values).encode()


def document(**changes: object) -> dict[str, object]:
    """Return a document to be imported."""
    return {
        "formatVersion": 1,
        "medium": "text",
        "incidentName": "scam",
        "description": "fake tickets",
        "sensitivity": 0.7,
        "samples": [{"text": text} for text in SAMPLES],
    } | changes


def test_settings_are_read_and_changed(house: House, client: TestClient) -> None:
    """The sensitivity decides the threshold; null is the default, nothing changes nothing."""
    house.create("scam", *SAMPLES)
    changed = client.patch(f"{ROOT}/scam", json={"sensitivity": 0.75, "sampleCount": 9, "threshold": 2})
    kept = client.patch(f"{ROOT}/scam", json={})
    read = client.get(f"{ROOT}/scam").json()
    default = client.patch(f"{ROOT}/scam", json={"sensitivity": None})

    assert (changed.json()["sensitivity"], changed.json()["threshold"]) == (0.75, 0.25)
    assert kept.json()["sensitivity"] == 0.75
    assert (read["incidentName"], read["sampleCount"]) == ("scam", 2)
    assert default.json()["sensitivity"] == 0.5


@pytest.mark.parametrize("value", [-0.01, 1.01, "0.5", True])
def test_a_sensitivity_is_a_fraction(house: House, client: TestClient, value: object) -> None:
    """0 and 1 are accepted, what is outside or not a number is refused."""
    house.create("scam")
    ends = [client.patch(f"{ROOT}/scam", json={"sensitivity": end}).status_code for end in (0, 1)]

    assert ends == [200, 200]
    assert refusal(client.patch(f"{ROOT}/scam", json={"sensitivity": value})) == (
        400,
        "InvalidRequestBody",
        "sensitivity",
    )


def test_settings_need_an_incident(client: TestClient) -> None:
    """Settings do not create."""
    assert client.get(f"{ROOT}/absent").status_code == 404
    assert client.patch(f"{ROOT}/absent", json={"sensitivity": 0.5}).status_code == 404
    assert refusal(client.get(f"{ROOT}/bad%20name"))[:2] == (400, "InvalidResourceName")


def test_a_verdict_is_explained(house: House, client: TestClient) -> None:
    """Every named incident says whether and why, down to the stretch of the text."""
    (sample, _) = house.create("scam", *SAMPLES)
    house.create("lentils", "simmer the lentils")
    text = f"Look here: {SAMPLES[0].upper()}!"
    answer = client.post("/quell/text:explain", json={"text": text, "incidentNames": ["scam", "lentils"]})

    scam, lentils = answer.json()["matches"]
    assert scam == {
        "incidentName": "scam",
        "hit": True,
        "literal": True,
        "probability": 1.0,
        "threshold": 0.5,
        "incidentSampleId": sample.id,
        "sampleText": SAMPLES[0],
        "window": {"offset": 11, "length": len(SAMPLES[0]), "text": SAMPLES[0].upper()},
    }
    assert (lentils["hit"], lentils["literal"]) == (False, False)
    assert lentils["window"] == {"offset": 0, "length": len(text), "text": text}
    assert -1 <= lentils["similarity"] <= 1
    assert 0 <= lentils["probability"] < lentils["threshold"]


def test_an_incident_without_samples_explains_itself(house: House, client: TestClient) -> None:
    """Nothing to compare with: no sample, no window, no similarity."""
    house.create("empty")
    answer = client.post("/quell/text:explain", json={"text": "x", "incidentNames": ["empty"]})

    assert answer.json()["matches"] == [
        {"incidentName": "empty", "hit": False, "literal": False, "probability": 0.0, "threshold": 0.5}
    ]


def test_explaining_an_unknown_incident_is_refused(client: TestClient) -> None:
    """The error names the place in the list."""
    answer = client.post("/quell/text:explain", json={"text": "x", "incidentNames": ["absent"]})

    assert refusal(answer) == (404, "ResourceNotFound", "incidentNames[0]")


def test_a_preview_sorts_the_texts(client: TestClient) -> None:
    """Caught texts come first, with their place in the request and what caught them."""
    texts = ["simmer the lentils", f"now: {SAMPLES[1]}"]
    answer = client.post(f"{ROOT}:preview", json={"samples": SAMPLES, "texts": texts, "sensitivity": 0.4})

    body = answer.json()
    assert (body["caught"], body["nearly"], body["notCaught"]) == (1, 0, 1)
    assert (body["threshold"], body["sampleCount"]) == (0.6, 2)
    first, last = body["findings"]
    assert (first["position"], first["outcome"], first["text"]) == (1, "caught", texts[1])
    assert (first["incidentSampleId"], first["sampleText"]) == ("samples[1]", SAMPLES[1])
    assert (last["position"], last["outcome"]) == (0, "not")
    assert client.get("/contentsafety/text/incidents?api-version=2024-09-15-preview").json() == {"value": []}


def test_a_preview_can_be_sent_line_by_line(client: TestClient) -> None:
    """JSON Lines say the same as the object; blank lines and the case of members do not matter."""
    texts = ["simmer the lentils", SAMPLES[0]]
    whole = client.post(f"{ROOT}:preview", json={"samples": SAMPLES, "texts": texts, "sensitivity": 0.4})
    parts = [{"sample": SAMPLES[0]}, {"Text": texts[0]}, {"sample": SAMPLES[1]}, {"text": texts[1]}]
    content = b"\n" + lines(*parts, {"sensitivity": 0.4}) + b"\r\n\n"
    split = client.post(f"{ROOT}:preview", content=content, headers=LINES)

    assert split.json() == whole.json()


def test_a_preview_adds_to_an_incident(house: House, client: TestClient) -> None:
    """With a name, the incident's own samples catch, too."""
    house.create("scam", SAMPLES[0])
    body = {"incidentName": "scam", "samples": [SAMPLES[1]], "texts": list(SAMPLES)}

    assert client.post(f"{ROOT}:preview", json=body).json()["caught"] == 2
    alone = {"incidentName": "scam", "texts": list(SAMPLES[:1])}
    assert client.post(f"{ROOT}:preview", json=alone).json()["sampleCount"] == 1


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({"texts": ["x"]}, 400, "samples"),
        ({"samples": ["x"]}, 400, "texts"),
        ({"samples": ["x"], "texts": []}, 400, "texts"),
        ({"samples": ["x", "  "], "texts": ["x"]}, 400, "samples[1]"),
        ({"samples": ["x" * 1025], "texts": ["x"]}, 400, "samples[0]"),
        ({"samples": ["x"], "texts": ["x", "x" * 10_001]}, 400, "texts[1]"),
        ({"samples": ["x"] * 1001, "texts": ["x"]}, 400, "samples"),
        ({"samples": ["x"], "texts": ["x"], "sensitivity": 2}, 400, "sensitivity"),
        ({"samples": ["x"], "texts": ["x"], "incidentName": "absent"}, 404, "incidentName"),
        ({"samples": ["x"], "texts": ["x"], "name": "scam"}, 400, "name"),
        ([], 400, None),
    ],
)
def test_bad_previews_are_refused(client: TestClient, body: object, status: int, target: str | None) -> None:
    """The error names the field at fault."""
    answer = client.post(f"{ROOT}:preview", json=body)

    assert refusal(answer)[::2] == (status, target)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"sample": "x"}\n{"text": "y"', "Line 2: "),
        (b'{"sample": "x", "text": "y"}', "Line 1 must have one member"),
        (b'{"sample": "x"}\n["text"]', "Line 2 must have one member"),
        (b'{"sensitivity": 0.1}\n{"sensitivity": 0.2}', "Line 2 must have one member"),
        (b'{"sample": "x"}\n{"text": 7}', "'texts[0]'"),
        (b"", "'texts'"),
    ],
)
def test_bad_lines_are_refused(client: TestClient, content: bytes, words: str) -> None:
    """The error names the line."""
    answer = client.post(f"{ROOT}:preview", content=content, headers=LINES)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_large_preview_is_answered(client: TestClient) -> None:
    """10,000 texts are accepted."""
    body = {"samples": [SAMPLES[0]], "texts": ["lentils"] * 9_999 + [SAMPLES[0]]}
    answer = client.post(f"{ROOT}:preview", json=body).json()

    assert (answer["caught"], answer["notCaught"]) == (1, 9_999)


def test_an_incident_moves_as_one_file(house: House, client: TestClient) -> None:
    """What is exported can be imported, after which it catches what it caught before."""
    made = client.post(f"{ROOT}:import", json=document())
    exported = client.get(f"{ROOT}/scam:export")
    house.incidents.delete("scam")
    again = client.post(f"{ROOT}:import", json=exported.json())

    assert (made.status_code, again.status_code) == (201, 201)
    assert exported.json() == document()
    assert exported.headers["content-disposition"] == 'attachment; filename="scam.incident.json"'
    assert client.get(f"{ROOT}/scam:export").json() == document()
    assert house.hits(SAMPLES[0], "scam") == ["scam"]


def test_an_import_does_not_replace_unasked(house: House, client: TestClient) -> None:
    """An existing name is refused, with overwrite=true it is replaced as a whole."""
    house.create("scam", "other")
    refused = client.post(f"{ROOT}:import", json=document())
    replaced = client.post(f"{ROOT}:import?overwrite=true", json=document())

    assert refusal(refused) == (400, "InvalidRequestBody", "incidentName")
    assert (replaced.status_code, replaced.json()["sampleCount"]) == (200, 2)


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"formatVersion": 2}, "formatVersion"),
        ({"medium": "image"}, "medium"),
        ({"incidentName": "bad name"}, "incidentName"),
        ({"incidentName": "operations"}, "incidentName"),
        ({"incidentName": ""}, "incidentName"),
        ({"description": "x" * 1025}, "description"),
        ({"sensitivity": 1.5}, "sensitivity"),
        ({"samples": [{"text": "x" * 1025}]}, "samples[0].text"),
        ({"samples": [{"text": "x"}, {"text": " "}]}, "samples[1].text"),
        ({"samples": [{"text": "x"}] * 1001}, "samples"),
        ({"secret": 1}, "secret"),
    ],
)
def test_a_bad_document_changes_nothing(client: TestClient, changes: dict[str, object], target: str) -> None:
    """Everything is checked before anything is stored."""
    answer = client.post(f"{ROOT}:import", json=document(**changes))

    assert refusal(answer)[::2] == (400, target)
    assert client.get(f"{ROOT}/scam").status_code == 404


def test_a_document_without_samples_is_an_incident_without_samples(client: TestClient) -> None:
    """Also an empty incident moves."""
    answer = client.post(f"{ROOT}:import", json=document(samples=[]))

    assert (answer.status_code, answer.json()["sampleCount"]) == (201, 0)


def test_a_full_queue_is_429(house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the workers have no room, the client is told when to come back."""
    house.create("scam", "x")

    def refuse(*_: object) -> None:
        raise TooManyRequests(retry_after=1)

    monkeypatch.setattr(house.workers, "submit", refuse)
    answers = [
        client.post("/quell/text:explain", json={"text": "x", "incidentNames": ["scam"]}),
        client.post(f"{ROOT}:preview", json={"samples": ["x"], "texts": ["x"]}),
        client.post(f"{ROOT}:import", json=document(incidentName="new")),
    ]

    assert [answer.status_code for answer in answers] == [429, 429, 429]
