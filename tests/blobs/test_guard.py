"""The guarded client against hosts that answer badly, over real sockets."""

import gzip

import httpcore
import pytest

from quell.blobs import BlobPolicy, BlobReader, Guard, Timing
from quell.errors import InvalidRequestBody
from tests.blobs.doubles import RecordingNetwork, TableResolver, raw_server

SIGNED = "/container/picture.png?sv=2024&sig=c2VjcmV0"
TARGET = "image.blobUrl"


def fetch(port: int, *, limit: int = 1000, timing: Timing | None = None) -> bytes:
    """Fetch from a loopback port that the operator named."""
    reader = BlobReader(Guard(BlobPolicy("deny", [f"127.0.0.1:{port}"]), timing=timing))
    try:
        return reader.fetch(f"http://127.0.0.1:{port}{SIGNED}", limit=limit, target=TARGET)
    finally:
        reader.close()


def refusal(port: int, *, limit: int = 1000, timing: Timing | None = None) -> str:
    """Return why a fetch was refused."""
    with pytest.raises(InvalidRequestBody) as refused:
        fetch(port, limit=limit, timing=timing)
    return refused.value.message


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a proxy that does not exist: every test fails if it is used."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def test_a_blob_of_exactly_the_limit_is_read() -> None:
    """The limit is the last size that is accepted, with and without a declared length."""
    head = b"HTTP/1.1 200 OK\r\n"
    with raw_server(head + b"Content-Length: 5\r\n\r\nabcde") as port:
        declared = fetch(port, limit=5)
    with raw_server(head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n") as port:
        chunked = fetch(port, limit=5)

    assert (declared, chunked) == (b"abcde", b"abcde")


def test_a_declared_length_over_the_limit_is_refused_before_the_body() -> None:
    """No byte of the body need arrive."""
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n") as port:
        reason = refusal(port, limit=5)

    assert "larger than 5 bytes" in reason


@pytest.mark.parametrize(
    "chunk", [b"", b"400\r\n" + b"a" * 1024 + b"\r\n"], ids=["no length at all", "endless chunks"]
)
def test_an_endless_body_is_cut_off(chunk: bytes) -> None:
    """A body that never ends is refused when it passes the limit."""
    kind = b"Transfer-Encoding: chunked\r\n" if chunk else b""
    with raw_server(b"HTTP/1.1 200 OK\r\n" + kind + b"\r\n", chunk or b"a" * 1024, endless=True) as port:
        reason = refusal(port, limit=100_000)

    assert "larger than 100000 bytes" in reason


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"SSH-2.0-server\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
        b"\x00" * 100,
        b"",
    ],
)
def test_a_broken_answer_is_refused(answer: bytes) -> None:
    """Wrong lengths, another protocol, endless headers, nothing at all: one clear sentence."""
    with raw_server(answer) as port:
        reason = refusal(port)

    assert "cannot be reached, or broke off its answer" in reason


def test_a_compressed_answer_is_refused_and_never_unpacked() -> None:
    """A kilobyte that unpacks to a megabyte is refused by its header."""
    bomb = gzip.compress(b"\0" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with raw_server(head + bomb) as port:
        reason = refusal(port, limit=2_000_000)

    assert "compressed" in reason


@pytest.mark.parametrize("start", [b"H", b"HTTP/1.1 200 OK\r\n\r\na", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_host_that_trickles_is_let_go(start: bytes) -> None:
    """Single bytes or interim answers that arrive in time each do not keep a fetch alive."""
    last = start if b"100" in start else b"a"
    with raw_server(start, last, endless=True, pause=0.05) as port:
        reason = refusal(port, timing=Timing(connect=0.3, total=0.4))

    assert "did not answer in time" in reason


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 403, 404, 409, 429, 500, 503])
def test_another_status_is_refused_and_the_signature_kept(status: int) -> None:
    """The message has the status, and nothing of the URL or of the host's own words."""
    body = f"HTTP/1.1 {status} Words\r\nContent-Length: 0\r\nX-Echo: sig=c2VjcmV0\r\n\r\n"
    with raw_server(body.encode()) as port:
        reason = refusal(port)

    assert str(status) in reason
    assert all(word not in reason for word in ("c2VjcmV0", "container", "Words", "127.0.0.1"))


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    """A relative, a full and a scheme-less redirect lead to the blob."""

    def hop(location: str) -> bytes:
        return f"HTTP/1.1 307 On\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()

    hops = [hop("/b"), hop("https://b.example.org/c"), hop("//a.example.org/d")]
    names = {"a.example.org": [["93.184.216.34"]], "b.example.org": [["93.184.216.35"]]}
    good = RecordingNetwork(*hops, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    endless = RecordingNetwork(*[hop("/again")] * 9)

    body = Guard(BlobPolicy("allow"), resolver=TableResolver(names), network=good).fetch(
        "https://a.example.org/a", 10
    )
    with pytest.raises(InvalidRequestBody, match="more than 3 times"):
        BlobReader(Guard(BlobPolicy("allow"), resolver=TableResolver(names), network=endless)).fetch(
            "https://a.example.org/a", limit=10, target=TARGET
        )

    assert body == b"ok"
    assert [host for host, _ in good.connections] == ["93.184.216.34"] * 2 + [
        "93.184.216.35",
        "93.184.216.34",
    ]
    assert len(endless.connections) == 4


def test_a_closed_port_is_refused() -> None:
    """A host that the operator named and that is not there is a clear error."""
    with raw_server(b"") as port:
        pass

    assert "cannot be reached" in refusal(port)


def test_the_next_address_is_tried() -> None:
    """A host with several addresses is read from the first that answers."""

    class OneDead(RecordingNetwork):
        def connect_tcp(
            self, host: str, port: int, *arguments: object, **options: object
        ) -> httpcore.NetworkStream:
            stream = super().connect_tcp(host, port, *arguments, **options)
            if host == "93.184.216.34":
                raise httpcore.ConnectError("dead")
            return stream

    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    network = OneDead(answer, answer)
    resolver = TableResolver({"two.example.org": [["93.184.216.34", "93.184.216.35"]]})

    body = Guard(BlobPolicy("allow"), resolver=resolver, network=network).fetch("https://two.example.org/", 9)

    assert body == b"ok"
    assert len(network.connections) == 2
