"""`quell keys add`, `list`, `remove`: named keys, which every server on the database heeds at once."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.acting import acting_here
from quell.cli.opening import AsJson, Config, Data, settings_of, stored

if TYPE_CHECKING:
    from quell.access.service import KeyService

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the key.")]
Brought = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="FILE", help="A file with the key to take, - for stdin; else one is made."
    ),
]


def add(
    name: Name,
    role: Annotated[
        list[str] | None, typer.Option(help="What it opens: analyze, read or manage; again for each.")
    ] = None,
    rate: Annotated[
        str, typer.Option(help="How often it may ask: 10/s, 1000/10s, or the tiers F0 and S0.")
    ] = "",
    brought: Brought = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make a named key and print it; it is not kept, so nobody can print it again."""
    with service(data, config) as keys:
        secret = keys.add(name, role or ["analyze"], rate, _read(brought))
    typer.echo(f"The key '{name}' is valid from now on; this is the only time it is shown.", err=True)
    if brought is None:
        typer.echo(secret)


def list_keys(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the named keys, with what they open and how often they may ask."""
    from quell.cli.console import print_json, print_table
    from quell.http.wire import wire_time

    with service(data, config) as keys:
        found = keys.list()
    if as_json:
        for key in found:
            print_json(
                {
                    "name": key.name,
                    "roles": list(key.roles),
                    **({"rate": key.rate} if key.rate else {}),
                    "created": wire_time(key.created),
                    "rotated": wire_time(key.updated),
                    **({"previousUntil": wire_time(key.previous_until)} if key.previous_until else {}),
                }
            )
        return
    rows = [
        (key.name, ",".join(key.roles), key.rate or "-", _day(key.created), _day(key.updated))
        for key in found
    ]
    print_table(("NAME", "ROLES", "RATE", "CREATED", "ROTATED"), rows)


def remove(name: Name, data: Data = None, config: Config = None) -> None:
    """Take a named key back; servers refuse it within a second."""
    with service(data, config) as keys:
        keys.remove(name)
    typer.echo(f"The key '{name}' is removed.")


def rotate_named(
    name: str, grace: float, brought: Path | None, data: Path | None, config: Path | None
) -> None:
    """Give a name another key and print it."""
    with service(data, config) as keys:
        secret = keys.rotate(name, grace, _read(brought))
    until = f"stays valid for {grace:g} seconds" if grace else "is refused from now on"
    typer.echo(f"The key '{name}' is new; the one before {until}.", err=True)
    if brought is None:
        typer.echo(secret)


@contextmanager
def service(data: Path | None, config: Path | None) -> "Iterator[KeyService]":
    """Open the database, without the models, and what works on its keys."""
    from quell.access.assembly import assemble_keys
    from quell.app import now
    from quell.audit.assembly import Audit

    settings = settings_of(data, config)
    with stored(settings) as database, acting_here():
        yield assemble_keys(Audit.around(database, now, settings.audit_days).database, now)


def _read(brought: Path | None) -> str | None:
    if brought is None:
        return None
    try:
        text = sys.stdin.read() if str(brought) == "-" else brought.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{brought} cannot be read: {type(error).__name__}.") from None
    return text.strip()


def _day(microseconds: int) -> str:
    return f"{datetime.fromtimestamp(microseconds / 1_000_000, UTC):%Y-%m-%d}"
