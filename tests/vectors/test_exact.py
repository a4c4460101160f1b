"""Exact search over one incident's rows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from quell.vectors.exact import ExactIndex


def unit_rows(count: int, seed: int = 0, dim: int = 16) -> NDArray[np.float32]:
    """Return random unit rows, shape (count, dim)."""
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(count: int) -> list[str]:
    """Return ids for so many rows."""
    return [f"sample-{number}" for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 17, 1000])
def test_nearest_agrees_with_the_plain_definition(count: int) -> None:
    """The row found is the one with the largest dot product, and the similarity is that product."""
    rows, queries = unit_rows(count), unit_rows(5, seed=1)
    index = ExactIndex(names(count), rows)

    found, similarities = index.nearest(queries)

    expected = [[float(np.dot(row, query)) for row in rows] for query in queries]
    assert found.tolist() == [int(np.argmax(one)) for one in expected]
    assert similarities == pytest.approx([max(one) for one in expected], abs=1e-6)


def test_a_stored_row_is_its_own_nearest() -> None:
    """Asking for a row that is in the index finds that row with a similarity of one."""
    rows = unit_rows(50)

    found, similarities = ExactIndex(names(50), rows).nearest(rows[[7, 31]])

    assert found.tolist() == [7, 31]
    assert similarities == pytest.approx([1.0, 1.0], abs=1e-6)


def test_the_first_of_equal_rows_wins() -> None:
    """Of two rows that are equally near, the first is named, so that an explanation never flickers."""
    row = unit_rows(1)
    index = ExactIndex(names(3), np.vstack([-row, row, row]))

    assert index.nearest(row)[0].tolist() == [1]


def test_an_answer_does_not_depend_on_the_other_queries() -> None:
    """A query gets the same bits alone and among others."""
    index, queries = ExactIndex(names(300), unit_rows(300, dim=384)), unit_rows(9, seed=2, dim=384)

    together = index.nearest(queries)[1]

    alone = [index.nearest(query[None])[1][0] for query in queries]
    assert together.tolist() == alone


def test_the_index_keeps_its_own_copy() -> None:
    """Changing the array afterwards changes nothing, and the rows cannot be written to."""
    rows = unit_rows(4)
    index = ExactIndex(names(4), rows)
    before = index.vectors.copy()

    rows[:] = 0

    assert np.array_equal(index.vectors, before)
    assert not index.vectors.flags.writeable


def test_ids_and_rows_must_agree() -> None:
    """An index with more rows than names is refused."""
    with pytest.raises(ValueError, match="2 ids"):
        ExactIndex(names(2), unit_rows(3))


def test_an_empty_index_has_no_nearest_row() -> None:
    """Asking an empty index is an error of the caller, not row 0."""
    with pytest.raises(ValueError, match="without rows"):
        ExactIndex([], np.empty((0, 4), np.float32)).nearest(np.zeros((1, 4), np.float32))
