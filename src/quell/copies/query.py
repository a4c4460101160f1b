"""A picture in question: what is read of it, only when a comparison asks, and once for all incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from quell.copies.background import Background
from quell.copies.domain import Box, Decoded, Network, Rgb
from quell.copies.hashes import Hashes, distances, is_flat, read_hashes
from quell.copies.keypoints import Keypoints, grey, read_keypoints
from quell.copies.regions import crop, grid, inner_box

MOST_VIEWS = 8
"""Distinct views of one picture that are looked at."""
DEEP_VIEWS = 2
"""Distinct views of which regions and keypoints are read."""
KEYPOINTS = 1000
_SIDE = 640
_SAME = 6


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One distinct view: its pixels, its frame, its hashes."""

    frame: int
    rgb: Rgb
    hashes: Hashes


_Piece = tuple[View, Box, Rgb]


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Vectors (n, dim) with their nearness to the background (n,), and the view and box each is of."""

    vectors: NDArray[np.float32]
    nearness: NDArray[np.float32]
    places: tuple[tuple[View, Box], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Featured:
    """A view's grey version with its keypoints; `mirrored` for its mirror image."""

    view: View
    picture: NDArray[np.uint8]
    keypoints: Keypoints
    mirrored: bool


class CopyQuery:
    """One picture to be compared with many samples; for one thread at a time."""

    def __init__(self, picture: Decoded, network: Network, background: Background) -> None:
        self._picture = picture
        self._network = network
        self._background = background
        self._read: dict[int, NDArray[np.float32]] = {}

    @property
    def middle(self) -> float:
        """The excess of similarity that scores 0.5."""
        return self._background.middle

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The distinct views of all frames."""
        return distinct_views(self._picture)

    @cached_property
    def wholes(self) -> Embedded:
        """Each view, and what a border frames in it."""
        pieces: list[_Piece] = []
        for view in spread(self._textured, MOST_VIEWS):
            boxes = [whole_box(view.rgb)]
            inner = inner_box(view.rgb)
            if inner is not None and not is_flat(crop(view.rgb, inner)):
                boxes.append(inner)
            pieces += [(view, box, crop(view.rgb, box)) for box in boxes]
        return self._embed(pieces)

    @cached_property
    def glances(self) -> Embedded:
        """The centre, quarters and ninths of the first views, read roughly."""
        pieces = self._regions
        vectors = [self._network.glance(part) for _, _, part in pieces]
        return self._embedded(pieces, np.array(vectors, np.float32))

    def regions(self, numbers: Iterable[int]) -> Embedded:
        """Read some of these regions fully, by their numbers."""
        chosen = [int(number) for number in numbers]
        for number in chosen:
            if number not in self._read:
                self._read[number] = self._network.embed(self._regions[number][2])
        vectors = np.array([self._read[number] for number in chosen], np.float32)
        return self._embedded([self._regions[number] for number in chosen], vectors)

    @cached_property
    def features(self) -> tuple[Featured, ...]:
        """The keypoints of the first views and of their mirror images."""
        read = []
        for view in self._textured[:DEEP_VIEWS]:
            picture = grey(view.rgb, _SIDE)
            keypoints = read_keypoints(picture, KEYPOINTS)
            mirror = np.ascontiguousarray(picture[:, ::-1])
            read.append(Featured(view, picture, keypoints, mirrored=False))
            read.append(Featured(view, mirror, keypoints.mirrored(), mirrored=True))
        return tuple(read)

    def details(self, view: View) -> int:
        """Count the keypoints of a view; 0 where none were read."""
        return next((len(f.keypoints.points) for f in self.features if f.view is view), 0)

    def shown(self, view: View, box: Box) -> Box:
        """Turn a box in a view's pixels into one in pixels of the picture as shown."""
        height, width = view.rgb.shape[:2]
        across, down = self._picture.width / width, self._picture.height / height
        x0, y0, x1, y1 = box
        return (
            max(0, round(x0 * across)),
            max(0, round(y0 * down)),
            min(self._picture.width, round(x1 * across)),
            min(self._picture.height, round(y1 * down)),
        )

    @cached_property
    def _textured(self) -> Sequence[View]:
        return [view for view in self.views if not is_flat(view.rgb)]

    @cached_property
    def _regions(self) -> Sequence[_Piece]:
        parts = (
            (view, box, crop(view.rgb, box))
            for view in self._textured[:DEEP_VIEWS]
            for box in grid(whole_box(view.rgb))
        )
        return [piece for piece in parts if not is_flat(piece[2])]

    def _embed(self, pieces: Sequence[_Piece]) -> Embedded:
        vectors = [self._network.embed(part) for _, _, part in pieces]
        return self._embedded(pieces, np.array(vectors, np.float32))

    def _embedded(self, pieces: Sequence[_Piece], vectors: NDArray[np.float32]) -> Embedded:
        vectors = vectors.reshape(len(pieces), self._network.dim)
        places = tuple((view, box) for view, box, _ in pieces)
        return Embedded(vectors, self._background.nearness(vectors), places)


def whole_box(view: Rgb) -> Box:
    """Give the box of all of a view."""
    return 0, 0, view.shape[1], view.shape[0]


def spread(views: Sequence[View], most: int) -> list[View]:
    """Choose so many views evenly, the first and the last among them."""
    if len(views) <= most:
        return list(views)
    return [views[round(step * (len(views) - 1) / (most - 1))] for step in range(most)]


def distinct_views(picture: Decoded) -> tuple[View, ...]:
    """Give the views of all frames without those that look like an earlier one."""
    cv2.setNumThreads(1)  # the server's workers are the parallelism
    kept: list[View] = []
    for number, frame in enumerate(picture.frames):
        for rgb in frame.views:
            hashes = read_hashes(rgb)
            if not any(_alike(hashes, other.hashes) for other in kept):
                kept.append(View(number, rgb, hashes))
    return tuple(kept)


def _alike(first: Hashes, second: Hashes) -> bool:
    if first.digest == second.digest:
        return True
    near = cast("int", distances(first.bits[:1], second.bits[:1])[0]) <= _SAME
    return near and min(first.quality, second.quality) >= 80
