"""Api-versions."""

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import INCIDENT, toy_client

from quell.errors import MissingApiVersion, UnsupportedApiVersion
from quell.http.api_version import KNOWN, ApiVersion, read_api_version


def test_versions_are_ordered_by_date() -> None:
    """The list is in order, and a preview comes before a stable version of its day."""
    assert list(KNOWN) == sorted(KNOWN)
    assert (
        ApiVersion.of("2024-09-01-preview")
        < ApiVersion.of("2024-09-01")
        < ApiVersion.of("2024-09-15-preview")
    )


@pytest.mark.parametrize("given", ["2024-04-15-preview", "2024-04-15-preview ", "\t2024-04-15-PREVIEW\n"])
def test_blanks_and_case_do_not_matter(given: str) -> None:
    """White space around a version is dropped, letters are read in any case."""
    assert read_api_version(given, strict=False).name == "2024-04-15-preview"


@pytest.mark.parametrize("given", [None, "", "  "])
def test_a_missing_version_is_refused(given: str | None) -> None:
    """No version, or an empty one, is MissingApiVersion."""
    with pytest.raises(MissingApiVersion):
        read_api_version(given, strict=False)


@pytest.mark.parametrize("given", ["2024-11-01", "2022-12-30-preview", "latest", "2024-09-01-preview"])
def test_an_unknown_version_is_refused_by_name(given: str) -> None:
    """The refusal names the value and what is supported; in strict mode it is the gateway's own."""
    with pytest.raises(UnsupportedApiVersion, match=f"'{given}' is not supported; supported are 2023-04-30"):
        read_api_version(given, strict=False)
    with pytest.raises(UnsupportedApiVersion, match=r"^Resource not found$"):
        read_api_version(given, strict=True)


def test_a_long_unknown_version_is_cut() -> None:
    """A refusal does not grow with what was sent."""
    with pytest.raises(UnsupportedApiVersion) as caught:
        read_api_version("v" * 10_000, strict=False)

    assert len(caught.value.message) < 1000


@pytest.mark.parametrize("query", ["api-version=2024-04-15-preview%20", "api-version=2024-04-15-preview+&"])
def test_the_how_to_pages_trailing_blank_is_fine(client: TestClient, query: str) -> None:
    """The published examples end the version with a blank."""
    assert client.get(f"{INCIDENT}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "MissingApiVersionParameter"),
        ("api-version=", 400, "MissingApiVersionParameter"),
        ("api-version=2024-11-01", 404, "404"),
        ("api-version=2024-09-01", 404, "404"),
    ],
)
def test_a_version_that_does_not_serve(client: TestClient, query: str, status: int, code: str) -> None:
    """Missing is 400; unknown, or known but without the operation, is the gateway's 404."""
    answer = client.get(f"{INCIDENT}?{query}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_version_without_the_operation_says_who_has_it(client: TestClient) -> None:
    """The refusal names the operation and the versions that have it."""
    message = client.get(f"{INCIDENT}?api-version=2024-09-01").json()["error"]["message"]

    assert "'2024-09-01' does not have TextIncidents_GetIncidents" in message
    assert "2024-09-15-preview" in message


def test_what_is_not_built_is_501_and_named(client: TestClient) -> None:
    """A missing operation says its name and where to read on."""
    answer = client.get("/contentsafety/provenance/operations/one?api-version=2026-07-01-preview")

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (501, "NotImplemented")
    assert "ProvenanceOperations_GetLongRunningOperation" in error["message"]
    assert "docs/support-matrix.md" in error["message"]


@pytest.mark.parametrize(("version", "status"), [("2024-02-15-preview", 202), ("2023-10-30-preview", 404)])
def test_strict_mode_follows_the_table(version: str, status: int) -> None:
    """In strict mode :deploy answers only in the versions that list it."""
    answer = toy_client(strict=True).post(f"{INCIDENT}:deploy?api-version={version}")

    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [f"{INCIDENT}?api-version=2024-11-01", "/contentsafety/nothing", "//ContentSafety/text/incidents/x"],
)
def test_the_supported_versions_are_on_every_answer(client: TestClient, path: str) -> None:
    """Refusals too carry api-supported-versions, those of the operation where there is one."""
    versions = client.get(f"http://testserver{path}").headers["api-supported-versions"].split(",")

    assert "2024-09-15-preview" in versions
    assert ("2024-09-01" in versions) == ("nothing" in path)


def test_quells_own_routes_take_no_version(client: TestClient) -> None:
    """/quell/ needs no api-version and does not speak of them."""
    answer = client.post("/quell/text/incidents:preview", json={})

    assert answer.status_code == 200
    assert "api-supported-versions" not in answer.headers
