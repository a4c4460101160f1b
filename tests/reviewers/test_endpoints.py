"""The protocol's operations on auto reviewers, from the first PUT to the last DELETE."""

import pytest

from quell.http.operations import load_operations
from tests.reviewers.bench import LABELS, SALE, Api, Bench, refused


def test_a_version_is_made_built_and_reviews(bench: Bench, api: Api) -> None:
    """NotStarted in the answer, Succeeded after the job, then labels with reasons."""
    made = api.put("Forum")
    bench.work()
    built = api.get("Forum").json()["value"][0]
    review = api.review("Forum", "selling a real kettle").json()

    assert made.status_code == 201
    assert made.json()["status"] == "NotStarted"
    assert built["status"] == "Succeeded"
    assert review["labelName"] == "Sale"
    assert set(review) == {"labelName", "reasoning"}
    assert review["reasoning"]


def test_the_answer_has_the_members_of_the_protocol(api: Api) -> None:
    """What was not given is left out, what was given comes back."""
    made = api.put("Forum", {"exampleBlobUrl": "", "blobDelimiter": ""}).json()
    with_blob = api.put(
        "Forum", {"exampleBlobUrl": "https://a.example/b/c.jsonl", "blobDelimiter": "-"}
    ).json()

    assert set(made) == {"autoReviewerName", "labels", "version", "createdTime", "status"}
    assert made["labels"] == LABELS
    assert made["createdTime"].endswith("0Z")
    assert (with_blob["exampleBlobUrl"], with_blob["blobDelimiter"]) == ("https://a.example/b/c.jsonl", "-")
    assert "exampleBlobCopyUrl" not in with_blob


def test_the_consoles_request_is_accepted(api: Api) -> None:
    """All read-only members filled with junk, and an empty Operation-Id."""
    junk = {
        "autoReviewerName": "Forum",
        "exampleBlobUrl": "",
        "blobDelimiter": "",
        "exampleBlobCopyUrl": "string",
        "version": 0,
        "createdTime": "string",
        "status": "NotStarted",
        "error": "string",
    }
    made = api.put("Forum", junk, Operation_Id="")

    assert made.status_code == 201
    assert made.json()["version"] == 1
    assert len(made.headers["Operation-Id"]) > 0


def test_members_are_matched_in_any_case(api: Api) -> None:
    """The gated page writes AutoReviewerName and labelname."""
    labels = [{"labelname": one["labelName"], "Description": one["description"]} for one in LABELS]
    made = api.call("PUT", f"{api.ROOT}/Forum", {"AutoReviewerName": "Forum", "Labels": labels})

    assert made.json()["labels"] == LABELS


def test_each_put_is_a_new_version(api: Api) -> None:
    """201 for the first, 200 for the next; GET without a number reads the latest, whatever its status."""
    statuses = [api.put("Forum").status_code for _ in range(3)]

    assert statuses == [201, 200, 200]
    assert [one["version"] for one in api.get("Forum").json()["value"]] == [3]
    assert [one["version"] for one in api.get("Forum", 2).json()["value"]] == [2]
    assert [one["version"] for one in api.get("Forum", "").json()["value"]] == [3]


def test_headers_lead_to_the_operation(bench: Bench, api: Api) -> None:
    """An absolute URL with the api-version; the operation has an id and a status, and no error."""
    made = api.put("Forum", Operation_Id="my.own~id_1")
    location = made.headers["Operation-Location"]
    before = api.client.get(location)
    bench.work()
    after = api.client.get(location)

    assert made.headers["Operation-Id"] == "my.own~id_1"
    assert location == (
        "https://safety.example.org/contentsafety/text/autoReviewers/operations/my.own~id_1"
        "?api-version=2024-09-15-preview"
    )
    assert (before.json(), before.headers["Retry-After"]) == (
        {"id": "my.own~id_1", "status": "NotStarted"},
        "1",
    )
    assert after.json() == {"id": "my.own~id_1", "status": "Succeeded"}
    assert "Retry-After" not in after.headers


def test_a_used_operation_id_gives_the_same_answer(api: Api) -> None:
    """For the same request; for another one it is refused."""
    first = api.put("Forum", Operation_Id="one")
    again = api.put("Forum", Operation_Id="one")
    other = api.put("Forum", {"labels": [*LABELS[1:]]}, Operation_Id="one")
    elsewhere = api.put("Elsewhere", Operation_Id="one")

    assert again.json() == first.json()
    assert (first.status_code, again.status_code) == (201, 201)
    refused(other, 400, "InvalidRequestBody", "Operation-Id")
    refused(elsewhere, 400, "InvalidRequestBody", "Operation-Id")
    assert api.get("Elsewhere").status_code == 404


def test_running_is_seen_while_it_builds(bench: Bench, api: Api) -> None:
    """In the version, in its operation, and with progress in Quell's own answer."""
    seen: list[object] = []

    def look() -> None:
        detail = api.own("GET", "/autoReviewers/Forum/versions/1").json()
        seen.extend([api.get("Forum").json()["value"][0]["status"], detail["status"], detail["attempt"]])
        seen.append(api.operation("one").json()["status"])

    bench.engine.during = look
    api.put("Forum", Operation_Id="one")
    bench.work()

    assert seen == ["Running", "Running", 1, "Running"]


def test_a_failure_has_both_shapes(bench: Bench, api: Api) -> None:
    """A string in the version, an object in the operation."""
    api.put("Forum", {"exampleBlobUrl": "https://a.example/b/absent.jsonl"}, Operation_Id="one")
    bench.work()
    version, operation = api.get("Forum").json()["value"][0], api.operation("one").json()

    assert version["status"] == operation["status"] == "Failed"
    assert "no such blob" in version["error"]
    assert set(operation) == {"id", "status", "error"}
    assert operation["error"]["code"] == "InvalidRequestBody"
    assert operation["error"]["message"] == version["error"]
    assert operation["error"]["details"] == []


def test_the_latest_that_is_ready_reviews(bench: Bench, api: Api) -> None:
    """A newer version that is not built yet or has failed changes nothing for those who review."""
    api.put("Forum")
    bench.work()
    api.put("Forum", {"exampleBlobUrl": "https://a.example/b/absent.jsonl"})
    waiting = api.review("Forum")
    bench.work()
    failed = api.review("Forum")

    assert (waiting.status_code, failed.status_code) == (200, 200)
    refused(api.review("Forum", autoReviewerVersion=2), 400, "InvalidRequestBody", "autoReviewerVersion")


@pytest.mark.parametrize("version", [1, "1", "", None])
def test_a_version_may_be_a_number_or_its_digits(bench: Bench, api: Api, version: object) -> None:
    """The published table says string, its sample sends a number."""
    api.put("Forum")
    bench.work()

    assert api.review("Forum", autoReviewerVersion=version).status_code == 200


def test_lists_have_the_latest_version_of_each_and_pages(api: Api) -> None:
    """The newest reviewer first; the next link is absolute and goes on."""
    for name in ("First", "Second", "Third", "Second"):
        api.put(name)
    found = api.call("GET", api.ROOT).json()
    one = api.call("GET", api.ROOT, params={"top": 2, "maxpagesize": 1}).json()
    two = api.client.get(one["nextLink"]).json()

    assert [(v["autoReviewerName"], v["version"]) for v in found["value"]] == [
        ("Third", 1),
        ("Second", 2),
        ("First", 1),
    ]
    assert "nextLink" not in found
    assert one["nextLink"].startswith("https://safety.example.org/contentsafety/text/autoReviewers?")
    assert [v["autoReviewerName"] for v in one["value"] + two["value"]] == ["Third", "Second"]
    assert "nextLink" not in two


def test_one_version_is_deleted_then_all(api: Api) -> None:
    """The one before is the latest then; numbers are not used again while the name exists."""
    for _ in range(3):
        api.put("Forum")
    one = api.delete("Forum", 3)
    latest = api.get("Forum").json()["value"][0]["version"]
    next_number = api.put("Forum").json()["version"]
    everything = api.delete("Forum")

    assert (one.status_code, one.content, latest, next_number) == (204, b"", 2, 4)
    assert everything.status_code == 204
    assert api.get("Forum").status_code == 404
    assert api.delete("Forum").status_code == 204
    afresh = api.put("Forum")
    assert (afresh.status_code, afresh.json()["version"]) == (201, 1)


def test_the_last_version_takes_the_name_with_it(api: Api) -> None:
    """A reviewer without versions is no reviewer."""
    api.put("Forum")
    api.delete("Forum", 1)

    assert api.get("Forum").status_code == 404
    assert api.put("Forum").status_code == 201


def test_a_deleted_version_reviews_no_more(bench: Bench, api: Api) -> None:
    """From the next request on, although it was loaded."""
    api.put("Forum")
    bench.work()
    before = api.review("Forum").status_code
    api.delete("Forum", 1)

    assert before == 200
    refused(api.review("Forum"), 404, "ResourceNotFound", "autoReviewerName")


def test_deleting_while_it_builds_cancels(bench: Bench, api: Api) -> None:
    """The build ends without a trace, and its operation as failed."""
    bench.engine.during = lambda: api.delete("Forum").raise_for_status()
    api.put("Forum", Operation_Id="one")
    done = bench.work()

    assert done == 1
    assert bench.engine.built in {0, 1}
    assert api.get("Forum").status_code == 404
    assert api.operation("one").json()["status"] == "Failed"


def test_the_versions_of_the_contract_have_the_operations() -> None:
    """And, unless strict, every preview from 2023-10-30 on."""
    strict, usual = load_operations(strict=True), load_operations()
    rows = [row for row in strict.rows if not row.own and "utoReview" in row.path]
    published = ["2024-02-15-preview", "2024-04-15-preview", "2024-09-15-preview"]

    assert len(rows) == 6
    assert all([version.name for version in strict.versions_of(row)] == published for row in rows)
    assert all("2024-12-15-preview" in map(str, usual.versions_of(row)) for row in rows)


def test_descriptions_decide_without_examples(bench: Bench, api: Api) -> None:
    """A text in the words of a description gets its label."""
    api.put("Forum")
    bench.work()

    assert api.review("Forum", SALE).json()["labelName"] == "Sale"
