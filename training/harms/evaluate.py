"""Measures the shipped harm model and the floors on the report half: writes metrics.json and CARD.md.

python -m training.harms.evaluate MODEL_FOLDER --texts FOLDER --cache FOLDER --out model-cards/harms-e5
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from quell.harms import HarmModel
from quell.harms.domain import eight_of
from training.harms import card, parts
from training.harms import corpus as rows
from training.harms.calm import calm
from training.harms.floors import all_floors
from training.harms.kinds import kinds
from training.harms.network import CATEGORIES
from training.harms.stress import (
    FLAG,
    Floats,
    Table,
    joined,
    long_texts,
    other_calm,
    read_all,
    robustness,
    speed,
)

FEWEST = 8
CALM_EACH = 1000
"""Rows of each source of calm text that are read."""


def _f1(positive: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> float:
    total = positive.sum() + flagged.sum()
    return float(2 * (positive & flagged).sum() / total) if total else 0.0


def ranking(truth: NDArray[np.int8], score: Floats) -> Table:
    """AUROC and AUPRC of "2 or more", None where a class has fewer than `FEWEST` rows."""
    positive = truth >= FLAG
    enough = FEWEST <= positive.sum() <= len(positive) - FEWEST
    return {
        "rows": len(truth),
        "positive": int(positive.sum()),
        "auroc": float(roc_auc_score(positive, score)) if enough else None,
        "auprc": float(average_precision_score(positive, score)) if enough else None,
    }


def cell(truth: NDArray[np.int8], score: Floats, severity: Floats) -> Table:
    """Ranking, and F1, recall and false-positive rate as shipped (flagged from severity 2)."""
    positive, flagged = truth >= FLAG, severity >= FLAG
    negatives = (~positive).sum()
    return ranking(truth, score) | {
        "f1": _f1(positive, flagged) if positive.any() else None,
        "recall": float(flagged[positive].mean()) if positive.any() else None,
        "fpr": float(flagged[~positive].mean()) if negatives else None,
    }


def severity_table(truth: NDArray[np.int8], severity: Floats) -> Table:
    """Mean absolute error, rank correlations, and counts [truth][answer] of the levels 0, 2, 4, 6.

    Labels are mostly 0, and ties bound what Spearman's correlation of a finer answer can reach:
    `spearman_most` is that of a perfect order without ties. `spearman_served` takes the whole numbers of
    eight levels.
    """
    levels = np.clip(severity.astype(int) // 2, 0, 3)
    confusion = np.zeros((4, 4), int)
    np.add.at(confusion, (truth // 2, levels), 1)
    return {
        "mae": float(np.abs(truth - severity).mean()),
        "spearman": float(spearmanr(truth, severity).statistic),
        "spearman_most": float(spearmanr(np.sort(truth), np.arange(len(truth))).statistic),
        "spearman_served": float(spearmanr(truth, [eight_of(one) for one in severity]).statistic),
        "confusion": confusion.tolist(),
    }


def by(keys: list[str], truth: NDArray[np.int8], score: Floats, severity: Floats) -> Table:
    """`cell` for every key."""
    labels = np.array(keys)
    return {
        key: cell(truth[labels == key], score[labels == key], severity[labels == key])
        for key in sorted(set(keys))
    }


def floor_table(truth: NDArray[np.int8], score: Floats) -> Table:
    """Ranking of a floor, and the best F1 that any threshold could reach on these very rows."""
    precision, recall, _ = precision_recall_curve(truth >= FLAG, score)
    best = float((2 * precision * recall / np.maximum(precision + recall, 1e-9)).max())
    return ranking(truth, score) | {"best_f1": best}


def floor_tables(
    corpus: rows.Corpus, floors: dict[str, NDArray[np.float32]], own: NDArray[np.bool_]
) -> Table:
    """Rankings of each floor, by category on the collected rows, and by floor on our own templates."""

    def table(scores: NDArray[np.float32], n: int, chosen: NDArray[np.bool_]) -> Table:
        chosen = chosen & (corpus.severities[:, n] >= 0)
        return floor_table(corpus.severities[chosen, n], scores[chosen, n].astype(float))

    numbered = list(enumerate(CATEGORIES))
    return {
        "collected": {c: {name: table(s, n, ~own) for name, s in floors.items()} for n, c in numbered},
        "templates": {name: {c: table(s, n, own) for n, c in numbered} for name, s in floors.items()},
    }


def floors_of(path: Path) -> Table:
    """Give the floors of an earlier metrics.json: they do not change with our model."""
    old = json.loads(path.read_text(encoding="utf-8"))
    collected = {name: found["floors"] for name, found in old["categories"].items()}
    return {"collected": collected, "templates": old["probe_floors"]}


def categories(corpus: rows.Corpus, severities: Floats, chances: Floats, floors: Table) -> Table:
    """Everything per category on the collected report half."""
    found = {}
    for n, name in enumerate(CATEGORIES):
        at = np.flatnonzero(corpus.severities[:, n] >= 0)
        truth, score, severity = corpus.severities[at, n], chances[at, n], severities[at, n]
        found[name] = {
            "all": cell(truth, score, severity) | severity_table(truth, severity),
            "languages": by([corpus.langs[i] for i in at], truth, score, severity),
            "sources": by([corpus.sources[i] for i in at], truth, score, severity),
            "floors": floors[name],
        }
    return found


def probes(corpus: rows.Corpus, severities: Floats) -> Table:
    """Share of held-out templates flagged: harmless in any category, harmful in the right one."""
    found: Table = {}
    for family in sorted(set(corpus.sources)):
        chosen = np.array([s == family for s in corpus.sources])
        for label, wanted in (("en", True), ("others", False)):
            at = np.flatnonzero(chosen & (np.array([lang == "en" for lang in corpus.langs]) == wanted))
            if not len(at):
                continue
            truth = corpus.severities[at]
            flags = severities[at] >= FLAG
            harmful = (truth >= FLAG).any(1)
            hit = (flags & (truth >= FLAG)).any(1)
            found[f"{family.removeprefix('own:')}, {label}"] = {
                "rows": len(at), "harmful": bool(harmful.any()),
                "flagged": float((hit if harmful.any() else flags.any(1)).mean()),
            }  # fmt: skip
    return found


def probe_languages(corpus: rows.Corpus, chances: Floats, severities: Floats) -> Table:
    """Per category and language on held-out templates."""
    return {
        name: by(corpus.langs, corpus.severities[:, n], chances[:, n], severities[:, n])
        for n, name in enumerate(CATEGORIES)
    }


def main() -> None:
    """Measure, then write metrics.json and CARD.md."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path())
    parser.add_argument(
        "--floors", type=Path, help="metrics.json of before, for floors on the same rows instead."
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--notes", type=Path, help="JSON with facts of the training run, for the card.")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    model = HarmModel(arguments.model)
    report = parts.reported(arguments.texts)
    severities, chances, windows = read_all(model, report.texts)
    own = np.array([s.startswith("own:") for s in report.sources])
    if arguments.floors:
        floors = floors_of(arguments.floors)
    else:
        scores = all_floors(parts.training(arguments.texts), report.texts, arguments.cache)
        floors = floor_tables(report, scores, own)
    collected, held = report.take(~own), report.take(own)
    metrics = {
        "model": {"name": model.name, "revision": model.revision},
        "training": json.loads(arguments.notes.read_text()) if arguments.notes else {},
        "rows": {"collected": len(collected.texts), "templates": len(held.texts)},
        "categories": categories(collected, severities[~own], chances[~own], floors["collected"]),
        "probes": probes(held, severities[own]),
        "probe_floors": floors["templates"],
        "probe_languages": probe_languages(held, chances[own], severities[own]),
        "kinds": kinds(model),
        "calm": other_calm(model, calm(arguments.texts, "report", CALM_EACH)),
        "robustness": robustness(model, collected, severities[~own]),
        "long": long_texts(collected, severities[~own], windows[~own]),
        "joined": joined(model, collected, severities[~own]),
        "speed_ms": speed(model),
        "bytes": sum(p.stat().st_size for p in arguments.model.iterdir()),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(metrics, indent=1, default=float)
    (arguments.out / "metrics.json").write_text(text + "\n", encoding="utf-8")
    (arguments.out / "CARD.md").write_text(card.render(json.loads(text)), encoding="utf-8")


if __name__ == "__main__":
    main()
