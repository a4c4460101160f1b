"""In which order lines are read."""

import numpy as np
from numpy.typing import NDArray

from quell.ocr.order import reading_order


def _box(x: float, y: float, width: float = 100, height: float = 20) -> NDArray[np.float32]:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def _order(*boxes: NDArray[np.float32]) -> list[int]:
    return reading_order(boxes, [10] * len(boxes))


def test_columns_are_read_one_after_the_other() -> None:
    """Lines that stand level across a gutter belong to two columns."""
    left = [_box(0, y) for y in (0, 25, 50)]
    right = [_box(300, y) for y in (0, 25, 50)]

    assert _order(right[0], left[1], left[0], right[1], left[2], right[2]) == [2, 1, 4, 0, 3, 5]


def test_words_of_one_line_stay_together() -> None:
    """Boxes side by side at a blank's distance are one line, whatever their slight offsets."""
    assert _order(_box(110, 2), _box(0, 0), _box(0, 25), _box(110, 23)) == [1, 0, 2, 3]


def test_a_headline_over_columns_comes_first() -> None:
    """An empty level band cuts before an upright one."""
    headline = _box(0, 0, 400, 40)

    assert _order(_box(300, 100), _box(0, 100), headline) == [2, 1, 0]


def test_a_picture_on_its_head_is_read_from_its_own_top() -> None:
    """Corners tell where text starts: the lowest line comes first there."""
    flipped = [np.roll(_box(0, y), 2, axis=0) for y in (0, 25, 50)]

    assert _order(*flipped) == [2, 1, 0]


def test_no_lines_have_no_order() -> None:
    """Nothing gives nothing."""
    assert _order() == []
