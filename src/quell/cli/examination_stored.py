"""What `quell doctor` looks at on the disk: the data folder and the database."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from quell.cli.examination import Finding
from quell.database.migrate import shipped
from quell.database.opening import FILE, open_database
from quell.database.queries import load
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.settings import Settings

_MIB = 1024 * 1024
_TIGHT = 1024 * _MIB
_FULL = 50 * _MIB


def data_folder(settings: "Settings") -> Finding:
    """Look whether the data folder can be written to and has room."""
    folder = settings.data
    place = folder if folder.exists() else _nearest(folder)
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return Finding("data folder", "bad", f"{folder} cannot be written to.")
    free = shutil.disk_usage(place).free
    room = f"{free // _MIB:,} MiB free"
    if free < _FULL:
        return Finding("data folder", "bad", f"{folder}: the disk is full ({room}).")
    if free < _TIGHT:
        return Finding("data folder", "warning", f"{folder}: the disk is nearly full ({room}).")
    made = "" if folder.exists() else " (made at the first start)"
    return Finding("data folder", "ok", f"{folder}{made}, {room}.")


def database(settings: "Settings") -> Finding:
    """Look whether the database is sound and has a schema that this version knows."""
    if settings.database:
        return _server(settings)
    path = settings.data / FILE
    if not path.exists():
        return Finding("database", "ok", f"None yet; the first start makes {path}.")
    newest = shipped()[-1].version
    try:
        # A reader of a WAL database may have to make its side files, so "ro" would refuse a stopped one.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("pragma query_only = on")
            fault = connection.execute("pragma integrity_check(1)").fetchone()[0]
            row = connection.execute(load("quell.database", "migrate.sql")["schema-version"]).fetchone()
    except sqlite3.Error as error:
        return Finding("database", "bad", f"{path} cannot be read: {error}.")
    if fault != "ok":
        return Finding("database", "bad", f"{path} is damaged; restore it from a backup: {fault}.")
    current = int(row[0]) if row and row[0] is not None else 0
    if current > newest:
        return Finding(
            "database", "bad", f"{path} has schema version {current}; this version knows {newest} at most."
        )
    later = "" if current == newest else f", brought to {newest} at the next start"
    return Finding("database", "ok", f"Sound, schema version {current}{later}.")


def _server(settings: "Settings") -> Finding:
    try:
        opening = open_database(settings.data, settings.database, durability="full")
        with closing(opening) as opened, opened.reading() as tx:
            row = tx.fetch_one("select version() as version")
    except QuellError as error:
        return Finding("database", "bad", error.message)
    version = " ".join(str(row["version"]).split()[:2]) if row else "PostgreSQL"
    return Finding("database", "ok", f"{version} answers.")


def _nearest(folder: Path) -> Path:
    return next((parent for parent in folder.parents if parent.exists()), Path("/"))
