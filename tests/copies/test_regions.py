"""Borders and grids."""

import cv2
import numpy as np

from quell.copies.regions import grid, inner_box
from tests.copies.doubles import scene


def test_caption_bars_are_taken_off() -> None:
    """White bars with black text above and below leave the picture between them."""
    framed = cv2.copyMakeBorder(scene(1), 90, 60, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    cv2.putText(framed, "when it rains again", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)

    found = inner_box(framed)

    assert found is not None
    assert np.abs(np.array(found) - (0, 90, 480, 450)).max() <= 6


def test_a_picture_without_border_is_left_whole() -> None:
    """No bars, no inner box."""
    assert inner_box(scene(1)) is None


def test_a_blank_picture_has_nothing_inside() -> None:
    """A picture that is all border has no inner box."""
    assert inner_box(np.full((100, 200, 3), 7, np.uint8)) is None


def test_the_grid_covers_the_picture() -> None:
    """The ninths together cover every pixel once."""
    covered = np.zeros((100, 200), int)
    for x0, y0, x1, y1 in grid((0, 0, 200, 100))[-9:]:
        covered[y0:y1, x0:x1] += 1

    assert (covered == 1).all()
