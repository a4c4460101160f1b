"""What making one text of the lines must do."""

from quell.ocr import TextLine, joined

_BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def _lines(*texts: str, frame: int = 0) -> list[TextLine]:
    return [TextLine(text, _BOX, 0.9, frame) for text in texts]


def test_lines_are_joined_by_a_blank_and_frames_by_a_line_break() -> None:
    """A sentence runs over lines; another frame is another text."""
    assert joined([*_lines("Fresh", "bread"), *_lines("at noon", frame=3)]) == "Fresh bread\nat noon"


def test_scripts_without_blanks_are_joined_without() -> None:
    """Chinese and Japanese lines run on; beside Latin letters the blank stays."""
    assert joined(_lines("今天天气", "很好。", "Hello")) == "今天天气很好。 Hello"


def test_a_shouted_caption_is_given_in_small_letters() -> None:
    """Captions are set in capitals for looks; a single name in capitals stays."""
    assert joined(_lines("WHEN THE CAKE", "IS READY")) == "when the cake is ready"
    assert joined(_lines("The NASA launch is today")) == "The NASA launch is today"


def test_the_joined_text_is_bounded() -> None:
    """At most so many code points."""
    assert len(joined(_lines(*["word"] * 900))) == 1000
    assert joined(_lines("abcdef"), most=4) == "abcd"


def test_nothing_read_joins_to_nothing() -> None:
    """No lines, no text."""
    assert joined([]) == ""
