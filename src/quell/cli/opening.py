"""The options that all commands share, and the way from them to an open data folder."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.acting import acting_here
from quell.errors import SettingsRefused

if TYPE_CHECKING:
    from quell.app import Quell
    from quell.database import Database
    from quell.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The data folder (QUELL_DATA).")]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="A TOML file with settings (QUELL_CONFIG).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_of(data: Path | None, config: Path | None, **flags: object) -> "Settings":
    """Read the settings with the flags of a command, and keep what is logged out of what is printed."""
    import structlog

    from quell.settings import load_settings

    # Programs read what a command prints; a line of the log in between would break it.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    return load_settings({"data": data, **flags}, config)


def built(settings: "Settings") -> "Quell":
    """Open the data folder and load the models, or refuse in one sentence."""
    from quell.app import build

    try:
        return build(settings)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsRefused(f"The data folder {settings.data} cannot be used: {reason}.") from error


@contextmanager
def opened(data: Path | None, config: Path | None) -> Iterator["Quell"]:
    """Open the data folder, beside a running server or without one, and close it at the end."""
    quell = built(settings_of(data, config))
    try:
        with acting_here():
            yield quell
    finally:
        quell.close()


@contextmanager
def stored(settings: "Settings") -> "Iterator[Database]":
    """Open the database alone, brought up to date, and close it at the end."""
    from quell.database.migrate import migrate
    from quell.database.opening import open_database

    try:
        database = open_database(settings.data, settings.database, durability=settings.durability)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsRefused(f"The data folder {settings.data} cannot be used: {reason}.") from error
    try:
        migrate(database)
        yield database
    finally:
        database.close()
