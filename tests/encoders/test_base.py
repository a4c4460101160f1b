"""Windows: arithmetic on tokens and code points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.encoders.base import Window, spans, token_slices


@pytest.mark.parametrize("tokens", [0, 1, 8], ids=["none", "one", "just fits"])
def test_short_text_is_one_slice(tokens: int) -> None:
    """Tokens that fit into one window stay together."""
    assert token_slices(tokens, size=8, stride=6) == [slice(0, tokens)]


def test_last_slice_is_full() -> None:
    """The last window reaches back so that it is as long as the others."""
    assert token_slices(17, size=8, stride=6) == [slice(0, 8), slice(6, 14), slice(9, 17)]


def test_no_slice_repeats() -> None:
    """A length that ends exactly at a stride gives no window twice."""
    assert token_slices(14, size=8, stride=6) == [slice(0, 8), slice(6, 14)]


@given(tokens=st.integers(0, 500), size=st.integers(1, 60), data=st.data())
def test_slices_cover_every_token(tokens: int, size: int, data: st.DataObject) -> None:
    """No token is lost, and no window is longer than its size."""
    stride = data.draw(st.integers(1, size))

    slices = token_slices(tokens, size, stride)

    assert {i for cut in slices for i in range(cut.start, cut.stop)} == set(range(tokens))
    assert all(cut.stop - cut.start <= size for cut in slices)


def test_blanks_belong_to_the_window_before() -> None:
    """Characters without a token are covered: at the start, between tokens and at the end."""
    offsets = [(2, 3), (3, 5), (7, 8), (8, 9)]

    windows = spans([slice(0, 2), slice(2, 4)], offsets, 12)

    assert windows == [Window(0, 7), Window(7, 12)]
