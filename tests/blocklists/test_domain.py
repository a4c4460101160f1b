"""Stretches of a text."""

from quell.blocklists.domain import merged, neutralised


def test_stretches_that_overlap_or_touch_become_one() -> None:
    """The rest stays apart, in order."""
    assert merged([(8, 9), (0, 2), (2, 5), (3, 4)]) == ((0, 5), (8, 9))


def test_neutralised_text_keeps_its_length() -> None:
    """Blanks stand where the stretches were."""
    assert neutralised("now kill the process!", [(4, 20)]) == "now" + " " * 17 + "!"
