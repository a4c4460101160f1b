"""Where stored content lies: a file or folder of this machine, or below a prefix of a configured store."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from obstore.exceptions import BaseError

from quell.blobs.links import LinkRefused
from quell.blobs.stores import BlobStores, StoreTable
from quell.errors import InvalidRequestBody
from quell.sweep.domain import Place, SourceFile

REMOTE = ("az://", "s3://", "gs://", "https://", "http://")
_STORE_SECONDS = 60.0
_TARGET = "source"


def is_remote(source: str) -> bool:
    """Whether a source lies in a store and not on this machine."""
    return source.lower().startswith(REMOTE)


def open_place(source: str, stores: StoreTable, root: Path | None = None) -> Place:
    """Open a source; below `root`, where there is one, nothing outside of it is read.

    Raises InvalidRequestBody where it does not exist, or where no configured store holds it.
    """
    if is_remote(source):
        return StorePlace(source, stores)
    return FolderPlace(Path(source), root)


def below(source: str, root: Path | None) -> str:
    """Return the path that a caller may name: relative to the folder, or `file://` and a path in it.

    Raises InvalidRequestBody for all that is not there; what lies elsewhere is not told from what is nowhere.
    """
    refused = InvalidRequestBody(
        "The source must be a file or folder below the folder that this server reads from "
        "(the setting blob_folder), or in one of its blob_stores.",
        target=_TARGET,
    )
    name = unquote(source[len("file://") :]) if source[:7].lower() == "file://" else source
    if root is None or not name or "\0" in name:
        raise refused
    try:
        base = root.resolve(strict=True)
        path = (base / name).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise refused from None
    if path != base and base not in path.parents:
        raise refused
    return str(path)


class FolderPlace:
    """A file, or a folder with all below it; links to folders are not followed."""

    def __init__(self, path: Path, root: Path | None = None) -> None:
        self._path = path
        self._root = root.resolve() if root is not None else None
        self._single = path.is_file()
        self._open: tuple[str, int] | None = None
        if not path.exists():
            raise InvalidRequestBody(f"The source '{path.name}' does not exist.", target=_TARGET)

    def files(self) -> Iterator[SourceFile]:
        """Yield the files in the order of their names, without hidden ones."""
        names = [self._path.name] if self._single else self._walk("")
        for name in names:
            found = self._checked(name).stat()
            if stat.S_ISREG(found.st_mode):
                yield SourceFile(name, found.st_size, f"{found.st_size}-{found.st_mtime_ns}")

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return bytes of a file."""
        try:
            return os.pread(self._file(name), length, start)
        except OSError as error:
            raise _unreadable(name, error.strerror or "input and output failed") from None

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return os.fstat(self._file(name)).st_size

    def close(self) -> None:
        """Close the file that was read last."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _walk(self, below_: str) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self._path / below_), key=lambda entry: entry.name)
        except OSError as error:
            raise _unreadable(below_ or self._path.name, error.strerror or "it cannot be listed") from None
        for entry in entries:
            name = f"{below_}{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(f"{name}/")
            elif entry.is_file():
                yield name

    def _file(self, name: str) -> int:
        if self._open is None or self._open[0] != name:
            self.close()
            try:
                # Not blocking: a pipe without a writer must not hold the sweep.
                self._open = name, os.open(self._checked(name), os.O_RDONLY | os.O_NONBLOCK)
            except OSError as error:
                raise _unreadable(name, error.strerror or "it cannot be opened") from None
        return self._open[1]

    def _checked(self, name: str) -> Path:
        path = self._path if self._single else self._path / name
        if self._root is not None and self._root not in path.resolve().parents:
            raise _unreadable(name, "it lies outside of the folder that this server reads from")
        return path


class StorePlace:
    """A blob, or all below a prefix, of a container or bucket whose credentials the operator gave."""

    def __init__(self, source: str, stores: StoreTable) -> None:
        try:
            store, key = BlobStores(stores, _STORE_SECONDS).opened(_named(source, stores))
        except LinkRefused:
            raise InvalidRequestBody(
                "The source lies in none of the stores that this server was given (the setting blob_stores).",
                target=_TARGET,
            ) from None
        self._store: Any = store
        self._sized: tuple[str, int] = "", 0
        # Before the listing is asked for: what lies at the key itself is a file, whatever is below it.
        self._blob = self._head(key) if key and not key.endswith("/") else None
        folder = key.rpartition("/")[0] if self._blob is not None else key.rstrip("/")
        self._prefix = f"{folder}/" if folder else ""

    def files(self) -> Iterator[SourceFile]:
        """Yield the blobs in the order of their names, without hidden ones."""
        if self._blob is not None:
            now = self._head(self._prefix + self._blob.name)
            if now is not None:
                yield now
            return
        try:
            listed = [
                SourceFile(meta["path"][len(self._prefix) :], meta["size"], _version(meta))
                for chunk in self._store.list(self._prefix or None)
                for meta in chunk
            ]
        except (BaseError, OSError, ValueError):
            raise _unreadable(self._prefix, "its store cannot be listed with the credentials given") from None
        # Some stores list in other orders; the rows of a sweep have one order everywhere.
        for one in sorted(listed, key=lambda one: one.name):
            if one.size and not any(part.startswith(".") for part in one.name.split("/")):
                yield one

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return bytes of a blob."""
        left = self.size(name) - start
        if left <= 0 or length <= 0:
            return b""
        try:
            return bytes(self._store.get_range(self._prefix + name, start=start, length=min(length, left)))
        except (BaseError, OSError, ValueError):
            # Without the words of the store, which can name keys and hosts of the operator's.
            raise _unreadable(name, "its store broke off, or refuses access") from None

    def size(self, name: str) -> int:
        """Return the bytes of a blob."""
        if self._sized[0] != name:
            head = self._head(self._prefix + name)
            if head is None:
                raise _unreadable(name, "there is no such blob")
            self._sized = name, head.size
        return self._sized[1]

    def close(self) -> None:
        """Give nothing back: a store keeps no connection that has to be closed."""

    def _head(self, key: str) -> SourceFile | None:
        try:
            meta = self._store.head(key)
        except FileNotFoundError:
            return None
        except (BaseError, OSError, ValueError):
            raise _unreadable(key, "its store cannot be reached, or refuses access") from None
        return SourceFile(key.rpartition("/")[2], meta["size"], _version(meta))


def _version(meta: dict[str, Any]) -> str:
    return str(meta.get("e_tag") or meta.get("version") or meta["last_modified"])


def _named(source: str, stores: StoreTable) -> str:
    """Return the URL of a store for `az://container/…`: the one configured container of this name."""
    if not source.lower().startswith("az://"):
        return source
    container, _, key = source[len("az://") :].partition("/")
    found = [
        name
        for name in stores
        if not name.startswith(("s3://", "gs://")) and name.rstrip("/").rsplit("/", 1)[-1] == container
    ]
    if len(found) != 1:
        many = "more than one" if found else "none"
        raise InvalidRequestBody(
            f"The source names the container '{container[:100]}', which {many} of this server's "
            "blob_stores has; write its whole https:// URL.",
            target=_TARGET,
        )
    return f"{found[0].rstrip('/')}/{key}"


def _unreadable(name: str, reason: str) -> InvalidRequestBody:
    return InvalidRequestBody(f"'{name}' cannot be read: {reason}.", target=_TARGET)
