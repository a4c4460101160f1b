"""`quell audit`: who changed what, as a table or as a file."""

import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from quell.cli.opening import Config, Data, settings_of, stored

if TYPE_CHECKING:
    from quell.audit.domain import Span

_AGO = re.compile(r"(\d{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

Moment = Annotated[
    str | None,
    typer.Option(metavar="MOMENT", help="A moment, as 2026-11-25T00:00:00Z, or how long ago: 36h, 7d."),
]


def audit(
    since: Moment = None,
    until: Moment = None,
    actor: Annotated[str, typer.Option(help="Only what this key, token or account asked for.")] = "",
    newest: Annotated[int, typer.Option(min=1, max=10_000, help="How many entries the table has.")] = 50,
    form: Annotated[
        Literal["table", "jsonl", "csv"], typer.Option("--format", help="A table, or all entries as a file.")
    ] = "table",
    data: Data = None,
    config: Config = None,
) -> None:
    """Show who changed what: the newest entries as a table, or all of them as JSON Lines or CSV."""
    from quell.app import now
    from quell.audit.assembly import Audit
    from quell.audit.files import row_of, write_csv, write_json_lines
    from quell.cli.console import print_table

    span = _span(since, until, actor)
    settings = settings_of(data, config)
    with stored(settings) as database:
        log = Audit.around(database, now, settings.audit_days).log
        if form == "table":
            found, _ = log.page(span, None, newest)
            rows = [list(row_of(entry).values())[1:6] for entry in found]
            print_table(("TIME", "ACTOR", "OPERATION", "RESOURCE", "STATUS"), rows)
            return
        lines = (write_csv if form == "csv" else write_json_lines)(log.export(span))
        while piece := b"".join(islice(lines, 1_000)):
            sys.stdout.write(piece.decode().replace("\r\n", "\n"))


def _span(since: str | None, until: str | None, actor: str) -> "Span":
    from quell.audit.domain import FOREVER, Span

    return Span(_moment(since, 0), _moment(until, FOREVER), actor)


def _moment(text: str | None, otherwise: int) -> int:
    from quell.app import now
    from quell.audit.endpoints import read_moment

    if not text:
        return otherwise
    ago = _AGO.fullmatch(text)
    moment = now() - int(ago[1]) * _SECONDS[ago[2]] * 1_000_000 if ago else read_moment(text)
    if moment is None:
        raise typer.BadParameter(
            f"'{text}' is no moment; write 2026-11-25T00:00:00Z, or 36h for that long ago."
        )
    return moment
