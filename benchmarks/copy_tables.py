"""Turns the answers of `copy_quality` into its tables."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quell.copies import CopyMatch

_FALSE = 0.001
_STRANGERS = ("as it is", "in a screenshot", "in a collage")
_SCENE = "other half of the scene"


@dataclass(frozen=True)
class Run:
    """What was asked and answered.

    `true` names the sample of each edited picture. `rivals` gives of every picture its similarity to all
    samples; `shipped` the matcher's answers, `seconds` its processor time for each.
    """

    samples: int
    true: dict[str, list[int]]
    rivals: dict[str, dict[str, list[NDArray[np.float64]]]]
    shipped: dict[str, list[CopyMatch]]
    seconds: list[float]


def summarise(run: Run, threshold: float) -> dict[str, Any]:
    """Give recalls by method and edit, and false positives by group."""
    recall: dict[str, dict[str, float]] = {}
    for name, found in run.rivals.items():
        strangers = np.concatenate([np.ravel(found[group]) for group in _STRANGERS])
        cut = float(np.quantile(strangers, 1 - _FALSE))
        recall[name] = {
            edit: float(np.mean([scores[n] > cut for n, scores in zip(true, found[edit], strict=True)]))
            for edit, true in run.true.items()
        }
    recall["shipped"] = {
        edit: float(np.mean([_right(m, n, threshold) for n, m in zip(true, run.shipped[edit], strict=True)]))
        for edit, true in run.true.items()
    }
    groups = {g: [m.hit for m in run.shipped[g]] for g in (*_STRANGERS, _SCENE)}
    how = {edit: [m.how for m in run.shipped[edit] if m.hit] for edit in run.true}
    return {
        "samples": run.samples,
        "queries": {edit: len(true) for edit, true in run.true.items()},
        "threshold": threshold,
        "recall": recall,
        "false_positives": {g: {"pictures": len(hits), "hits": int(sum(hits))} for g, hits in groups.items()},
        "taken": [
            [g, n, m.sample_id, m.score, m.how] for g in groups for n, m in enumerate(run.shipped[g]) if m.hit
        ],
        "wrong_sample": sum(
            m.hit and m.sample_id != str(n)
            for edit, true in run.true.items()
            for n, m in zip(true, run.shipped[edit], strict=True)
        ),
        "by": {
            edit: {kind: ways.count(kind) for kind in sorted({str(w) for w in ways})}
            for edit, ways in how.items()
        },
        "cpu_ms": {q: round(1000 * float(np.quantile(run.seconds, q / 100)), 1) for q in (50, 90, 99)},
    }


def _right(match: CopyMatch, sample: int, cut: float) -> bool:
    return match.score >= cut and match.sample_id == str(sample)


def write(
    summary: dict[str, Any], classic: tuple[str, ...], pasted: tuple[str, ...], out: Path
) -> dict[str, Any]:
    """Write OUT.json and OUT.md; gives the means."""
    means = {
        method: {
            "classic": round(float(np.mean([recall[edit] for edit in classic])), 4),
            "pasted": round(float(np.mean([recall[edit] for edit in pasted])), 4),
        }
        for method, recall in summary["recall"].items()
    }
    summary["means"] = means
    out.with_suffix(".json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    methods = list(summary["recall"])
    asked, kept = summary["samples"], sum(summary["queries"].values())
    strangers = [summary["false_positives"][group] for group in _STRANGERS]
    false = sum(one["hits"] for one in strangers) / (asked * sum(one["pictures"] for one in strangers))
    lines = [
        "# Finding copies",
        "",
        f"{kept:,} edits of {asked} samples, {kept // len(summary['queries'])} of each kind, from packages "
        "that neither trained nor calibrated anything; their other pictures are strangers.",
        "Recall in per cent. PDQ, pHash and the bare network: where 0.1 % of pairs of a stranger and a "
        "sample lie above the cut.",
        f"Shipped: the whole matcher at its threshold of {summary['threshold']}, the right sample named; "
        f"{false:.3%} of pairs of a stranger and a sample lie above it.",
        "",
        "| edit | " + " | ".join(methods) + " |",
        "|---|" + "---|" * len(methods),
    ]
    for edit in (*classic, *pasted):
        cells = " | ".join(f"{100 * summary['recall'][method][edit]:.0f}" for method in methods)
        lines.append(f"| {edit} | {cells} |")
    for kind in ("classic", "pasted"):
        cells = " | ".join(f"**{100 * means[method][kind]:.1f}**" for method in methods)
        lines.append(f"| **mean, {kind}** | {cells} |")
    lines += ["", "| pictures that are no copies | asked | taken for one |", "|---|---|---|"]
    lines += [f"| {g} | {f['pictures']} | {f['hits']} |" for g, f in summary["false_positives"].items()]
    times = ", ".join(f"p{q} {ms} ms" for q, ms in summary["cpu_ms"].items())
    lines += [
        "",
        f"Wrong sample named: {summary['wrong_sample']}. Processor time of one picture against all: {times}.",
    ]
    out.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"means": means, "false_positives": summary["false_positives"], "cpu_ms": summary["cpu_ms"]}
