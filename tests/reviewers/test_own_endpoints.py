"""Quell's own operations: inline examples, versions and progress, reports, comparison, files."""

import json

from tests.reviewers.bench import EXAMPLES, LABELS, Api, Bench

INLINE = [
    {"text": f"{verb} my {thing} {number}", "labelName": label}
    for number in range(4)
    for verb, thing, label in (
        ("selling", "kettle price", "Sale"),
        ("playing", "kettle game", "GameTalk"),
        ("violin", "lesson monday", "Other"),
    )
]


def put(api: Api, **members: object) -> object:
    """Make a version with examples in the request."""
    return api.own("PUT", "/autoReviewers/Forum", {"labels": LABELS, "examples": INLINE, **members})


def test_examples_can_stand_in_the_request(bench: Bench, api: Api) -> None:
    """For people without blob storage; the answer says what the protocol's does not."""
    made = api.own("PUT", "/autoReviewers/Forum", {"labels": LABELS, "examples": INLINE})
    bench.work()
    detail = api.own("GET", "/autoReviewers/Forum/versions/1").json()
    operation = api.client.get(made.headers["Operation-Location"]).json()

    assert made.status_code == 201
    assert (made.json()["status"], made.json()["exampleCount"], made.json()["engine"]) == (
        "NotStarted",
        12,
        "embedded",
    )
    assert operation["status"] == "Succeeded"
    assert (detail["status"], detail["progress"], detail["attempt"]) == ("Succeeded", 1.0, 1)
    assert "exampleBlobUrl" not in api.get("Forum").json()["value"][0]


def test_inline_examples_that_are_not_sound_are_refused(api: Api) -> None:
    """At once, and the example is named."""
    unknown = api.own(
        "PUT",
        "/autoReviewers/Forum",
        {"labels": LABELS, "examples": [*INLINE, {"text": "a", "labelName": "Gift"}]},
    )
    both = api.own(
        "PUT",
        "/autoReviewers/Forum",
        {"labels": LABELS, "examples": INLINE, "exampleBlobUrl": "https://a.example/b"},
    )
    engine = api.own("PUT", "/autoReviewers/Forum", {"labels": LABELS, "engine": "steam"})

    assert [answer.status_code for answer in (unknown, both, engine)] == [400, 400, 400]
    assert unknown.json()["error"]["target"] == "examples[12].labelName"
    assert engine.json()["error"]["target"] == "engine"
    assert api.get("Forum").status_code == 404


def test_all_versions_are_listed(bench: Bench, api: Api) -> None:
    """Which the protocol cannot do; newest first, in pages."""
    for _ in range(3):
        put(api)
    bench.work()
    found = api.own("GET", "/autoReviewers/Forum").json()
    page = api.own("GET", "/autoReviewers/Forum?maxpagesize=2").json()

    assert [one["version"] for one in found["value"]] == [3, 2, 1]
    assert [one["version"] for one in page["value"]] == [3, 2]
    assert "nextLink" in page
    assert api.own("GET", "/autoReviewers/Absent").status_code == 404
    assert api.own("GET", "/autoReviewers/Forum/versions/4").status_code == 404


def test_examples_can_be_had_again(api: Api) -> None:
    """As a file that can be sent again."""
    put(api)
    file = api.own("GET", "/autoReviewers/Forum/versions/1/examples")

    assert [json.loads(line) for line in file.text.splitlines()] == INLINE


def test_a_review_says_how_sure_it_is(bench: Bench, api: Api) -> None:
    """And which version did it with which engine; texts may be longer than in the protocol."""
    put(api)
    bench.work()
    body = {"text": "selling kettle price " * 100, "autoReviewerName": "Forum"}
    answer = api.own("POST", ":review", body).json()

    assert answer["labelName"] == "Sale"
    assert (answer["engine"], answer["autoReviewerVersion"]) == ("embedded", 1)
    assert 0 <= answer["confidence"] <= 1


def test_a_file_is_reviewed_line_by_line(bench: Bench, api: Api) -> None:
    """A bad line is told in its own answer and ends nothing."""
    put(api)
    bench.work()
    body = (
        b'{"text": "selling kettle price", "id": 7}\n\nbroken\n{"Text": "violin lesson monday"}\n{"a": 1}\n'
    )
    answer = api.send_lines("/autoReviewers/Forum:review", body)
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [(row["line"], row.get("labelName")) for row in rows] == [
        (1, "Sale"),
        (3, None),
        (4, "Other"),
        (5, None),
    ]
    assert ["error" in row for row in rows] == [False, True, False, True]


def test_a_file_of_nothing_or_of_another_type_is_refused(bench: Bench, api: Api) -> None:
    """Before the first line of an answer."""
    put(api)
    bench.work()
    csv = api.client.post(
        "/quell/text/autoReviewers/Forum:review", content=b"a", headers={"Content-Type": "text/csv"}
    )

    assert api.send_lines("/autoReviewers/Forum:review", b"\n").status_code == 400
    assert api.send_lines("/autoReviewers/Absent:review", b'{"text": "a"}').status_code == 404
    assert csv.status_code == 415


def test_texts_can_stand_in_a_json_object(bench: Bench, api: Api) -> None:
    """For files and for comparisons."""
    put(api)
    bench.work()
    reviewed = api.own(
        "POST", "/autoReviewers/Forum:review", {"texts": ["selling kettle price", "violin lesson monday"]}
    )
    compared = api.own("POST", "/autoReviewers/Forum:compare?first=1&second=1", {"examples": INLINE[:3]})
    unknown = [*INLINE[:1], {"text": "a", "labelName": "Gift"}]
    refused = api.own("POST", "/autoReviewers/Forum:compare?first=1&second=1", {"examples": unknown})

    assert [json.loads(line)["labelName"] for line in reviewed.text.splitlines()] == ["Sale", "Other"]
    assert (compared.status_code, compared.json()["differenceCount"]) == (200, 0)
    assert refused.json()["error"]["target"] == "examples[1].labelName"
    assert api.own("POST", "/autoReviewers/Forum:review", {"texts": []}).status_code == 400


def test_a_report_is_made_and_read(bench: Bench, api: Api) -> None:
    """Confusion, figures of each label, and what was got wrong."""
    put(api)
    bench.work()
    begun = api.own("POST", "/autoReviewers/Forum/versions/1:report")
    waiting = api.own("GET", "/autoReviewers/Forum/versions/1/report").json()
    bench.work()
    done = api.own("GET", "/autoReviewers/Forum/versions/1/report").json()
    report = done["report"]

    assert (begun.status_code, waiting["state"], done["state"]) == (202, "waiting", "done")
    assert "report" not in waiting
    assert report["texts"] == 12
    assert [one["labelName"] for one in report["labels"]] == ["Sale", "GameTalk", "Other"]
    assert sum(map(sum, report["confusion"])) == 12
    assert (
        report["wrongCount"] == len(report["wrong"]) == 12 - sum(report["confusion"][n][n] for n in range(3))
    )


def test_a_report_is_made_once(bench: Bench, api: Api) -> None:
    """Asking again changes nothing."""
    put(api)
    bench.work()
    for _ in range(2):
        api.own("POST", "/autoReviewers/Forum/versions/1:report")
    first = bench.work()
    api.own("POST", "/autoReviewers/Forum/versions/1:report")

    assert (first, bench.work()) == (1, 0)


def test_a_report_needs_a_version_with_examples(bench: Bench, api: Api) -> None:
    """And one that is built."""
    put(api)
    early = api.own("POST", "/autoReviewers/Forum/versions/1:report")
    api.put("Forum")
    bench.work()
    bare = api.own("POST", "/autoReviewers/Forum/versions/2:report")

    assert (early.status_code, bare.status_code) == (400, 400)
    assert api.own("POST", "/autoReviewers/Forum/versions/9:report").status_code == 404


def test_a_version_is_deleted_with_its_report(bench: Bench, api: Api) -> None:
    """Even while it is being made."""
    put(api)
    bench.work()
    api.own("POST", "/autoReviewers/Forum/versions/1:report")
    bench.engine.during = lambda: api.delete("Forum").raise_for_status()
    bench.work()

    assert api.own("GET", "/autoReviewers/Forum/versions/1/report").status_code == 404


def test_two_versions_are_compared_on_the_same_texts(bench: Bench, api: Api) -> None:
    """Figures of both, and the texts on which they differ."""
    put(api)
    api.own("PUT", "/autoReviewers/Forum", {"labels": LABELS, "examples": INLINE[:1]})
    bench.work()
    answer = api.send_lines("/autoReviewers/Forum:compare?first=1&second=2", EXAMPLES)
    found = answer.json()

    assert answer.status_code == 200
    assert (found["firstVersion"], found["secondVersion"]) == (1, 2)
    assert found["first"]["texts"] == found["second"]["texts"] == 4
    assert found["differenceCount"] == len(found["differences"])
    assert all(one["first"] != one["second"] for one in found["differences"])


def test_a_comparison_names_the_line_that_is_wrong(bench: Bench, api: Api) -> None:
    """As the file of a blob would."""
    put(api)
    bench.work()
    answer = api.send_lines(
        "/autoReviewers/Forum:compare?first=1&second=1", b'{"text": "a", "labelName": "Gift"}'
    )

    assert answer.status_code == 400
    assert "Line 1" in answer.json()["error"]["message"]
