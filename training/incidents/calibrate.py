"""Makes what ships for an encoder: its background, and the calibration chosen on the tuned classes.

    python -m training.incidents.calibrate gte-small --texts ../shared/data --cache CACHE

Writes src/quell/models/backgrounds/<encoder>/ and the metrics of the classes that are reported on.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from quell.incidents.background import BACKGROUNDS, Background, Calibration
from quell.incidents.classifier import FEATURES, SIMILARITIES
from training.incidents.episodes import NEAR, Episode, EpisodeMaker, tuned
from training.incidents.logistic import VARIES, Measured, fit, measure
from training.incidents.score import Outcome, group, outcomes, table
from training.incidents.texts import Corpus, TextClass
from training.incidents.vectors import CachedEncoder

TRAINED_COUNTS = ((1, 1), (2, 1), (3, 1), (5, 2), (10, 2), (20, 1), (50, 1))
BLENDED = ((4, 2), (6, 3), (10, 3), (10, 6), (20, 5), (30, 6), (60, 6), (120, 6), (300, 6))  # samples, topics
COPIED = (3, 8, 20, 60)
REPORTED_COUNTS = (5, 10)
RIDGE = 1e-5
POSITIVE_WEIGHTS = (1.0, 1.3, 1.6, 2.0, 2.5)
CARD = Path(__file__).parents[2] / "model-cards" / "incident-classifier"


def neutral() -> Calibration:
    """Return a calibration of zeros, for measuring before there is one."""
    features, varying = len(FEATURES), len(VARIES)
    return Calibration(
        np.zeros((len(SIMILARITIES), 1 + varying)), VARIES, np.zeros(features),
        np.zeros(varying * (varying + 1) // 2), 0.0, np.zeros(features), np.ones(features),
    )  # fmt: skip


def weigh(one: TextClass, kinds: Counter[str]) -> float:
    """Let the reported groups count alike, and the kinds inside a group by the root of their size."""
    name = group(one)
    total = sum(count**0.5 for kind, count in kinds.items() if kind.startswith(name + "|"))
    kind = f"{name}|{one.kind}"
    return float(kinds[kind] ** -0.5 / total)


def draw_all(maker: EpisodeMaker, classes: list[TextClass]) -> Iterator[Episode]:
    """Draw the episodes that the calibration is fitted on."""
    for k, seeds in TRAINED_COUNTS:
        for one in classes:
            if len(one.texts) >= k + 4 and (k < 50 or one.kind == "topics"):
                yield from (maker.draw(one, k, seed) for seed in range(seeds))


def train(maker: EpisodeMaker, background: Background) -> tuple[Calibration, dict[str, object]]:
    """Fit on the tuned classes, with the lightest weight of positives that gives the best F1 there."""
    kinds = Counter(f"{group(one)}|{one.kind}" for one in maker.classes)
    measured: list[Measured] = [
        measure(episode, background, weigh(episode.one, kinds) * (0.5 if episode.k in (1, 2, 50) else 1.0))
        for episode in draw_all(maker, maker.classes)
    ]
    share = 0.1 * sum(one.weight for one in measured)
    blended = [maker.blended(seed, k, parts) for k, parts in BLENDED for seed in range(6)]
    measured += [measure(episode, background, share / len(blended)) for episode in blended]
    print(len(measured), "episodes measured", file=sys.stderr)
    copied = [maker.copied(one, k) for one in maker.classes[::5] for k in COPIED]
    measured += [measure(episode, background, share / len(copied)) for episode in copied]
    judged = [one for one in measured if NEAR in one.episode.labels and one.episode.k in REPORTED_COUNTS]
    tried = []
    for weight in POSITIVE_WEIGHTS:
        calibration = fit(measured, RIDGE, weight)
        found = Outcome.mean([outcomes(judged_group, calibration) for judged_group in _by_group(judged)])
        tried.append((found.f1, weight, calibration))
        print("positives weigh", weight, "tuned", found.line(), file=sys.stderr)
    enough = max(f1 for f1, _, _ in tried) - 0.002
    best = next(
        one for one in tried if one[0] >= enough
    )  # the lightest: fewer false positives for the same F1
    return best[2], {"positive_weight": best[1], "ridge": RIDGE, "episodes": len(measured)}


def _by_group(measured: list[Measured]) -> list[list[Measured]]:
    names = sorted({group(one.episode.one) for one in measured})
    return [[one for one in measured if group(one.episode.one) == name] for name in names]


def write(folder: Path, background: Background, calibration: Calibration, sources: Counter[str]) -> None:
    """Write vectors, calibration and manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "vectors.npz", vectors=background.vectors.astype(np.float16))
    (folder / "calibration.json").write_text(
        json.dumps(calibration.to_json(), indent=1) + "\n", encoding="utf-8"
    )
    named = ", ".join(f"{source} {count}" for source, count in sorted(sources.items()))
    lines = [
        f'name = "{background.encoder}-background"', 'revision = "1"', 'licence = "CC-BY-SA-4.0"',
        "", "[origin]",
        'made_by = "training/incidents/calibrate.py"',
        f'rows = "{len(background.vectors)}"',
        f'sources = "{named}"',
        "", "[parameters]", f'encoder = "{background.encoder}"',
        f'encoder_revision = "{background.revision}"',
    ]  # fmt: skip
    for name in ("vectors.npz", "calibration.json"):
        content = (folder / name).read_bytes()
        lines += ["", "[[files]]", f'path = "{name}"', f'sha256 = "{hashlib.sha256(content).hexdigest()}"']
        lines += [f"bytes = {len(content)}"]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Read the arguments, then make background, calibration and metrics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder")
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    given = parser.parse_args()
    corpus, encoder = Corpus(given.texts), CachedEncoder(given.encoder, given.cache)
    english = encoder.encoder.languages == ("en",)
    classes = [one for one in corpus.classes() if one.lang in encoder.encoder.languages]
    background, sources, taken = make_background(corpus, encoder, classes, english)
    langs = sorted({one.lang for one in classes})
    ordinary = {lang: corpus.ordinary(lang, 2000 if lang == "en" else 300, taken) for lang in langs}
    chosen = EpisodeMaker(encoder, [one for one in classes if tuned(one)], ordinary)
    calibration, how = train(chosen, background)
    write(BACKGROUNDS / encoder.name, background, calibration, sources)
    kept = EpisodeMaker(encoder, [one for one in classes if not tuned(one)], ordinary)
    metrics = {"how": how, "reported": table(kept, background.with_calibration(calibration), REPORTED_COUNTS)}
    CARD.mkdir(parents=True, exist_ok=True)
    (CARD / f"metrics-{encoder.name}.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")


def make_background(
    corpus: Corpus, encoder: CachedEncoder, classes: list[TextClass], english: bool
) -> tuple[Background, Counter[str], set[str]]:
    """Read ordinary texts that are in no class; gives the background, its sources and its texts."""
    used = {text for one in classes for text in (*one.texts, *one.near)}
    rows = [row for row in corpus.background(frozenset({"en"}) if english else None) if row[0] not in used]
    vectors = encoder.whole([text for text, _ in rows]).astype(np.float16).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    background = Background(encoder.name, encoder.revision, vectors, neutral())
    return background, Counter(source for _, source in rows), {text for text, _ in rows}


if __name__ == "__main__":
    main()
