"""`quell doctor`: what could keep this machine from serving well, each with one sentence."""

import sys
from typing import TYPE_CHECKING

import typer

from quell.cli.console import print_json
from quell.cli.opening import AsJson, Config, Data, settings_of

if TYPE_CHECKING:
    from quell.cli.examination import Finding

_MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "bad": ("BAD", "red")}


def doctor(data: Data = None, config: Config = None, as_json: AsJson = False) -> None:
    """Say what could keep Quell from serving well here.

    The exit code is 1 if anything is bad.
    """
    from quell.cli.examination import examine

    findings = list(examine(settings_of(data, config)))
    healthy = all(finding.state != "bad" for finding in findings)
    if as_json:
        print_json({"healthy": healthy, "checks": [finding.members() for finding in findings]})
    else:
        _print(findings)
    if not healthy:
        raise typer.Exit(1)


def _print(findings: "list[Finding]") -> None:
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        word, colour = _MARKS[finding.state]
        mark = word.ljust(7)
        shown = typer.style(mark, fg=colour) if sys.stdout.isatty() else mark
        typer.echo(f"{shown}  {finding.name.ljust(width)}  {finding.sentence}")
