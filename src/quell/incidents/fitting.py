"""From samples that were read to an incident that can be asked."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier
from quell.incidents.domain import ReadSample, TextSample
from quell.incidents.literal import LiteralIndex
from quell.incidents.matcher import Block, FittedIncident
from quell.vectors.exact import ExactIndex


def fit_block(ids: Sequence[str], vectors: NDArray[np.float32], background: Background) -> Block:
    """Fit the samples that one encoder has read; `vectors` is (samples, dim) float32, rows of unit norm."""
    index = ExactIndex(ids, vectors)
    return Block(index, FewShotClassifier.fit(index.vectors, background))


def fit_samples(
    name: str,
    threshold: float,
    samples: Sequence[tuple[TextSample, ReadSample]],
    backgrounds: Mapping[str, Background],
) -> FittedIncident:
    """Fit an incident from samples that need not be stored, for every encoder that has read any of them."""
    ids: dict[str, list[str]] = {}
    vectors: dict[str, list[NDArray[np.float32]]] = {}
    for sample, read in samples:
        for embedding in read.embeddings:
            ids.setdefault(embedding.encoder, []).append(sample.id)
            vectors.setdefault(embedding.encoder, []).append(embedding.vector)
    return FittedIncident(
        name,
        threshold,
        {sample.id: sample for sample, _ in samples},
        LiteralIndex({sample.id: read.literal for sample, read in samples}),
        {encoder: len(known) for encoder, known in ids.items()},
        {
            encoder: fit_block(ids[encoder], np.stack(rows), backgrounds[encoder])
            for encoder, rows in vectors.items()
        },
    )
