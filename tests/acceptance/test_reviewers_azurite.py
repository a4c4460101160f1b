"""Examples of auto reviewers on the vendor's own storage emulator: read, copied, refused."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.acceptance.azure_signing import put_blob, put_container, signed_url
from tests.acceptance.live_server import LiveServer, running_server
from tests.acceptance.node_tools import ACCOUNT, ACCOUNT_KEY, Azurite
from tests.acceptance.reviewing import FILE, TICKET, ended, put, review

BLOB = "policies/forum/first examples.jsonl"
BROKEN = "policies/broken.jsonl"
OWNED = "owned"


@pytest.fixture(scope="module")
def storage(azurite: Azurite) -> Azurite:
    """Return the emulator with a container of two files of examples, and one that the server owns."""
    for container in ("policies", OWNED):
        put_container(azurite, container)
    put_blob(azurite, BLOB, FILE)
    put_blob(azurite, BROKEN, FILE + b'{"text": "a", "labelName": "Gifts"}\n')
    put_blob(azurite, f"{OWNED}/team-a-examples.jsonl", FILE)
    return azurite


@pytest.fixture(scope="module")
def server(storage: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a server that may read from the emulator, and has the key of one container."""
    folder: Path = tmp_path_factory.mktemp("examples")
    settings = folder / "quell.toml"
    settings.write_text(
        f'[blob_stores."{storage.account_url}/{OWNED}"]\n'
        f'account_name = "{ACCOUNT}"\naccount_key = "{ACCOUNT_KEY}"\n'
    )
    with running_server(
        folder / "data", blob_mode="deny", blob_hosts=storage.host, config=str(settings)
    ) as live:
        yield live


@pytest.fixture
def client(server: LiveServer) -> Iterator[httpx.Client]:
    """Return a client of the server."""
    with server.client() as made:
        yield made


def built(client: httpx.Client, name: str, url: str, **members: str) -> dict[str, str]:
    """Make a version from a blob; return it when it has ended."""
    number = put(client, name, exampleBlobUrl=url, **members).json()["version"]
    return ended(client, name, number)


def read(storage: Azurite, url: str) -> bytes:
    """Read a copy with a signature of its own."""
    path = httpx.URL(url).path.removeprefix(f"/{ACCOUNT}/")
    answer = httpx.get(signed_url(storage, path))
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_signature_for_the_container_reads_and_copies(client: httpx.Client, storage: Azurite) -> None:
    """The copy lies beside the file, byte for byte, and its URL carries no signature."""
    version = built(client, "writable", signed_url(storage, BLOB, container_rights="rcw"))

    assert version["status"] == "Succeeded", version
    copy = version["exampleBlobCopyUrl"]
    assert copy.startswith(f"{storage.account_url}/policies/forum/firstexamples-writable-v1-")
    assert "?" not in copy
    assert read(storage, copy) == FILE
    assert "sig=REDACTED" in version["exampleBlobUrl"]
    assert review(client, "writable", TICKET) == "Tickets"


@pytest.mark.parametrize("rights", ["", "r", "rl"])
def test_a_signature_for_reading_only_reads(client: httpx.Client, storage: Azurite, rights: str) -> None:
    """For the blob or for its container: the version is built, and nothing is written."""
    version = built(client, "readable", signed_url(storage, BLOB, container_rights=rights))

    assert version["status"] == "Succeeded", version
    assert "exampleBlobCopyUrl" not in version


def test_an_expired_signature_fails_the_version(client: httpx.Client, storage: Azurite) -> None:
    """The reason is told, and the signature is not."""
    url = signed_url(storage, BLOB, minutes=-1, container_rights="rcw")
    version = built(client, "expired", url)

    assert version["status"] == "Failed"
    assert "refuses access (403)" in version["error"]
    assert "sig=REDACTED" in version["exampleBlobUrl"]


def test_a_bad_line_fails_the_version_and_copies_nothing(client: httpx.Client, storage: Azurite) -> None:
    """With the number of the line; the container has no blob more than before."""
    url = signed_url(storage, BROKEN, container_rights="rcwl")
    version = built(client, "broken", url)
    listing = httpx.get(f"{storage.account_url}/policies?restype=container&comp=list&{url.partition('?')[2]}")

    assert version["status"] == "Failed"
    assert "Line 9: the label 'Gifts' is none of the labels" in version["error"]
    assert listing.status_code == 200
    assert "-broken-v" not in listing.text


def test_the_accounts_key_reads_and_copies(client: httpx.Client, storage: Azurite) -> None:
    """Without a signature, where the operator configured the container; directories end at the delimiter."""
    url = f"{storage.account_url}/{OWNED}/{quote('team-a-examples.jsonl')}"
    version = built(client, "owned", url, blobDelimiter="-")

    assert version["status"] == "Succeeded", version
    assert version["exampleBlobCopyUrl"].startswith(
        f"{storage.account_url}/{OWNED}/team-a-examples-owned-v1-"
    )
    assert version["blobDelimiter"] == "-"
    assert read(storage, version["exampleBlobCopyUrl"]) == FILE


def test_an_absent_blob_fails_the_version(client: httpx.Client, storage: Azurite) -> None:
    """And so does one in a container that nobody configured."""
    absent = built(client, "absent", f"{storage.account_url}/{OWNED}/absent.jsonl")
    foreign = built(client, "foreign", f"{storage.account_url}/elsewhere/a.jsonl")

    assert "no such blob" in absent["error"]
    assert foreign["status"] == "Failed"
