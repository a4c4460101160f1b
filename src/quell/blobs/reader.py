"""One way to read a blob, wherever its URL points."""

from quell.blobs.guard import Guard
from quell.blobs.links import LinkRefused
from quell.errors import InvalidRequestBody


class BlobReader:
    """Reads blobs by URL and turns every refusal into the caller's error."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return the blob, at most `limit` bytes; blocks; raises InvalidRequestBody that names `target`."""
        try:
            return self._guard.fetch(url, limit)
        except LinkRefused as refused:
            raise InvalidRequestBody(
                f"The blob of {target} cannot be read: {refused}.", target=target
            ) from None

    def close(self) -> None:
        """Give everything back."""
        self._guard.close()
