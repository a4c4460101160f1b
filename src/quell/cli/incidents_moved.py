"""`quell incidents export` and `import`: an incident as one JSON file, the same file as the API's."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.console import checked, write_file
from quell.cli.incident_commands import Name
from quell.cli.opening import Config, Data, opened
from quell.errors import InvalidRequestBody

if TYPE_CHECKING:
    from pydantic import BaseModel


Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file, not to stdout.")
]
Exported = Annotated[Path, typer.Argument(metavar="FILE", help="An exported incident; - for stdin.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the one of this name.")]


def export(name: Name, output: Output = None, data: Data = None, config: Config = None) -> None:
    """Write an incident as one JSON file."""
    from quell.incidents.own_schemas import DocumentAnswer

    with opened(data, config) as quell:
        document = DocumentAnswer.of(quell.incidents.transfer.export(name))
    write_document(document, output)


def bring_in(file: Exported, overwrite: Overwrite = False, data: Data = None, config: Config = None) -> None:
    """Make an incident from an exported file, all of it or nothing."""
    from quell.http.names import NamePattern
    from quell.incidents.own_schemas import IncidentDocument

    copy = checked(IncidentDocument, read_document(file)).copy_of()
    with opened(data, config) as quell:
        NamePattern(quell.settings.name_limit).check(copy.name, "incidentName")
        transfer = quell.incidents.transfer
        transfer.check(copy.name, len(copy.samples), overwrite=overwrite)
        read = [
            quell.incidents.reader.sample(text, f"samples[{place}].text")
            for place, text in enumerate(copy.samples)
        ]
        incident, _ = transfer.bring_in(copy, read, overwrite=overwrite)
    typer.echo(f"The incident '{incident.name}' is imported with {incident.samples} samples.")


def write_document(document: "BaseModel", output: Path | None) -> None:
    """Write an exported incident to a file or to stdout."""
    members = document.model_dump(by_alias=True, exclude_none=True)
    text = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text.encode())


def read_document(file: Path) -> dict[str, object]:
    """Read an exported incident from a file, or from stdin for `-`."""
    from quell.http.json import decode

    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from None
    members = decode(content)
    if not isinstance(members, dict):
        raise InvalidRequestBody(f"The file {file} does not hold an exported incident.")
    return members
