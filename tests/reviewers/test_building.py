"""The job behind a version: examples from blobs, all or nothing, once, whatever happens in the middle."""

import json

import pytest

from quell.jobs.domain import LeaseLost
from quell.reviewers.store import unsigned
from tests.reviewers.bench import EXAMPLES, Api, Bench

URL = "https://acct.example/box/policies/forum.jsonl"
SIGNED = f"{URL}?sp=rw&sr=c&sig=hush%2Bhush"


def build(bench: Bench, api: Api, body: bytes, url: str = URL) -> dict[str, object]:
    """Make a version from a file and build it; return it."""
    bench.shelf.files[url] = body
    api.put("Forum", {"exampleBlobUrl": url})
    bench.work()
    found: dict[str, object] = api.get("Forum").json()["value"][0]
    return found


def test_examples_are_read_in_any_spelling_and_copied(bench: Bench, api: Api) -> None:
    """The copy lies in the same virtual directory, byte for byte."""
    version = build(bench, api, EXAMPLES)
    examples = bench.reviewers.service.examples("Forum")
    copy = str(version["exampleBlobCopyUrl"])

    assert version["status"] == "Succeeded"
    assert [(one.label, one.reasoning) for one in examples] == [
        ("Sale", None),
        ("Sale", "an offer"),
        ("GameTalk", None),
        ("Other", None),
    ]
    assert copy.startswith("https://acct.example/box/policies/forum-Forum-v1-")
    assert bench.shelf.files[copy] == EXAMPLES


def test_without_the_right_to_write_there_is_no_copy(bench: Bench, api: Api) -> None:
    """The version is as good as any."""
    bench.shelf.writable = False
    version = build(bench, api, EXAMPLES)

    assert version["status"] == "Succeeded"
    assert "exampleBlobCopyUrl" not in version


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            EXAMPLES + b'{"text": "a", "labelName": "Gift"}\n',
            "Line 6: the label 'Gift' is none of the labels",
        ),
        (
            EXAMPLES + b'{"text": "a", "labelName": "Gi\\u0000ft"}\n',
            "Line 6: the label",
        ),
        (EXAMPLES + b"{broken\n", "Line 6: The line is not valid JSON"),
        (EXAMPLES + b'{"text": "a"}\n', "Line 6: The field 'labelName' is required."),
        (EXAMPLES + b'{"labelName": "Sale"}\n', "Line 6: The field 'text' is required."),
        (EXAMPLES + b'{"text": " ", "labelName": "Sale"}\n', "Line 6: The field 'text' must not be blank."),
        (EXAMPLES + b'{"text": 1, "labelName": "Sale"}\n', "Line 6: The field 'text' must be a string."),
        (EXAMPLES + b'{"text": "a", "labelName": "Sale", "x": 1}\n', "Line 6:"),
        (EXAMPLES + b'["a"]\n', "Line 6: The line must be an object."),
        (EXAMPLES + b"\xff\n", "Line 6:"),
        (
            b'{"text": "' + b"a" * 10_001 + b'", "labelName": "Sale"}',
            "Line 1: The field 'text' must have at most",
        ),
        (b"\n \n", "has no examples"),
        (b"", "has no examples"),
        (b" " * (1024 * 1024 + 1), "larger than 1048576 bytes"),
    ],
)
def test_a_file_that_is_not_sound_fails_the_version(bench: Bench, api: Api, body: bytes, reason: str) -> None:
    """With the line and the reason, and nothing of it is kept: no example and no copy."""
    version = build(bench, api, body)

    assert version["status"] == "Failed"
    assert reason in str(version["error"])
    assert "exampleBlobCopyUrl" not in version
    assert bench.reviewers.service.examples("Forum") == ()
    assert list(bench.shelf.files) == [URL]


def test_a_megabyte_is_accepted(bench: Bench, api: Api) -> None:
    """To the byte."""
    version = build(bench, api, EXAMPLES + b" " * (1024 * 1024 - len(EXAMPLES)))

    assert version["status"] == "Succeeded"


def test_a_signature_is_kept_only_while_it_is_needed(bench: Bench, api: Api) -> None:
    """After the build, and after a failure, it is gone from the database."""
    built = build(bench, api, EXAMPLES, SIGNED)
    failed = build(bench, api, b"", SIGNED)

    assert built["exampleBlobUrl"] == failed["exampleBlobUrl"] == unsigned(SIGNED)
    assert "hush" not in json.dumps([built, failed])
    assert "sig=REDACTED" in str(built["exampleBlobUrl"])


@pytest.mark.parametrize(
    "query", ["X-Amz-Credential=AK&X-Amz-Signature=hush", "X-Goog-Signature=hush&a=1", "a=1&%73ig=hush"]
)
def test_signatures_of_other_stores_are_taken_out_too(query: str) -> None:
    """Whatever they are called, and however that is written."""
    assert "hush" not in str(unsigned(f"{URL}?{query}"))
    assert unsigned(f"{URL}?part=1&sp=rw") == f"{URL}?part=1&sp=rw"


def test_a_version_that_cannot_be_built_anew_stays(bench: Bench, api: Api) -> None:
    """Its examples are all there is of it; the next start tries again."""

    def fails() -> None:
        raise MemoryError

    build(bench, api, EXAMPLES)
    bench.engine.revision, bench.engine.during = "2", fails
    bench.reviewers.service.renew()
    bench.work()
    after = api.get("Forum").json()["value"][0]
    kept = len(bench.reviewers.service.examples("Forum"))

    bench.engine.during = lambda: None
    again = bench.reviewers.service.renew()
    bench.work()

    assert (after["status"], kept, again) == ("Succeeded", 4, 1)
    assert api.review("Forum").status_code == 200


def test_an_empty_number_deletes_nothing(bench: Bench, api: Api) -> None:
    """All versions go only where none is named."""
    build(bench, api, EXAMPLES)

    refused = api.call("DELETE", f"{api.ROOT}/Forum", params={"version": ""})

    assert (refused.status_code, refused.json()["error"]["target"]) == (400, "version")
    assert api.get("Forum").status_code == 200


def test_an_operation_id_is_known_again_without_the_signature(bench: Bench, api: Api) -> None:
    """The same request is the same request after the build, too."""
    bench.shelf.files[SIGNED] = EXAMPLES
    first = api.put("Forum", {"exampleBlobUrl": SIGNED}, Operation_Id="one")
    bench.work()
    again = api.put("Forum", {"exampleBlobUrl": SIGNED}, Operation_Id="one")

    assert again.json()["version"] == first.json()["version"] == 1


def test_after_a_crash_examples_are_not_fetched_again(bench: Bench, api: Api) -> None:
    """The second attempt begins where the first had them, even where the blob is gone by then."""

    def crash() -> None:
        raise KeyboardInterrupt

    bench.engine.during = crash
    bench.shelf.files[URL] = EXAMPLES
    api.put("Forum", {"exampleBlobUrl": URL}, Operation_Id="one")
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    del bench.shelf.files[URL]
    bench.engine.during = lambda: None
    bench.clock.now += 60_000_000
    bench.work()

    assert bench.shelf.fetched == [URL]
    assert api.get("Forum").json()["value"][0]["status"] == "Succeeded"
    assert api.operation("one").json()["status"] == "Succeeded"
    assert len([url for url in bench.shelf.files if "-v1-" in url]) == 1


def test_a_slow_worker_cannot_end_what_another_has_ended(bench: Bench, api: Api) -> None:
    """Both build; one publishes; there is one version."""
    second = bench.worker("second")

    def overtake() -> None:
        bench.engine.during = lambda: None
        bench.clock.now += 60_000_000
        assert second.run_next()

    bench.engine.during = overtake
    api.put("Forum")
    bench.work()

    assert bench.engine.built in {1, 2}
    assert [one["version"] for one in api.get("Forum").json()["value"]] == [1]
    assert api.get("Forum").json()["value"][0]["status"] == "Succeeded"


def test_an_engine_that_fails_keeps_nothing(bench: Bench, api: Api) -> None:
    """The words of the failure stay in the log."""

    def fail() -> None:
        raise ValueError("secret words")

    bench.engine.during = fail
    version = build(bench, api, EXAMPLES)

    assert version["status"] == "Failed"
    assert "secret" not in str(version["error"])
    assert bench.reviewers.service.examples("Forum") == ()


def test_a_lost_lease_is_no_failure(bench: Bench, api: Api) -> None:
    """Whoever has it now will tell what becomes of the version."""

    def lose() -> None:
        raise LeaseLost

    bench.engine.during = lose
    api.put("Forum")
    bench.work()

    assert api.get("Forum").json()["value"][0]["status"] == "Running"


def test_what_another_revision_built_is_built_again(bench: Bench, api: Api) -> None:
    """Reviews are told to come back meanwhile, and the version keeps its number and status."""
    build(bench, api, EXAMPLES)
    bench.engine.revision = "2"
    outdated = api.review("Forum")
    status = api.get("Forum").json()["value"][0]["status"]
    queued = bench.work()

    assert (outdated.status_code, outdated.headers["Retry-After"], status) == (503, "2", "Succeeded")
    assert queued == 1
    assert bench.shelf.fetched == [URL]
    assert api.review("Forum").status_code == 200


def test_at_start_what_another_revision_built_is_queued(bench: Bench, api: Api) -> None:
    """Once."""
    build(bench, api, EXAMPLES)
    bench.engine.revision = "2"

    assert (bench.reviewers.service.renew(), bench.reviewers.service.renew()) == (1, 0)
    assert bench.work() == 1
    assert bench.reviewers.service.renew() == 0


def test_a_repeat_build_is_the_same(bench: Bench, api: Api) -> None:
    """Two versions of one definition review alike."""
    build(bench, api, EXAMPLES)
    build(bench, api, EXAMPLES)
    texts = ("selling a kettle", "violin game", "a real price")
    reviews = [[api.review("Forum", text, autoReviewerVersion=n).json() for text in texts] for n in (1, 2)]

    assert reviews[0] == reviews[1]
