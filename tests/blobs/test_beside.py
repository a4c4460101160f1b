"""Copies beside a blob: where they go, and when they are written."""

import pytest

from quell.blobs import BlobReader, Guard
from quell.blobs.beside import beside, signed_for_writing
from quell.blobs.links import LinkRefused
from quell.blobs.policy import BlobPolicy
from tests.blobs.doubles import RecordingNetwork, TableResolver, raw_server

AZURE = "https://acct.blob.core.windows.net"
WRITABLE = "sv=2021-12-02&sr=c&sp=rcw&sig=hush"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
ELSEWHERE = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: https://b.blob.core.windows.net/\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "delimiter", "copy"),
    [
        (f"{AZURE}/box/a/b/c.jsonl", "/", f"{AZURE}/box/a/b/new"),
        (f"{AZURE}/box/c.jsonl?x=1", "/", f"{AZURE}/box/new"),
        (f"{AZURE}/box/a/team-b-c.jsonl", "-", f"{AZURE}/box/a/team-b-new"),
        (f"{AZURE}/box/a%20b/c.jsonl", "/", f"{AZURE}/box/a%20b/new"),
        (f"{AZURE}/box/a/b/c.jsonl", "|", f"{AZURE}/box/new"),
        ("http://127.0.0.1:10000/acct/box/a/c.jsonl", "/", "http://127.0.0.1:10000/acct/box/a/new"),
        ("s3://bucket/a b/c.jsonl", "/", "s3://bucket/a b/new"),
        ("gs://bucket/c.jsonl", "/", "gs://bucket/new"),
    ],
)
def test_a_copy_goes_into_the_same_virtual_directory(url: str, delimiter: str, copy: str) -> None:
    """Whatever separates directories, and whatever stands in the query."""
    assert beside(url, delimiter, "new") == (copy, url.partition("?")[2])


@pytest.mark.parametrize("url", ["https://acct.blob.core.windows.net/box", "nonsense", "https://a.example/b"])
def test_what_is_no_blob_has_no_directory(url: str) -> None:
    """Refused."""
    with pytest.raises(LinkRefused):
        beside(url, "/", "new")


@pytest.mark.parametrize(
    ("query", "writable"),
    [
        (WRITABLE, True),
        ("ss=b&srt=o&sp=rw&sig=hush", True),
        ("sr=d&sp=c&sig=hush", True),
        ("sr=c&sp=rl&sig=hush", False),
        ("sr=b&sp=rw&sig=hush", False),
        ("sr=c&sp=rw", False),
        ("X-Amz-Signature=hush", False),
        ("", False),
    ],
)
def test_a_signature_says_whether_it_is_for_writing_there(query: str, *, writable: bool) -> None:
    """A blob's own signature is not: it ends with that blob."""
    assert signed_for_writing(query) is writable


def written(query: str, *answers: bytes) -> tuple[str | None, RecordingNetwork]:
    """Write a copy through a network that answers as told."""
    network = RecordingNetwork(*answers)
    resolver = TableResolver({"acct.blob.core.windows.net": [["20.60.1.1"]]})
    reader = BlobReader(Guard(BlobPolicy("azure"), resolver=resolver, network=network))
    copy = reader.copy_beside(f"{AZURE}/box/a/c.jsonl?{query}", delimiter="/", name="new", body=b"hello")
    return copy, network


def test_a_signed_copy_is_put_and_its_url_is_bare() -> None:
    """With the vendor's header for a block blob."""
    copy, network = written(WRITABLE, CREATED)
    sent = network.streams[0].sent

    assert copy == f"{AZURE}/box/a/new"
    assert sent.startswith(b"PUT /box/a/new?" + WRITABLE.encode() + b" HTTP/1.1\r\n")
    assert b"x-ms-blob-type: BlockBlob\r\n" in sent
    assert sent.endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize("answer", [FORBIDDEN, ELSEWHERE, b"nonsense", b""])
def test_a_copy_that_is_not_let_be_is_none(answer: bytes) -> None:
    """Refused, sent elsewhere, or broken off: one call, and no copy."""
    copy, network = written(WRITABLE, answer)

    assert copy is None
    assert len(network.connections) == 1


def test_nothing_is_sent_without_a_signature_for_it() -> None:
    """Not even a connection is made."""
    copy, network = written("sr=b&sp=rw&sig=hush", CREATED)

    assert (copy, network.connections) == (None, [])


def test_a_configured_bucket_takes_copies() -> None:
    """With the operator's keys, where they may write."""
    keys = {"access_key_id": "AKID", "secret_access_key": "hush", "region": "eu-west-1", "allow_http": "true"}
    with raw_server(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n') as port:
        table = {"s3://policies": {**keys, "endpoint": f"http://127.0.0.1:{port}"}}
        reader = BlobReader.open("deny", (), table)
        copy = reader.copy_beside("s3://policies/a/c.jsonl", delimiter="/", name="new", body=b"hello")
    with raw_server(FORBIDDEN) as port:
        table = {"s3://policies": {**keys, "endpoint": f"http://127.0.0.1:{port}"}}
        reader = BlobReader.open("deny", (), table)
        barred = reader.copy_beside("s3://policies/a/c.jsonl", delimiter="/", name="new", body=b"hello")

    assert (copy, barred) == ("s3://policies/a/new", None)
