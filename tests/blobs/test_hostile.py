"""A table of hostile URLs: each is refused with a clear error before a single connection is made."""

import pytest

from quell.blobs import BlobPolicy, BlobReader, Guard
from quell.errors import InvalidRequestBody
from tests.blobs.doubles import RecordingNetwork, TableResolver

PUBLIC = "93.184.216.34"
NAMES = {
    "localhost": [["127.0.0.1", "::1"]],
    "loop.example.org": [["127.0.0.1"]],
    "half.example.org": [[PUBLIC, "10.0.0.5"]],
    "half-six.example.org": [[PUBLIC, "::1"]],
    "mapped.example.org": [["::ffff:10.0.0.1"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "link.example.org": [["fe80::1"]],
    "none.example.org": [[]],
    "good.example.org": [[PUBLIC]],
}
HOSTILE = [
    # loopback and its disguises
    "https://127.0.0.1/a",
    "https://127.8.9.10/a",
    "https://127.1/a",
    "https://2130706433/a",
    "https://0x7f000001/a",
    "https://0x7f.0.0.1/a",
    "https://0177.0.0.1/a",
    "https://017700000001/a",
    "https://127.0.0.1./a",
    "https://localhost/a",
    "https://LOCALHOST./a",
    "https://0/a",
    "https://0.0.0.0/a",
    "https://[::]/a",
    "https://[::1]/a",
    "https://[0:0:0:0:0:0:0:1]/a",
    "https://[::ffff:127.0.0.1]/a",
    "https://[::ffff:7f00:1]/a",
    "https://[::127.0.0.1]/a",
    # metadata services and link-local addresses
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:a9fe:a9fe]/latest",
    "https://[fd00:ec2::254]/latest",
    "https://[fe80::1]/a",
    "https://[fe80::1%25eth0]/a",
    "https://168.63.129.16/metadata",
    "https://metadata.google.internal/computeMetadata/v1",
    # private, shared, multicast, reserved, documentation, broadcast
    "https://10.1.2.3/a",
    "https://172.16.0.1/a",
    "https://192.168.0.1/a",
    "https://100.64.0.1/a",
    "https://192.0.2.1/a",
    "https://198.18.0.1/a",
    "https://192.88.99.1/a",
    "https://224.0.0.1/a",
    "https://240.0.0.1/a",
    "https://255.255.255.255/a",
    "https://[ff02::1]/a",
    "https://[fc00::1]/a",
    "https://[fec0::1]/a",
    "https://[2001:db8::1]/a",
    # private addresses inside transition forms
    "https://[2002:7f00:1::]/a",
    "https://[2002:0a00:0001::1]/a",
    "https://[64:ff9b::7f00:1]/a",
    "https://[64:ff9b::169.254.169.254]/a",
    "https://[64:ff9b:1::a00:1]/a",
    "https://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/a",
    # names that lead inside
    "https://loop.example.org/a",
    "https://half.example.org/a",
    "https://half-six.example.org/a",
    "https://mapped.example.org/a",
    "https://link.example.org/a",
    "https://none.example.org/a",
    # characters that another parser reads as something else
    "https://①②⑦.⓪.⓪.①/a",
    "https://127。0。0。1/a",
    "https://１２７.0.0.1/a",
    "https://lоop.example.org/a",
    "https://good.example.org\\@127.0.0.1/a",
    "https://good.example.org\t/a",
    "https://good.example.org/a\r\nHost: 127.0.0.1",
    "https://good.example.org/a\x00",
    " https://good.example.org/a",
    "https://good.example.org%00.example.net/a",
    "https://%31%32%37.0.0.1/a",
    "https://good .example.org/a",
    # user names, ports and schemes
    "https://good.example.org@127.0.0.1/a",
    "https://user:word@good.example.org/a",
    "https://@good.example.org/a",
    "https://good.example.org:22/a",
    "https://good.example.org:0/a",
    "https://good.example.org:99999/a",
    "https://good.example.org:443:80/a",
    "http://good.example.org/a",
    "http://169.254.169.254/latest",
    "file:///etc/hostname",
    "ftp://good.example.org/a",
    "gopher://127.0.0.1:6379/_x",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "//good.example.org/a",
    "https:good.example.org/a",
    "https:///a",
    "https://[::1/a",
    "https://[v1.a]/a",
    "https://a..example.org/a",
    "https://-a.example.org/a",
    "",
    "good.example.org/a",
    "https://good.example.org/" + "a" * 9000,
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_without_a_connection(url: str) -> None:
    """With every public host allowed, the refusal names the field, never the URL, and nothing was called."""
    network = RecordingNetwork()
    guard = Guard(BlobPolicy("allow"), resolver=TableResolver(NAMES), network=network)

    with pytest.raises(InvalidRequestBody) as refused:
        BlobReader(guard).fetch(url, limit=1000, target="image.blobUrl")

    assert refused.value.target == "image.blobUrl"
    assert "cannot be read" in refused.value.message
    assert len(url) < 5 or url not in refused.value.message
    assert network.connections == []


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/a",
        "https://loop.example.org/a",
        "https://169.254.169.254/a",
        "http://good.example.org/a",
        "//127.0.0.1/a",
        "https://good.example.org@10.0.0.1/a",
        "file:///etc/hostname",
        "https://good.example.org:8443/a",
    ],
)
def test_a_redirect_to_a_hostile_url_is_refused(location: str) -> None:
    """Each hop is checked as the first one is: only the first connection was made."""
    network = RecordingNetwork(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())
    guard = Guard(BlobPolicy("allow"), resolver=TableResolver(NAMES), network=network)

    with pytest.raises(InvalidRequestBody):
        BlobReader(guard).fetch("https://good.example.org/a", limit=1000, target="image.blobUrl")

    assert network.connections == [(PUBLIC, 443)]


def test_a_name_that_changes_its_address_gets_nowhere() -> None:
    """The name is resolved once, the connection goes to the address that was checked."""
    resolver = TableResolver({"rebind.example.org": [[PUBLIC], ["127.0.0.1"]]})
    network = RecordingNetwork(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    guard = Guard(BlobPolicy("allow"), resolver=resolver, network=network)

    body = guard.fetch("https://rebind.example.org/a", 10)

    assert body == b"ok"
    assert (resolver.asked, network.connections) == (["rebind.example.org"], [(PUBLIC, 443)])


def test_a_name_that_changes_its_address_between_hops_is_caught() -> None:
    """A redirect to the same name resolves it again, and checks it again."""
    resolver = TableResolver({"rebind.example.org": [[PUBLIC], ["127.0.0.1"]]})
    network = RecordingNetwork(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")
    reader = BlobReader(Guard(BlobPolicy("allow"), resolver=resolver, network=network))

    with pytest.raises(InvalidRequestBody):
        reader.fetch("https://rebind.example.org/a", limit=10, target="image.blobUrl")

    assert network.connections == [(PUBLIC, 443)]


def test_the_tls_name_is_the_name_and_not_the_address() -> None:
    """The address is pinned below TLS; the certificate is asked of the name, and so is the Host header."""
    network = RecordingNetwork(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    guard = Guard(BlobPolicy("allow"), resolver=TableResolver(NAMES), network=network)

    guard.fetch("https://good.example.org/a b?x=1#part", 10)

    assert network.streams[0].names == ["good.example.org"]
    assert network.streams[0].sent.startswith(b"GET /a%20b?x=1 HTTP/1.1\r\nHost: good.example.org\r\n")
