"""Quell's own operations over HTTP: try a text, files, allow-lists."""

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.blocklists.own_schemas import SHOWN_PLACES
from tests.house import House

CSV = {"content-type": "text/csv; charset=utf-8"}
LINES = {"content-type": "application/x-ndjson"}
BLOCK = "/quell/text/blocklists"
ALLOW = "/quell/text/allowlists"


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and target of an error."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("target")


def test_a_test_says_which_item_hits_where(house: House, client: TestClient) -> None:
    """Places count code points of the text as it was sent."""
    (item,) = house.blocklists.create("brands", "acme")
    answer = client.post(f"{BLOCK}/brands:test", json={"text": "😀 ac\u200bme"})

    assert answer.json() == {
        "matches": [
            {
                "itemId": item.id,
                "itemText": "acme",
                "isRegex": False,
                "offset": 2,
                "length": 5,
                "text": "ac\u200bme",
                "literal": False,
            }
        ],
        "truncated": False,
    }


def test_a_long_test_is_cut(house: House, client: TestClient) -> None:
    """And says so."""
    house.blocklists.create("letters", "a")
    answer = client.post(f"{BLOCK}/letters:test", json={"text": "a " * (SHOWN_PLACES + 1)}).json()

    assert (len(answer["matches"]), answer["truncated"]) == (SHOWN_PLACES, True)


@pytest.mark.parametrize("root", [BLOCK, ALLOW])
@pytest.mark.parametrize(("method", "verb"), [("POST", "test"), ("GET", "export")])
def test_an_absent_list_is_not_found(client: TestClient, root: str, method: str, verb: str) -> None:
    """Nothing is made by asking."""
    answer = client.request(method, f"{root}/absent:{verb}", json={"text": "a"} if verb == "test" else None)

    assert refusal(answer)[:2] == (404, "ResourceNotFound")


@pytest.mark.parametrize(("form", "headers"), [("csv", CSV), ("jsonl", LINES)])
def test_a_list_moves_as_a_file(house: House, client: TestClient, form: str, headers: dict[str, str]) -> None:
    """Export, import under another name: the same items."""
    house.blocklists.create("brands", "acme, knock-off", "=1", regexes=[r"replica\d+"])
    file = client.get(f"{BLOCK}/brands:export?format={form}")
    done = client.post(f"{BLOCK}/copy:import", content=file.content, headers=headers)
    again = client.get(f"{BLOCK}/copy:export?format={form}")

    assert file.headers["content-type"] == (
        "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson; charset=utf-8"
    )
    assert file.headers["content-disposition"] == f'attachment; filename="brands.blocklist.{form}"'
    assert (done.status_code, done.json()) == (
        201,
        {"name": "copy", "added": 3, "updated": 0, "itemCount": 3},
    )
    assert again.content == file.content
    assert house.blocklists.found("replica501", "copy") == [r"replica\d+"]


def test_an_import_can_replace(house: House, client: TestClient) -> None:
    """Without it items are added."""
    house.blocklists.create("fruit", "plum")
    beside = client.post(f"{BLOCK}/fruit:import", content=b"pear", headers=CSV)
    instead = client.post(f"{BLOCK}/fruit:import?replace=true", content=b"fig", headers=CSV)

    assert (beside.status_code, beside.json()["itemCount"]) == (200, 2)
    assert instead.json() == {"name": "fruit", "added": 1, "updated": 0, "itemCount": 1}


@pytest.mark.parametrize(
    ("body", "headers", "target"),
    [
        (b"text,isRegex\nplum,false\n(,true", CSV, "text"),
        (b'{"text":"plum"}\n{"colour":"red"}', LINES, "colour"),
    ],
)
def test_a_fault_in_a_file_stops_all_of_it(
    client: TestClient, body: bytes, headers: dict[str, str], target: str
) -> None:
    """Nothing of the file is stored."""
    answer = client.post(f"{BLOCK}/fruit:import", content=body, headers=headers)

    assert refusal(answer) == (400, "InvalidRequestBody", target)
    assert client.get(f"{BLOCK}/fruit:export").status_code == 404


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_a_file_says_what_it_is(client: TestClient, kind: str | None) -> None:
    """CSV and JSON Lines are told apart by the content type alone."""
    headers = {"content-type": kind} if kind else {}
    answer = client.post(f"{BLOCK}/fruit:import", content=b"plum", headers=headers)

    assert refusal(answer)[:2] == (415, "UnsupportedMediaType")
    assert "text/csv" in answer.json()["error"]["message"]


def test_an_unknown_form_is_refused(house: House, client: TestClient) -> None:
    """The message lists the forms there are."""
    house.blocklists.create("fruit")

    assert refusal(client.get(f"{BLOCK}/fruit:export?format=xls")) == (400, "InvalidRequestBody", "format")


def test_an_allow_list_lives_as_a_blocklist_does(client: TestClient) -> None:
    """Create, change, items, files, test, delete."""
    body = {"categories": ["violence", "Hate"], "window": 10, "description": "idioms"}
    made = client.patch(f"{ALLOW}/unix", json=body)
    kept = client.patch(f"{ALLOW}/unix", json={"description": ""})
    items = {"allowlistItems": [{"text": "kill the process"}, {"text": "kill -9 \\d+", "isRegex": True}]}
    added = client.post(f"{ALLOW}/unix:addOrUpdateAllowlistItems", json=items).json()["allowlistItems"]
    first = added[0]["allowlistItemId"]
    listed = client.get(f"{ALLOW}/unix/allowlistItems?maxpagesize=1").json()
    one = client.get(f"{ALLOW}/unix/allowlistItems/{first}").json()
    tested = client.post(f"{ALLOW}/unix:test", json={"text": "kill -9 42"}).json()["matches"]
    gone = client.post(f"{ALLOW}/unix:removeAllowlistItems", json={"allowlistItemIds": [first]})

    assert (made.status_code, made.json()["categories"], made.json()["window"]) == (
        201,
        ["Hate", "Violence"],
        10,
    )
    assert made.headers["location"] == f"https://safety.example.org{ALLOW}/unix"
    assert (kept.status_code, kept.json()["window"]) == (200, 10)
    assert "description" not in kept.json()
    assert listed["value"] == [added[1]]
    assert one == {"allowlistItemId": first, "text": "kill the process", "isRegex": False}
    assert [match["itemText"] for match in tested] == ["kill -9 \\d+"]
    assert gone.status_code == 204
    assert client.get(ALLOW).json()["value"][0]["itemCount"] == 1
    assert client.post(f"{ALLOW}/unix:import", content=b"beat the eggs", headers=CSV).json()["itemCount"] == 2
    assert client.delete(f"{ALLOW}/unix").status_code == 204
    assert refusal(client.get(f"{ALLOW}/unix")) == (404, "ResourceNotFound", "allowlistName")


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({}, "categories"),
        ({"categories": []}, "categories"),
        ({"categories": ["Weather"]}, "categories[0]"),
        ({"categories": ["Hate"], "window": -1}, "window"),
        ({"categories": ["Hate"], "window": 10_001}, "window"),
        ({"categories": ["Hate"], "allowlistName": "other"}, "allowlistName"),
        ({"categories": ["Hate"], "colour": "red"}, "colour"),
    ],
)
def test_what_an_allow_list_cannot_be(client: TestClient, body: dict[str, object], target: str) -> None:
    """Its categories are named, its window is a number of code points."""
    assert refusal(client.patch(f"{ALLOW}/unix", json=body)) == (400, "InvalidRequestBody", target)


@pytest.mark.parametrize("window", [0, 10_000])
def test_the_ends_of_the_window(client: TestClient, window: int) -> None:
    """No further than the item, or all of the longest text."""
    answer = client.patch(f"{ALLOW}/unix", json={"categories": ["Hate"], "window": window})

    assert answer.json()["window"] == window


def test_an_unknown_allow_list_item_is_refused_by_name(client: TestClient) -> None:
    """The target is in the words of the request."""
    client.patch(f"{ALLOW}/unix", json={"categories": ["Hate"]})
    items = {"allowlistItems": [{"allowlistItemId": "absent", "text": "a"}]}

    assert refusal(client.post(f"{ALLOW}/unix:addOrUpdateAllowlistItems", json=items)) == (
        404,
        "ResourceNotFound",
        "allowlistItems[0].allowlistItemId",
    )
