"""The stores that the operator gave Quell the credentials of: Azure containers, S3 and GCS buckets.

Obstore resolves names itself and keeps to no guard, so only what the operator configured ever reaches it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from quell.blobs.links import LinkRefused, read_link
from quell.errors import SettingsRefused

StoreTable = Mapping[str, Mapping[str, str]]
"""By the URL a store is named with: what obstore must know of it, such as `account_key` or `region`."""

_BUCKET = re.compile(r"(s3|gs)://([a-z0-9][a-z0-9._-]{1,221})(?:/([^?#]*))?")
_KINDS = {"s3": S3Store, "gs": GCSStore}
_ALLOW_HTTP = "allow_http"


class BlobStores:
    """Reads the blobs of configured containers and buckets; `table` names each by its URL."""

    def __init__(self, table: StoreTable, seconds: float = 10.0) -> None:
        self._seconds = timedelta(seconds=seconds)
        self._stores = {_place(name): self._open(name, config) for name, config in table.items()}

    def fetch(self, url: str, limit: int) -> bytes | None:
        """Return a blob, or None where no configured store holds it; raises LinkRefused."""
        found = self._holding(url)
        if found is None:
            return None
        try:
            return _read(*found, limit)
        except (NotFoundError, FileNotFoundError):
            raise LinkRefused("there is no such blob") from None
        except (PermissionDeniedError, UnauthenticatedError, PermissionError):
            raise LinkRefused("its store refuses access with the credentials of this server") from None
        except (BaseError, OSError, ValueError):
            # The words of the store can name keys and hosts of the operator's.
            raise LinkRefused("its store cannot be reached, or broke off its answer") from None

    def put(self, url: str, body: bytes) -> bool | None:
        """Write a blob; return whether the store let it be, or None where no configured store holds it."""
        found = self._holding(url)
        if found is None:
            return None
        store, key = found
        try:
            store.put(key, body)
        except (BaseError, OSError, ValueError):
            return False
        return True

    def opened(self, url: str) -> tuple[Any, str]:
        """Return the store of a URL, obstore's own, and the key or prefix in it; raises LinkRefused."""
        for place, store in self._stores.items():
            if url == place or url.startswith(f"{place}/"):
                return store, unquote(url[len(place) + 1 :]) if place.startswith("http") else url[
                    len(place) + 1 :
                ]
        raise LinkRefused("no configured store holds it")

    def _holding(self, url: str) -> tuple[Any, str] | None:
        """Return the configured store that holds a blob and the blob's key in it, if there is one."""
        try:
            place, key = split_blob(url)
        except LinkRefused:
            return None
        store = self._stores.get(place)
        return None if store is None else (store, key)

    def _open(self, name: str, config: Mapping[str, str]) -> Any:  # noqa: ANN401 - one of obstore's three
        known: dict[str, Any] = dict(config)
        plain = name.startswith("http://") or str(known.pop(_ALLOW_HTTP, "")).lower() == "true"
        shared: dict[str, Any] = {
            "client_options": {
                "timeout": self._seconds,
                "connect_timeout": self._seconds,
                "allow_http": plain,
            },
            "retry_config": {"max_retries": 2, "retry_timeout": self._seconds},
        }
        try:
            bucket = _BUCKET.fullmatch(name)
            if bucket is not None:
                return _KINDS[bucket[1]](bucket[2], **known, **shared)
            endpoint, container = _place(name).rsplit("/", 1)
            known.setdefault("account_name", read_link(name).host.partition(".")[0])
            return AzureStore(container, endpoint=endpoint, **known, **shared)
        except (BaseError, TypeError, ValueError):
            # Without the words of obstore, which can repeat a key.
            raise SettingsRefused(
                f"The setting blob_stores cannot open '{name}' with what it gives."
            ) from None


def _read(store: Any, key: str, limit: int) -> bytes:  # noqa: ANN401 - one of obstore's three
    answer = store.get(key)
    if answer.meta["size"] > limit:
        raise LinkRefused(f"it is larger than {limit} bytes")
    body = bytearray()
    for chunk in answer.stream(min_chunk_size=64 * 1024):
        if len(body) + len(chunk) > limit:
            raise LinkRefused(f"it is larger than {limit} bytes")
        body += bytes(chunk)
    return bytes(body)


def _place(name: str) -> str:
    """Return a store's name in its one form; raises SettingsRefused."""
    try:
        place, key = split_blob(name.rstrip("/") + "/any")
    except LinkRefused:
        place, key = "", ""
    if key != "any":
        raise SettingsRefused(
            f"The setting blob_stores names '{name}'; it must be s3://bucket, gs://bucket "
            "or https://<account>.blob.core.windows.net/container."
        )
    return place


def split_blob(url: str) -> tuple[str, str]:
    """Cut a URL into its store and the key in it; one with a query is no store's; raises LinkRefused."""
    bucket = _BUCKET.fullmatch(url)
    if bucket is not None:
        return f"{bucket[1]}://{bucket[2]}", bucket[3] or ""
    link = read_link(url)
    # An emulator and a private endpoint put the account before the container: two segments, not one.
    depth = 1 if re.match(r"[a-z0-9-]+\.(z[0-9]+\.)?blob\.", link.host) else 2
    parts = link.path[1:].split("/", depth)
    if link.query or len(parts) != depth + 1 or not all(parts):
        raise LinkRefused("it is no blob of a store")
    return f"{link.scheme}://{link.authority}/{'/'.join(parts[:depth])}", unquote(parts[depth])
