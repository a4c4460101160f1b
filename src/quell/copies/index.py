"""The samples of one incident, ready to be compared with pictures: cheap comparisons first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sys import getsizeof
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from quell.copies.calibration import embedding_score, geometry_score, hash_score, wanted
from quell.copies.domain import NOTHING, Box, CopyMatch, How
from quell.copies.geometry import Placing, first_descriptors, place, votes
from quell.copies.hashes import LIMIT, QUALITY, distances
from quell.copies.query import CopyQuery, Embedded, Featured, View, whole_box
from quell.copies.stored import StoredSample

_VERIFIED = 20
_FEWEST_VOTES = 3
_ALIKE = 0.15
_DETAILED = 120
_BAND = 0.1
_GLANCE = 0.45
"""How far short of what is wanted a rough likeness may fall; on 60 edits no true one fell 0.4 short."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The best so far: `sample` is its number, `box` lies in the view's own pixels."""

    score: float
    how: How
    sample: int
    view: View
    box: Box


class CopyIndex:
    """Immutable; safe to use from several threads at once."""

    def __init__(self, ids: tuple[str, ...], samples: list[StoredSample]) -> None:
        self._ids = ids
        self._samples = samples
        self._bits = np.concatenate([np.zeros((0, 32), np.uint8), *(s.bits for s in samples)])
        self._bit_owners = _owners([s.bits for s in samples])
        self._qualities = np.concatenate([np.zeros(0, np.uint8), *(s.qualities for s in samples)])
        self._digests = {
            row.tobytes(): number
            for number, s in enumerate(samples)
            for row, quality in zip(s.digests[::-1], s.qualities[::-1], strict=True)
            if quality or not s.qualities.any()  # a bare ground says nothing of what stands on another
        }
        dim = samples[0].vectors.shape[1] if samples else 0
        self._vectors = np.concatenate([np.zeros((0, dim), np.float32), *(s.vectors for s in samples)])
        self._vector_owners = _owners([s.vectors for s in samples])
        rich = np.array([len(s.keypoints.points) >= _DETAILED for s in samples], bool)
        self._detailed = rich[self._vector_owners]
        self._nearness = np.concatenate([np.zeros(0, np.float32), *(s.nearness for s in samples)])
        self._firsts, self._first_owners = first_descriptors(samples)

    @property
    def nbytes(self) -> int:
        """The memory of the samples and of what was stacked of them, in bytes."""
        stacked = (
            self._bits, self._bit_owners, self._qualities, self._vectors, self._vector_owners,
            self._detailed, self._nearness, self._firsts, self._first_owners,
        )  # fmt: skip
        tables = (self._ids, *self._ids, self._digests, *self._digests)
        return (
            sum(sample.nbytes for sample in self._samples)
            + sum(array.nbytes for array in stacked)
            + sum(map(getsizeof, tables))
        )

    @classmethod
    def fit(cls, samples: Sequence[tuple[str, bytes]]) -> Self:
        """Make ready the samples of one incident: (sample id, what `CopyReader.sample` gave)."""
        return cls(tuple(name for name, _ in samples), [StoredSample.from_bytes(data) for _, data in samples])

    def match(self, query: CopyQuery, threshold: float) -> CopyMatch:
        """Say whether the picture is a copy of a sample; stops at the first comparison that is sure."""
        return self._answer(query, self._search(query, threshold), threshold)

    def explain(self, query: CopyQuery, threshold: float) -> CopyMatch:
        """Say the same with the region where the sample lies, as closely as features tell it."""
        found = self._search(query, threshold)
        if found is not None and found.how != "geometry":
            placed = [self._place(found.sample, featured) for featured in query.features]
            best = max((p for p in placed if p is not None), key=lambda p: p.score, default=None)
            if best is not None and best.score >= 0.5:
                found = replace(found, view=best.view, box=best.box)
        return self._answer(query, found, threshold)

    def _answer(self, query: CopyQuery, found: _Found | None, threshold: float) -> CopyMatch:
        if found is None:
            return NOTHING
        return CopyMatch(
            hit=found.score >= threshold,
            score=round(found.score, 4),
            how=found.how,
            sample_id=self._ids[found.sample],
            region=query.shown(found.view, found.box),
            frame=found.view.frame,
        )

    def _search(self, query: CopyQuery, threshold: float) -> _Found | None:
        best: _Found | None = None
        if not self._samples:
            return None
        for step in (self._by_hash, self._by_wholes, self._by_features, self._by_regions):
            found = step(query)
            if found is not None and (best is None or found.score > best.score):
                best = found
            if best is not None and best.score >= threshold:
                break
        return best

    def _by_hash(self, query: CopyQuery) -> _Found | None:
        best: _Found | None = None
        bare = not any(view.hashes.quality for view in query.views)
        for view in query.views:
            box = whole_box(view.rgb)
            same = self._digests.get(view.hashes.digest) if view.hashes.quality or bare else None
            if same is not None:
                return _Found(1.0, "hash", same, view, box)
            if view.hashes.quality < QUALITY:
                continue
            bits = np.where(self._qualities >= QUALITY, distances(view.hashes.bits, self._bits), 256)
            nearest = int(bits.argmin())
            score = hash_score(int(bits[nearest]))
            if bits[nearest] <= LIMIT and (best is None or score > best.score):
                best = _Found(score, "hash", int(self._bit_owners[nearest]), view, box)
        return best

    def _by_wholes(self, query: CopyQuery) -> _Found | None:
        return self._nearest(query, query.wholes, region=False)

    def _by_regions(self, query: CopyQuery) -> _Found | None:
        if self._detailed.all():
            return None  # features have found such samples in any part of the picture, or will not
        return self._nearest(query, query.regions(self._worth_reading(query)), region=True)

    def _worth_reading(self, query: CopyQuery) -> NDArray[np.int64]:
        """Tell by a glance which regions are worth a look; most are nothing alike."""
        glances = query.glances
        rich = np.array([query.details(view) >= _DETAILED for view, _ in glances.places], bool)
        short = wanted(query.middle, rich[:, None] & self._detailed, region=True) - self._excess(glances)
        return np.flatnonzero(short.min(axis=1, initial=np.inf) < _GLANCE)

    def _nearest(self, query: CopyQuery, embedded: Embedded, *, region: bool) -> _Found | None:
        """Find the likeness that goes furthest beyond what is wanted of it."""
        excess = self._excess(embedded)
        if not excess.size:
            return None
        detailed = np.zeros(excess.shape, bool)
        for row in np.flatnonzero(excess.max(axis=1) > query.middle - _BAND):
            if query.details(embedded.places[row][0]) >= _DETAILED:
                detailed[row] = self._detailed
        beyond = excess - wanted(query.middle, detailed, region=region)
        row, column = np.unravel_index(int(beyond.argmax()), beyond.shape)
        view, box = embedded.places[row]
        score = embedding_score(float(beyond[row, column]))
        return _Found(score, "embedding", int(self._vector_owners[column]), view, box)

    def _excess(self, embedded: Embedded) -> NDArray[np.float32]:
        """Give similarities beyond what ordinary pictures reach, (query vectors, sample vectors)."""
        similar = embedded.vectors @ self._vectors.T
        ordinary = (embedded.nearness[:, None] + self._nearness[None, :]) / 2
        return np.asarray(similar - ordinary, np.float32)

    def _by_features(self, query: CopyQuery) -> _Found | None:
        best: _Found | None = None
        for featured in query.features:
            for sample in self._candidates(query, featured):
                found = self._place(sample, featured)
                if found is not None and (best is None or found.score > best.score):
                    best = found
        return best

    def _candidates(self, query: CopyQuery, featured: Featured) -> list[int]:
        """Choose the samples to look for: those whose features the picture has, then those it resembles."""
        count = len(self._samples)
        counted = votes(featured.keypoints, self._firsts, self._first_owners, count)
        order = [int(n) for n in np.argsort(-counted, kind="stable") if counted[n] >= _FEWEST_VOTES]
        excess = self._excess(query.wholes)
        alike: list[int] = []
        if excess.size:
            nearest = excess.max(axis=0)
            columns = np.argsort(-nearest, kind="stable")[: _VERIFIED // 2]
            alike = [int(self._vector_owners[column]) for column in columns if nearest[column] >= _ALIKE]
        return list(dict.fromkeys([*order[:_VERIFIED], *alike]))

    def _place(self, sample: int, featured: Featured) -> _Found | None:
        placing = place(self._samples[sample], featured.picture, featured.keypoints)
        if placing is None:
            return None
        score = geometry_score(placing)
        return _Found(score, "geometry", sample, featured.view, _box(placing, featured))


def _box(placing: Placing, featured: Featured) -> Box:
    """Give the box around a placed sample in the pixels of the view."""
    height, width = featured.picture.shape
    full_height, full_width = featured.view.rgb.shape[:2]
    xs, ys = placing.corners[:, 0] / width, placing.corners[:, 1] / height
    if featured.mirrored:
        xs = 1 - xs
    xs, ys = np.clip(np.nan_to_num(xs), 0, 1), np.clip(np.nan_to_num(ys), 0, 1)
    return (
        int(xs.min() * full_width),
        int(ys.min() * full_height),
        int(np.ceil(xs.max() * full_width)),
        int(np.ceil(ys.max() * full_height)),
    )


def _owners(arrays: Sequence[NDArray[Any]]) -> NDArray[np.int64]:
    """Say of every row of the stacked arrays which of them it came from."""
    return np.repeat(np.arange(len(arrays)), [len(array) for array in arrays])
