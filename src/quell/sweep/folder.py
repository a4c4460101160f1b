"""The folder of a sweep: what it is of, which shards are done, and what it came to.

manifest.json   what is asked of which input by which models; written once plan and snapshot are there
plan.jsonl      the shards             snapshot.db   what is asked, as it was at the start
shards/         a file for each shard that is done, under its final name only when it is whole
results.parquet, errors.jsonl, summary.json    in the end; then the rest but the manifest is removed
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from quell.errors import InvalidRequestBody

if sys.platform != "win32":
    import fcntl

_OURS = {"manifest.json", "plan.jsonl", "plan.check", "snapshot.db", "snapshot.db-wal"}
_OURS |= {"snapshot.db-shm", "shards", "results.parquet", "errors.jsonl", "summary.json"}


class SweepFolder:
    """One folder; held by one sweep at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plan = path / "plan.jsonl"
        self.snapshot = path / "snapshot.db"
        self.results = path / "results.parquet"
        self.errors = path / "errors.jsonl"
        self.summary = path / "summary.json"
        self._manifest = path / "manifest.json"
        self._shards = path / "shards"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder and keep it for this sweep; raises InvalidRequestBody where that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            names = sorted(path.name for path in self.path.iterdir())
            foreign = [name for name in names if name not in _OURS and not name.startswith(".")]
            if foreign:
                raise InvalidRequestBody(
                    f"The folder {self.path} holds something else, such as '{foreign[0]}'; name another one."
                )
            lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InvalidRequestBody(f"The folder {self.path} cannot be used: {error.strerror}.") from None
        try:
            try:
                if sys.platform != "win32":
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InvalidRequestBody(f"Another sweep writes into {self.path}.") from None
            self._shards.mkdir(exist_ok=True)
            yield
        finally:
            os.close(lock)

    def manifest(self) -> dict[str, Any] | None:
        """Return what an earlier run noted, None where it did not come so far."""
        try:
            found: dict[str, Any] = json.loads(self._manifest.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise InvalidRequestBody(f"{self._manifest} cannot be read.") from None
        return found

    def note(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest."""
        write_whole(self._manifest, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())

    def start_afresh(self) -> None:
        """Forget shards of a run that did not come as far as a manifest."""
        shutil.rmtree(self._shards, ignore_errors=True)
        self._shards.mkdir()

    def done(self) -> set[int]:
        """Return the numbers of the shards that are done."""
        return {int(path.stem) for path in self._shards.glob("*.parquet")}

    def shard(self, number: int) -> Path:
        """Return where the file of a shard is."""
        return self._shards / f"{number:08}.parquet"

    def keep(self, number: int, content: bytes) -> None:
        """Write the file of a shard, all of it or nothing."""
        write_whole(self.shard(number), content)

    def tidy(self) -> None:
        """Remove what only a sweep at work needs."""
        shutil.rmtree(self._shards, ignore_errors=True)
        for name in ("plan.jsonl", "plan.check", "snapshot.db", "snapshot.db-wal", "snapshot.db-shm"):
            (self.path / name).unlink(missing_ok=True)
        for draft in self.path.glob(".*.*"):
            draft.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under its name only once it is on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
