"""The commands that incidents of both media have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quell.cli.console import checked, print_json, print_table
from quell.cli.opening import AsJson, Config, Data, opened

if TYPE_CHECKING:
    from quell.app import Quell
    from quell.incidents.assembly import ImageIncidents, TextIncidents

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the incident.")]
STEP = 500


class IncidentCommands:
    """One command for each operation of the API that is the same for texts and pictures."""

    def __init__(self, pick: "Callable[[Quell], TextIncidents | ImageIncidents]") -> None:
        self._pick = pick

    def register(self, group: typer.Typer) -> None:
        """Add the commands to a group."""
        commands: dict[str, Callable[..., Any]] = {
            "list": self.list_incidents,
            "show": self.show,
            "create": self.create,
            "remove": self.remove,
            "delete": self.delete,
            "deploy": self.deploy,
            "sensitivity": self.sensitivity,
        }
        for name, command in commands.items():
            group.command(name)(command)

    def list_incidents(self, data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
        """List the incidents, newest first."""
        from quell.incidents.own_schemas import SettingsAnswer

        with opened(data, config) as quell:
            service = self._pick(quell).service
            found = service.list(0, service.limits.incidents)
        if as_json:
            for incident in found.items:
                print_json(SettingsAnswer.of(incident))
            return
        rows = [
            (one.name, one.samples, one.sensitivity, one.description or one.definition or "")
            for one in found.items
        ]
        print_table(("NAME", "SAMPLES", "SENSITIVITY", "DESCRIPTION"), rows)

    def show(self, name: Name, data: Data = None, config: Config = None) -> None:
        """Show an incident and its settings as JSON."""
        from quell.incidents.own_schemas import SettingsAnswer
        from quell.incidents.schemas import IncidentAnswer

        with opened(data, config) as quell:
            incident = self._pick(quell).service.get(name)
        answers = [
            answer.of(incident).model_dump(by_alias=True) for answer in (IncidentAnswer, SettingsAnswer)
        ]
        print_json({key: value for answer in answers for key, value in answer.items()})

    def create(
        self,
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
            _, created = self._pick(quell).service.put(checked_name, patch.change())
        typer.echo(f"The incident '{name}' is {'created' if created else 'updated'}.")

    def remove(
        self,
        name: Name,
        ids: Annotated[list[str], typer.Argument(metavar="ID…", help="The ids of the samples.")],
        data: Data = None,
        config: Config = None,
    ) -> None:
        """Remove samples by their ids, all or none."""
        with opened(data, config) as quell:
            self._pick(quell).service.remove_samples(name, ids)
        typer.echo(f"{len(set(ids))} sample{'s are' if len(set(ids)) > 1 else ' is'} removed from '{name}'.")

    def delete(self, name: Name, data: Data = None, config: Config = None) -> None:
        """Delete an incident with its samples."""
        with opened(data, config) as quell:
            service = self._pick(quell).service
            service.get(name)
            service.delete(name)
        typer.echo(f"The incident '{name}' is deleted.")

    def deploy(self, name: Name, data: Data = None, config: Config = None) -> None:
        """Deploy an incident: only where the setting `require_deploy` asks for it."""
        with opened(data, config) as quell:
            started = self._pick(quell).deployment.deploy(name, None)
            operation = quell.operations.get(started.collection, started.id)
        typer.echo(f"The operation {operation.id} has the status {operation.status}.")
        if operation.error_message:
            typer.echo(f"quell: {operation.error_message}", err=True)
            raise typer.Exit(1)

    def sensitivity(
        self,
        name: Name,
        value: Annotated[
            float | None,
            typer.Argument(
                min=0.0, max=1.0, metavar="[VALUE]", help="From 0 (nothing but literal) to 1 (all)."
            ),
        ] = None,
        data: Data = None,
        config: Config = None,
    ) -> None:
        """Show how sensitive an incident is, or set it."""
        from quell.incidents.domain import IncidentChange

        with opened(data, config) as quell:
            service = self._pick(quell).service
            if value is None:
                incident = service.get(name)
            else:
                incident = service.change(name, IncidentChange(sensitivity=value))
        typer.echo(f"{incident.sensitivity:g} (a hit from probability {incident.threshold:.3g} on)")


def say_added(name: str, count: int) -> None:
    """Say how many samples were added."""
    typer.echo(f"{count} sample{'s are' if count > 1 else ' is'} added to '{name}'.")
