"""Which driver an address is for."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from quell.database.base import Database
from quell.database.migrate import shipped
from quell.database.postgres import PostgresDatabase
from quell.database.sqlite import Durability, SqliteDatabase
from quell.errors import DatabaseUnusable

FILE = "quell.db"
"""The database file in a data folder."""

_FILES = "sqlite:"
_SERVERS = ("postgresql://", "postgres://")
_SECRET = {"password", "passfile", "sslpassword"}


def open_database(folder: Path, url: str, *, durability: Durability) -> Database:
    """Open the PostgreSQL server at `url`, or the file in the data folder where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not url:
        return SqliteDatabase(folder / FILE, durability=durability)
    return PostgresDatabase(url, durability=durability, known=shipped()[-1].version)


def open_address(address: str, *, new: bool) -> Database:
    """Open what `sqlite:PATH` (a data folder or a file) or `postgresql://…` names; `new` makes the file."""
    if address.startswith(_SERVERS):
        return PostgresDatabase(address, known=shipped()[-1].version)
    path = _path(address)
    if new:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    elif not path.is_file():
        raise DatabaseUnusable(f"There is no database at {path}.")
    return SqliteDatabase(path)


def origin(address: str) -> str:
    """Return an address without what is secret or changes, the same for the same database."""
    if not address.startswith(_SERVERS):
        return f"{_FILES}{_path(address)}"
    parts = urlsplit(address)
    kept = urlencode(sorted((name, value) for name, value in parse_qsl(parts.query) if name not in _SECRET))
    host = parts.hostname or ""
    return f"postgresql://{host}:{parts.port or 5432}{parts.path}{'?' if kept else ''}{kept}"


def _path(address: str) -> Path:
    if not address.startswith(_FILES):
        raise DatabaseUnusable("The address of a database begins with sqlite: or postgresql://.")
    given = address.removeprefix(_FILES)
    path = Path(given.removeprefix("//")).expanduser().absolute()
    return path if path.suffix == ".db" else path / FILE
