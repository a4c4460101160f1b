"""Auto reviewers by the contract (D): whole exchanges through the wired app, its worker included."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from quell.app import Quell, new_id
from quell.background import example_blobs, job_worker
from quell.http.api_version import KNOWN
from tests.wire.app import BASE, call, opened, refusal

ROOT = "/contentsafety/text/autoReviewers"
REVIEW = "/contentsafety/text:autoReview"
VERSIONS = ["2024-02-15-preview", "2024-04-15-preview", "2024-09-15-preview"]
ASTRAL = "\U0001f39f"
LABELS = [
    {"labelName": "Sale", "description": "Offers to sell or buy a real kettle."},
    {"labelName": "GameTalk", "description": "Kettles that exist only inside a video game."},
    {"labelName": "Other", "description": "Everything else."},
]
CONSOLE = {
    "autoReviewerName": "string",
    "labels": [{"labelName": "string", "description": "string"}],
    "exampleBlobUrl": "string",
    "blobDelimiter": "string",
    "exampleBlobCopyUrl": "string",
    "version": 0,
    "createdTime": "string",
    "status": "NotStarted",
    "error": "string",
}
"""The body that the vendor's testing console shows, letter for letter."""

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")


@dataclass
class House:
    """A client and the server behind it, whose jobs wait until a test has them done."""

    client: TestClient
    quell: Quell
    folder: Path

    def call(self, method: str, path: str, body: object = None, **options: Any) -> httpx.Response:
        """Send one request."""
        return call(self.client, method, path, body, **options)

    def put(self, name: str, body: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Make a version."""
        return self.call("PUT", f"{ROOT}/{name}", {"labels": LABELS, **(body or {})}, **options)

    def work(self) -> None:
        """Do the jobs that wait, as the worker of a server does them."""
        blobs = example_blobs(self.quell.settings)
        worker = job_worker(self.quell.database, self.quell.reviewers.engines, blobs, new_id())
        while worker.run_next():
            pass
        blobs.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a server over an empty data folder that reads files of examples below one folder."""
    examples = tmp_path / "examples"
    examples.mkdir()
    with opened(tmp_path / "folder", blob_folder=examples) as (client, quell):
        yield House(client, quell, examples)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_life_of_a_reviewer(house: House, version: str) -> None:
    """The exchanges of the contract in order, each answer whole, from PUT to the last DELETE."""
    one = f"{ROOT}/ForumKettles"
    body = {"autoReviewerName": "ForumKettles", "labels": LABELS, "exampleBlobUrl": "", "blobDelimiter": ""}
    made = house.call("PUT", one, body, version=version, headers={"Operation-Id": ""})
    waiting = house.client.get(made.headers["Operation-Location"])
    house.work()
    ended = house.client.get(made.headers["Operation-Location"])
    read = house.call("GET", f"{one}?version=1", version=version)
    listed = house.call("GET", ROOT, version=version)
    asked = {"text": "selling a real kettle", "autoReviewerName": "ForumKettles", "autoReviewerVersion": 1}
    review = house.call("POST", REVIEW, asked, version=version)
    again = house.call("PUT", one, body, version=version)
    dropped = house.call("DELETE", f"{one}?version=2", version=version)
    deleted = [house.call("DELETE", one, version=version) for _ in range(2)]

    identity, created = made.headers["Operation-Id"], made.json()["createdTime"]
    written = {"autoReviewerName": "ForumKettles", "labels": LABELS, "version": 1, "createdTime": created}
    assert UUID.fullmatch(identity)
    assert TIME.fullmatch(created)
    assert made.headers["Operation-Location"] == f"{BASE}{ROOT}/operations/{identity}?api-version={version}"
    assert (made.status_code, made.json()) == (201, {**written, "status": "NotStarted"})
    assert (waiting.status_code, waiting.json()) == (200, {"id": identity, "status": "NotStarted"})
    assert (ended.status_code, ended.json()) == (200, {"id": identity, "status": "Succeeded"})
    built = {"value": [{**written, "status": "Succeeded"}]}
    assert (read.status_code, read.json()) == (listed.status_code, listed.json()) == (200, built)
    assert review.status_code == 200
    assert set(review.json()) == {"labelName", "reasoning"}
    assert review.json()["labelName"] == "Sale"
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert [(one.status_code, one.content) for one in (dropped, *deleted)] == [(204, b"")] * 3


def test_the_consoles_body_is_read_to_the_last_member(house: House) -> None:
    """As the console shows it, only its labels are too few; with two labels every other member is taken.

    What is read-only is ignored, and the blob that is no URL fails the version later, not the request.
    """
    bare = house.call("PUT", f"{ROOT}/string", CONSOLE, headers={"Operation-Id": ""})
    labels = [*CONSOLE["labels"], {"labelName": "Other", "description": "string"}]  # type: ignore[misc]
    made = house.call("PUT", f"{ROOT}/string", {**CONSOLE, "labels": labels}, headers={"Operation-Id": ""})
    house.work()
    failed = house.call("GET", f"{ROOT}/string").json()["value"][0]

    assert refusal(bare) == (400, "InvalidRequestBody")
    assert bare.json()["error"]["target"] == "labels"
    assert made.status_code == 201
    assert {"exampleBlobCopyUrl", "error"}.isdisjoint(made.json())
    assert (made.json()["version"], made.json()["status"]) == (1, "NotStarted")
    assert (failed["exampleBlobUrl"], failed["blobDelimiter"]) == ("string", "string")
    assert failed["status"] == "Failed"
    assert "exampleBlobUrl" in failed["error"]


@pytest.mark.parametrize("version", [one.name for one in KNOWN])
def test_reviewers_live_in_the_previews_of_the_contract(house: House, version: str) -> None:
    """In every preview from 2024-02-15-preview on that has all routes; never in a stable version."""
    answer = house.call("GET", ROOT, version=version)

    has = version.endswith("-preview") and version >= "2023-10-30-preview"
    assert answer.status_code == (200 if has else 404)


def test_examples_are_copied_and_a_bad_line_keeps_nothing(house: House) -> None:
    """The URL of the copy is told; a later bad file ends its version alone, in both shapes of the error."""
    file = house.folder / "kettles.jsonl"
    line = {"Text": "my kettle for cash", "LABELNAME": "sale", "Reasoning": "an offer"}
    file.write_text(json.dumps(line) + "\n")
    good = house.put("Kettles", {"exampleBlobUrl": file.as_uri()})
    house.work()
    file.write_text(json.dumps(line) + '\n{"text": "a", "labelName": "Gifts"}\n')
    bad = house.put("Kettles", {"exampleBlobUrl": file.as_uri()})
    house.work()
    one, two = (house.call("GET", f"{ROOT}/Kettles?version={n}").json()["value"][0] for n in (1, 2))
    operation = house.client.get(bad.headers["Operation-Location"]).json()

    assert (good.status_code, one["status"], one["exampleBlobUrl"]) == (201, "Succeeded", file.as_uri())
    copy = Path(httpx.URL(one["exampleBlobCopyUrl"]).path)
    assert (copy.parent, json.loads(copy.read_text())) == (house.folder, line)
    assert (bad.status_code, two["status"]) == (200, "Failed")
    assert "exampleBlobCopyUrl" not in two
    assert "Line 2: the label 'Gifts' is none of the labels" in two["error"]
    assert (operation["status"], operation["error"]["message"]) == ("Failed", two["error"])
    assert house.call("GET", "/quell/text/autoReviewers/Kettles/versions/2/examples").content == b""
    assert sorted(one.name for one in house.folder.iterdir()) == sorted([file.name, copy.name])


@pytest.mark.parametrize("letter", ["a", ASTRAL])
def test_lengths_count_code_points(house: House, letter: str) -> None:
    """64 of a label's name, 4,000 of a description, 1,000 of a text; one more of each is refused."""
    for name, description, status in ((64, 4_000, 201), (65, 1, 400), (1, 4_001, 400)):
        label = {"labelName": letter * name, "description": letter * description}
        made = house.put(f"r{name}-{description}", {"labels": [label, LABELS[-1]]})
        assert made.status_code == status, made.text
    house.work()
    for length, status in ((1_000, 200), (1_001, 400)):
        asked = {"text": letter * length, "autoReviewerName": "r64-4000"}
        assert house.call("POST", REVIEW, asked).status_code == status


@pytest.mark.parametrize(("count", "status"), [(1, 400), (2, 201), (10, 201), (11, 400)])
def test_two_to_ten_labels(house: House, count: int, status: int) -> None:
    """`Other` is one of them."""
    labels = [{"labelName": f"L{n}", "description": "d"} for n in range(count - 1)]

    assert house.put("Kettles", {"labels": [*labels, LABELS[-1]]}).status_code == status


NOT_FOUND, UNSOUND = (404, "ResourceNotFound"), (400, "InvalidRequestBody")
TWICE = {"labels": [LABELS[0], {**LABELS[0], "labelName": "SALE"}, LABELS[-1]]}
ASKED = {"text": "a", "autoReviewerName": "Kettles"}


@pytest.mark.parametrize(
    ("request_line", "body", "expected", "target"),
    [
        (f"GET {ROOT}/none", None, NOT_FOUND, "autoReviewerName"),
        (f"GET {ROOT}/Kettles?version=7", None, NOT_FOUND, "autoReviewerName"),
        (f"GET {ROOT}/operations/none", None, NOT_FOUND, None),
        (f"POST {REVIEW}", {**ASKED, "autoReviewerName": "none"}, NOT_FOUND, "autoReviewerName"),
        (f"POST {REVIEW}", {**ASKED, "autoReviewerVersion": 7}, NOT_FOUND, "autoReviewerVersion"),
        (f"POST {REVIEW}", {**ASKED, "autoReviewerVersion": 1}, UNSOUND, "autoReviewerVersion"),
        (f"POST {REVIEW}", {"autoReviewerName": "Kettles"}, UNSOUND, "text"),
        (f"POST {REVIEW}", {"text": "a"}, UNSOUND, "autoReviewerName"),
        (f"PUT {ROOT}/Kettles", TWICE, UNSOUND, "labels[1].labelName"),
        (f"PUT {ROOT}/a%20b", {"labels": LABELS}, (400, "InvalidResourceName"), None),
    ],
)
def test_what_is_wrong_is_named(
    house: House, request_line: str, body: object, expected: tuple[int, str], target: str | None
) -> None:
    """The code of the contract and, where there is one, the member at fault; version 1 is not built yet."""
    house.put("Kettles")

    answer = house.call(*request_line.split(" "), body)

    assert refusal(answer) == expected
    if target is not None:
        assert answer.json()["error"]["target"] == target


def test_a_build_that_is_deleted_ends_nowhere(house: House) -> None:
    """Its operation has failed with the reason, the job does nothing, the name starts at 1 again."""
    made = house.put("Kettles")
    deleted = house.call("DELETE", f"{ROOT}/Kettles")
    operation = house.client.get(made.headers["Operation-Location"]).json()
    house.work()
    afresh = house.put("Kettles")

    assert (deleted.status_code, operation["status"]) == (204, "Failed")
    assert operation["error"]["code"] == "ResourceNotFound"
    assert house.call("GET", f"{ROOT}/Kettles?version=1").status_code == 200
    assert (afresh.status_code, afresh.json()["version"]) == (201, 1)


def test_the_list_pages_over_the_latest_versions(house: House) -> None:
    """top, skip and maxpagesize; the next link is absolute and leads through all, the newest first."""
    for name in ("a", "b", "c", "b"):
        house.put(name)
    seen: list[tuple[str, int]] = []
    link = f"{BASE}{ROOT}?api-version=2024-09-15-preview&maxpagesize=1&skip=1&top=2"
    while link:
        page = house.client.get(link).json()
        seen += [(one["autoReviewerName"], one["version"]) for one in page["value"]]
        link = page.get("nextLink", "")

    assert seen == [("b", 2), ("a", 1)]


def test_quells_own_routes_add_and_never_change(house: House) -> None:
    """The longer answers hold the protocol's members as they are, and what the protocol does not tell."""
    examples = [{"text": "my kettle for cash", "labelName": "sale"}]
    made = house.call("PUT", "/quell/text/autoReviewers/Kettles", {"labels": LABELS, "examples": examples})
    house.work()
    plain = house.call("GET", f"{ROOT}/Kettles").json()["value"][0]
    detail = house.call("GET", "/quell/text/autoReviewers/Kettles/versions/1").json()
    asked = {"text": "a kettle for cash", "autoReviewerName": "Kettles"}
    short = house.call("POST", REVIEW, asked).json()
    long = house.call("POST", "/quell/text:review", asked).json()

    assert made.status_code == 201
    assert detail == {**plain, "engine": "embedded", "exampleCount": 1, "progress": 1.0, "attempt": 1}
    assert long == {**short, "confidence": long["confidence"], "engine": "embedded", "autoReviewerVersion": 1}
    assert 0.0 < long["confidence"] < 1.0


def test_the_capabilities_name_the_engines(house: House) -> None:
    """Without a language model there is one engine, and that is said."""
    found = house.call("GET", "/quell/capabilities").json()["autoReviews"]

    assert found["engines"] == [
        {"name": "embedded", "revision": house.quell.reviewers.engines.facts[0].revision}
    ]
    assert (found["defaultEngine"], found["languageModel"], found["ownDeployments"]) == (
        "embedded",
        False,
        False,
    )
