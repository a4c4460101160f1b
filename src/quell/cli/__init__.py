"""The command line: the same powers as the API, working directly on the data folder."""

from typing import Annotated

import typer

from quell import __version__
from quell.cli.audit import audit
from quell.cli.check import check
from quell.cli.console import Commands
from quell.cli.doctor import doctor
from quell.cli.evaluate import evaluate
from quell.cli.image_incidents import image_incidents
from quell.cli.incidents import incidents
from quell.cli.keys import keys
from quell.cli.migrate import migrate
from quell.cli.ready import ready
from quell.cli.reviewers import reviewers
from quell.cli.serve import serve
from quell.cli.sweep import sweep
from quell.cli.work import work

app = typer.Typer(
    cls=Commands,
    name="quell",
    help="Quell: self-hosted content safety that speaks the protocol of Azure AI Content Safety.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve)
app.add_typer(incidents, name="incidents")
app.add_typer(image_incidents, name="image-incidents")
app.add_typer(reviewers, name="reviewers")
app.command("check")(check)
app.command("evaluate")(evaluate)
app.command("sweep")(sweep)
app.command("doctor")(doctor)
app.command("ready")(ready)
app.command("work")(work)
app.command("migrate")(migrate)
app.add_typer(keys, name="keys")
app.command("audit")(audit)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quell {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def version() -> None:
    """Print the version."""
    _show_version(True)


def main() -> None:
    """Run the command line."""
    app(prog_name="quell")
