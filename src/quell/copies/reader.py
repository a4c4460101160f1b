"""Reads pictures into what is stored of a sample and what is asked of a query."""

from pathlib import Path
from typing import Self

import cv2
import numpy as np

import quell.models
from quell.copies.background import Background
from quell.copies.domain import Decoded, Network
from quell.copies.hashes import is_flat
from quell.copies.keypoints import grey, read_keypoints
from quell.copies.network import CopyNetwork
from quell.copies.query import CopyQuery, distinct_views, spread
from quell.copies.regions import crop, inner_box
from quell.copies.stored import KEYPOINTS, MOST_VECTORS, THUMB, StoredSample
from quell.models import WEIGHTS

BACKGROUNDS = Path(quell.models.__file__).parent / "backgrounds"

_SIDE = 384
_RULES = "copies-3"


class CopyReader:
    """Reads with one network, whose similarities are measured against one background."""

    def __init__(self, network: Network, background: Background) -> None:
        if background.revision != network.revision:
            raise ValueError(f"the background is of network {background.revision}, not {network.revision}")
        self._network = network
        self._background = background
        self.reading = f"{_RULES}/{network.name}/{network.revision}"

    @classmethod
    def shipped(cls, name: str = "copies-mobilenet") -> Self:
        """Open the network and the background that come with the package."""
        return cls(CopyNetwork(WEIGHTS / name), Background.load(BACKGROUNDS / name))

    def sample(self, picture: Decoded) -> bytes:
        """Read a sample into the bytes to store, at most 64 KiB."""
        views = distinct_views(picture)
        seen = [view for view in views if not is_flat(view.rgb)] or list(views)
        wholes = [view.rgb for view in spread(seen, MOST_VECTORS // 2)]
        inner = [crop(whole, box) for whole in wholes if (box := inner_box(whole)) is not None]
        textured = [part for part in (*wholes, *inner) if not is_flat(part)][: MOST_VECTORS // 2]
        # Mirror images are read here, once, so that a query need not be read twice.
        both = [side for part in textured for side in (part, np.ascontiguousarray(part[:, ::-1]))]
        vectors = np.array([self._network.embed(part) for part in both], np.float32)
        vectors = vectors.reshape(len(both), self._network.dim)
        small = grey(views[0].rgb, _SIDE)
        return StoredSample(
            bits=np.stack([view.hashes.bits[0] for view in views]),
            qualities=np.array([view.hashes.quality for view in views], np.uint8),
            digests=np.stack([np.frombuffer(view.hashes.digest, np.uint8) for view in views]),
            vectors=vectors,
            nearness=self._background.nearness(vectors),
            keypoints=read_keypoints(small, KEYPOINTS),
            thumb=np.asarray(cv2.resize(small, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.uint8),
        ).to_bytes()

    def query(self, picture: Decoded) -> CopyQuery:
        """Open a picture for comparisons; it is read as far as they ask."""
        return CopyQuery(picture, self._network, self._background)
