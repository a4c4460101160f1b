"""Routing: texts that should meet are read by the same encoder."""

import itertools

import pytest

from quell.encoders import EncoderSet
from tests.doubles import TinyEncoder

GENERAL, ENGLISH = TinyEncoder("general"), TinyEncoder("english")


def _detect(text: str) -> str:
    return text[:2]


@pytest.fixture
def encoders() -> EncoderSet:
    """Give a general encoder and one for English; a text's first two letters are its language."""
    return EncoderSet(GENERAL, {"en": ENGLISH}, _detect)


def test_english_sample_is_read_by_both(encoders: EncoderSet) -> None:
    """An English sample can meet texts of every language."""
    assert encoders.for_sample("en gift card") == ("english", "general")


def test_other_sample_is_read_by_the_general_one(encoders: EncoderSet) -> None:
    """A sample in another language is read once."""
    assert encoders.for_sample("hi गिफ़्ट कार्ड") == ("general",)


def test_english_text_is_read_once(encoders: EncoderSet) -> None:
    """An English text is read only by the English encoder where all samples are English."""
    assert encoders.for_text("en gift card") == ("english",)


def test_english_text_also_meets_foreign_samples(encoders: EncoderSet) -> None:
    """An English text is read by both encoders where some samples are not English."""
    assert encoders.for_text("en gift card", foreign_samples=True) == ("english", "general")


@pytest.mark.parametrize("text", ["de Gutschein", "und 123"])
def test_other_text_is_read_by_the_general_one(encoders: EncoderSet, text: str) -> None:
    """A text of another or unknown language is read by the general encoder."""
    assert encoders.for_text(text, foreign_samples=True) == ("general",)


def test_every_pair_meets(encoders: EncoderSet) -> None:
    """Whatever the languages of a sample and a text are, at least one encoder reads both."""
    languages = ("en", "de", "un")

    for sample, text in itertools.product(languages, languages):
        met = set(encoders.for_sample(sample)) & set(encoders.for_text(text, foreign_samples=sample != "en"))
        assert met, (sample, text)


def test_one_encoder_needs_no_language() -> None:
    """A set of one encoder never asks for the language."""
    alone = EncoderSet(GENERAL)

    assert alone.for_text("anything") == alone.for_sample("anything") == ("general",)


def test_encoders_are_found_by_name(encoders: EncoderSet) -> None:
    """Names are listed, general first, and lead to the encoders."""
    assert encoders.names == ("general", "english")
    assert encoders["english"] is ENGLISH
