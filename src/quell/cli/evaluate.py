"""`quell evaluate`: how well the harm categories do on texts with labels."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from quell.cli.console import print_json, print_table
from quell.cli.many import in_order, progress
from quell.cli.opening import AsJson
from quell.errors import InvalidRequestBody

if TYPE_CHECKING:
    from quell.analyze.harm_model import HarmReader
    from quell.cli.labelled import LabelledText
    from quell.harms.evaluation import CategoryScores, Judged, Labels, Score

_HEADINGS = (
    *("category", "language", "texts", "harmful"),
    *("AUROC", "AUPRC", "F1", "recall", "FPR", "MAE", "rank"),
)
_SHOWN = ("auroc", "auprc", "f1", "recall", "false_positive_rate", "absolute_error", "rank_correlation")
_LEVELS = ("0", "2", "4", "6")


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines or CSV; - for stdin.")],
    labels: Annotated[
        str, typer.Option(metavar="KIND", help="What labels are: severities, flags, or auto.")
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Say how well the harm categories do on texts with labels.

    A row has `text`, any of `hate`, `self_harm`, `sexual` and `violence` (severities from 0 to 7, harmful
    from 2 on, or flags of 0 and 1; nothing where unknown), and perhaps `lang`. Prints AUROC, AUPRC, F1,
    recall and false-positive rate as shipped, and for severities the mean absolute error, the rank
    correlation, and how often each level was answered with which.
    """
    if labels not in {"auto", "severities", "flags"}:
        raise typer.BadParameter("must be severities, flags or auto.", param_hint="--labels")
    from quell.app import load_harms
    from quell.harms.evaluation import evaluate as scored

    model = load_harms()
    judged, left_out = _judged(model, file)
    found = scored(judged, None if labels == "auto" else cast("Labels", labels))
    if not found:
        raise InvalidRequestBody(f"{file} has no text with a label.")
    if as_json:
        print_json(
            {
                "model": {"name": model.name, "revision": model.revision},
                "texts": len(judged),
                "leftOut": left_out,
                "categories": [_members(one) for one in found],
            }
        )
    else:
        _print(found)
    if left_out:
        typer.echo(f"quell: {left_out} left out, being empty or longer than the service takes.", err=True)


def _judged(model: "HarmReader", file: Path) -> tuple[list["Judged"], int]:
    """Read the file with the model as the service would; texts that it would refuse are left out."""
    from quell.analyze.schemas import TEXT_LENGTH
    from quell.cli.labelled import read_labelled
    from quell.harms.evaluation import Judged
    from quell.text.normalise import normalise
    from quell.workers import usable_cores

    def judge(row: "LabelledText") -> Judged | None:
        if not 0 < len(row.text) <= TEXT_LENGTH:
            return None
        return Judged(row.labels, row.language, model.analyze(normalise(row.text).text))

    judged, left_out = [], 0
    with progress() as advance:
        for one in in_order(read_labelled(file), judge, usable_cores()):
            left_out += one is None
            if one is not None:
                judged.append(one)
            advance()
    return judged, left_out


def _print(found: Sequence["CategoryScores"]) -> None:
    rows = [
        (one.category, score.language, score.texts, score.harmful, *(_shown(score, name) for name in _SHOWN))
        for one in found
        for score in one.scores
    ]
    print_table(_HEADINGS, rows)
    counts = [
        (one.category, level, *row)
        for one in found
        for level, row in zip(_LEVELS, one.scores[0].confusion or (), strict=False)
    ]
    if counts:
        typer.echo()
        print_table(("category", "label", *(f"answered {level}" for level in _LEVELS)), counts)


def _shown(score: "Score", name: str) -> str:
    value = getattr(score, name)
    return "-" if value is None else f"{value:.3f}"


def _members(one: "CategoryScores") -> dict[str, object]:
    from pydantic.alias_generators import to_camel

    scores = [
        {to_camel(name): value for name, value in asdict(score).items() if value is not None}
        for score in one.scores
    ]
    return {"category": one.category, "labels": one.labels, "scores": scores}
