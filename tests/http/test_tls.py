"""The local certificate."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quell.http.tls import LocalCertificate, ensure_certificate


def handshake(made: LocalCertificate, name: str) -> None:
    """Let a client that trusts only this certificate shake hands with a server that has it, in memory."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    client = ssl.create_default_context(cafile=str(made.certificate))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in list(sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            sides.remove(side)
    assert sides == []


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "safety.example.org"])
def test_clients_that_trust_the_certificate_connect(tmp_path: Path, name: str) -> None:
    """A strict client connects by each name of this machine and by the host that was set."""
    handshake(ensure_certificate(tmp_path, "safety.example.org"), name)


def test_other_names_are_not_covered(tmp_path: Path) -> None:
    """The certificate is no proof for another host."""
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(ensure_certificate(tmp_path, "127.0.0.1"), "example.org")


def test_the_private_key_is_private(tmp_path: Path) -> None:
    """Only its owner may read the key; drafts are gone."""
    made = ensure_certificate(tmp_path, "localhost")

    assert made.key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tls-certificate.pem", "tls-key.pem"]


def test_a_certificate_is_used_again(tmp_path: Path) -> None:
    """The next start finds the certificate that clients already trust."""
    first = ensure_certificate(tmp_path, "0.0.0.0").certificate.read_bytes()

    assert ensure_certificate(tmp_path, "::1").certificate.read_bytes() == first


def test_a_certificate_is_replaced_near_its_end(tmp_path: Path) -> None:
    """A month before it expires a new one is made."""
    first = ensure_certificate(tmp_path, "localhost").certificate.read_bytes()
    later = datetime.now(UTC) + timedelta(days=370)

    assert ensure_certificate(tmp_path, "localhost", now=later).certificate.read_bytes() != first


def test_a_new_host_gets_a_new_certificate(tmp_path: Path) -> None:
    """A host that the certificate does not name makes a new one."""
    ensure_certificate(tmp_path, "localhost")

    handshake(ensure_certificate(tmp_path, "10.1.2.3"), "10.1.2.3")


@pytest.mark.parametrize("name", ["tls-key.pem", "tls-certificate.pem"])
def test_a_broken_file_is_replaced(tmp_path: Path, name: str) -> None:
    """A half-written key or certificate does not stop the server."""
    ensure_certificate(tmp_path, "localhost")
    (tmp_path / name).write_text("-----BEGIN")

    handshake(ensure_certificate(tmp_path, "localhost"), "localhost")


def test_it_says_how_to_trust_it(tmp_path: Path) -> None:
    """The sentence has the way for Python, Node.js and Java, each with the path."""
    made = ensure_certificate(tmp_path, "localhost")

    told = made.how_to_trust
    for word in ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "keytool", "--cacert"):
        assert word in told
    assert told.count(str(made.certificate)) == 5


def test_the_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    """Where keys come from elsewhere the certificate is the first thing in it; others may not look."""
    folder = tmp_path / "not" / "there yet"
    made = ensure_certificate(folder, "localhost")

    assert made.key.is_file()
    assert folder.stat().st_mode & 0o077 == 0
