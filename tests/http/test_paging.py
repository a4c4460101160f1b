"""Pages of lists."""

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import PREVIEW, toy_client

from quell.http.paging import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, Page

LIST = f"/contentsafety/text/incidents?api-version={PREVIEW}"


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the names on a page."""
    return [item["incidentName"] for item in answer["value"]]


def test_top_counts_down_over_the_pages(client: TestClient) -> None:
    """top=2 with pages of one makes two pages, the first with a link, the second without."""
    first = client.get(f"{LIST}&top=2&maxpagesize=1").json()
    second = client.get(first["nextLink"]).json()

    assert first["nextLink"] == (
        f"http://testserver/contentsafety/text/incidents?top=1&skip=1&maxpagesize=1&api-version={PREVIEW}"
    )
    assert (names(first), names(second)) == (["n0"], ["n1"])
    assert "nextLink" not in second


def test_pages_cover_the_list_once(client: TestClient) -> None:
    """Following nextLink reads each item once, from skip on."""
    seen: list[str] = []
    link: str | None = f"{LIST}&skip=1&maxpagesize=1"
    while link:
        page = client.get(link).json()
        seen += names(page)
        link = page.get("nextLink")

    assert seen == ["n1", "n2"]


def test_a_whole_list_has_no_link(client: TestClient) -> None:
    """Without paging parameters a short list is one page."""
    answer = client.get(LIST).json()

    assert (names(answer), list(answer)) == (["n0", "n1", "n2"], ["value"])


@pytest.mark.parametrize(
    ("query", "expected"), [("top=0", []), ("skip=9", []), ("top=&skip=", ["n0", "n1", "n2"])]
)
def test_the_edges_of_a_list(client: TestClient, query: str, expected: list[str]) -> None:
    """No items asked, none left, and empty parameters are all fine and have no link."""
    answer = client.get(f"{LIST}&{query}").json()

    assert names(answer) == expected
    assert "nextLink" not in answer


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("top=-1", "top"),
        ("top=x", "top"),
        ("top=1.0", "top"),
        ("top=1_0", "top"),
        ("top=%D9%A3", "top"),
        ("top=2147483648", "top"),
        ("skip=-1", "skip"),
        ("maxpagesize=0", "maxpagesize"),
        ("maxpagesize=" + "9" * 5000, "maxpagesize"),
    ],
)
def test_a_bad_parameter_is_named(client: TestClient, query: str, name: str) -> None:
    """What is not a 32-bit count is 400 InvalidRequestBody with the parameter's name."""
    answer = client.get(f"{LIST}&{query}")

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["target"]) == (400, "InvalidRequestBody", name)
    assert f"The query parameter '{name}' must be an integer" in error["message"]


def test_the_largest_count_is_accepted(client: TestClient) -> None:
    """2^31 - 1 is a count."""
    assert client.get(f"{LIST}&top=2147483647&skip=2147483647&maxpagesize=2147483647").status_code == 200


def test_parameter_names_are_read_in_any_case(client: TestClient) -> None:
    """Top and MaxPageSize are top and maxpagesize."""
    assert len(client.get(f"{LIST}&Top=1").json()["value"]) == 1


def test_a_page_is_bounded() -> None:
    """A page has 100 items unless asked otherwise, and never more than 1,000."""
    assert (Page().limit, Page(maxpagesize=10**6).limit) == (DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)


def test_links_use_the_public_url() -> None:
    """Behind a proxy the configured URL stands in links, with its path."""
    link = (
        toy_client(public_url="https://safety.example.org/quell/")
        .get(f"{LIST}&maxpagesize=1")
        .json()["nextLink"]
    )

    assert link.startswith("https://safety.example.org/quell/contentsafety/text/incidents?")


@pytest.mark.parametrize(
    ("trusted", "base"), [(True, "https://outside.example.org:444"), (False, "http://testserver")]
)
def test_forwarded_headers_count_only_if_trusted(trusted: bool, base: str) -> None:
    """A client that makes up X-Forwarded-Host changes links only where a proxy is trusted."""
    headers = {"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "outside.example.org:444, inner"}

    answer = toy_client(trust_forwarded=trusted).get(f"{LIST}&maxpagesize=1", headers=headers)

    assert answer.json()["nextLink"].startswith(f"{base}/contentsafety/")


def test_a_host_header_that_is_no_host_is_not_repeated(client: TestClient) -> None:
    """A Host header with other characters than a host has does not reach links."""
    answer = client.get(f"{LIST}&maxpagesize=1", headers={"Host": "evil/path?x"})

    assert answer.json()["nextLink"].startswith("http://testserver:80/contentsafety/")
