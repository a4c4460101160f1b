"""Cutting a text into the parts that are left out in turn."""

import pytest

from quell.encoders.base import Window
from quell.reviewers.embedded_parts import MOST_PARTS, parts, without


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one clause only",
        "first this. then that! and last, the other; all of it",
        "这是第一句话的内容在这里。这是第二句话的内容在这里，还有第三句话的内容。",
        "a.b.c.d.e",
        "line one is here\nline two is here\nline three is here\nline four is here",
    ],
)
def test_parts_cover_the_text_in_order(text: str) -> None:
    """No character is lost, none is in two parts, and there are few parts."""
    spans = parts(text)

    assert "".join(text[span.start : span.end] for span in spans) == text
    assert len(spans) <= MOST_PARTS


def test_a_text_is_cut_after_its_clauses() -> None:
    """A comma or a full stop ends a part."""
    text = "The weather is fine, selling my bike. Message me"

    assert [text[span.start : span.end].strip() for span in parts(text)] == [
        "The weather is fine,",
        "selling my bike.",
        "Message me",
    ]


def test_leaving_out_a_part_joins_what_is_left() -> None:
    """What stood before and after the part is parted by one blank."""
    assert without("one two, three four, five", Window(8, 20)) == "one two, five"
