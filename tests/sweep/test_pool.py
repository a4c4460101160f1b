"""The pool of a sweep: what one pool did not do is left to the next."""

from collections import deque
from collections.abc import Iterator

from quell.sweep.pool import _chained


def test_a_pool_that_is_given_up_leaves_the_other_shards() -> None:
    """Whoever stops taking shards half way does not end the source that the next pool takes from."""

    def numbers() -> Iterator[int]:
        yield from range(4)

    shards = numbers()
    first = _chained(deque([9]), shards)
    taken = [next(first), next(first)]

    first.close()

    assert taken == [9, 0]
    assert list(_chained(deque(), shards)) == [1, 2, 3]
