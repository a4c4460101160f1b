"""`quell incidents …`: incidents and their samples, one command for each operation of the API."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from quell.cli import incidents_judged, incidents_moved
from quell.cli.console import checked, print_json, print_table, read_file
from quell.cli.opening import AsJson, Config, Data, opened

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the incident.")]
_STEP = 500

incidents = typer.Typer(
    help="Define incidents, add samples, see what they catch.", no_args_is_help=False, rich_markup_mode=None
)
incidents.command("explain")(incidents_judged.explain)
incidents.command("preview")(incidents_judged.preview)
incidents.command("export")(incidents_moved.export)
incidents.command("import")(incidents_moved.bring_in)


@incidents.command("list")
def list_incidents(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the incidents, newest first."""
    from quell.incidents.own_schemas import SettingsAnswer

    with opened(data, config) as quell:
        found = quell.incidents.service.list(0, quell.incidents.service.limits.incidents)
    if as_json:
        for incident in found.items:
            print_json(SettingsAnswer.of(incident))
        return
    rows = [
        (one.name, one.samples, one.sensitivity, one.description or one.definition or "")
        for one in found.items
    ]
    print_table(("NAME", "SAMPLES", "SENSITIVITY", "DESCRIPTION"), rows)


@incidents.command()
def show(name: Name, data: Data = None, config: Config = None) -> None:
    """Show an incident and its settings as JSON."""
    from quell.incidents.own_schemas import SettingsAnswer
    from quell.incidents.schemas import IncidentAnswer

    with opened(data, config) as quell:
        incident = quell.incidents.service.get(name)
    answers = [answer.of(incident).model_dump(by_alias=True) for answer in (IncidentAnswer, SettingsAnswer)]
    print_json({key: value for answer in answers for key, value in answer.items()})


@incidents.command()
def create(
    name: Name,
    description: Annotated[str | None, typer.Option(help="What it is, for people.")] = None,
    definition: Annotated[str | None, typer.Option(help="The guideline that defines it.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Create an incident, or change the one of this name."""
    from quell.http.names import NamePattern
    from quell.incidents.schemas import IncidentPatch

    members = {"description": description, "incidentDefinition": definition}
    patch = checked(IncidentPatch, {key: value for key, value in members.items() if value is not None})
    with opened(data, config) as quell:
        checked_name = NamePattern(quell.settings.name_limit).check(name, "incidentName")
        _, created = quell.incidents.service.put(checked_name, patch.change())
    typer.echo(f"The incident '{name}' is {'created' if created else 'updated'}.")


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
        typer.echo(f"{len(added)} sample{'s are' if len(added) > 1 else ' is'} added to '{name}'.")


@incidents.command()
def remove(
    name: Name,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="The ids of the samples.")],
    data: Data = None,
    config: Config = None,
) -> None:
    """Remove samples by their ids, all or none."""
    with opened(data, config) as quell:
        quell.incidents.service.remove_samples(name, ids)
    typer.echo(f"{len(set(ids))} sample{'s are' if len(set(ids)) > 1 else ' is'} removed from '{name}'.")


@incidents.command()
def samples(name: Name, data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the samples of an incident, newest first."""
    from quell.incidents.schemas import SampleAnswer

    with opened(data, config) as quell:
        skip, more = 0, True
        while more:
            found = quell.incidents.service.list_samples(name, skip, _STEP)
            for sample in found.items if as_json else ():
                print_json(SampleAnswer.of(sample))
            if not as_json:
                sys.stdout.writelines(f"{one.id}\t{' '.join(one.text.split())}\n" for one in found.items)
            skip, more = skip + _STEP, found.more


@incidents.command()
def delete(name: Name, data: Data = None, config: Config = None) -> None:
    """Delete an incident with its samples."""
    with opened(data, config) as quell:
        quell.incidents.service.get(name)
        quell.incidents.service.delete(name)
    typer.echo(f"The incident '{name}' is deleted.")


@incidents.command()
def deploy(name: Name, data: Data = None, config: Config = None) -> None:
    """Deploy an incident: only where the setting `require_deploy` asks for it."""
    with opened(data, config) as quell:
        started = quell.incidents.deployment.deploy(name, None)
        operation = quell.operations.get(started.collection, started.id)
    typer.echo(f"The operation {operation.id} has the status {operation.status}.")
    if operation.error_message:
        typer.echo(f"quell: {operation.error_message}", err=True)
        raise typer.Exit(1)


@incidents.command()
def sensitivity(
    name: Name,
    value: Annotated[
        float | None,
        typer.Argument(min=0.0, max=1.0, metavar="[VALUE]", help="From 0 (nothing but literal) to 1 (all)."),
    ] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Show how sensitive an incident is, or set it."""
    from quell.incidents.domain import IncidentChange

    with opened(data, config) as quell:
        if value is None:
            incident = quell.incidents.service.get(name)
        else:
            incident = quell.incidents.service.change(name, IncidentChange(sensitivity=value))
    typer.echo(f"{incident.sensitivity:g} (a hit from probability {incident.threshold:.3g} on)")
