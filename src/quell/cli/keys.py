"""`quell keys …`: where the subscription keys come from, what they are, and new ones."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.opening import AsJson, Config, Data, settings_of
from quell.errors import SettingsRefused

if TYPE_CHECKING:
    from quell.settings import Settings

keys = typer.Typer(help="Show the subscription keys or make new ones.", rich_markup_mode=None)


def whereabouts(settings: "Settings") -> str:
    """Say in words where the keys that count are."""
    from quell.http.keys import KEYS_FILE

    if settings.no_auth:
        return "no key is needed (no_auth)"
    if settings.development:
        return "the well-known development key"
    if settings.keys:
        return "the ones set by QUELL_KEYS or the settings file"
    return f"in {settings.keys_file or settings.data / KEYS_FILE}"


@keys.command()
def show(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """Print the keys that are valid; the first run makes them."""
    from quell.cli.console import print_json
    from quell.edge import subscription_keys

    settings = settings_of(data, config)
    valid = () if settings.no_auth else subscription_keys(settings)
    if as_json:
        print_json({"keys": list(valid), "from": whereabouts(settings)})
        return
    typer.echo(f"Subscription keys: {whereabouts(settings)}", err=True)
    for key in valid:
        typer.echo(key)


@keys.command()
def rotate(
    number: Annotated[
        int, typer.Argument(min=1, max=2, metavar="[1|2]", help="Which of the two keys is replaced.")
    ] = 2,
    data: Data = None,
    config: Config = None,
) -> None:
    """Replace one of the two keys in the data folder; the other stays valid until it is replaced, too.

    A running server reads the keys when it starts: restart it to put the new key in force.
    """
    from quell.http.keys import KEYS_FILE, ensure_keys, new_key, write_private

    settings = settings_of(data, config)
    if settings.no_auth or settings.development or settings.keys or settings.keys_file:
        raise SettingsRefused(
            f"Only the keys in the data folder can be replaced here; these are {whereabouts(settings)}."
        )
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = list(ensure_keys(settings.data))
    kept[number - 1 : number] = [new_key()]
    path = settings.data / KEYS_FILE
    draft = path.with_name(f".{KEYS_FILE}.{secrets.token_hex(8)}")
    lines = ["# Subscription keys, one a line; each is valid.", *kept]
    write_private(draft, ("\n".join(lines) + "\n").encode())
    _replace(draft, path)
    typer.echo(f"Key {number} in {path} is new; restart the server to put it in force.", err=True)
    typer.echo(kept[number - 1])


def _replace(draft: Path, path: Path) -> None:
    os.replace(draft, path)  # noqa: PTH105 - says more plainly than Path.replace that this is the atomic call
