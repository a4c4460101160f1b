"""`quell incidents …`: text incidents and their samples, one command for each operation of the API."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from quell.cli import incidents_judged, incidents_moved
from quell.cli.console import checked, print_json, read_file
from quell.cli.incident_commands import STEP, IncidentCommands, Name, say_added
from quell.cli.opening import AsJson, Config, Data, opened

incidents = typer.Typer(
    help="Define incidents, add samples, see what they catch.", no_args_is_help=False, rich_markup_mode=None
)
IncidentCommands(lambda quell: quell.incidents).register(incidents)
incidents.command("explain")(incidents_judged.explain)
incidents.command("preview")(incidents_judged.preview)
incidents.command("export")(incidents_moved.export)
incidents.command("import")(incidents_moved.bring_in)


@incidents.command()
def add(
    name: Name,
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]…", help="The samples.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Texts, one a line, or JSON Lines; - for stdin."),
    ] = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Add samples, all or none; they count at the next request of every process."""
    from quell.incidents.domain import SAMPLES_PER_CALL
    from quell.incidents.schemas import AddSamples, SampleAnswer

    samples = [*(texts or []), *(read_file(file) if file else [])]
    if not samples:
        raise typer.BadParameter("Give the texts, or a file with --from.")
    for start in range(0, len(samples), SAMPLES_PER_CALL):
        part = samples[start : start + SAMPLES_PER_CALL]
        checked(AddSamples, {"incidentSamples": [{"text": text} for text in part]})
    with opened(data, config) as quell:
        quell.incidents.service.check_room(name, len(samples))
        read = [
            quell.incidents.reader.sample(text, f"incidentSamples[{place}].text")
            for place, text in enumerate(samples)
        ]
        added = quell.incidents.service.add_samples(name, read)
    for sample in added if as_json else ():
        print_json(SampleAnswer.of(sample))
    if not as_json:
        say_added(name, len(added))


@incidents.command()
def samples(name: Name, data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the samples of an incident, newest first."""
    from quell.incidents.schemas import SampleAnswer

    with opened(data, config) as quell:
        skip, more = 0, True
        while more:
            found = quell.incidents.service.list_samples(name, skip, STEP)
            for sample in found.items if as_json else ():
                print_json(SampleAnswer.of(sample))
            if not as_json:
                sys.stdout.writelines(f"{one.id}\t{' '.join(one.text.split())}\n" for one in found.items)
            skip, more = skip + STEP, found.more
