"""Blocklists over HTTP in the words of 2023-04-30-preview."""

import pytest
from fastapi.testclient import TestClient

from tests.blocklists.test_endpoints import FIRST_GA, GA, create, refusal, url

OLD = "2023-04-30-preview"


@pytest.mark.parametrize("version", [OLD, "2023-05-30-preview"])
def test_the_first_versions_speak_of_block_items(client: TestClient, version: str) -> None:
    """Other names of routes and members; what they add is an item like any other."""
    client.patch(url("/brands", version), json={}).raise_for_status()
    added = client.post(
        url("/brands:addBlockItems", version),
        json={"blockItems": [{"text": "acme", "description": "x"}, {"text": "apex"}]},
    )
    first, second = added.json()["value"]
    listed = client.get(url("/brands/blockItems", version, maxpagesize=1)).json()
    one = client.get(url(f"/brands/blockItems/{first['blockItemId']}", version))
    newer = client.get(url(f"/brands/blocklistItems/{first['blockItemId']}")).json()
    gone = client.post(
        url("/brands:removeBlockItems", version), json={"blockItemIds": [first["blockItemId"]]}
    )

    assert first.keys() == {"blockItemId", "description", "text"}
    assert listed["value"] == [second]
    assert "/brands/blockItems?" in listed["nextLink"]
    assert one.json() == first
    assert newer["text"] == "acme"
    assert gone.status_code == 204


def test_the_first_versions_name_their_members_in_errors(client: TestClient) -> None:
    """Targets are in the words of the request."""
    client.patch(url("/brands", OLD), json={}).raise_for_status()
    add_path, remove_path = url("/brands:addBlockItems", OLD), url("/brands:removeBlockItems", OLD)

    assert refusal(client.post(add_path, json={"blockItems": [{"text": " "}]}))[2] == "blockItems[0].text"
    assert refusal(client.post(add_path, json={"blockItems": [{"text": "a", "isRegex": True}]}))[2] == (
        "blockItems[0].isRegex"
    )
    assert refusal(client.post(remove_path, json={"blockItemIds": ["absent"]})) == (
        404,
        "ResourceNotFound",
        "blockItemIds[0]",
    )
    assert refusal(client.get(url("/brands/blockItems/absent", OLD))) == (
        404,
        "ResourceNotFound",
        "blockItemId",
    )


@pytest.mark.parametrize(
    ("path", "version"),
    [("/brands/blocklistItems", OLD), ("/brands/blockItems", GA), ("/brands/blockItems", FIRST_GA)],
)
def test_each_generation_has_its_own_routes(client: TestClient, path: str, version: str) -> None:
    """The words of the other one are unknown."""
    create(client)

    assert client.get(url(path, version)).json()["error"]["code"] == "404"
