"""What `quell doctor` looks at on the disk: the data folder and the database."""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from quell.cli.examination import Finding
from quell.database.migrate import check, due, shipped, versions
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
    try:
        # A reader of a WAL database may have to make its side files, so "ro" would refuse a stopped one.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("pragma query_only = on")
            fault = connection.execute("pragma integrity_check(1)").fetchone()[0]
            rows = connection.execute(load("quell.database", "migrate.sql")["schema-versions"]).fetchall()
    except sqlite3.Error as error:
        return Finding("database", "bad", f"{path} cannot be read: {error}.")
    if fault != "ok":
        return Finding("database", "bad", f"{path} is damaged; restore it from a backup: {fault}.")
    return _schema("Sound", dict(rows))


def _server(settings: "Settings") -> Finding:
    try:
        opening = open_database(settings.data, settings.database, durability="full")
        with closing(opening) as opened, opened.reading() as tx:
            row = tx.fetch_one("select version() as version")
            made = tx.fetch_one("select to_regclass('schema_version')::text as name")
            applied = versions(tx) if made and made["name"] else {}
    except QuellError as error:
        return Finding("database", "bad", error.message)
    version = " ".join(str(row["version"]).split()[:2]) if row else "PostgreSQL"
    return _schema(f"{version} answers", applied)


def _schema(state: str, applied: Mapping[int, str]) -> Finding:
    steps = shipped()
    current, newest = max(applied, default=0), steps[-1].version
    try:
        check(applied, newest)
    except QuellError as error:
        return Finding("database", "bad", error.message)
    later = ""
    if current > newest:
        later = f", of which this version knows {newest}; the rest only adds"
    elif due(steps, current, "pre"):
        later = f", brought to {newest} at the next start"
    elif current < newest:
        later = "; 'quell migrate --stage post' once no older process runs"
    return Finding("database", "ok", f"{state}, schema version {current}{later}.")


def _nearest(folder: Path) -> Path:
    return next((parent for parent in folder.parents if parent.exists()), Path("/"))
