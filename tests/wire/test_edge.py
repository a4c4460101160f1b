"""Rules of every operation (contract A, O.10, O.11, O.13): versions, headers, errors, paths, pages."""

import csv
import re
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from quell.http.api_version import KNOWN
from quell.http.operations import Operation, load_operations
from tests.wire.app import (
    BASE,
    GA,
    INCIDENTS,
    KEY,
    LISTS,
    PREVIEW,
    TEXT,
    add_incident,
    add_list,
    call,
    refusal,
    wired,
)

VERSIONS = [version.name for version in KNOWN]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_headers(answer: httpx.Response) -> None:
    """Check the headers that every answer has."""
    headers = answer.headers
    assert UUID.fullmatch(headers["apim-request-id"])
    assert headers["x-ms-request-id"] == headers["apim-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "x-ms-region" in headers
    if answer.content:
        assert headers["content-type"] == "application/json; charset=utf-8"
    if "/contentsafety" in answer.request.url.path.lower():
        assert set(headers["api-supported-versions"].split(",")) <= set(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_answers_an_analysis_in_its_own_shape(client: TestClient, version: str) -> None:
    """Before 2023-10-01 the older words, from it on the newer ones; all four categories in their order."""
    answer = call(client, "POST", "/contentsafety/text:analyze", {"text": TEXT}, version)
    found = answer.json()

    assert answer.status_code == 200, answer.text
    assert answer.headers["csp-billing-usage"] == "CognitiveServices.ContentSafety.Text:Analyze=1"
    if version < "2023-10-01":
        assert set(found) == {
            "blocklistsMatchResults",
            "hateResult",
            "selfHarmResult",
            "sexualResult",
            "violenceResult",
        }
    else:
        assert set(found) == {"blocklistsMatch", "categoriesAnalysis"}
        named = [one["category"] for one in found["categoriesAnalysis"]]
        assert named == ["Hate", "SelfHarm", "Sexual", "Violence"]


@pytest.mark.parametrize("version", VERSIONS)
def test_incidents_live_in_every_preview_from_the_first(client: TestClient, version: str) -> None:
    """Previews from 2023-10-30-preview have them; stable versions and older previews do not."""
    answer = call(client, "GET", INCIDENTS, version=version)

    has = version.endswith("-preview") and version >= "2023-10-30-preview"
    assert answer.status_code == (200 if has else 404)


@pytest.mark.parametrize(
    "version", [" 2024-09-01", "2024-09-01 ", "2024-09-01%20", "2024-09-01+", "%092024-09-01"]
)
def test_white_space_around_a_version_is_dropped(client: TestClient, version: str) -> None:
    """The how-to page prints a blank after the version."""
    assert client.get(f"{LISTS}?api-version={version}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (400, "MissingApiVersionParameter")),
        ("?api-version=", (400, "MissingApiVersionParameter")),
        ("?api-version=%20", (400, "MissingApiVersionParameter")),
        ("?api-version=2024-11-01", (404, "404")),
        ("?api-version=2022-09-30-preview", (404, "404")),
        ("?api-version=%00", (404, "404")),
    ],
)
def test_a_version_is_required_and_must_be_known(
    client: TestClient, query: str, expected: tuple[int, str]
) -> None:
    """None is 400, an unknown one the gateway's 404, and both have the headers of every answer."""
    answer = client.get(LISTS + query)

    assert refusal(answer) == expected
    check_headers(answer)


def test_the_strict_mode_is_the_table(tmp_path: Path) -> None:
    """An operation answers exactly in the versions of its row; elsewhere there is no such route."""
    table = load_operations(strict=True)
    rows = [row for row in table.rows if not row.own]
    with wired(tmp_path / "folder", strict=True) as client:
        statuses = {
            (row.id, version): _ask(client, row, version)
            for row in rows
            for version in (VERSIONS if row.state == "served" else VERSIONS[::4])
        }

    for row in rows:
        for version in VERSIONS:
            status = statuses.get((row.id, version))
            if status is not None:
                assert (status == (404, "404")) is (version not in row.versions), (row.id, version, status)


def _ask(client: TestClient, row: Operation, version: str) -> tuple[int, str]:
    path = re.sub(r"{[^}]*}", "none", row.path)
    answer = client.request(
        row.method, path, params={"api-version": version}, json={} if row.body == "json" else None
    )
    return answer.status_code, answer.headers.get("x-ms-error-code", "")


def test_the_table_is_well_formed() -> None:
    """Each row of the protocol has a version, so that strict mode can serve it."""
    path = Path(load_operations.__code__.co_filename).with_name("operations.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    assert [
        row["id"] for row in rows if row["versions"] == "-" and not row["path"].startswith("/quell")
    ] == []


@pytest.mark.parametrize(
    "headers", [{}, {"Ocp-Apim-Subscription-Key": ""}, {"Ocp-Apim-Subscription-Key": KEY + "0"}]
)
def test_no_key_is_the_gateways_refusal(tmp_path: Path, headers: dict[str, str]) -> None:
    """401 with code "401", no details, and the headers of every answer, before anything else is looked at."""
    with wired(tmp_path / "folder") as client:
        del client.headers["Ocp-Apim-Subscription-Key"]
        answer = client.get(f"{LISTS}/!?api-version=no", headers=headers)

    assert refusal(answer) == (401, "401")
    assert set(answer.json()["error"]) == {"code", "message"}
    check_headers(answer)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/contentsafety/text:analyze", "POST"),
        ("PUT", f"{INCIDENTS}/a", "DELETE, GET, PATCH"),
        ("POST", LISTS, "GET"),
        ("POST", "/contentsafety/text:sing", None),
        ("GET", "/contentsafety", None),
        ("GET", "/contentsafety/text/incident", None),
        ("GET", f"{INCIDENTS}/a/incidentSamples/b/c", None),
    ],
)
def test_an_unknown_route_or_method_is_the_gateways_404(
    client: TestClient, method: str, path: str, allow: str | None
) -> None:
    """A gateway knows operations, not methods; Allow says what there is."""
    answer = call(client, method, path)

    assert refusal(answer) == (404, "404")
    assert answer.headers.get("Allow") == allow
    check_headers(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/contentsafety/text/incidents/Mixed.Case",
        "//contentsafety/text/incidents/Mixed.Case",
        "/contentsafety//text///incidents/Mixed.Case/",
        "/ContentSafety/TEXT/Incidents/Mixed.Case",
        "/contentsafety/text/incidents/Mixed%2ECase",
    ],
)
def test_a_path_has_many_spellings(client: TestClient, path: str) -> None:
    """Slashes and the case of literals do not matter; the name keeps its case."""
    add_incident(client, "Mixed.Case", TEXT)

    answer = client.get(f"{BASE}{path}?api-version={PREVIEW}")

    assert answer.json()["incidentName"] == "Mixed.Case"
    assert call(client, "GET", f"{INCIDENTS}/mixed.case").status_code == 404


@pytest.mark.parametrize("verb", [":addIncidentSamples", "%3AaddIncidentSamples", ":ADDINCIDENTSAMPLES"])
def test_a_verb_has_many_spellings(client: TestClient, verb: str) -> None:
    """%3A is a colon, and verbs are read in any case."""
    add_incident(client, "a", TEXT)

    answer = call(client, "POST", f"{INCIDENTS}/a{verb}", {"INCIDENTSAMPLES": [{"Text": "one more"}]})

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=UTF-8", 201),
        ("APPLICATION/JSON", 201),
        ("text/json", 201),
        ("application/merge-patch+json", 201),
        ("application/json-patch+json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
@pytest.mark.parametrize("root", [INCIDENTS, LISTS])
def test_media_types_of_json(client: TestClient, root: str, kind: str, status: int) -> None:
    """JSON under each of its names is read, everything else refused."""
    answer = call(client, "PATCH", f"{root}/a", content=b"{}", headers={"Content-Type": kind})

    assert answer.status_code == status
    check_headers(answer)
    if status == 415:
        assert refusal(answer) == (415, "UnsupportedMediaType")


def test_the_pages_of_the_checklist(client: TestClient) -> None:
    """3 items, top=2&maxpagesize=1: two pages of one; the link counts down, is absolute, and ends."""
    add_list(client, "words", "one", "two", "three")

    first = call(client, "GET", f"{LISTS}/words/blocklistItems?top=2&maxpagesize=1", version=GA).json()
    second = client.get(first["nextLink"]).json()

    assert [item["text"] for page in (first, second) for item in page["value"]] == ["three", "two"]
    link = httpx.URL(first["nextLink"])
    assert str(link.copy_with(query=None)) == f"{BASE}{LISTS}/words/blocklistItems"
    assert dict(link.params) == {"top": "1", "skip": "1", "maxpagesize": "1", "api-version": GA}
    assert "nextLink" not in second


@pytest.mark.parametrize("name", ["top", "skip", "maxpagesize"])
@pytest.mark.parametrize("value", ["-1", "one", "1.0", "2147483648", "%D9%A1", "0x1", "1_0"])
@pytest.mark.parametrize("root", [INCIDENTS, LISTS])
def test_a_page_is_asked_for_in_numbers(client: TestClient, root: str, name: str, value: str) -> None:
    """What is no number of 32 bits is refused by the name of the parameter."""
    answer = call(client, "GET", f"{root}?{name}={value}")

    assert refusal(answer) == (400, "InvalidRequestBody")
    assert answer.json()["error"]["target"] == name


def test_a_public_url_is_in_every_link(tmp_path: Path) -> None:
    """Location, Operation-Location and nextLink begin with it, whatever the Host header says."""
    public = "https://safety.example.com/edge"
    with wired(tmp_path / "folder", public_url=public) as client:
        made = call(client, "PATCH", f"{INCIDENTS}/a", {})
        call(client, "PATCH", f"{INCIDENTS}/b", {})
        deployed = call(client, "POST", f"{INCIDENTS}/a:deploy", headers={"Operation-Id": "one"})
        page = call(client, "GET", f"{INCIDENTS}?maxpagesize=1").json()

    assert made.headers["Location"] == f"{public}{INCIDENTS}/a?api-version={PREVIEW}"
    assert (
        deployed.headers["Operation-Location"] == f"{public}{INCIDENTS}/operations/one?api-version={PREVIEW}"
    )
    assert page["nextLink"].startswith(f"{public}{INCIDENTS}?")


@pytest.mark.parametrize("host", ["a b", "evil.example/path", "x@y", "a\tb"])
def test_a_host_that_is_none_is_not_repeated(client: TestClient, host: str) -> None:
    """A Host header cannot put anything but a host into a link."""
    made = call(client, "PATCH", f"{INCIDENTS}/a", {}, headers={"Host": host})

    assert host not in made.headers["Location"]
