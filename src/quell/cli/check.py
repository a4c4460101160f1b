"""`quell check`: many texts against incidents, one line of JSON for each."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import typer

from quell.cli.console import checked, print_json, read_rows
from quell.cli.incidents_judged import Incidents
from quell.cli.opening import Config, Data, opened
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.app import Quell

Row = dict[str, object]
_AHEAD = 8  # texts per worker that are read before the oldest is printed


def check(incident: Incidents = None, data: Data = None, config: Config = None) -> None:
    """Check many texts against incidents.

    Reads stdin, one text a line or JSON Lines with a member "text", and prints JSON Lines: the members
    of the input with `incidentMatches`, or with `error` where a text was refused; the exit code is then 1.
    """
    refused = 0
    with opened(data, config) as quell, _progress() as advance:
        names = list(incident or quell.incidents.service.names())
        for name in names:
            quell.incidents.service.get(name)
        for row in _in_order(
            read_rows(sys.stdin), lambda row: _judge(quell, names, row), quell.workers.count
        ):
            print_json(row)
            refused += "error" in row
            advance()
    if refused:
        typer.echo(f"quell: {refused} text{'s were' if refused > 1 else ' was'} refused.", err=True)
        raise typer.Exit(1)


def _judge(quell: "Quell", names: list[str], row: Row) -> Row:
    from quell.incidents.schemas import DetectIncidents

    try:
        question = checked(DetectIncidents, {"text": row["text"], "incidentNames": names})
        matches = quell.incidents.detection.detect(question.text, names, "--incident")
    except QuellError as error:
        return {**row, "error": {"code": error.code, "message": error.message}}
    hits = [
        {"incidentName": one.incident, "probability": round(one.probability, 4), "literal": one.literal}
        for one in matches
        if one.hit
    ]
    return {**row, "incidentMatches": hits}


def _in_order(rows: Iterable[Row], judge: Callable[[Row], Row], workers: int) -> Iterator[Row]:
    waiting: deque[Future[Row]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for row in rows:
            waiting.append(pool.submit(judge, row))
            if len(waiting) >= workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _progress() -> AbstractContextManager[Callable[[], None]]:
    # Bar and answers would overwrite each other on one terminal.
    if not sys.stderr.isatty() or sys.stdout.isatty():
        return nullcontext(lambda: None)
    from quell.cli.progress import texts_bar

    return texts_bar()
