"""A Quell on a machine that misbehaves: files in the folder that QUELL_BROKEN names say how.

`clock` holds the seconds that the clock of the machine is off, `disk-full` lets the database grow no further.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

BROKEN = Path(os.environ["QUELL_BROKEN"])
_true_time = time.time_ns


def time_off() -> int:
    """Return the time of a clock that somebody has set."""
    with contextlib.suppress(OSError, ValueError):
        return _true_time() + int((BROKEN / "clock").read_text()) * 1_000_000_000
    return _true_time()


def main() -> None:
    """Run a command."""
    time.time_ns = time_off
    time.time = lambda: time_off() / 1e9
    from quell.database.sqlite import SqliteDatabase  # noqa: PLC0415 - after the clock

    whole = SqliteDatabase.transaction

    @contextlib.contextmanager
    def limited(self: SqliteDatabase) -> Iterator[object]:
        # SQLite never takes a limit below the pages that there are: it then has no room for one more.
        limit = 1 if (BROKEN / "disk-full").exists() else 1_000_000
        self._writer.execute(f"pragma max_page_count = {limit}").fetchall()
        with whole(self) as tx:
            yield tx

    SqliteDatabase.transaction = limited  # type: ignore[assignment,method-assign]
    from quell.cli import main as run  # noqa: PLC0415 - after the disk

    del os.environ["QUELL_BROKEN"]
    run()


if __name__ == "__main__":
    main()
