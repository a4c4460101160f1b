"""`quell image-incidents …`: image incidents and their samples, one command for each operation of the API."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from quell.cli import image_incidents_moved
from quell.cli.console import print_json, write_file
from quell.cli.incident_commands import STEP, IncidentCommands, Name, say_added
from quell.cli.opening import AsJson, Config, Data, opened
from quell.errors import InvalidRequestBody, QuellError

if TYPE_CHECKING:
    from quell.app import Quell
    from quell.incidents.image_own_schemas import ImageMatchAnswer
    from quell.media.source import Received

T = TypeVar("T")

Pictures = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pictures, or folders of pictures.")]
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"})

image_incidents = typer.Typer(
    help="Define image incidents, add pictures, see what they catch.",
    no_args_is_help=False,
    rich_markup_mode=None,
)
IncidentCommands(lambda quell: quell.image_incidents).register(image_incidents)
image_incidents.command("export")(image_incidents_moved.export)
image_incidents.command("import")(image_incidents_moved.bring_in)


@image_incidents.command()
def add(
    name: Name, files: Pictures, data: Data = None, config: Config = None, as_json: AsJson = False
) -> None:
    """Add pictures, all or none; they count at the next request of every process."""
    from quell.incidents.image_schemas import ImageIdAnswer

    with opened(data, config) as quell:
        pictures = quell.image_incidents
        paths = _pictures(files)
        pictures.service.check_room(name, len(paths))
        read = _each(quell, paths, lambda _, one: pictures.reader.sample(one.data, one.picture))
        added = pictures.service.add_samples(name, read)
    for sample in added if as_json else ():
        print_json(ImageIdAnswer(incident_sample_id=sample.id))
    if not as_json:
        say_added(name, len(added))


@image_incidents.command()
def samples(name: Name, data: Data = None, config: Config = None) -> None:
    """List the ids of the samples of an image incident, newest first."""
    with opened(data, config) as quell:
        skip, more = 0, True
        while more:
            found = quell.image_incidents.service.list_samples(name, skip, STEP)
            sys.stdout.writelines(f"{one.id}\n" for one in found.items)
            skip, more = skip + STEP, found.more


@image_incidents.command()
def sample(
    name: Name,
    sample_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the sample.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write the picture to.")
    ],
    data: Data = None,
    config: Config = None,
) -> None:
    """Write the picture of a sample to a file, byte for byte as it was added."""
    with opened(data, config) as quell:
        content = quell.image_incidents.service.get_sample(name, sample_id).content or b""
    write_file(output, content)


@image_incidents.command()
def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The picture.")],
    incident: Annotated[
        list[str] | None,
        typer.Option("--incident", "-i", metavar="NAME", help="An incident to ask; again for more (all)."),
    ] = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say why a picture hits its incidents or does not."""
    from quell.incidents.image_own_schemas import ImageMatchAnswer

    with opened(data, config) as quell:
        names = incident or quell.image_incidents.service.names()
        matches = _each(
            quell,
            [file],
            lambda _, one: quell.image_incidents.detection.explain(one.picture, names, "--incident"),
        )[0]
    for match in matches:
        answer = ImageMatchAnswer.of(match)
        if as_json:
            print_json(answer)
        else:
            typer.echo(_sentence(answer))


@image_incidents.command()
def preview(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Pictures to try, or folders of them.")
    ],
    new: Annotated[
        list[Path] | None,
        typer.Option("--samples", metavar="FILE", help="A sample, or a folder of them; again for more."),
    ] = None,
    incident: Annotated[
        str | None,
        typer.Option("--incident", "-i", metavar="NAME", help="Count on top of this incident's samples."),
    ] = None,
    sensitivity: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Try this sensitivity.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Say what an image incident would catch before it is live, the likeliest first."""
    from quell.incidents.preview import in_order

    with opened(data, config) as quell:
        pictures, paths = quell.image_incidents, _pictures(files)
        read = _each(
            quell, _pictures(new or []), lambda _, one: pictures.reader.sample(one.data, one.picture)
        )
        fitted = pictures.preview.fit(incident, read, sensitivity)
        judged = _each(quell, paths, lambda place, one: pictures.preview.judge(fitted, place, one.picture))
    for finding in in_order(judged):
        typer.echo(f"{finding.outcome:<7} {finding.match.probability:.3f}  {paths[finding.position]}")


def _pictures(given: Sequence[Path]) -> list[Path]:
    """Return the files, in place of a folder the pictures in it by their names."""
    found: list[Path] = []
    for path in given:
        if not path.exists():
            raise typer.BadParameter(f"{path} does not exist.")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [one for one in inside if one is path or one.suffix.lower() in _ENDINGS]
    return found


def _each(quell: "Quell", paths: Sequence[Path], call: "Callable[[int, Received], T]") -> list[T]:
    """Read the files one after another; a refusal names the file."""
    from quell.media.source import Sent

    results = []
    for place, path in enumerate(paths):
        try:
            received = quell.pictures.decode(Sent(path.read_bytes(), path.name))
            results.append(call(place, received))
        except OSError as error:
            raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from None
        except InvalidRequestBody as refused:
            raise _named(refused, path) from None
    return results


def _named(refused: InvalidRequestBody, path: Path) -> QuellError:
    return InvalidRequestBody(f"{path}: {refused.message}", target=refused.target)


def _sentence(answer: "ImageMatchAnswer") -> str:
    verdict = "hit" if answer.hit else "no hit"
    line = (
        f"{answer.incident_name}: {verdict}, probability {answer.probability:.3f} "
        f"(a hit from {answer.threshold:.3g} on)"
    )
    if answer.incident_sample_id is None:
        return line
    line += f"\n  nearest sample {answer.incident_sample_id}, found by its {answer.how}"
    if answer.region is not None:
        spot = answer.region
        line += f"\n  in the picture at {spot.left},{spot.top}, {spot.width}×{spot.height} pixels"
    return line
