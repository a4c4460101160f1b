"""text:analyze by the contract (B.5, C, E, O.4, O.12, O.14, O.16): halting, members, limits, blocklists."""

import itertools

import pytest
from fastapi.testclient import TestClient

from tests.wire.app import GA, INCIDENTS, LISTS, OLD, PREVIEW, TEXT, add_incident, add_list, call, refusal

ANALYZE = "/contentsafety/text:analyze"
ASTRAL = "\U0001f39f"


@pytest.mark.parametrize(
    ("listed", "incident", "halt_list", "halt_incident"), list(itertools.product([True, False], repeat=4))
)
def test_what_a_halt_leaves_out(
    client: TestClient, *, listed: bool, incident: bool, halt_list: bool, halt_incident: bool
) -> None:
    """A hit halts only where its own halt was asked for; only the categories are left out, ever."""
    add_list(client, "words", "seats" if listed else "lentils")
    add_incident(client, "a", TEXT if incident else "simmer the lentils")
    asked = {
        "text": TEXT,
        "blocklistNames": ["words"],
        "haltOnBlocklistHit": halt_list,
        "incidents": {"incidentNames": ["a"], "haltOnIncidentHit": halt_incident},
    }

    found = call(client, "POST", ANALYZE, asked).json()

    halted = (listed and halt_list) or (incident and halt_incident)
    assert len(found["blocklistsMatch"]) == int(listed)
    assert found["incidentMatches"] == ([{"incidentName": "a"}] if incident else [])
    assert len(found["categoriesAnalysis"]) == (0 if halted else 4)


def test_incidents_are_told_only_where_asked(client: TestClient) -> None:
    """Absent: no member. No names: an empty one. Several: in the order of the request, each once."""
    add_incident(client, "a", TEXT)
    add_incident(client, "b", TEXT)
    call(client, "PATCH", f"{INCIDENTS}/empty", {})

    def matches(**incidents: object) -> object:
        return call(client, "POST", ANALYZE, {"text": TEXT, **incidents}).json().get("incidentMatches")

    assert matches() is None
    assert matches(incidents={}) == matches(incidents={"incidentNames": []}) == []
    names = ["b", "empty", "a", "b"]
    assert matches(incidents={"incidentNames": names}) == [{"incidentName": "b"}, {"incidentName": "a"}]


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"incidents": {"incidentNames": ["a", "none"]}}, "incidents.incidentNames[1]"),
        ({"blocklistNames": ["none"]}, "blocklistNames[0]"),
    ],
)
def test_unknown_names_are_not_found(client: TestClient, body: dict[str, object], target: str) -> None:
    """404 ResourceNotFound, and the target leads to the name."""
    add_incident(client, "a", TEXT)

    answer = call(client, "POST", ANALYZE, {"text": TEXT} | body)

    assert refusal(answer) == (404, "ResourceNotFound")
    assert answer.json()["error"]["target"] == target


@pytest.mark.parametrize("letter", ["a", "é", ASTRAL])
@pytest.mark.parametrize(("version", "most"), [(GA, 10_000), (PREVIEW, 10_000), (OLD, 1_000)])
def test_the_length_of_a_text(client: TestClient, version: str, most: int, letter: str) -> None:
    """Counted in code points: the longest is accepted and billed by the thousand, one more is refused."""
    longest = call(client, "POST", ANALYZE, {"text": letter * most}, version)
    longer = call(client, "POST", ANALYZE, {"text": letter * (most + 1)}, version)

    assert longest.status_code == 200
    assert longest.headers["csp-billing-usage"].endswith(f"Text:Analyze={most // 1000}")
    assert refusal(longer) == (400, "InvalidRequestBody")


@pytest.mark.parametrize(
    "body",
    [
        {"TEXT": TEXT, "Categories": ["hate"], "OUTPUTTYPE": "eightseveritylevels"},
        {"text": TEXT, "categories": [], "blocklistNames": None, "haltOnBlocklistHit": None},
        {"text": TEXT, "categories": None, "blocklistNames": [], "outputType": None},
    ],
)
def test_members_in_any_case_and_null(client: TestClient, body: dict[str, object]) -> None:
    """Names and enum values are read in any case; null in an optional member is absent."""
    assert call(client, "POST", ANALYZE, body, GA).status_code == 200


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": "a", "texts": "b"}, "texts"),
        ({"text": "a", "TEXT": "b"}, "text"),
        ({"text": "a", "categories": "Hate"}, "categories"),
        ({"text": "a", "categories": ["Rain"]}, "categories[0]"),
        ({"text": "a", "outputType": "NineSeverityLevels"}, "outputType"),
        ({"text": "a", "haltOnBlocklistHit": "true"}, "haltOnBlocklistHit"),
        ({"text": "a", "blocklistNames": [1]}, "blocklistNames[0]"),
        ({"text": "a", "incidents": []}, "incidents"),
        ({"text": "a", "incidents": {"names": []}}, "incidents.names"),
        ({"text": "a", "breakByBlocklists": True}, "breakByBlocklists"),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, body: dict[str, object], target: str) -> None:
    """400 with the path of the member."""
    answer = call(client, "POST", ANALYZE, body)

    assert refusal(answer) == (400, "InvalidRequestBody")
    assert answer.json()["error"]["target"] == target
    assert answer.json()["error"]["message"].endswith("Z.")
    assert isinstance(answer.json()["error"]["details"], list)


def test_the_flow_of_a_blocklist(client: TestClient) -> None:
    """201 with Location, 200, items, a hit, remove 204, delete 204; newest first."""
    one = f"{LISTS}/words"
    made = call(client, "PATCH", one, {"description": "d"}, GA)
    again = call(client, "PATCH", one, {"description": None}, GA)
    items = {"blocklistItems": [{"text": "front", "description": "x"}, {"text": r"se\w+", "isRegex": True}]}
    added = call(client, "POST", f"{one}:addOrUpdateBlocklistItems", items, GA).json()["blocklistItems"]
    hit = call(client, "POST", ANALYZE, {"text": TEXT, "blocklistNames": ["words"]}, GA).json()
    ids = [item["blocklistItemId"] for item in added]
    removed = call(client, "POST", f"{one}:removeBlocklistItems", {"blocklistItemIds": ids}, GA)
    deleted = [call(client, "DELETE", one, version=GA).status_code for _ in range(2)]

    assert (made.status_code, again.status_code, removed.status_code, deleted) == (201, 200, 204, [204, 204])
    assert made.headers["Location"].endswith(f"{one}?api-version={GA}")
    assert again.json() == {"blocklistName": "words"}
    assert added == [
        {"blocklistItemId": ids[0], "description": "x", "text": "front", "isRegex": False},
        {"blocklistItemId": ids[1], "text": r"se\w+", "isRegex": True},
    ]
    assert [match["blocklistItemText"] for match in hit["blocklistsMatch"]] == ["front", r"se\w+"]


@pytest.mark.parametrize(
    ("version", "shown"),
    [("2023-10-01", False), ("2024-03-30-preview", False), ("2024-04-15-preview", True), (GA, True)],
)
def test_patterns_show_from_their_first_version_on(client: TestClient, version: str, *, shown: bool) -> None:
    """IsRegex is always there from 2024-04-15-preview on, and never before."""
    add_list(client, "words", "front")

    (item,) = call(client, "GET", f"{LISTS}/words/blocklistItems", version=version).json()["value"]

    assert ("isRegex" in item) is shown


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([{"text": f"w{number}"} for number in range(100)], 200),
        ([{"text": f"w{number}"} for number in range(101)], 400),
        ([], 400),
        ([{"text": ASTRAL * 128}], 200),
        ([{"text": ASTRAL * 129}], 400),
        ([{"text": ""}], 400),
        ([{"text": "w", "description": "d" * 1024}], 200),
        ([{"text": "w", "description": "d" * 1025}], 400),
        ([{"text": "(", "isRegex": True}], 400),
        ([{"text": "(", "isRegex": False}], 200),
        ([{"text": "w", "blocklistItemId": "i" * 65}], 400),
        ([{"text": "w", "blocklistItemId": "none"}], 404),
        ([{"text": "w", "blocklistItemId": ""}], 200),
    ],
)
def test_limits_of_items(client: TestClient, items: list[object], status: int) -> None:
    """1 to 100 items of 1 to 128 code points, descriptions of 1,024, sound patterns, known ids."""
    add_list(client, "words", "front")

    answer = call(client, "POST", f"{LISTS}/words:addOrUpdateBlocklistItems", {"blocklistItems": items}, GA)

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("name", "status"), [("a" * 64, 201), ("a" * 65, 400), ("a b", 400), ("a.b_c~d-", 201)]
)
def test_names_of_blocklists(client: TestClient, name: str, status: int) -> None:
    """1 to 64 of the pattern."""
    assert call(client, "PATCH", f"{LISTS}/{name}", {}, GA).status_code == status


def test_the_oldest_version_has_its_own_words(client: TestClient) -> None:
    """BlockItems in, value out; places of matches; the newer words are unknown to it and it to them."""
    call(client, "PATCH", f"{LISTS}/words", {}, OLD)
    path = f"{LISTS}/words:addBlockItems"
    (item,) = call(client, "POST", path, {"blockItems": [{"text": "row"}]}, OLD).json()["value"]
    asked = {"text": f"{ASTRAL} {TEXT}", "blocklistNames": ["words"], "breakByBlocklists": True}
    found = call(client, "POST", ANALYZE, asked, OLD).json()

    assert found == {
        "blocklistsMatchResults": [
            {
                "blocklistName": "words",
                "blockItemId": item["blockItemId"],
                "blockItemText": "row",
                "offset": 8,
                "length": 3,
            }
        ]
    }
    assert refusal(call(client, "POST", path, {"blockItems": [{"text": "row"}]}, GA)) == (404, "404")
