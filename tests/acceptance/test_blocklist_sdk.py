"""Blocklists through the vendor's own Python client, as its samples use it, at both GA versions."""

from collections.abc import Iterator

import pytest
from azure.ai.contentsafety import BlocklistClient, ContentSafetyClient
from azure.ai.contentsafety.models import (
    AddOrUpdateTextBlocklistItemsOptions,
    AnalyzeTextOptions,
    RemoveTextBlocklistItemsOptions,
    TextBlocklist,
    TextBlocklistItem,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ResourceNotFoundError

from tests.acceptance.live_server import KEY, LiveServer

NAME = "sdk-brands"


@pytest.fixture(params=["2023-10-01", "2024-09-01"])
def version(request: pytest.FixtureRequest) -> str:
    """Return each stable api-version."""
    return str(request.param)


@pytest.fixture
def client(server: LiveServer, version: str) -> Iterator[BlocklistClient]:
    """Return the vendor's client and an empty blocklist."""
    made = BlocklistClient(server.endpoint, AzureKeyCredential(KEY), api_version=version)
    made.create_or_update_text_blocklist(NAME, TextBlocklist(blocklist_name=NAME, description="names"))
    yield made
    made.delete_text_blocklist(NAME)


def add(client: BlocklistClient, *texts: str) -> list[TextBlocklistItem]:
    """Add terms; return the items."""
    items = [TextBlocklistItem(text=text) for text in texts]
    options = AddOrUpdateTextBlocklistItemsOptions(blocklist_items=items)
    return list(client.add_or_update_blocklist_items(NAME, options).blocklist_items)


def test_items_live_and_match_at_once(client: BlocklistClient, server: LiveServer, version: str) -> None:
    """Add, analyse, remove, analyse: no wait of minutes in between."""
    (item,) = add(client, "k*ll")
    safety = ContentSafetyClient(server.endpoint, AzureKeyCredential(KEY), api_version=version)
    options = AnalyzeTextOptions(
        text="I want to K*LL time", blocklist_names=[NAME], halt_on_blocklist_hit=True
    )
    (match,) = safety.analyze_text(options).blocklists_match or []
    client.remove_blocklist_items(
        NAME, RemoveTextBlocklistItemsOptions(blocklist_item_ids=[str(item.blocklist_item_id)])
    )

    assert (match.blocklist_name, match.blocklist_item_id, match.blocklist_item_text) == (
        NAME,
        item.blocklist_item_id,
        "k*ll",
    )
    assert list(client.list_text_blocklist_items(NAME)) == []


def test_lists_and_items_are_listed(client: BlocklistClient) -> None:
    """The client follows the pages; newest first."""
    items = add(client, "one", "two", "three")

    assert NAME in [one.blocklist_name for one in client.list_text_blocklists()]
    assert client.get_text_blocklist(NAME).description == "names"
    assert [item.text for item in client.list_text_blocklist_items(NAME, top=2)] == ["three", "two"]
    assert client.get_text_blocklist_item(NAME, str(items[0].blocklist_item_id)).text == "one"


def test_an_absent_list_raises_the_clients_own_error(client: BlocklistClient) -> None:
    """The client recognises the 404."""
    with pytest.raises(ResourceNotFoundError):
        client.get_text_blocklist("absent")
