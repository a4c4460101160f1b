"""`quell keys …`: where the subscription keys come from, what they are, and new ones."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli import named_keys
from quell.cli.opening import AsJson, Config, Data, settings_of
from quell.errors import SettingsRefused

if TYPE_CHECKING:
    from quell.settings import Settings

keys = typer.Typer(help="Show the subscription keys, make named ones, replace them.", rich_markup_mode=None)
keys.command("add")(named_keys.add)
keys.command("list")(named_keys.list_keys)
keys.command("remove")(named_keys.remove)


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
    key: Annotated[
        str,
        typer.Argument(metavar="[1|2|NAME]", help="Which of the two plain keys is replaced, or a named key."),
    ] = "2",
    grace: Annotated[
        float, typer.Option(min=0, max=31_536_000, help="Seconds that a named key's old form stays valid.")
    ] = 0.0,
    brought: named_keys.Brought = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Replace a key and print the new one.

    A named key is replaced in every running server within a second. Of the two plain keys in the data
    folder the other one stays valid; a server reads those when it starts, so restart it.
    """
    if key not in {"1", "2"}:
        named_keys.rotate_named(key, grace, brought, data, config)
        return
    if grace or brought:
        raise typer.BadParameter("--grace and --from are for named keys; the other plain key stays valid.")
    _rotate_plain(int(key), data, config)


def _rotate_plain(number: int, data: Path | None, config: Path | None) -> None:
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
