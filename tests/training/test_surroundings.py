"""Windows that texts are trained in: the text is whole, what is around it is harmless."""

import random

import numpy as np
from training.harms.surroundings import PIECE, Neighbours

FIRST, LAST, WINDOW = 0, 2, 126
HARMFUL = [FIRST, *range(1000, 1020), LAST]
LONG = [FIRST, *range(5000, 5060), LAST]
CALM = [[FIRST, *range(100 * n, 100 * n + 60), LAST] for n in range(11, 31)]


def drawn(seed: int) -> list[list[int]]:
    """Return twenty-two texts as they are read, the harmful ones first."""
    calm = np.array([False, False] + [True] * len(CALM))
    neighbours = Neighbours(["en"] * (2 + len(CALM)), [HARMFUL, LONG, *CALM], calm, np.full(len(calm), 0.22))
    return neighbours.around(random.Random(seed), WINDOW)


def test_a_text_amid_others_is_whole_and_within_the_window() -> None:
    """Whatever stands around it comes from harmless texts."""
    found = [drawn(seed)[0] for seed in range(200)]
    amid = [one for one in found if one != HARMFUL]

    assert 20 < len(amid) < 80
    for one in amid:
        at = one.index(HARMFUL[1])
        assert one[at : at + 20] == HARMFUL[1:-1]
        assert len(one) <= WINDOW + 2
        assert all(any(token in calm for calm in CALM) for token in one[1:at] + one[at + 20 : -1])


def test_a_text_is_put_amid_others_as_often_as_asked() -> None:
    """One kind of harm can be shown more often as long texts have it."""
    calm = np.array([False, False] + [True] * len(CALM))
    neighbours = Neighbours(
        ["en"] * len(calm), [HARMFUL, LONG, *CALM], calm, np.array([1.0] + [0.0] * (len(CALM) + 1))
    )

    windows = [neighbours.around(random.Random(seed), WINDOW) for seed in range(30)]

    assert all(one[0] != HARMFUL for one in windows)
    assert all(one[1] == LONG for one in windows)


def test_only_harmless_texts_are_cut_to_pieces() -> None:
    """The harmful part of a text may be anywhere, so a piece of it may be harmless."""
    pieces = [row for seed in range(50) for row, one in enumerate(drawn(seed)) if len(one) == PIECE + 2]

    assert pieces
    assert min(pieces) > 1


def test_the_same_seed_gives_the_same_windows() -> None:
    """A run can be repeated."""
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)
