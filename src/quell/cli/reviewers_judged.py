"""`quell reviewers report` and `compare`: how good versions are, on their own examples and on a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.console import print_json, print_table
from quell.cli.opening import AsJson, Config, Data, opened
from quell.cli.reviewers_files import read_bytes

if TYPE_CHECKING:
    from quell.app import Quell
    from quell.reviewers.own_schemas import ReportAnswer
    from quell.reviewers.quality import Judged

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the auto reviewer.")]


def report(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="The version; else the latest.")] = None,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Cross-validate a version on its own examples: what it tells apart, and which it gets wrong."""
    from quell.cli.reviewers_jobs import finish
    from quell.reviewers.own_schemas import ReportAnswer

    with opened(data, config) as quell:
        number = version or quell.reviewers.service.get(name).version
        quality = quell.reviewers.quality
        quality.begin(name, number)

        def look() -> tuple[float, bool]:
            state = quality.read(name, number)
            ended = state.report is not None or state.job is None or state.job.state in ("failed", "canceled")
            return (state.job.progress if state.job else 0.0), ended

        finish(quell, look)
        state = quality.read(name, number)
    if state.report is None:
        typer.echo(f"quell: {state.job.error if state.job else 'The version was deleted.'}", err=True)
        raise typer.Exit(1)
    answer = ReportAnswer.of(state.report)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def compare(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Texts with labels as JSON Lines.")],
    first: Annotated[int, typer.Option(min=1, help="The one version.")],
    second: Annotated[int, typer.Option(min=1, help="The other version.")],
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions on the same labelled texts."""
    from quell.reviewers.own_schemas import ComparisonAnswer

    body = read_bytes(file)
    with opened(data, config) as quell:
        judged = _judge(quell, name, first, body), _judge(quell, name, second, body)
    answer = ComparisonAnswer.of((first, second), judged)
    if as_json:
        print_json(answer)
        return
    for number, figures in ((first, answer.first), (second, answer.second)):
        typer.echo(f"Version {number}")
        _print(figures)
    typer.echo(f"{answer.difference_count} of {answer.first.texts} texts get another label.")


def _judge(quell: "Quell", name: str, number: int, body: bytes) -> "Judged":
    from quell.cli.many import in_order
    from quell.reviewers.examples import read_examples
    from quell.reviewers.quality import Judged

    seated = quell.reviewers.desk.find(name, number)
    examples = read_examples(body, seated.version.labels)
    texts = [example.text for example in examples]
    reviews = in_order(texts, seated.review, quell.workers.count)
    return Judged(seated.version, examples, tuple(reviews))


def _print(answer: "ReportAnswer") -> None:
    rows = [
        (one.label_name, one.texts, _share(one.precision), _share(one.recall), _share(one.f1))
        for one in answer.labels
    ]
    print_table(("LABEL", "TEXTS", "PRECISION", "RECALL", "F1"), rows)
    typer.echo(f"accuracy {answer.accuracy:.3f}, macro-F1 {answer.macro_f1:.3f}, {answer.wrong_count} wrong")
    for wrong in answer.wrong[:10]:
        typer.echo(f"  {wrong.label_name} taken for {wrong.given}: {' '.join(wrong.text.split())[:100]}")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
