"""What an owner of a storage account does: sign requests and URLs, by the vendor's published recipe."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from urllib.parse import quote, urlencode

import httpx

from tests.acceptance.node_tools import ACCOUNT, ACCOUNT_KEY, Azurite

_VERSION = "2021-12-02"


def signature(text: str) -> str:
    """Sign a text with the account's key."""
    digest = hmac.new(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def put(azurite: Azurite, path: str, body: bytes = b"", *, query: str = "", **headers: str) -> None:
    """Put a container (`query` is `restype=container`) or a blob; fail where the emulator refuses."""
    named = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    named |= {f"x-ms-{name.replace('_', '-')}": value for name, value in headers.items()}
    length = str(len(body)) if body else ""
    canonical = "".join(f"{name}:{named[name]}\n" for name in sorted(named))
    resource = f"/{ACCOUNT}/{ACCOUNT}/{quote(path)}" + (f"\n{query.replace('=', ':')}" if query else "")
    text = f"PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n{canonical}{resource}"
    answer = httpx.put(
        f"{azurite.account_url}/{quote(path)}" + (f"?{query}" if query else ""),
        content=body,
        headers={**named, "Authorization": f"SharedKey {ACCOUNT}:{signature(text)}"},
    )
    assert answer.status_code == 201, answer.text


def put_container(azurite: Azurite, name: str) -> None:
    """Make a container."""
    put(azurite, name, query="restype=container")


def put_blob(azurite: Azurite, path: str, body: bytes, **headers: str) -> None:
    """Put a block blob; `path` begins with its container."""
    put(azurite, path, body, blob_type="BlockBlob", **headers)


def signed_url(azurite: Azurite, path: str, *, minutes: int = 10, container_rights: str = "") -> str:
    """Return the SAS URL with which anyone may read a blob; negative minutes make it expired.

    With `container_rights`, such as "rcw", it signs for all blobs of the blob's container instead.
    """
    now = datetime.now(UTC)
    form = "%Y-%m-%dT%H:%M:%SZ"
    start, end = now - timedelta(hours=1), now + timedelta(minutes=minutes)
    kind, signed = ("c", path.partition("/")[0]) if container_rights else ("b", path)
    fields = {"sp": container_rights or "r", "st": start.strftime(form), "se": end.strftime(form)}
    fields |= {"sv": _VERSION, "sr": kind}
    lines = [fields["sp"], fields["st"], fields["se"], f"/blob/{ACCOUNT}/{signed}", "", "", ""]
    lines += [_VERSION, kind, "", "", "", "", "", "", ""]
    query = urlencode({**fields, "sig": signature("\n".join(lines))})
    return f"{azurite.account_url}/{quote(path)}?{query}"
