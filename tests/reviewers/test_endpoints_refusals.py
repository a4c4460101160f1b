"""What the operations on auto reviewers refuse, and where the line is."""

from pathlib import Path

import pytest

from quell.reviewers.domain import Limits
from tests.reviewers.bench import LABELS, Api, Bench, build_bench, refused

OTHER = LABELS[-1]


def test_what_does_not_exist_is_not_found(bench: Bench, api: Api) -> None:
    """The field or the name is told."""
    api.put("Forum")
    bench.work()

    refused(api.get("Absent"), 404, "ResourceNotFound", "autoReviewerName")
    refused(api.get("Forum", 2), 404, "ResourceNotFound")
    refused(api.operation("absent"), 404, "ResourceNotFound")
    refused(api.review("Absent"), 404, "ResourceNotFound", "autoReviewerName")
    refused(api.review("Forum", autoReviewerVersion=2), 404, "ResourceNotFound", "autoReviewerVersion")


def test_a_reviewer_that_is_not_ready_is_no_fault_of_the_server(api: Api) -> None:
    """400 with the reason."""
    api.put("Forum")

    refused(api.review("Forum"), 400, "InvalidRequestBody", "autoReviewerName")
    refused(api.review("Forum", autoReviewerVersion=1), 400, "InvalidRequestBody", "autoReviewerVersion")


@pytest.mark.parametrize(
    ("labels", "target"),
    [
        ([OTHER], "labels"),
        ([{"labelName": f"L{n}", "description": "d"} for n in range(10)] + [OTHER], "labels"),
        (LABELS[:2], "labels"),
        ([*LABELS, {"labelName": "Others", "description": "more"}], "labels"),
        ([*LABELS, {"labelName": "SALE", "description": "again"}], "labels[3].labelName"),
        ([{"labelName": "  ", "description": "d"}, OTHER], "labels[0].labelName"),
        ([{"labelName": "a\nb", "description": "d"}, OTHER], "labels[0].labelName"),
        ([{"labelName": "a" * 65, "description": "d"}, OTHER], "labels[0].labelName"),
        ([{"labelName": "a", "description": " "}, OTHER], "labels[0].description"),
        ([{"labelName": "a", "description": "d" * 4001}, OTHER], "labels[0].description"),
        ([{"labelName": "a"}, OTHER], "labels[0].description"),
        ("Other", "labels"),
    ],
)
def test_labels_that_are_not_sound_are_refused(api: Api, labels: object, target: str) -> None:
    """2 to 10, each once, one of them for the rest, none too long or blank."""
    refused(api.put("Forum", {"labels": labels}), 400, "InvalidRequestBody", target)
    assert api.get("Forum").status_code == 404


@pytest.mark.parametrize("other", ["Other", "other", "Others", "OTHERS"])
def test_the_label_for_the_rest_keeps_its_spelling(bench: Bench, api: Api, other: str) -> None:
    """And is answered in it."""
    api.put("Forum", {"labels": [LABELS[0], {"labelName": other, "description": "The rest"}]})
    bench.work()

    assert api.review("Forum", "zebra quilt nebula").json()["labelName"] == other


@pytest.mark.parametrize("name", ["operations", "a b", "a" * 65, "ä", "a:b"])
def test_names_that_are_not_sound_are_refused(api: Api, name: str) -> None:
    """As for every resource."""
    assert api.put(name).status_code in {400, 404}
    assert api.put("a.b_c~d-e").status_code == 201


def test_the_name_in_the_body_must_be_that_of_the_url(api: Api) -> None:
    """Or be left out."""
    refused(api.put("Forum", {"autoReviewerName": "forum"}), 400, "InvalidRequestBody", "autoReviewerName")


@pytest.mark.parametrize("identity", ["a/b", "a b", "x" * 65, "ä"])
def test_operation_ids_that_are_not_sound_are_refused(api: Api, identity: str) -> None:
    """Names the header."""
    answer = api.call(
        "PUT", f"{api.ROOT}/Forum", {"labels": LABELS}, headers={"Operation-Id": identity.encode()}
    )

    refused(answer, 400, "InvalidResourceName", "Operation-Id")


@pytest.mark.parametrize(
    ("members", "target"),
    [
        ({"text": "a" * 1001}, "text"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"autoReviewerVersion": "one"}, "autoReviewerVersion"),
        ({"autoReviewerVersion": 1.5}, "autoReviewerVersion"),
        ({"autoReviewerVersion": True}, "autoReviewerVersion"),
        ({"autoReviewerVersion": -1}, "autoReviewerVersion"),
        ({"aoaiEndpoint": 1}, "aoaiEndpoint"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_review_that_is_not_sound_is_refused(
    bench: Bench, api: Api, members: dict[str, object], target: str
) -> None:
    """The field is named."""
    api.put("Forum")
    bench.work()

    refused(api.review("Forum", **members), 400, "InvalidRequestBody", target)  # type: ignore[arg-type]


def test_a_thousand_code_points_are_reviewed(bench: Bench, api: Api) -> None:
    """Code points, not UTF-16 units."""
    api.put("Forum")
    bench.work()

    assert api.review("Forum", "\U0001f600" * 1000).status_code == 200


def test_a_callers_own_deployment_is_ignored_unless_allowed(bench: Bench, api: Api) -> None:
    """The members are accepted."""
    api.put("Forum")
    bench.work()
    answer = api.review("Forum", aoaiEndpoint="https://mine.example", aoaiDeployment="gpt")

    assert answer.status_code == 200


@pytest.mark.parametrize("version", ["one", "-1", "1.5", "1_0"])
def test_a_version_in_the_query_must_be_a_number(api: Api, version: str) -> None:
    """The parameter is named."""
    api.put("Forum")

    refused(api.get("Forum", version), 400, "InvalidRequestBody", "version")


def test_there_is_an_end_to_reviewers_and_versions(tmp_path: Path) -> None:
    """So that nobody fills the disk by mistake."""
    bench = build_bench(tmp_path, limits=Limits(reviewers=2, versions=2))
    api = bench.client()
    for name in ("One", "Two"):
        api.put(name)
    third = api.put("Three")
    api.put("One")
    more = api.put("One")
    bench.close()

    refused(third, 400, "InvalidRequestBody")
    refused(more, 400, "InvalidRequestBody")
