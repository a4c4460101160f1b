"""Blobs on the vendor's own storage emulator: signed URLs, accounts, and what they refuse."""

import gzip
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from quell.blobs import BlobReader
from quell.errors import InvalidRequestBody
from tests.acceptance.azure_signing import put_blob, put_container, signed_url
from tests.acceptance.node_tools import ACCOUNT, ACCOUNT_KEY, Azurite

BODY = bytes(range(256)) * 40
BLOB = "reading/holiday/two words é.bin"
PACKED = "reading/packed.bin"
TARGET = "image.blobUrl"
WRONG_KEY = "AAAAbGwtYWNjZXB0YW5jZS10ZXN0cy1hY2NvdW50LWtleQ=="


@pytest.fixture(scope="module")
def storage(azurite: Azurite) -> Azurite:
    """Return the emulator with a container of two blobs."""
    put_container(azurite, "reading")
    put_blob(azurite, BLOB, BODY)
    put_blob(azurite, PACKED, gzip.compress(BODY), blob_content_encoding="gzip")
    return azurite


@pytest.fixture
def reader(storage: Azurite) -> Iterator[BlobReader]:
    """Return a reader that knows the name of the emulator's host, and no credentials."""
    made = BlobReader.open("deny", [storage.host])
    yield made
    made.close()


def owner(storage: Azurite, key: str = ACCOUNT_KEY, container: str = "reading") -> BlobReader:
    """Return a reader with the account's key for one container."""
    config = {"account_name": ACCOUNT, "account_key": key}
    return BlobReader.open("deny", [storage.host], {f"{storage.account_url}/{container}": config})


def refusal(reader: BlobReader, url: str, limit: int = 1 << 20) -> str:
    """Return why a blob is refused."""
    with pytest.raises(InvalidRequestBody) as refused:
        reader.fetch(url, limit=limit, target=TARGET)
    assert refused.value.target == TARGET
    return refused.value.message


def test_a_signed_url_reads_its_blob(reader: BlobReader, storage: Azurite) -> None:
    """A name with a blank and an accent too."""
    assert reader.fetch(signed_url(storage, BLOB), limit=len(BODY), target=TARGET) == BODY


def test_an_expired_forged_or_missing_signature_is_refused(reader: BlobReader, storage: Azurite) -> None:
    """The message says what may be wrong and repeats nothing of the URL."""
    good = signed_url(storage, BLOB)
    expired, forged = signed_url(storage, BLOB, minutes=-1), good[:-8] + "AAAA%3D"

    reasons = [refusal(reader, url) for url in (expired, forged, good.partition("?")[0])]

    assert all("refuses access (403)" in reason or "(404)" in reason for reason in reasons)
    assert all("sig" not in reason.replace("signature", "") and "holiday" not in reason for reason in reasons)


def test_a_blob_that_is_absent_too_large_or_packed_is_refused(reader: BlobReader, storage: Azurite) -> None:
    """Three reasons, three sentences."""
    absent = refusal(reader, signed_url(storage, "reading/absent.bin"))
    large = refusal(reader, signed_url(storage, BLOB), limit=len(BODY) - 1)
    packed = refusal(reader, signed_url(storage, PACKED))

    assert ("no such blob" in absent, "larger than 10239 bytes" in large, "compressed" in packed) == (
        True,
        True,
        True,
    )


def test_a_host_that_nobody_named_is_not_asked(storage: Azurite) -> None:
    """The same good URL is refused where the operator did not name the emulator."""
    assert "begin with https" in refusal(BlobReader.open("allow"), signed_url(storage, BLOB))


def test_the_accounts_key_reads_without_a_signature(storage: Azurite) -> None:
    """For the configured container a plain URL is enough; a signed one still works."""
    reader = owner(storage)

    plain = reader.fetch(f"{storage.account_url}/{quote(BLOB)}", limit=len(BODY), target=TARGET)
    signed = reader.fetch(signed_url(storage, BLOB), limit=len(BODY), target=TARGET)

    assert plain == signed == BODY
    assert "larger than 100 bytes" in refusal(reader, f"{storage.account_url}/{quote(BLOB)}", limit=100)
    assert "no such blob" in refusal(reader, f"{storage.account_url}/reading/absent.bin")


def test_the_accounts_key_opens_its_container_only(storage: Azurite) -> None:
    """Another container of the same account, and a path that climbs out of it, stay closed."""
    reader = owner(storage, container="other")

    reasons = [
        refusal(reader, f"{storage.account_url}/{path}")
        for path in (quote(BLOB), f"other/../{quote(BLOB)}", f"other/%2e%2e/{quote(BLOB)}")
    ]

    assert not any("larger" in reason for reason in reasons)


def test_a_wrong_key_is_refused_without_a_word_of_it(storage: Azurite) -> None:
    """The caller learns that the server's credentials are wrong, not what they are."""
    reason = refusal(owner(storage, WRONG_KEY), f"{storage.account_url}/{quote(BLOB)}")

    assert "refuses access with the credentials of this server" in reason
    assert "AAAA" not in reason
