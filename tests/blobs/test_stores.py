"""Configured stores: what they are named, what they read, what they keep to themselves."""

import json

import pytest

from quell.blobs import BlobReader
from quell.blobs.stores import BlobStores
from quell.errors import InvalidRequestBody, SettingsRefused
from tests.blobs.doubles import raw_server

TARGET = "image.blobUrl"
KEYS = {
    "access_key_id": "AKID",
    "secret_access_key": "hush-hush",
    "region": "eu-west-1",
    "allow_http": "true",
}


def answer(body: bytes, status: str = "200 OK") -> bytes:
    """Return what a store sends."""
    date = 'Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\nETag: "1"\r\n'
    return f"HTTP/1.1 {status}\r\n{date}Content-Length: {len(body)}\r\n\r\n".encode() + body


def s3(port: int) -> BlobReader:
    """Return a reader with one bucket whose endpoint is a loopback port."""
    return BlobReader.open("deny", (), {"s3://pictures": {**KEYS, "endpoint": f"http://127.0.0.1:{port}"}})


def refusal(reader: BlobReader, url: str, limit: int = 100) -> str:
    """Return why a blob is refused."""
    with pytest.raises(InvalidRequestBody) as refused:
        reader.fetch(url, limit=limit, target=TARGET)
    return refused.value.message


def test_a_configured_bucket_is_read() -> None:
    """With the operator's endpoint and keys."""
    with raw_server(answer(b"hello")) as port:
        assert s3(port).fetch("s3://pictures/a/b c.png", limit=5, target=TARGET) == b"hello"


def test_a_configured_gcs_bucket_is_read() -> None:
    """The service account is the operator's."""
    with raw_server(answer(b"hello")) as port:
        account = {"gcs_base_url": f"http://127.0.0.1:{port}", "disable_oauth": True, "client_email": ""}
        account |= {"private_key": "", "private_key_id": ""}
        config = {"service_account_key": json.dumps(account), "allow_http": "true"}
        reader = BlobReader.open("deny", (), {"gs://pictures": config})

        assert reader.fetch("gs://pictures/a.png", limit=5, target=TARGET) == b"hello"


def test_a_store_keeps_the_limit_and_its_words() -> None:
    """Too large, absent, refused and broken: a sentence each, without host, key or the store's own words."""
    denied = b"<Error><Code>AccessDenied</Code><Message>AKID at 10.0.0.1</Message></Error>"
    with raw_server(answer(b"a" * 101)) as port:
        large = refusal(s3(port), "s3://pictures/a.png")
    with raw_server(answer(b"", "404 Not Found")) as port:
        absent = refusal(s3(port), "s3://pictures/a.png")
    with raw_server(answer(denied, "403 Forbidden")) as port:
        barred = refusal(s3(port), "s3://pictures/a.png")
    with raw_server(answer(b"no", "400 Bad Request")) as port:
        broken = refusal(s3(port), "s3://pictures/a.png")

    assert "larger than 100 bytes" in large
    assert "no such blob" in absent
    assert "refuses access" in barred
    assert "cannot be reached" in broken
    assert not any(word in barred for word in ("AKID", "10.0.0.1", "127.0.0.1"))


@pytest.mark.parametrize(
    "url",
    [
        "s3://other/a.png",
        "gs://pictures/a.png",
        "s3://pictures",
        "s3://pictures/../other/a.png",
        "s3://PICTURES/a",
    ],
)
def test_a_bucket_that_is_not_configured_is_refused(url: str) -> None:
    """Nor does a path lead out of the bucket."""
    reader = BlobReader.open("allow", (), {"s3://pictures": {**KEYS, "endpoint": "http://127.0.0.1:9"}})

    assert "cannot be read" in refusal(reader, url)


def test_off_closes_the_stores_too() -> None:
    """No blob is fetched, not even the operator's own."""
    with raw_server(answer(b"hello")) as port:
        table = {"s3://pictures": {**KEYS, "endpoint": f"http://127.0.0.1:{port}"}}

        assert "cannot be read" in refusal(BlobReader.open("off", (), table), "s3://pictures/a.png")


@pytest.mark.parametrize(
    "name",
    [
        "pictures",
        "s3://",
        "s3://pictures/folder",
        "file:///srv",
        "https://mine.blob.core.windows.net",
        "https://mine.blob.core.windows.net/a/b",
        "https://user@mine.blob.core.windows.net/a",
        "http://127.0.0.1:10000/account",
    ],
)
def test_a_store_that_is_misnamed_is_refused_at_start(name: str) -> None:
    """The settings error names the entry."""
    with pytest.raises(SettingsRefused, match="blob_stores"):
        BlobStores({name: {}})


def test_a_store_that_cannot_be_opened_is_refused_without_its_key() -> None:
    """A misspelt member and a malformed key are start-up errors that repeat no secret."""
    name = "https://mine.blob.core.windows.net/pictures"
    with pytest.raises(SettingsRefused) as misspelt:
        BlobStores({name: {"acount_key": "hush-hush"}})
    with pytest.raises(SettingsRefused) as malformed:
        BlobStores({name: {"account_key": "hush-hush"}})

    assert name in misspelt.value.message
    assert "hush" not in misspelt.value.message + malformed.value.message
