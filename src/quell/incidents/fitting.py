"""From samples that were read to an incident that can be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background
from quell.incidents.classifier import FewShotClassifier
from quell.incidents.domain import ReadSample, TextSample
from quell.incidents.index import Fitting, Snapshot
from quell.incidents.literal import LiteralIndex
from quell.incidents.matcher import Block, FittedIncident
from quell.incidents.reading import Reading, TextReader
from quell.incidents.store import IncidentStore
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
        LiteralIndex(
            {sample.id: read.literal for sample, read in samples},
            {sample.id: sample.text for sample, _ in samples},
        ),
        {encoder: len(known) for encoder, known in ids.items()},
        {
            encoder: fit_block(ids[encoder], np.stack(rows), backgrounds[encoder])
            for encoder, rows in vectors.items()
        },
    )


class TextFitting(Fitting[TextSample, ReadSample, FittedIncident, Reading]):
    """Fits text incidents, for each encoder when a text is first read by it."""

    def __init__(
        self,
        store: IncidentStore[TextSample, ReadSample],
        reader: TextReader,
        backgrounds: Mapping[str, Background],
    ) -> None:
        self._store = store
        self._reader = reader
        self._backgrounds = backgrounds

    @property
    def reading(self) -> str:
        """The rules and encoders that samples have to be read by."""
        return self._reader.reading

    def read(self, sample: TextSample) -> ReadSample:
        """Read a stored sample again."""
        return self._reader.sample(sample.text)

    def ready(self, entry: FittedIncident, query: Reading) -> bool:
        """Return whether the encoders that read this text are loaded."""
        return all(encoder in entry.blocks for encoder in entry.encoders_for(query))

    def gather(
        self, snapshot: Snapshot, query: Reading, entry: FittedIncident | None
    ) -> Callable[[], FittedIncident]:
        """Read the vectors of the encoders that are needed; return what fits them."""
        tx, incident, rows, deployed = snapshot.tx, snapshot.incident, snapshot.rows, snapshot.deployed
        shell = FittedIncident(
            incident.name,
            incident.threshold,
            {row["id"]: TextSample(row["id"], row["text"]) for row in rows},
            LiteralIndex(
                {row["id"]: row["literal"] for row in rows}, {row["id"]: row["text"] for row in rows}
            ),
            self._store.matching_counts(tx, incident, deployed=deployed),
            {},
        )
        needed = dict.fromkeys((*(entry.blocks if entry else ()), *shell.encoders_for(query)))
        vectors = {
            encoder: self._store.matching_vectors(tx, incident, encoder, deployed=deployed)
            for encoder in needed
        }
        return lambda: self._fit(shell, vectors)

    def _fit(
        self, shell: FittedIncident, vectors: Mapping[str, Sequence[tuple[str, bytes]]]
    ) -> FittedIncident:
        blocks = {
            encoder: fit_block(
                [sample_id for sample_id, _ in found],
                rows_of(found),
                self._backgrounds[encoder],
            )
            for encoder, found in vectors.items()
            if found
        }
        return replace(shell, blocks=blocks)


def rows_of(stored: Sequence[tuple[str, bytes]]) -> NDArray[np.float32]:
    """Return stored vectors as rows, (samples, dim) float32."""
    joined = b"".join(vector for _, vector in stored)
    return np.frombuffer(joined, dtype="<f4").reshape(len(stored), -1)
