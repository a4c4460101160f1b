"""How long matching takes once a text has been read: 100 incidents of 1,000 samples each, one window.

    python -m benchmarks.matching_speed

"decide" is what text:analyze asks (does it hit), "probability" is what explain asks, and "exact search"
is the brute-force nearest sample alone. Medians and 99th percentiles in milliseconds, one thread.
Samples are drawn around ordinary texts, so that incidents look like incidents; texts are ordinary ones
and, in the row marked so, texts of an incident that is named. CPU time is what a busy machine hardly touches.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier
from quell.vectors.exact import ExactIndex

INCIDENTS, SAMPLES, ROUNDS = 100, 1000, 200
Timed = Callable[[NDArray[np.float32]], object]


def samples_around(row: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Return unit rows that lie about as far from `row` as texts of one kind lie from their mean."""
    noise = np.random.default_rng(seed).standard_normal((count, len(row))).astype(np.float32)
    rows = row + 0.4 * noise / np.sqrt(len(row))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def timed(work: Timed, windows: NDArray[np.float32]) -> tuple[float, float, float]:
    """Return the median and the 99th percentile of the time that passed, and the median CPU time, in ms."""
    spent, worked = [], []
    for number in range(ROUNDS):
        window = windows[number % len(windows)][None]
        start, busy = time.perf_counter(), time.thread_time()
        work(window)
        spent.append((time.perf_counter() - start) * 1000)
        worked.append((time.thread_time() - busy) * 1000)
    return float(np.median(spent)), float(np.quantile(spent, 0.99)), float(np.median(worked))


def main() -> None:
    """Build the incidents, time the three questions for 5 and for 100 named incidents."""
    background = Background.load("gte-small")
    centres = background.vectors[:: len(background.vectors) // INCIDENTS][:INCIDENTS]
    blocks = [samples_around(centre, SAMPLES, seed) for seed, centre in enumerate(centres)]
    start = time.perf_counter()
    classifiers = [FewShotClassifier.fit(block, background) for block in blocks]
    fitting = (time.perf_counter() - start) / INCIDENTS * 1000
    indexes = [ExactIndex([str(row) for row in range(SAMPLES)], block) for block in blocks]
    ordinary = background.vectors[5::97]
    found: dict[str, tuple[float, float, float]] = {}
    for named in (5, INCIDENTS):
        mine, rows = classifiers[:named], indexes[:named]
        questions: dict[str, tuple[Timed, NDArray[np.float32]]] = {
            "decide, ordinary texts": (lambda w, c=mine: [one.probability(w, 0.5) for one in c], ordinary),
            "decide, texts of an incident": (
                lambda w, c=mine: [one.probability(w, 0.5) for one in c],
                blocks[0],
            ),
            "probability": (lambda w, c=mine: [one.probability(w) for one in c], ordinary),
            "exact search": (lambda w, c=rows: [one.nearest(w) for one in c], ordinary),
        }
        for name, (work, windows) in questions.items():
            found[f"{name}, {named} named"] = timed(work, windows)
    lines = ["| question | median ms | p99 ms | median CPU ms |", "|---|---|---|---|"]
    lines += [f"| {name} | {one[0]:.3f} | {one[1]:.3f} | {one[2]:.3f} |" for name, one in found.items()]
    lines += ["", f"Fitting an incident of {SAMPLES} samples: {fitting:.1f} ms."]
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "matching_speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (results / "matching_speed.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
