"""`quell migrate`: brings the schema up to date, or moves everything into another database."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from quell.cli.console import print_json, print_table
from quell.cli.opening import AsJson, Config, Data, settings_of
from quell.errors import SettingsRefused

if TYPE_CHECKING:
    from quell.settings import Settings


def migrate(
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="ADDRESS", help="Move from here: sqlite:FOLDER or postgresql://…"),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--to", metavar="ADDRESS", help="Move to here; else to the database of the settings."),
    ] = None,
    stage: Annotated[
        Literal["pre", "post"],
        typer.Option(help="pre: the steps that only add; post: all, once no older process runs."),
    ] = "pre",
    force: Annotated[
        bool, typer.Option("--force", help="Run the post steps even while older processes are connected.")
    ] = False,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Bring the schema up to date, or with --from move everything into another, empty database.

    A move that was cut off is taken up again by the same command. While it runs,
    the servers on the source answer what only reads, and refuse changes with 503.
    """
    settings = settings_of(data, config)
    if source is None:
        if target is not None:
            raise SettingsRefused("--to needs --from: what is to be moved?")
        _schema(settings, stage, force=force, as_json=as_json)
        return
    goal = target or settings.database
    if not goal:
        raise SettingsRefused("--from needs --to, or a database in the settings.")
    _move(source, goal, as_json=as_json)


def _schema(settings: "Settings", stage: Literal["pre", "post"], *, force: bool, as_json: bool) -> None:
    from quell.database import migrate as schema
    from quell.database.opening import open_database
    from quell.database.sessions import refuse_older

    with closing(open_database(settings.data, settings.database, durability="full")) as database:
        if stage == "post" and not force:
            refuse_older(database, schema.shipped()[-1].version)
        version = schema.migrate(database, stage=stage)
        waiting = [step.name for step in schema.due(schema.shipped(), version, "post")]
    if as_json:
        print_json({"schemaVersion": version, "waiting": waiting})
        return
    typer.echo(f"Schema version {version}.")
    for name in waiting:
        typer.echo(f"Waiting for the last older process to end: {name} (quell migrate --stage post).")


def _move(source: str, target: str, *, as_json: bool) -> None:
    from quell.cli.progress import share_bar
    from quell.database.moving import Move
    from quell.database.opening import open_address, origin

    if origin(source) == origin(target):
        raise SettingsRefused("--from and --to name the same database.")
    with (
        closing(open_address(source, new=False)) as old,
        closing(open_address(target, new=True)) as new,
        share_bar("moving") as show,
    ):
        moved = Move(old, new, origin(source), on_progress=show).run()
    if as_json:
        rows = [{"table": one.table, "rows": one.rows, "sha256": one.sha256} for one in moved.tallies]
        print_json({"resumed": moved.resumed, "tables": rows})
        return
    headings = ("table", "rows", "sha-256 of the rows, added up")
    print_table(headings, [(one.table, one.rows, one.sha256) for one in moved.tallies])
    typer.echo(
        "Both databases hold the same. Start the servers on the new one; the keys and the certificate "
        "stay files of the data folder.",
        err=True,
    )
