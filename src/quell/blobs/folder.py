"""A folder of this machine whose files may be named by `file://` URLs."""

import os
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote, unquote

from quell.blobs.links import LinkRefused

_SCHEME = "file://"


class BlobFolder:
    """Reads and writes below one root; no link and no dot leads out of it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @staticmethod
    def names(url: str) -> bool:
        """Whether a URL is one of a file."""
        return url[: len(_SCHEME)].lower() == _SCHEME

    def fetch(self, url: str, limit: int) -> bytes:
        """Return a file of at most `limit` bytes; raises LinkRefused."""
        path = self._path(url)
        try:
            # Not blocking: a pipe without a writer must not hold the caller.
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123 - flags are needed
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise LinkRefused("it is not a plain file")
                body = file.read(limit + 1)
        except OSError:
            raise LinkRefused("there is no such file, or it may not be read") from None
        if len(body) > limit:
            raise LinkRefused(f"it is larger than {limit} bytes")
        return body

    def put_beside(self, url: str, name: str, body: bytes) -> str | None:
        """Write a file into the folder of another; return its URL, or None where that is not allowed."""
        path = self._path(url).parent / name
        draft: Path | None = None
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                draft = Path(file.name)
                file.write(body)
            draft.replace(path)
        except OSError:
            if draft is not None:
                draft.unlink(missing_ok=True)
            return None
        return _SCHEME + quote(str(path))

    def _path(self, url: str) -> Path:
        rest = unquote(url[len(_SCHEME) :])
        if not rest.startswith("/") or "\0" in rest:
            raise LinkRefused("a file's URL must be file:/// and an absolute path")
        try:
            root, path = self._root.resolve(), Path(rest).resolve()
        except (OSError, RuntimeError):
            raise LinkRefused("there is no such file, or it may not be read") from None
        if root not in path.parents:
            raise LinkRefused("it does not lie below the folder that this server reads files from")
        return path
