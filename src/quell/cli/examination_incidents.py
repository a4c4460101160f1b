"""What `quell doctor` looks at for incidents: whether all of them fit into the memory that they may take."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from quell.cli.examination import Finding
from quell.database.base import Row
from quell.database.opening import FILE, open_database
from quell.database.queries import load
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.settings import Settings

_HELD = 1.5
"""The bytes that incidents take in memory for each that is stored of how samples were read, about."""
_MEGABYTE = 1_000_000


def incidents(settings: "Settings") -> Finding:
    """Look whether the incidents of each medium fit into memory all together."""
    try:
        rows = _stored(settings)
    except (QuellError, sqlite3.Error):
        return Finding("incidents", "ok", "Not looked at: the database does not answer, or has none yet.")
    if not rows:
        return Finding("incidents", "ok", "None with samples yet.")
    needed = {row["medium"]: int(row["size"]) * _HELD / _MEGABYTE for row in rows}
    taken = " and ".join(f"{medium} incidents about {size:,.0f} MB" for medium, size in needed.items())
    bound = settings.incident_memory
    if not bound:
        return Finding("incidents", "ok", f"Held in memory, without a bound: {taken}.")
    if max(needed.values()) <= bound:
        return Finding("incidents", "ok", f"All fit into the {bound:,} MB of incident_memory: {taken}.")
    return Finding(
        "incidents",
        "warning",
        f"Not all fit into the {bound:,} MB of incident_memory, {taken}: those asked about least recently "
        "are loaded again when they are asked about.",
    )


def _stored(settings: "Settings") -> Sequence[Row]:
    """Return the bytes that are stored for each medium that has any."""
    question = load("quell.incidents")["stored-bytes"]
    if settings.database:
        with (
            closing(open_database(settings.data, settings.database, durability="full")) as opened,
            opened.reading() as tx,
        ):
            return tx.fetch_all(question)
    path = settings.data / FILE
    if not path.exists():
        return ()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute("pragma query_only = on")
        return [{"medium": medium, "size": size} for medium, size in connection.execute(question)]
