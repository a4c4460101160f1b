"""`quell check`: many texts against incidents, harm categories and blocklists, one line of JSON for each."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.console import checked, print_json, read_rows
from quell.cli.incidents_judged import Incidents
from quell.cli.many import in_order, progress
from quell.cli.opening import Config, Data, opened
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.analyze.domain import TextQuestion
    from quell.app import Quell

Row = dict[str, object]
_ALL = "all"


def check(
    incident: Incidents = None,
    categories: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Harm categories, with commas between them, or 'all'."),
    ] = None,
    blocklist: Annotated[
        list[str] | None, typer.Option("--blocklist", metavar="NAME", help="A blocklist; again for more.")
    ] = None,
    halt: Annotated[
        bool, typer.Option("--halt-on-blocklist-hit", help="Leave out the categories where a list is hit.")
    ] = False,
    output_type: Annotated[
        str, typer.Option(metavar="TYPE", help="FourSeverityLevels or EightSeverityLevels.")
    ] = "FourSeverityLevels",
    data: Data = None,
    config: Config = None,
) -> None:
    """Check many texts: incidents, harm categories, blocklists.

    Reads stdin, one text a line or JSON Lines with a member "text", and prints JSON Lines: the members
    of the input with those of text:analyze, or with `error` where a text was refused; the exit code is
    then 1. Asked for nothing, it asks all incidents.
    """
    question = _question(categories, blocklist or [], output_type, halt=halt)
    harms = bool(question.categories or question.blocklists)
    refused = 0
    with opened(data, config) as quell, progress() as advance:
        names = list(incident or (() if harms else quell.incidents.service.names()))
        for name in names:
            quell.incidents.service.get(name)
        quell.analysis.analyze(question)
        asked = (names if names or not harms else None, question if harms else None)
        for row in in_order(
            read_rows(sys.stdin), lambda row: _judge(quell, *asked, row), quell.workers.count
        ):
            print_json(row)
            refused += "error" in row
            advance()
    if refused:
        typer.echo(f"quell: {refused} text{'s were' if refused > 1 else ' was'} refused.", err=True)
        raise typer.Exit(1)


def _question(
    categories: str | None, blocklists: Sequence[str], output_type: str, *, halt: bool
) -> "TextQuestion":
    """Return what is asked of every text, of a blank one for now; no category unless some are named."""
    from quell.analyze.batch_schemas import BatchOptions

    named = [name.strip() for name in (categories or "").split(",") if name.strip()]
    members = {
        "categories": [] if [name.lower() for name in named] == [_ALL] else named,
        "blocklistNames": list(blocklists),
        "haltOnBlocklistHit": halt,
        "outputType": output_type,
    }
    question = checked(BatchOptions, members).question(" ")
    return question if named else replace(question, categories=())


def _judge(quell: "Quell", incidents: Sequence[str] | None, question: "TextQuestion | None", row: Row) -> Row:
    from quell.analyze.batch_schemas import BatchItem

    try:
        text = checked(BatchItem, {"text": row["text"]}).text
        harms = _harms(quell, replace(question, text=text)) if question is not None else {}
        hits = _hits(quell, incidents, text) if incidents is not None else {}
    except QuellError as error:
        return {**row, "error": {"code": error.code, "message": error.message}}
    return row | harms | hits


def _harms(quell: "Quell", question: "TextQuestion") -> Row:
    from quell.analyze.schemas import TextAnalysisAnswer

    answer: Row = TextAnalysisAnswer.of(quell.analysis.analyze(question)).model_dump(by_alias=True)
    asked = {"blocklistsMatch": question.blocklists, "categoriesAnalysis": question.categories}
    return {name: value for name, value in answer.items() if asked.get(name)}


def _hits(quell: "Quell", incidents: Sequence[str], text: str) -> Row:
    matches = quell.incidents.detection.detect(text, incidents, "--incident")
    hits = [
        {"incidentName": one.incident, "probability": round(one.probability, 4), "literal": one.literal}
        for one in matches
        if one.hit
    ]
    return {"incidentMatches": hits}
