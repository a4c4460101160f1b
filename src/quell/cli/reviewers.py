"""`quell reviewers …`: policies as versioned reviewers, built and tried out here."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli import reviewers_judged
from quell.cli.console import checked, print_json, print_table
from quell.cli.opening import AsJson, Config, Data, opened
from quell.cli.reviewers_files import definition_of, read_bytes

if TYPE_CHECKING:
    from quell.app import Quell
    from quell.reviewers.domain import ReviewerVersion

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the auto reviewer.")]
Version = Annotated[int | None, typer.Option(min=1, help="The version; else the latest that is ready.")]

reviewers = typer.Typer(
    help="Define auto reviewers, build them, see what they say.", no_args_is_help=False, rich_markup_mode=None
)
reviewers.command("report")(reviewers_judged.report)
reviewers.command("compare")(reviewers_judged.compare)


@reviewers.command("list")
def list_reviewers(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the latest version of each auto reviewer, the newest reviewer first."""
    from quell.reviewers.own_schemas import VersionDetail

    with opened(data, config) as quell:
        found = quell.reviewers.service.list(0, 1_000)
    if as_json:
        for one in found.items:
            print_json(VersionDetail.with_build(one, None))
        return
    rows = [(one.reviewer, one.version, one.status, one.examples, one.engine) for one in found.items]
    print_table(("NAME", "VERSION", "STATUS", "EXAMPLES", "ENGINE"), rows)


@reviewers.command()
def show(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="The version; else the latest.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Show a version as JSON."""
    from quell.reviewers.own_schemas import VersionDetail

    with opened(data, config) as quell:
        print_json(VersionDetail.with_build(*quell.reviewers.service.detail(name, version)))


@reviewers.command()
def create(
    name: Name,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A JSON file with the members `labels` and perhaps `examples`."),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", "-l", metavar="NAME=DESCRIPTION", help="A label; again for each."),
    ] = None,
    examples: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Examples as JSON Lines: text, labelName, perhaps reasoning."),
    ] = None,
    engine: Annotated[str | None, typer.Option(help="The engine; else the one of the server.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make a new version of an auto reviewer and build it."""
    from quell.http.names import NamePattern
    from quell.reviewers.examples import read_examples
    from quell.reviewers.own_schemas import OwnDefinition

    members = definition_of(policy, label or [], examples)
    body = checked(OwnDefinition, members | ({"engine": engine} if engine else {}))
    definition, given = body.own_definition(name)
    if examples is not None:
        given += read_examples(read_bytes(examples), definition.labels)
    with opened(data, config) as quell:
        NamePattern(quell.settings.name_limit).check(name, "autoReviewerName")
        version, _, _ = quell.reviewers.service.put(name, definition, None, given)
        built = _built(quell, version)
    if built.status != "Succeeded":
        typer.echo(f"quell: {built.error}", err=True)
        raise typer.Exit(1)
    typer.echo(f"Version {built.version} of '{name}' is built from {built.examples} examples.")


@reviewers.command("test")
def try_out(
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text; - for stdin.")],
    version: Version = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Review one text, and say why."""
    from quell.reviewers.domain import spoken
    from quell.reviewers.own_schemas import OwnReviewAnswer, OwnReviewText

    given = sys.stdin.read().rstrip("\n") if text == "-" else text
    checked(OwnReviewText, {"text": given, "autoReviewerName": name})
    with opened(data, config) as quell:
        seated = quell.reviewers.desk.find(name, version)
        answer = OwnReviewAnswer.by(seated, seated.review(given))
    if as_json:
        print_json(answer)
        return
    sure = spoken(answer.confidence)
    typer.echo(f"{answer.label_name} ({sure}, version {answer.auto_reviewer_version})")
    typer.echo(f"  {answer.reasoning}")


@reviewers.command()
def review(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Texts as JSON Lines; - for stdin.")],
    version: Version = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Review a file of texts, one line of JSON for each."""
    from quell.cli.many import in_order, progress
    from quell.reviewers.batch import read_rows, reviewed

    rows = read_rows(read_bytes(file))
    with opened(data, config) as quell, progress() as advance:
        seated = quell.reviewers.desk.find(name, version)
        for line in in_order(rows, reviewed(seated), quell.workers.count):
            sys.stdout.write(line.decode())
            advance()


@reviewers.command()
def delete(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="Only this version.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Delete an auto reviewer, or one version of it; what is being built stops."""
    with opened(data, config) as quell:
        quell.reviewers.service.get(name, version)
        quell.reviewers.service.delete(name, version)
    typer.echo(f"{f'Version {version} of' if version else 'The auto reviewer'} '{name}' is deleted.")


def _built(quell: "Quell", version: "ReviewerVersion") -> "ReviewerVersion":
    from quell.cli.reviewers_jobs import finish

    service = quell.reviewers.service

    def look() -> tuple[float, bool]:
        found, job = service.detail(version.reviewer, version.version)
        return (job.progress if job else 1.0), found.status in ("Succeeded", "Failed")

    finish(quell, look)
    return service.get(version.reviewer, version.version)
