"""`quell sweep`: what incidents, blocklists, categories and reviewers say of stored content of any size."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quell.cli.console import print_json, print_table
from quell.cli.opening import AsJson, Config, Data, settings_of
from quell.cli.progress import rows_bar
from quell.errors import InvalidRequestBody

if TYPE_CHECKING:
    from quell.settings import Settings
    from quell.sweep.domain import Question
    from quell.sweep.running import Request
    from quell.sweep.work import Engine

_Names = list[str] | None
_FORMATS = ("parquet", "jsonl", "csv", "images")


Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A file, a folder, or az://, s3:// or gs:// and a prefix.")
]
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the results go; again to resume.")
]
Incidents = Annotated[
    _Names, typer.Option("--incident", "-i", metavar="NAME", help="An incident to ask; again for more.")
]
ImageIncidents = Annotated[
    _Names, typer.Option("--image-incident", metavar="NAME", help="An image incident; again for more.")
]
Blocklists = Annotated[
    _Names, typer.Option("--blocklist", "-b", metavar="NAME", help="A blocklist; again for more.")
]
Categories = Annotated[
    str | None,
    typer.Option("--categories", metavar="NAMES", help="Harm categories with commas between, or all."),
]
Reviewers = Annotated[
    _Names, typer.Option("--reviewer", "-r", metavar="NAME", help="An auto reviewer; again for more.")
]
Labels = Annotated[
    _Names, typer.Option("--label", metavar="NAME", help="A label of reviewers that is a hit (all).")
]
FormatName = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="parquet, jsonl, csv or images (by the endings)."),
]
ShardRows = Annotated[
    int | None, typer.Option(min=1, max=100_000, help="Rows of a shard (2000; of pictures 64).")
]


def sweep(
    source: Source,
    out: Out,
    incident: Incidents = None,
    image_incident: ImageIncidents = None,
    blocklist: Blocklists = None,
    categories: Categories = None,
    reviewer: Reviewers = None,
    label: Labels = None,
    severity: Annotated[int, typer.Option(help="The severity from which a category is a hit.")] = 2,
    column: Annotated[str, typer.Option(help="The column or member that has the text.")] = "text",
    id_column: Annotated[str | None, typer.Option(help="The column or member that names a row (id).")] = None,
    format_: FormatName = None,
    every_row: Annotated[bool, typer.Option("--all", help="Write every row, not only hits.")] = False,
    no_text: Annotated[bool, typer.Option("--no-text", help="Leave the texts out of the results.")] = False,
    on: Annotated[str, typer.Option(metavar="ENGINE", help="local, or ray for a Ray cluster.")] = "local",
    processes: Annotated[int, typer.Option(min=0, max=10_000, help="Processes; 0: one per core.")] = 0,
    shard_rows: ShardRows = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say what would have been caught in stored content: texts in Parquet, JSON Lines or CSV, or pictures.

    Given again with the same folder, a sweep that was ended goes on where it was. Results are a Parquet
    file with one row for each hit, and a summary.
    """
    from quell.sweep.domain import Columns
    from quell.sweep.places import is_remote
    from quell.sweep.planning import PlanRules
    from quell.sweep.running import Request, check_question

    if format_ not in (None, *_FORMATS):
        raise typer.BadParameter(f"must be one of {', '.join(_FORMATS)}.", param_hint="--format")
    settings = settings_of(data, config)
    engine = _engine(on, processes)
    names = (incident, image_incident, blocklist, reviewer, label)
    question = _question([tuple(dict.fromkeys(given or ())) for given in names], categories, severity)
    check_question(question)
    columns = Columns(column, id_column or "id", id_required=id_column is not None)
    request = Request(
        source if is_remote(source) else str(Path(source).expanduser().absolute()),
        question,
        PlanRules(format_, columns, shard_rows),  # type: ignore[arg-type]  # checked above
        every_row=every_row,
        with_text=not no_text,
    )
    _tell(_swept(settings, request, out, engine), out, as_json=as_json)


def _swept(settings: "Settings", request: "Request", out: Path, engine: "Engine") -> dict[str, Any]:
    from quell.database.migrate import migrate
    from quell.database.opening import open_database
    from quell.sweep.folder import SweepFolder
    from quell.sweep.places import open_place
    from quell.sweep.running import run_sweep
    from quell.sweeping import sweep_surroundings

    place = open_place(request.source, settings.blob_stores)
    database = open_database(settings.data, settings.database, durability=settings.durability)
    try:
        migrate(database)
        around = sweep_surroundings(settings, database, place, request.question)
        with rows_bar() as bar:
            return run_sweep(SweepFolder(out.expanduser()), request, around, engine, bar)
    except KeyboardInterrupt:
        typer.echo("quell: ended; the same command goes on from here.", err=True)
        raise typer.Exit(130) from None
    finally:
        database.close()
        place.close()


def _question(names: list[tuple[str, ...]], categories: str | None, severity: int) -> "Question":
    from quell.analyze.domain import DEFAULT_CATEGORIES, Category
    from quell.sweep.domain import MOST_ASKED, Question

    if severity not in {2, 4, 6}:
        raise typer.BadParameter("must be 2, 4 or 6.", param_hint="--severity")
    if max(len(given) for given in names) > MOST_ASKED:
        raise InvalidRequestBody(f"At most {MOST_ASKED} of each kind can be asked.")
    if (categories or "").lower() == "all":
        asked: set[str] = {category.value for category in DEFAULT_CATEGORIES}
    else:
        known = {category.value.lower(): category.value for category in DEFAULT_CATEGORIES}
        given = [name.strip().lower() for name in (categories or "").split(",") if name.strip()]
        unknown = next((name for name in given if name not in known), None)
        if unknown is not None:
            raise typer.BadParameter(f"'{unknown}' is none of {', '.join(known.values())}.")
        asked = {known[name] for name in given}
    ordered = tuple(category.value for category in Category if category.value in asked)
    incidents, pictures, lists, reviewers, labels = names
    return Question(incidents, pictures, lists, ordered, reviewers, labels, severity)


def _engine(on: str, processes: int) -> "Engine":
    from quell.sweep.pool import PoolEngine
    from quell.workers import usable_cores

    if on == "local":
        return PoolEngine(processes or usable_cores())
    if on == "ray":
        from quell.sweep.on_ray import RayEngine

        return RayEngine(processes or None)
    raise typer.BadParameter("must be local or ray.", param_hint="--on")


def _tell(summary: dict[str, Any], out: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(summary)
        return
    rows = [(one["kind"], one["name"], one.get("label", ""), one["hits"]) for one in summary["hits"]]
    print_table(("KIND", "NAME", "LABEL", "HITS"), rows)
    typer.echo(
        f"{summary['rows']:,} rows, {summary['rowsWithHits']:,} with hits, {summary['errors']:,} not judged; "
        f"all in {out}",
        err=True,
    )
