"""`quell incidents explain` and `preview`: what an incident says of texts, and why."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.console import checked, print_json, read_file
from quell.cli.opening import AsJson, Config, Data, opened

if TYPE_CHECKING:
    from quell.incidents.own_schemas import MatchAnswer

Incidents = Annotated[
    list[str] | None,
    typer.Option("--incident", "-i", metavar="NAME", help="An incident to ask; again for more (all)."),
]


def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text; - for stdin.")],
    incident: Incidents = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say why a text hits its incidents or does not."""
    from quell.incidents.own_schemas import MatchAnswer
    from quell.incidents.schemas import DetectIncidents

    given = sys.stdin.read().rstrip("\n") if text == "-" else text
    checked(DetectIncidents, {"text": given, "incidentNames": list(incident or ())})
    with opened(data, config) as quell:
        names = incident or quell.incidents.service.names()
        matches = quell.incidents.detection.explain(given, names, "--incident")
    for match in matches:
        answer = MatchAnswer.of(match, given)
        if as_json:
            print_json(answer)
        else:
            typer.echo(_sentence(answer))


def preview(
    texts: Annotated[
        Path,
        typer.Option("--texts", metavar="FILE", help="Texts to try, one a line, or JSON Lines; - for stdin."),
    ],
    samples: Annotated[
        Path | None, typer.Option("--samples", metavar="FILE", help="Samples, one a line, or JSON Lines.")
    ] = None,
    incident: Annotated[
        str | None,
        typer.Option("--incident", "-i", metavar="NAME", help="Count on top of this incident's samples."),
    ] = None,
    sensitivity: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Try this sensitivity.")] = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say what an incident would catch before it is live, the likeliest first."""
    from quell.incidents.own_schemas import FindingAnswer, PreviewIncident
    from quell.incidents.preview import in_order

    members = {"samples": read_file(samples) if samples else [], "texts": read_file(texts)}
    wanted = checked(PreviewIncident, members)
    with opened(data, config) as quell:
        read = [
            quell.incidents.reader.sample(text, f"samples[{place}]")
            for place, text in enumerate(wanted.samples)
        ]
        fitted = quell.incidents.preview.fit(incident, read, sensitivity)
        judged = (quell.incidents.preview.judge(fitted, *placed) for placed in enumerate(wanted.texts))
        findings = in_order(judged)
    for finding in findings:
        if as_json:
            print_json(FindingAnswer.of_finding(finding))
        else:
            line = " ".join(finding.text.split())
            typer.echo(f"{finding.outcome:<7} {finding.match.probability:.3f}  {line}")


def _sentence(answer: "MatchAnswer") -> str:
    verdict = "hit" if answer.hit else "no hit"
    how = "word for word" if answer.literal else f"probability {answer.probability:.3f}"
    lines = [f"{answer.incident_name}: {verdict}, {how} (a hit from {answer.threshold:.3g} on)"]
    if answer.sample_text is not None:
        lines.append(f"  nearest sample {answer.incident_sample_id}: {' '.join(answer.sample_text.split())}")
    if answer.window is not None:
        lines.append(f"  in the text at {answer.window.offset}: {' '.join(answer.window.text.split())}")
    return "\n".join(lines)
