"""Local features."""

import numpy as np

from quell.copies.keypoints import grey, read_keypoints
from tests.copies.doubles import scene


def test_mirrored_features_are_those_of_the_mirrored_picture() -> None:
    """Changing the places of bins gives nearly what reading the mirrored picture would give."""
    picture = grey(scene(1), 384)
    flipped = read_keypoints(picture, 200).mirrored()
    read = read_keypoints(np.ascontiguousarray(picture[:, ::-1]), 200)

    apart = np.linalg.norm(flipped.points[:, None] - read.points[None], axis=2)
    nearest = apart.argmin(axis=1)
    paired = apart.min(axis=1) < 0.5
    ours = flipped.descriptors[paired].astype(np.float32)
    theirs = read.descriptors[nearest[paired]].astype(np.float32)
    likeness = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)

    assert paired.sum() >= 50
    assert np.median(likeness) > 0.95


def test_a_blank_picture_has_no_features() -> None:
    """Nothing to see gives empty arrays of the right shape."""
    found = read_keypoints(np.full((100, 100), 90, np.uint8), 300)

    assert (found.points.shape, found.descriptors.shape) == ((0, 2), (0, 128))


def test_features_are_bounded_and_spread() -> None:
    """At most the number asked for, and some in every quarter."""
    found = read_keypoints(grey(scene(2), 384), 64)

    quarters = (found.points / np.array(found.size) * 2).astype(int)
    assert len(found.points) == 64
    assert len({tuple(quarter) for quarter in quarters}) == 4
