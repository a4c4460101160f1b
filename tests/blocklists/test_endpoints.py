"""The protocol's operations on text blocklists over HTTP."""

import pytest
from fastapi.testclient import TestClient
from httpx import Response

GA = "2024-09-01"
FIRST_GA = "2023-10-01"
ROOT = "/contentsafety/text/blocklists"


def url(path: str = "", version: str = GA, **query: object) -> str:
    """Return an address below the blocklists."""
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{ROOT}{path}?api-version={version}{extra}"


def create(client: TestClient, name: str = "brands", *texts: str) -> list[str]:
    """Make a list of terms; return the ids of its items."""
    client.patch(url(f"/{name}"), json={}).raise_for_status()
    return [item["blocklistItemId"] for item in add(client, *texts, name=name)] if texts else []


def add(client: TestClient, *texts: str, name: str = "brands") -> list[dict[str, str]]:
    """Add terms; return the items."""
    body = {"blocklistItems": [{"text": text} for text in texts]}
    answer = client.post(url(f"/{name}:addOrUpdateBlocklistItems"), json=body)
    answer.raise_for_status()
    items: list[dict[str, str]] = answer.json()["blocklistItems"]
    return items


def write(client: TestClient, *items: dict[str, object], version: str = GA) -> Response:
    """Add or update items."""
    return client.post(
        url("/brands:addOrUpdateBlocklistItems", version), json={"blocklistItems": list(items)}
    )


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and target of an error."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("target")


def test_a_list_is_created_changed_read_and_deleted(client: TestClient) -> None:
    """201 with Location, then 200, then 204 as often as one likes."""
    made = client.patch(
        url("/brands"),
        json={"description": "names"},
        headers={"content-type": "application/merge-patch+json"},
    )
    kept = client.patch(url("/brands"), json={"blocklistName": "brands"})
    removed = client.patch(url("/brands"), json={"description": None})
    gone = [client.delete(url("/brands")).status_code for _ in range(2)]

    assert (made.status_code, made.json()) == (201, {"blocklistName": "brands", "description": "names"})
    assert made.headers["location"] == f"https://safety.example.org{url('/brands')}"
    assert (kept.status_code, kept.json()["description"]) == (200, "names")
    assert "location" not in kept.headers
    assert removed.json() == {"blocklistName": "brands"}
    assert gone == [204, 204]
    assert refusal(client.get(url("/brands"))) == (404, "ResourceNotFound", "blocklistName")


def test_an_empty_body_creates_a_list(client: TestClient) -> None:
    """The name in the URL is enough."""
    assert client.patch(url("/brands")).status_code == 201
    assert client.get(url("/brands")).json() == {"blocklistName": "brands"}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a", 201),
        ("a" * 64, 201),
        ("a" * 65, 400),
        ("a.b_c~d-e", 201),
        ("operations", 201),
        ("a b", 400),
        ("ä", 400),
    ],
)
def test_names_have_a_pattern(client: TestClient, name: str, status: int) -> None:
    """1 to 64 letters, digits and . _ ~ -; no word is reserved, for no route needs one."""
    answer = client.patch(url(f"/{name}"), json={})

    assert answer.status_code == status
    if status == 400:
        assert refusal(answer)[1:] == ("InvalidResourceName", "blocklistName")


def test_another_name_in_the_body_is_refused(client: TestClient) -> None:
    """A list is not renamed."""
    answer = client.patch(url("/brands"), json={"blocklistName": "other"})

    assert refusal(answer) == (400, "InvalidRequestBody", "blocklistName")


@pytest.mark.parametrize(("length", "status"), [(1024, 201), (1025, 400)])
def test_a_description_has_a_length(client: TestClient, length: int, status: int) -> None:
    """Counted in code points."""
    assert client.patch(url("/brands"), json={"description": "😀" * length}).status_code == status


def test_lists_come_in_pages_newest_first(client: TestClient) -> None:
    """With an absolute next link that a client follows as it is."""
    for name in ("one", "two", "three"):
        create(client, name)
    first = client.get(url(top=2, maxpagesize=1)).json()
    second = client.get(first["nextLink"]).json()

    assert [page["value"][0]["blocklistName"] for page in (first, second)] == ["three", "two"]
    assert first["nextLink"].startswith("https://safety.example.org/contentsafety/text/blocklists?")
    assert "nextLink" not in second


def test_items_are_added_read_listed_and_removed(client: TestClient) -> None:
    """Newest first, in pages; an answer has no description where there is none."""
    create(client)
    answer = write(client, {"text": "acme", "description": "x"}, {"text": r"replica\d{3}", "isRegex": True})
    first, second = answer.json()["blocklistItems"]
    page = client.get(url("/brands/blocklistItems", top=2, maxpagesize=1)).json()
    after = client.get(page["nextLink"]).json()
    one = client.get(url(f"/brands/blocklistItems/{first['blocklistItemId']}"))
    gone = client.post(
        url("/brands:removeBlocklistItems"), json={"blocklistItemIds": [first["blocklistItemId"]]}
    )

    assert {**first, "blocklistItemId": ""} == {
        "blocklistItemId": "",
        "description": "x",
        "text": "acme",
        "isRegex": False,
    }
    assert second.keys() == {"blocklistItemId", "text", "isRegex"}
    assert page["value"] == [second]
    assert after == {"value": [first]}
    assert one.json() == first
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(url("/brands/blocklistItems")).json() == {"value": [second]}


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        ("2023-10-01", False),
        ("2024-03-30-preview", False),
        ("2024-04-15-preview", True),
        ("2024-05-15-preview", True),
        ("2024-09-01", True),
        ("2026-09-01-preview", True),
    ],
)
def test_whether_an_item_is_a_pattern_is_shown_from_a_version_on(
    client: TestClient, version: str, shown: bool
) -> None:
    """Older answers leave it out, older requests may not hold it."""
    create(client)
    with_regex = write(client, {"text": "a.c", "isRegex": True}, version=version)
    answer = write(client, {"text": "acme"}, version=version).json()["blocklistItems"][0]
    listed = client.get(url("/brands/blocklistItems", version)).json()["value"][0]

    assert ("isRegex" in answer, "isRegex" in listed) == (shown, shown)
    if shown:
        assert with_regex.json()["blocklistItems"][0]["isRegex"] is True
    else:
        assert refusal(with_regex) == (400, "InvalidRequestBody", "blocklistItems[0].isRegex")


def test_an_older_version_leaves_a_pattern_a_pattern(client: TestClient) -> None:
    """A client that cannot say what an item is does not change it."""
    create(client)
    write(client, {"text": "a.c", "isRegex": True})
    write(client, {"text": "a.c", "description": "x"}, version=FIRST_GA)

    assert client.get(url("/brands/blocklistItems")).json()["value"][0]["isRegex"] is True


def test_an_item_is_updated_by_its_id(client: TestClient) -> None:
    """An empty id is none; an unknown one is refused."""
    (first,) = create(client, "brands", "acme")
    updated = write(client, {"blocklistItemId": first, "text": "apex"})
    fresh = write(client, {"blocklistItemId": "", "text": "zenith"})
    unknown = write(client, {"blocklistItemId": "absent", "text": "nadir"})

    assert updated.json()["blocklistItems"][0]["blocklistItemId"] == first
    assert fresh.status_code == 200
    assert refusal(unknown) == (404, "ResourceNotFound", "blocklistItems[0].blocklistItemId")


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_items_of_a_call_are_counted(client: TestClient, count: int, status: int) -> None:
    """One to a hundred."""
    create(client)
    answer = write(client, *({"text": f"item {number}"} for number in range(count)))

    assert answer.status_code == status
    if status == 400:
        assert refusal(answer)[2] == "blocklistItems"


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 200), (128, 200), (129, 400)])
def test_an_item_has_a_length(client: TestClient, length: int, status: int) -> None:
    """Counted in code points, also of two UTF-16 units each."""
    create(client)

    assert write(client, {"text": "😀" * length}).status_code == status


@pytest.mark.parametrize("pattern", ["(", "(?=x)y", r"(a)\1", "(a{1000}){1000}", r"\p{L}{1,50}", "x*"])
def test_an_unusable_pattern_is_refused_by_name(client: TestClient, pattern: str) -> None:
    """The item at fault is named, and the good one before it is not stored."""
    create(client)
    answer = write(client, {"text": "acme"}, {"text": pattern, "isRegex": True})

    assert refusal(answer) == (400, "InvalidRequestBody", "blocklistItems[1].text")
    assert client.get(url("/brands/blocklistItems")).json() == {"value": []}


def test_an_unknown_member_is_refused_and_case_is_not(client: TestClient) -> None:
    """Names of members are read in any case."""
    create(client)
    path = url("/brands:addOrUpdateBlocklistItems")

    assert client.post(path, json={"BlocklistItems": [{"TEXT": "acme"}]}).status_code == 200
    assert refusal(write(client, {"text": "acme", "colour": "red"}))[2] == "blocklistItems[0].colour"


def test_removal_names_the_unknown_id(client: TestClient) -> None:
    """And removes nothing; a hundred ids are read, more are not."""
    (first,) = create(client, "brands", "acme")
    path = url("/brands:removeBlocklistItems")

    assert refusal(client.post(path, json={"blocklistItemIds": [first, "absent"]})) == (
        404,
        "ResourceNotFound",
        "blocklistItemIds[1]",
    )
    assert refusal(client.post(path, json={"blocklistItemIds": [first] * 101}))[2] == "blocklistItemIds"
    assert client.get(url(f"/brands/blocklistItems/{first}")).status_code == 200


def test_an_item_id_in_the_url_has_a_length(client: TestClient) -> None:
    """An id of 64 characters is unknown, a longer one is none."""
    create(client)

    assert refusal(client.get(url(f"/brands/blocklistItems/{'x' * 64}"))) == (
        404,
        "ResourceNotFound",
        "blocklistItemId",
    )
    assert refusal(client.get(url(f"/brands/blocklistItems/{'x' * 65}"))) == (
        400,
        "InvalidResourceName",
        "blocklistItemId",
    )


@pytest.mark.parametrize(
    "call",
    [
        ("GET", "/absent", None),
        ("GET", "/absent/blocklistItems", None),
        ("POST", "/absent:addOrUpdateBlocklistItems", {"blocklistItems": [{"text": "a"}]}),
        ("POST", "/absent:removeBlocklistItems", {"blocklistItemIds": ["a"]}),
    ],
)
def test_an_absent_list_is_not_found(client: TestClient, call: tuple[str, str, object]) -> None:
    """The target is the name in the URL."""
    method, path, body = call
    answer = client.request(method, url(path), json=body)

    assert refusal(answer) == (404, "ResourceNotFound", "blocklistName")
