"""Pieces and offsets are those of the library that the models were trained with."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

import quell.models
from quell.encoders.pieces import Pieces, load_pieces

_WEIGHTS = Path(quell.models.__file__).parent / "weights"
_TEXTS = [
    "", " ", "a", " two  blanks ", "Grüße an alle: the gift card rumour is not true.",
    "日本語のテキストです。",
    "▁blank", "ﬁne Ⅷ ½", "e\u0301clair", "a\u0000b\u0007c", "🎉🎉 party 🎉", "<s> soup </s>",
    "0123456789" * 50,
    "한국어ᄏᄏᄏᄏᄏ", "总之。。。。好",
    "line\n\ttab", "\u200b", "x" * 3000, "soup 𓀀𓀁 and 日本 " * 400,
]  # fmt: skip


@cache
def _both(name: str) -> tuple[Pieces, Tokenizer]:
    path = _WEIGHTS / name / "tokenizer.json"
    return load_pieces(path), Tokenizer.from_file(str(path))


@pytest.mark.parametrize("name", ["e5-small", "harms-e5", "gte-small"])
@pytest.mark.parametrize("text", _TEXTS)
def test_pieces_and_offsets_are_those_of_tokenizers(name: str, text: str) -> None:
    """Each kind of text gets the pieces and the offsets that the model was trained with."""
    pieces, reference = _both(name)
    expected = reference.encode(text, add_special_tokens=False)

    assert pieces.ids(text) == expected.ids
    assert pieces.offsets(text) == expected.offsets


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_offsets_of_any_text_are_those_of_tokenizers(text: str) -> None:
    """Whatever the characters, as many pieces lie where the library puts them."""
    pieces, reference = _both("harms-e5")

    assert pieces.offsets(text) == reference.encode(text, add_special_tokens=False).offsets
    assert len(pieces.offsets(text)) == len(pieces.ids(text))


def test_half_a_surrogate_pair_is_read_as_one_unknown_character() -> None:
    """Text that has no UTF-8 form is read, not refused."""
    pieces, _ = _both("e5-small")

    assert pieces.ids("a\ud800b") == pieces.ids("a\ufffdb")
