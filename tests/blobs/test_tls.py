"""TLS below a pinned address: the certificate must be for the name that was asked for."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from quell.blobs import BlobPolicy, BlobReader, Guard
from quell.errors import InvalidRequestBody
from quell.http.tls import LocalCertificate, ensure_certificate
from tests.blobs.doubles import TableResolver

NAMES = {"blobs.internal": [["127.0.0.1"]], "other.internal": [["127.0.0.1"]]}


class _Blob(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer every path with the same blob."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments: object) -> None:
        """Keep the test's output clean."""


class _Server(HTTPServer):
    def handle_error(self, *_arguments: object) -> None:
        """Say nothing: a client that hangs up over the certificate is what two of the tests want."""


@pytest.fixture
def certificate(tmp_path: Path) -> LocalCertificate:
    """Return a certificate for blobs.internal."""
    return ensure_certificate(tmp_path, "blobs.internal")


@pytest.fixture
def port(certificate: LocalCertificate) -> Iterator[int]:
    """Serve a blob over TLS on a loopback port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    server = _Server(("127.0.0.1", 0), _Blob)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


def reader(port: int, trusted: ssl.SSLContext | None) -> BlobReader:
    """Return a reader for which both names are the operator's, on loopback."""
    policy = BlobPolicy("deny", [f"{name}:{port}" for name in NAMES])
    return BlobReader(Guard(policy, resolver=TableResolver(NAMES), tls=trusted))


def test_a_blob_is_read_over_tls(port: int, certificate: LocalCertificate) -> None:
    """The connection goes to the address, the certificate is checked for the name."""
    trusted = ssl.create_default_context(cafile=str(certificate.certificate))

    assert reader(port, trusted).fetch(f"https://blobs.internal:{port}/a", limit=2, target="t") == b"ok"


def test_a_certificate_for_another_name_is_refused(port: int, certificate: LocalCertificate) -> None:
    """Even where its issuer is trusted."""
    trusted = ssl.create_default_context(cafile=str(certificate.certificate))

    with pytest.raises(InvalidRequestBody, match="cannot be reached"):
        reader(port, trusted).fetch(f"https://other.internal:{port}/a", limit=2, target="t")


def test_a_certificate_of_nobody_known_is_refused(port: int) -> None:
    """The context that ships verifies against the system's authorities."""
    with pytest.raises(InvalidRequestBody, match="cannot be reached"):
        reader(port, None).fetch(f"https://blobs.internal:{port}/a", limit=2, target="t")
