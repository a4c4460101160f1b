"""Measures the shipped harm model and the floors on the report half: writes metrics.json and CARD.md.

python -m training.harms.evaluate MODEL_FOLDER --texts FOLDER --cache FOLDER --out model-cards/harms-e5
"""

import argparse
import json
import random
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from quell.harms import HarmModel
from quell.text.normalise import normalise
from training.harms import card
from training.harms import corpus as rows
from training.harms.augment import OBFUSCATIONS
from training.harms.floors import all_floors
from training.harms.network import CATEGORIES

Table = dict[str, Any]
Floats = NDArray[np.float64]
FLAG = 2
FEWEST = 8


def read_all(model: HarmModel, texts: list[str]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Severities (n, 4), probabilities of 2 or more (n, 4) and window counts (n,), normalised as served."""
    severities, chances = np.zeros((len(texts), 4)), np.zeros((len(texts), 4))
    windows = np.zeros(len(texts), np.int64)
    for n, text in enumerate(texts):
        reading = model.analyze(normalise(text[:10_000]).text)
        severities[n] = [c.severity for c in reading.categories]
        chances[n] = [c.probabilities[1] for c in reading.categories]
        windows[n] = reading.windows
    return severities, chances, windows


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
    """Mean absolute error, rank correlation, and counts [truth][answer] of the levels 0, 2, 4, 6."""
    levels = np.clip(severity.astype(int) // 2, 0, 3)
    confusion = np.zeros((4, 4), int)
    np.add.at(confusion, (truth // 2, levels), 1)
    return {
        "mae": float(np.abs(truth - severity).mean()),
        "spearman": float(spearmanr(truth, severity).statistic),
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
            "floors": {method: floor_table(truth, scores[at, n]) for method, scores in floors.items()},
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


def robustness(model: HarmModel, corpus: rows.Corpus, severities: Floats, most: int = 90) -> Table:
    """Recall on English positives of the report half, clean and after each obfuscation, per category."""
    rng, found = random.Random(17), {}
    for n, name in enumerate(CATEGORIES):
        at = [i for i in np.flatnonzero(corpus.severities[:, n] >= FLAG)
              if corpus.langs[i] == "en" and len(corpus.texts[i]) < 300]  # fmt: skip
        at = rng.sample(at, min(most, len(at)))
        found[name] = {"rows": len(at), "clean": float((severities[at, n] >= FLAG).mean())}
        for kind, change in OBFUSCATIONS.items():
            changed = read_all(model, [change(rng, corpus.texts[i]) for i in at])[0]
            found[name][kind] = float((changed[:, n] >= FLAG).mean())
    return found


def long_texts(corpus: rows.Corpus, severities: Floats, windows: NDArray[np.int64]) -> Table:
    """By number of windows: harmless texts flagged in any category, harmful ones in the right one.

    "Calm" are the sources that hold no harm at all; other harmless long texts are mostly forum posts about
    the same troubles as the harmful ones.
    """
    harmful = (corpus.severities >= FLAG).any(1)
    harmless = (corpus.severities >= 0).all(1) & ~harmful
    mixed = {corpus.sources[i] for i in np.flatnonzero(harmful)}
    calm = np.array([source not in mixed for source in corpus.sources])
    flags = severities >= FLAG
    any_flag, hit = flags.any(1), (flags & (corpus.severities >= FLAG)).any(1)
    found = {}
    for name, low, high in (("1", 1, 1), ("2", 2, 2), ("3 to 5", 3, 5), ("6 or more", 6, 10**6)):
        at = (windows >= low) & (windows <= high)
        groups = {
            "calm": (at & calm & harmless, any_flag),
            "other harmless": (at & ~calm & harmless, any_flag),
        }
        groups["harmful"] = (at & harmful, hit)
        found[name] = {
            group: {
                "rows": int(chosen.sum()),
                "share": float(values[chosen].mean()) if chosen.any() else None,
            }
            for group, (chosen, values) in groups.items()
        }
    return found


CALM = (
    "banking77", "clinc150", "counsel-chat-answers", "cyberseceval-frr", "medquad", "schema-guided-dialogue",
    "snips", "tldr-pages", "universal-dependencies", "wikipedia-talk-context",
)  # fmt: skip


def joined_calm(model: HarmModel, corpus: rows.Corpus, each: int = 40) -> Table:
    """Share flagged in any category of texts joined from rows of sources without harm, by length."""
    rng, found = random.Random(23), {}
    calm = [t for t, s in zip(corpus.texts, corpus.sources, strict=True) if s in CALM]
    for characters in (1000, 3000, 10_000):
        texts = [" ".join(rng.choices(calm, k=characters // 20))[:characters] for _ in range(each)]
        severities, _, windows = read_all(model, texts)
        found[f"{characters:,}"] = {
            "rows": each,
            "windows": float(windows.mean()),
            "flagged": float((severities >= FLAG).any(1).mean()),
        }
    return found


def speed(model: HarmModel) -> Table:
    """Processor milliseconds of one thread, median of several, tokenising included."""
    short = (
        "the bus to the airport leaves every twenty minutes from the stop in front of the old town hall today"
    )
    found = {}
    for name, text, times in (("20 words", short, 60), ("10,000 characters", (short + ". ") * 100, 5)):
        taken = []
        for _ in range(times):
            started = time.thread_time()
            model.analyze(text[:10_000])
            taken.append((time.thread_time() - started) * 1000)
        found[name] = float(np.median(taken))
    return found


def main() -> None:
    """Measure, then write metrics.json and CARD.md."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--notes", type=Path, help="JSON with facts of the training run, for the card.")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    model = HarmModel(arguments.model)
    report = rows.measured(arguments.texts, "report")
    severities, chances, windows = read_all(model, report.texts)
    floors = all_floors(rows.training(arguments.texts), report.texts, arguments.cache)
    own = np.array([s.startswith("own:") for s in report.sources])
    collected, held = report.take(~own), report.take(own)
    metrics = {
        "model": {"name": model.name, "revision": model.revision},
        "training": json.loads(arguments.notes.read_text()) if arguments.notes else {},
        "rows": {"collected": len(collected.texts), "templates": len(held.texts)},
        "categories": categories(
            collected, severities[~own], chances[~own], {k: v[~own] for k, v in floors.items()}
        ),
        "probes": probes(held, severities[own]),
        "probe_floors": {
            name: {c: floor_table(held.severities[:, n], s[own][:, n]) for n, c in enumerate(CATEGORIES)}
            for name, s in floors.items()
        },
        "probe_languages": probe_languages(held, chances[own], severities[own]),
        "robustness": robustness(model, collected, severities[~own]),
        "long": long_texts(collected, severities[~own], windows[~own]),
        "joined_calm": joined_calm(model, collected),
        "speed_ms": speed(model),
        "bytes": sum(p.stat().st_size for p in arguments.model.iterdir()),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(metrics, indent=1, default=float)
    (arguments.out / "metrics.json").write_text(text + "\n", encoding="utf-8")
    (arguments.out / "CARD.md").write_text(card.render(json.loads(text)), encoding="utf-8")


if __name__ == "__main__":
    main()
