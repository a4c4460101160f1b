"""`quell image-incidents export` and `import`: an incident as one JSON file, the same file as the API's."""

import typer

from quell.cli.console import checked
from quell.cli.incident_commands import Name
from quell.cli.incidents_moved import Exported, Output, Overwrite, read_document, write_document
from quell.cli.opening import Config, Data, opened


def export(name: Name, output: Output = None, data: Data = None, config: Config = None) -> None:
    """Write an image incident as one JSON file, its pictures in Base64."""
    from quell.incidents.image_own_schemas import ImageDocumentAnswer

    with opened(data, config) as quell:
        document = ImageDocumentAnswer.of(quell.image_incidents.transfer.export(name))
    write_document(document, output)


def bring_in(file: Exported, overwrite: Overwrite = False, data: Data = None, config: Config = None) -> None:
    """Make an image incident from an exported file, all of it or nothing."""
    from quell.http.names import NamePattern
    from quell.incidents.image_own_schemas import ImageIncidentDocument

    copy = checked(ImageIncidentDocument, read_document(file)).copy_of()
    with opened(data, config) as quell:
        NamePattern(quell.settings.name_limit).check(copy.name, "incidentName")
        pictures = quell.image_incidents
        pictures.transfer.check(copy.name, len(copy.samples), overwrite=overwrite)
        read = []
        for place, image in enumerate(copy.samples):
            received = quell.pictures.read(image, f"samples[{place}].image")
            read.append(pictures.reader.sample(received.data, received.picture))
        incident, _ = pictures.transfer.bring_in(copy, read, overwrite=overwrite)
    typer.echo(f"The incident '{incident.name}' is imported with {incident.samples} samples.")
