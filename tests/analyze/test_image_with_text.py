"""imageWithText:analyze over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.analyze.image_domain import Coverage
from quell.workers import Workers
from tests.analyze.sights import Sights

VERSION = "2024-09-15-preview"


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


def analyze(client: TestClient, **body: object) -> Response:
    """Analyse a picture with a text."""
    sent = {"image": {"content": "AAAA"}, "enableOcr": True} | body
    return client.post(f"/contentsafety/imageWithText:analyze?api-version={VERSION}", json=sent)


def levels(answer: Response) -> dict[str, int]:
    """Return the severities of an answer by category."""
    return {one["category"]: one["severity"] for one in answer.json()["categoriesAnalysis"]}


def test_the_worst_of_picture_text_and_text_in_the_picture_decides(
    client: TestClient, sights: Sights
) -> None:
    """Each kind of evidence counts for its category."""
    sights.nudity, sights.lines = 4, ("wallop them",)

    answer = analyze(client, text="you louse")

    assert levels(answer) == {"Hate": 4, "SelfHarm": 0, "Sexual": 4, "Violence": 6}


def test_both_texts_are_also_read_as_one(client: TestClient, sights: Sights) -> None:
    """The caption and the picture are judged joined, as a meme is read."""
    sights.lines = ("the second half",)

    analyze(client, text="the first half")

    assert sights.harms.read == ["the first half", "the second half", "the first half\nthe second half"]


def test_text_in_the_picture_is_not_read_where_it_is_not_enabled(client: TestClient, sights: Sights) -> None:
    """Without OCR and without a text nothing but pixels speaks, and the header says so."""
    sights.lines = ("wallop them",)

    answer = analyze(client, enableOcr=False)

    assert levels(answer)["Violence"] == 0
    assert "text" not in sights.asked
    assert answer.headers["quell-coverage"] == "Hate=none, SelfHarm=none, Sexual=full, Violence=none"


def test_a_picture_alone_is_not_judged_where_its_text_is_required(sights: Sights) -> None:
    """What rests on nothing is refused; with OCR, or a text beside it, it is answered."""
    sights.required = Coverage.TEXT_ONLY
    workers = Workers(1)

    with sights.client(workers) as strict:
        refused = analyze(strict, enableOcr=False)
        answers = [
            analyze(strict),
            analyze(strict, enableOcr=False, text="a caption"),
            analyze(strict, enableOcr=False, categories=["Sexual"]),
        ]
    workers.close()

    assert (refused.status_code, refused.json()["error"]["code"]) == (501, "NotImplemented")
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_only_a_thousand_characters_of_the_picture_are_joined(client: TestClient, sights: Sights) -> None:
    """The rest of the text in the picture is cut."""
    sights.lines = ("xy" * 499 + "xbcd",)

    analyze(client)

    assert sights.harms.read == ["xy" * 499 + "xb"]


def test_enable_ocr_is_required(client: TestClient) -> None:
    """The contract has no default for it."""
    sent = {"image": {"content": "AAAA"}}

    answer = client.post(f"/contentsafety/imageWithText:analyze?api-version={VERSION}", json=sent)

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "enableOcr")


def test_a_text_has_at_most_a_thousand_code_points(client: TestClient) -> None:
    """One more is refused by name."""
    answer = analyze(client, text="😀" * 1001)

    assert (answer.status_code, answer.json()["error"]["target"]) == (400, "text")
    assert analyze(client, text="😀" * 1000).status_code == 200


def test_text_is_optional_and_empty_is_absent(client: TestClient, sights: Sights) -> None:
    """An empty text is not judged."""
    assert analyze(client, text="").status_code == 200
    assert sights.harms.read == []


def test_a_version_without_the_operation_says_so(client: TestClient) -> None:
    """The stable versions do not have it."""
    sent = {"image": {"content": "AAAA"}, "enableOcr": True}

    answer = client.post("/contentsafety/imageWithText:analyze?api-version=2024-09-01", json=sent)

    assert answer.status_code == 404
