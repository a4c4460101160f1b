"""One way to read a blob, wherever its URL points."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from quell.blobs.beside import beside, signed_for_writing
from quell.blobs.folder import BlobFolder
from quell.blobs.guard import Guard
from quell.blobs.links import LinkRefused
from quell.blobs.policy import BlobMode, BlobPolicy
from quell.blobs.stores import BlobStores, StoreTable
from quell.errors import InvalidRequestBody


class BlobReader:
    """Reads blobs by URL and turns every refusal into the caller's error."""

    def __init__(
        self, guard: Guard, stores: BlobStores | None = None, folder: BlobFolder | None = None
    ) -> None:
        self._guard = guard
        self._stores = stores
        self._folder = folder

    @classmethod
    def open(
        cls,
        mode: BlobMode = "azure",
        hosts: Iterable[str] = (),
        stores: StoreTable | None = None,
        folder: Path | None = None,
    ) -> Self:
        """Make a reader of what the operator set; raises SettingsRefused; with `off` no store is opened.

        Below `folder` files can be named by `file://` URLs, nowhere else.
        """
        guard = Guard(BlobPolicy(mode, hosts))
        return cls(
            guard,
            BlobStores(stores) if stores and mode != "off" else None,
            BlobFolder(folder) if folder is not None and mode != "off" else None,
        )

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return the blob, at most `limit` bytes; blocks; raises InvalidRequestBody that names `target`."""
        try:
            if self._folder is not None and BlobFolder.names(url):
                return self._folder.fetch(url, limit)
            held = self._stores.fetch(url, limit) if self._stores else None
            return self._guard.fetch(url, limit) if held is None else held
        except LinkRefused as refused:
            raise InvalidRequestBody(
                f"The blob of {target} cannot be read: {refused}.", target=target
            ) from None

    def copy_beside(self, url: str, *, delimiter: str, name: str, body: bytes) -> str | None:
        """Write a blob into the virtual directory of another one; blocks.

        Returns its URL, without a signature, or None where the credentials do not allow it. Nothing is
        written with a signature that does not itself say that it is for writing there.
        """
        try:
            if self._folder is not None and BlobFolder.names(url):
                return self._folder.put_beside(url, name, body)
            copy, query = beside(url, delimiter, name)
            written = self._stores.put(copy, body) if self._stores and not query else None
            if written is None and signed_for_writing(query):
                written = self._guard.put(f"{copy}?{query}", body)
        except LinkRefused:
            return None
        return copy if written else None

    def close(self) -> None:
        """Give everything back."""
        self._guard.close()
