"""Fits the one calibration of an encoder that weighs the embedded engine's measures for every policy.

    python -m training.reviewers.calibrate gte-small --texts TEXTS --cache CACHE

Writes src/quell/models/reviewers/<encoder>/. Policies are drawn from the classes that are for choosing; every
policy counts alike, and inside a policy every label.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from quell.models import load_manifest
from quell.reviewers.embedded import phrase
from quell.reviewers.embedded_calibration import (
    CALIBRATIONS,
    KNOTS,
    MEASURES,
    REST_MEASURES,
    Calibration,
    at_knots,
)
from quell.reviewers.embedded_languages import FILE
from quell.reviewers.embedded_ordinary import Ordinary
from quell.reviewers.embedded_scoring import Known, LabelScorer
from quell.text.normalise import normalise
from training.incidents.episodes import tuned
from training.incidents.texts import Corpus, TextClass
from training.incidents.vectors import CachedEncoder
from training.reviewers.policies import REVIEW_LENGTH, Task, TaskMaker, described, key_of

COUNTS = (0, 1, 2, 4, 8, 16, 32)
LABELS = (1, 2, 3, 4, 6, 9)
SEEDS = 2
RIDGE = 1e-4
LEAST_TEXTS = 24
LANGUAGE_ROWS = 600
_MOST_LABELS = 9

Matrix = NDArray[np.float64]


def corpus_of(texts: Path) -> Corpus:
    """Return the corpus with enough texts a class for 32 examples and as many tests as are drawn."""
    return Corpus(texts, large=90, small=60)


def makers(corpus: Corpus, encoder: CachedEncoder) -> tuple[TaskMaker, TaskMaker]:
    """Return the makers of policies for choosing and for reporting; they share no class and no text."""
    known = described()
    classes = [
        one for one in corpus.classes() if one.lang == "en" and key_of(one) in known and one.kind != "catqa"
    ]
    classes = [one for one in classes if sum(len(t) <= REVIEW_LENGTH for t in one.texts) >= LEAST_TEXTS]
    ordinary = corpus.ordinary("en", 500, {text for text, _ in corpus.background(None)})
    centres = {one.key: encoder.whole(one.texts[:20]).mean(axis=0) for one in classes}
    half = len(ordinary) // 2

    def maker(chosen: list[TextClass], texts: list[str]) -> TaskMaker:
        return TaskMaker(chosen, texts, centres)

    return (
        maker([one for one in classes if tuned(one)], ordinary[:half]),
        maker([one for one in classes if not tuned(one)], ordinary[half:]),
    )


def draw(maker: TaskMaker) -> list[Task]:
    """Draw policies of 1 to 9 labels from every family, near and mixed, some without examples of the rest."""
    found = []
    for family in maker.families():
        for labels in LABELS:
            for seed in range(SEEDS):
                near, other = bool(seed % 2), (labels + seed) % 3 != 0
                found += maker.draw(family, labels, COUNTS, near=near, seed=seed, other=other)
    return found


class Measured:
    """All texts of all policies as one table: what each weight multiplies, per label and for the rest."""

    def __init__(self) -> None:
        self.labels: list[Matrix] = []
        self.rests: list[Matrix] = []
        self.truths: list[int] = []
        self.weights: list[float] = []

    def add(self, task: Task, scorer: LabelScorer, vectors: NDArray[np.float32]) -> None:
        """Measure the texts of one policy."""
        rest = scorer.rest
        counts = np.bincount(scorer.owners, minlength=len(task.policy.labels))
        spread, own = at_knots(counts), at_knots(counts[rest:])[0]
        shown = at_knots(np.array([counts[:rest].mean()]))[0]
        sizes = np.bincount(task.truth, minlength=rest + 1)
        for text, vector, truth in zip(task.texts, vectors, task.truth, strict=True):
            table, measured, _ = scorer.measures(vector, len(normalise(text).text))
            wide = np.zeros((_MOST_LABELS, len(MEASURES) * len(KNOTS)))
            wide[:rest] = (table[:rest, :, None] * spread[:rest, None, :]).reshape(rest, -1)
            self.labels.append(wide)
            self.rests.append(np.concatenate([*(one * own for one in measured), shown, [np.log(rest)]]))
            self.truths.append(_MOST_LABELS if truth == rest else int(truth))
            self.weights.append(1.0 / sizes[truth] / (rest + 1))

    def fit(self, policies: int) -> Calibration:
        """Return the likeliest weights, shrunk a little; those of cosines and logits are not negative."""
        labels, rests = np.stack(self.labels), np.stack(self.rests)
        absent = np.where(np.abs(labels).sum(axis=2) == 0.0, -1e9, 0.0)
        absent = np.column_stack([absent, np.zeros(len(absent))])
        truths, weights = np.array(self.truths), np.array(self.weights) / policies
        wide = labels.shape[2]
        scale = np.concatenate([np.sqrt((labels**2).mean(axis=(0, 1))), np.sqrt((rests**2).mean(axis=0))])
        scale += 1e-3
        labels, rests = labels / scale[:wide], rests / scale[wide:]
        places = np.arange(len(truths))

        def loss(model: Matrix) -> tuple[float, Matrix]:
            logits = np.column_stack([labels @ model[:wide], rests @ model[wide:]]) + absent
            logits -= logits.max(axis=1, keepdims=True)
            shares = np.exp(logits)
            shares /= shares.sum(axis=1, keepdims=True)
            value = -(weights * np.log(shares[places, truths] + 1e-300)).sum() + RIDGE * (model @ model)
            shares[places, truths] -= 1.0
            shares *= weights[:, None]
            slope = np.concatenate([np.einsum("nk,nkf->f", shares[:, :-1], labels), shares[:, -1] @ rests])
            return float(value), slope + 2 * RIDGE * model

        # More like a description or an example never speaks against its label.
        free = np.concatenate(
            [
                np.repeat([name in ("constant", "length") for name in names], len(KNOTS))
                for names in (MEASURES, REST_MEASURES)
            ]
            + [np.ones(len(KNOTS) + 1, bool)]
        )
        found = minimize(
            loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", options={"maxiter": 500},
            bounds=[(None if one else 0.0, None) for one in free],
        )  # fmt: skip
        model = found.x / scale
        size = len(MEASURES) * len(KNOTS)
        knots = len(KNOTS)
        rest = model[size:]
        return Calibration(
            model[:size].reshape(len(MEASURES), knots),
            rest[: -1 - knots].reshape(len(REST_MEASURES), knots),
            rest[-1 - knots : -1],
            float(rest[-1]),
        )


def scorer_of(task: Task, encoder: CachedEncoder, ordinary: Ordinary) -> LabelScorer:
    """Fit a policy as the engine does, from remembered vectors."""
    labels = task.policy.labels
    number = {label.name: at for at, label in enumerate(labels)}
    owners = np.array([number[one.label] for one in task.policy.examples], np.int32)
    dim = encoder.encoder.dim
    shown = encoder.whole([one.text for one in task.policy.examples]) if len(owners) else np.zeros((0, dim))
    rows = encoder.whole([phrase(label) for label in labels])
    places = np.arange(len(owners), dtype=np.int32)
    return LabelScorer.fit(Known(rows, shown.astype(np.float32), owners, places, len(labels) - 1), ordinary)


def middles_of(encoder: CachedEncoder, corpus: Corpus) -> dict[str, NDArray[np.float16]]:
    """Return the middle of ordinary text (dim,) in each language that the encoder reads enough of."""
    found = {}
    for lang in corpus.languages():
        texts = corpus.sample(lang, LANGUAGE_ROWS)
        if len(texts) >= LANGUAGE_ROWS // 4:
            found[lang] = encoder.whole(texts).mean(axis=0).astype(np.float16)
    return found


def ship(
    encoder: CachedEncoder,
    calibration: Calibration,
    policies: int,
    middles: Mapping[str, NDArray[np.float16]],
) -> None:
    """Write the calibration, the middles of languages where there are several, and the manifest."""
    folder = CALIBRATIONS / encoder.name
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(calibration.to_json(), indent=1).encode() + b"\n"
    (folder / "calibration.json").write_bytes(content)
    names = ["calibration.json"]
    if len(middles) > 1:
        np.savez_compressed(folder / FILE, **middles)
        names.append(FILE)
    lines = [
        f'name = "{encoder.name}-reviewers"', 'revision = "2"', 'licence = "Apache-2.0"', "", "[origin]",
        'made_by = "training/reviewers/calibrate.py"', f'policies = "{policies}"', "", "[parameters]",
        f'encoder = "{encoder.name}"', f'encoder_revision = "{encoder.revision}"',
    ]  # fmt: skip
    for name in names:
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        lines += ["", "[[files]]", f'path = "{name}"', f'sha256 = "{digest}"', f"bytes = {len(content)}"]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Draw, measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder")
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--only-middles", action="store_true", help="keep the calibration as it is")
    given = parser.parse_args()
    encoder = CachedEncoder(given.encoder, given.cache)
    corpus = corpus_of(given.texts)
    middles = {} if encoder.encoder.languages == ("en",) else middles_of(encoder, corpus)
    if given.only_middles:
        policies = int(str(load_manifest(CALIBRATIONS / encoder.name).origin["policies"]))
        ship(encoder, Calibration.load(encoder.name, encoder.revision), policies, middles)
        return
    maker, _ = makers(corpus, encoder)
    ordinary = Ordinary.load(encoder.name, encoder.revision, calibrated=False)
    tasks = draw(maker)
    measured = Measured()
    for task in tasks:
        measured.add(task, scorer_of(task, encoder, ordinary), encoder.whole(task.texts))
    ship(encoder, measured.fit(len(tasks)), len(tasks), middles)
    print(f"{len(tasks)} policies, {len(measured.truths)} texts")


if __name__ == "__main__":
    main()
