"""One way to read a blob, wherever its URL points."""

from collections.abc import Iterable
from typing import Self

from quell.blobs.guard import Guard
from quell.blobs.links import LinkRefused
from quell.blobs.policy import BlobMode, BlobPolicy
from quell.blobs.stores import BlobStores, StoreTable
from quell.errors import InvalidRequestBody


class BlobReader:
    """Reads blobs by URL and turns every refusal into the caller's error."""

    def __init__(self, guard: Guard, stores: BlobStores | None = None) -> None:
        self._guard = guard
        self._stores = stores

    @classmethod
    def open(
        cls, mode: BlobMode = "azure", hosts: Iterable[str] = (), stores: StoreTable | None = None
    ) -> Self:
        """Make a reader of what the operator set; raises SettingsRefused; with `off` no store is opened."""
        guard = Guard(BlobPolicy(mode, hosts))
        return cls(guard, BlobStores(stores) if stores and mode != "off" else None)

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return the blob, at most `limit` bytes; blocks; raises InvalidRequestBody that names `target`."""
        try:
            held = self._stores.fetch(url, limit) if self._stores else None
            return self._guard.fetch(url, limit) if held is None else held
        except LinkRefused as refused:
            raise InvalidRequestBody(
                f"The blob of {target} cannot be read: {refused}.", target=target
            ) from None

    def close(self) -> None:
        """Give everything back."""
        self._guard.close()
