"""What cheap methods reach on the same rows.

TF-IDF with logistic regression, a profanity model, and the frozen encoder with a linear head. The two that
are trained see a sample of our training rows, generated ones included.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

from quell.encoders.onnx import OnnxTextEncoder
from quell.models import WEIGHTS
from training.harms.corpus import Corpus
from training.harms.network import CATEGORIES

Scores = NDArray[np.float32]
SAMPLE = {"tf-idf + logistic regression": 90_000, "frozen e5-small + linear head": 16_000}
CHARACTERS = 1200


def sampled(corpus: Corpus, size: int, seed: int = 5) -> Corpus:
    """`size` different rows, drawn as the trainer draws them."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(corpus.texts), bool)
    chosen[rng.choice(len(chosen), size, replace=False, p=corpus.chance)] = True
    return corpus.take(chosen)


def _heads(features: object, train: Corpus, wanted: object, strength: float) -> Scores:
    """One logistic regression per category on the rows where it is known: probabilities (n, 4)."""
    columns = []
    for n in range(len(CATEGORIES)):
        at = np.flatnonzero(train.severities[:, n] >= 0)
        model = LogisticRegression(C=strength, class_weight="balanced", max_iter=200)
        model.fit(features[at], train.severities[at, n] >= 2)  # type: ignore[index]
        columns.append(model.predict_proba(wanted)[:, 1])
    return np.stack(columns, 1).astype(np.float32)


def tf_idf(train: Corpus, texts: list[str]) -> Scores:
    """Words and word pairs, and characters within words."""
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=3, max_features=80_000, sublinear_tf=True),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), min_df=4, max_features=80_000, sublinear_tf=True
        ),
    )
    features = union.fit_transform([text[:CHARACTERS] for text in train.texts])
    return _heads(features, train, union.transform([text[:CHARACTERS] for text in texts]), 2.0)


def profanity(texts: list[str]) -> Scores:
    """alt-profanity-check: one English score, held against each category."""
    from profanity_check import predict_prob  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load

    score = np.asarray(predict_prob([text[:CHARACTERS] for text in texts]), np.float32)
    return np.repeat(score[:, None], len(CATEGORIES), 1)


def frozen(train: Corpus, texts: list[str]) -> Scores:
    """Use the encoder as it was before fine-tuning, all twelve layers, with one linear head a category."""
    encoder = OnnxTextEncoder(WEIGHTS / "e5-small")
    encode = lambda rows: np.stack([encoder.encode(text[:400]) for text in rows])  # noqa: E731
    return _heads(encode(train.texts), train, encode(texts), 30.0)


def all_floors(corpus: Corpus, texts: list[str], cache: Path) -> dict[str, Scores]:
    """Scores (n, 4) per method; kept in `cache`, because they do not change with our model."""
    found = {}
    for name in ("tf-idf + logistic regression", "alt-profanity-check", "frozen e5-small + linear head"):
        kept = cache / f"{name.replace(' ', '-')}-{len(texts)}.npy"
        if not kept.exists():
            if name.startswith("alt"):
                scores = profanity(texts)
            else:
                train = sampled(corpus, SAMPLE[name])
                scores = tf_idf(train, texts) if name.startswith("tf") else frozen(train, texts)
            cache.mkdir(parents=True, exist_ok=True)
            np.save(kept.with_suffix(".part.npy"), scores)
            kept.with_suffix(".part.npy").replace(kept)
        found[name] = np.load(kept)
    return found
