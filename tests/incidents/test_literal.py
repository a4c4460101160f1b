"""Literal match."""

import pytest

from quell.encoders.routing import EncoderSet
from quell.incidents.literal import LiteralIndex
from quell.incidents.reading import Reading
from quell.text.normalise import literal_key, normalise
from tests.doubles import TinyEncoder


def index_of(*samples: str) -> LiteralIndex:
    """Return an index of samples, which are called 0, 1, …."""
    texts = {str(number): sample for number, sample in enumerate(samples)}
    return LiteralIndex({name: literal_key(normalise(text).text) for name, text in texts.items()}, texts)


def reading(text: str) -> Reading:
    """Open a text."""
    return Reading(text, EncoderSet(TinyEncoder()))


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ("front row seats", "front row seats"),
        ("front row seats", "Selling FRONT row, seats! Write me."),
        ("Front-row seats!!", "get front row seats here"),
        ("seats", "front row seats"),
        ("front", "front row seats"),
        ("演唱会门票", "出售演唱会门票便宜"),
        ("票", "演唱会门票便宜"),
        ("티켓 판매", "콘서트 티켓 판매합니다"),
        ("vip 门票", "便宜 vip 门票出售"),
        ("c4ll m3 now", "write or c4ll m3 now pl3ase b4by, before it is too late"),
        ("the b3st 1n town", "it is the b3st 1n town f0r l1fe"),
        ("Made in the U.S.A.", "It was Made in the U.S.A. I love it."),
        ("unit 1 and 2", "b3st unit 1 and 2 f0r l1fe m4te"),
    ],
)
def test_a_text_that_contains_a_sample_is_found(sample: str, text: str) -> None:
    """Case, punctuation and place do not matter; scripts without blanks match inside a run."""
    assert index_of(sample).find(reading(text)) == "0"


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ("row seat", "front row seats"),
        ("art", "a smart start"),
        ("front row seats", "front seats row"),
        ("front row seats", "front row"),
        ("门票", "门口的票"),
        ("!!!", "!!!"),
        ("!!!", "front row seats"),
    ],
)
def test_a_text_that_does_not_contain_a_sample_is_not_found(sample: str, text: str) -> None:
    """Words count whole, in their order; a sample without letters or digits matches nothing."""
    assert index_of(sample).find(reading(text)) is None


def test_the_sample_that_matched_is_named() -> None:
    """Among many samples with the same first word, the right one is found."""
    index = index_of("front row", "front door", "front page", "面")

    assert [index.find(reading(text)) for text in ("my front page", "a front door", "front")] == [
        "2",
        "1",
        None,
    ]


@pytest.mark.parametrize(
    ("sample", "text", "found"),
    [
        ("front row", "So: FRONT  row! now", "FRONT  row"),
        ("art", "smart art", "art"),
        ("strasse 5", "Die Straße 5 ist", "Straße 5"),
        ("门票", "出售门票", "门票"),
        ("front row", "fr\u200bont row", "fr\u200bont row"),
        ("सस्ते टिकट", "यहाँ सस्ते टिकट लो", "सस्ते टिकट"),
        ("می\u200cخواهم", "بلیت می\u200cخواهم ارزان", "می\u200cخواهم"),
        ("free seats", "now fr33 s3ats here", "fr33 s3ats"),
        ("Made in the U.S.A.", "Made in the U.S.A. and sold", "Made in the U.S.A"),
        ("50%", "U.S.A., 50% off", "50"),
        ("c'mon", "t-i-x\nc'mon", "c'mon"),
        ("c4ll m3 now", "or c4ll m3 now pl3ase b4by", "c4ll m3 now"),
    ],
)
def test_the_span_is_in_the_text_as_it_was_sent(sample: str, text: str, found: str) -> None:
    """The stretch that is told is the one a reader of the original sees."""
    opened, index = reading(text), index_of(sample)
    assert index.find(opened) == "0"

    start, end = index.span(opened, "0")
    assert text[start:end] == found
