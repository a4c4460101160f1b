"""From probabilities to severities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.harms.domain import CategoryReading, severity_of

EVEN = (0.5, 0.5, 0.5, 0.5)
chances = st.floats(0, 1)
thresholds = st.tuples(*[st.floats(0.05, 0.95)] * 4)
falling = st.tuples(chances, chances, chances, chances).map(lambda four: sorted(four, reverse=True))


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ((0, 0, 0, 0), 0),
        ((0.25, 0, 0, 0), 0.5),
        ((0.5, 0, 0, 0), 1),
        ((0.9, 0.5, 0.25, 0), 3),
        ((0.9, 0.9, 0.5, 0), 4),
        ((1, 1, 1, 0.5), 6),
        ((1, 1, 1, 1), 7),
    ],
)
def test_a_cut_is_reached_at_its_threshold(probabilities: tuple[float, ...], expected: float) -> None:
    """The severity is the highest cut reached, plus the share of the way to the next."""
    assert expected == pytest.approx(severity_of(probabilities, EVEN))


@given(falling, thresholds)
def test_severity_lies_between_0_and_7(probabilities: list[float], limits: tuple[float, ...]) -> None:
    """No probabilities and thresholds lead outside the scale."""
    assert 0 <= severity_of(probabilities, limits) <= 7


@given(falling, thresholds, st.integers(0, 3), chances)
def test_more_probability_never_means_less_severity(
    probabilities: list[float], limits: tuple[float, ...], place: int, more: float
) -> None:
    """The severity is monotone in every probability."""
    raised = [*probabilities]
    raised[place] = max(raised[place], more)

    assert severity_of(probabilities, limits) <= severity_of(raised, limits)


@pytest.mark.parametrize(
    ("severity", "eight", "four"),
    [(0.99, 0, 0), (1.5, 1, 0), (3.9, 3, 2), (5, 5, 4), (6.4, 6, 6), (6.5, 7, 6), (7, 7, 6)],
)
def test_four_levels_are_the_even_floor_of_eight(severity: float, eight: int, four: int) -> None:
    """0 and 1 are 0, 2 and 3 are 2, 4 and 5 are 4, 6 and 7 are 6."""
    reading = CategoryReading("Hate", (0, 0, 0, 0), severity, 0, 1)

    assert (eight, four) == (reading.eight, reading.four)
