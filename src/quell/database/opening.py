"""Which driver an address is for."""

from pathlib import Path

from quell.database.base import Database
from quell.database.postgres import PostgresDatabase
from quell.database.sqlite import Durability, SqliteDatabase

FILE = "quell.db"
"""The database file in a data folder."""


def open_database(folder: Path, url: str, *, durability: Durability) -> Database:
    """Open the PostgreSQL server at `url`, or the file in the data folder where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not url:
        return SqliteDatabase(folder / FILE, durability=durability)
    return PostgresDatabase(url, durability=durability)
