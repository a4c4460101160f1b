"""The local certificate of `--tls`: self-signed, made once, for clients that refuse plain http."""

import ipaddress
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from quell.http.keys import write_private

CERTIFICATE_FILE = "tls-certificate.pem"
KEY_FILE = "tls-key.pem"

LIFETIME = timedelta(days=397)
"""As long as clients accept a certificate at all."""

RENEW_BEFORE = timedelta(days=30)

_ALWAYS_NAMED = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class LocalCertificate:
    """Where a certificate and its private key lie."""

    certificate: Path
    key: Path

    @property
    def how_to_trust(self) -> str:
        """How the usual clients are told to trust the certificate."""
        path = self.certificate
        return (
            f"The certificate {path} is signed by itself; clients trust it so:\n"
            f"  curl     --cacert {path}\n"
            f"  Python   REQUESTS_CA_BUNDLE={path}\n"
            f"  Node.js  NODE_EXTRA_CA_CERTS={path}\n"
            f"  Java     keytool -importcert -noprompt -alias quell -file {path} "
            "-cacerts -storepass changeit"
        )


def ensure_certificate(folder: Path, host: str, *, now: datetime | None = None) -> LocalCertificate:
    """Return the certificate of a data folder for this host, after making one if needed.

    One is made when there is none, when it does not name the host, or when it expires soon.
    """
    moment = now or datetime.now(UTC)
    found = LocalCertificate(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    if not _is_usable(found, host, moment):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(found, host, moment)
    return found


def _names(host: str) -> list[x509.GeneralName]:
    # The addresses that mean "every interface" are no names a client could use.
    wanted = dict.fromkeys((*_ALWAYS_NAMED, *(() if host in {"", "0.0.0.0", "::"} else (host.strip("[]"),))))  # noqa: S104
    return [_name(one) for one in wanted]


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _is_usable(found: LocalCertificate, host: str, moment: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
        key = serialization.load_pem_private_key(found.key.read_bytes(), password=None)
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == certificate.public_key()
        and moment < certificate.not_valid_after_utc - RENEW_BEFORE
        and all(name in named for name in _names(host))
    )


def _make(place: LocalCertificate, host: str, moment: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Quell on this machine")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Yesterday, for clients whose clock is late.
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment - timedelta(days=1) + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        # Not an authority: who trusts this certificate trusts this server and nothing it might sign.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _replace(
        place.key,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _replace(place.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    place.certificate.chmod(0o644)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_private(draft, content)
    os.replace(draft, path)  # noqa: PTH105 - Path.replace says less plainly that this is the atomic call
