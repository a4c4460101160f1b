"""Which other processes use a server: what takes something away waits until the older ones have ended."""

from quell.database.base import Database
from quell.database.postgres import PROCESS
from quell.database.queries import load
from quell.errors import DatabaseUnusable

_QUERIES = load("quell.database", "sessions.sql")


def refuse_older(database: Database, version: int) -> None:
    """Refuse while processes are connected that know a schema older than `version`.

    A file does not tell who has it open: there it is on the word of the operator.
    """
    if database.dialect != "postgresql":
        return
    with database.reading() as tx:
        row = tx.fetch_one(_QUERIES["older-processes"], {"prefix": PROCESS, "version": version})
    connections = int(row["number"]) if row else 0
    if connections:
        raise DatabaseUnusable(
            f"Processes of an older version of Quell hold {connections} connections to this database; "
            "end them first, or give --force."
        )
