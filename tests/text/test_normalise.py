"""Tricks are undone, honest text is left alone, and every place is found again in the original."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quell.text.normalise import literal_key, normalise


@pytest.mark.parametrize(
    ("trick", "plain"),
    [
        ("fr33 t1ck3ts", "free tickets"),
        ("c@sh f0r g1ft c@rds", "cash for gift cards"),
        ("$cam al3rt", "scam alert"),
        ("f r e e  t i c k e t s", "free tickets"),
        ("f.r.e.e and t_i_c_k_e_t_s", "free and tickets"),
        ("fre\u200be ti\u00adck\u2060ets", "free tickets"),
        ("fr\u202eee", "free"),
        ("fr\U000e0041ee", "free"),
        ("frее tiсkets", "free tickets"),  # Cyrillic е and с
        ("ｆｒｅｅ 𝐭𝐢𝐜𝐤𝐞𝐭𝐬 ⓕⓡⓔⓔ", "free tickets free"),
        ("пpивет миp", "привет мир"),  # Latin p
        ("z̷̢̛̖̎a̶l̵g̷o̴", "zalgo"),
        ("freeeeee", "free"),
        ("free\u3000tickets\u00a0now", "free tickets now"),
        ("half \ud800 a pair", "half \ufffd a pair"),
    ],
)
def test_a_trick_is_undone(trick: str, plain: str) -> None:
    """What a person reads past is gone."""
    assert normalise(trick).text == plain


@pytest.mark.parametrize(
    "honest",
    [
        "Größe, Straße, Ähnliches",
        "Une façade, un garçon, l'été",
        "Zażółć gęślą jaźń, Łódź",
        "İstanbul'da ışık ve gölge",
        "Tiếng Việt có dấu",
        "Привет, как дела?",
        "Ελλάδα, καλημέρα",
        "नमस्ते, क्या हाल है",
        "สวัสดีครับ",
        "مرحبا بكم في می\u200cخواهم",
        "שָׁלוֹם",
        "안녕하세요",
        "こんにちは、東京タワー",
        "今天天气很好",
        "B2B, covid19, mp3, h264, i18n, p2p, 4th, 10am, 3rd, ABC123, v1.2.3",
        "50% off, $20, 10:30, 2026-11-25, H2O, 5G",
        "me@example.com, https://ex4mple.com/a1b, www.example.com",
        "U.S.A., a b test, J. R. R. Tolkien",
        "Wow! Really?! Yes.",
        "😀 🎉 👍",
    ],
)
def test_honest_text_is_left_alone(honest: str) -> None:
    """Nothing is changed that was not a trick."""
    assert normalise(honest).text == honest


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("buy fr33 t1ck3ts now", "tickets", "t1ck3ts"),
        ("buy f r e e stuff", "free", "f r e e"),
        ("a ti\u200bck\u200bets b", "tickets", "ti\u200bck\u200bets"),
        ("😀 ｆｒｅｅ 😀", "free", "ｆｒｅｅ"),
    ],
)
def test_a_place_is_found_again(text: str, word: str, original: str) -> None:
    """The span of a word in the readable text is the span of what was written for it."""
    readable = normalise(text)
    start = readable.text.index(word)

    first, last = readable.span(start, start + len(word))

    assert text[first:last] == original


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises, the result is bounded, its places are in order and inside the original."""
    readable = normalise(text)

    assert len(readable.text) <= 4 * len(text)
    assert len(readable.offsets) == len(readable.text) + 1
    assert list(readable.offsets) == sorted(readable.offsets)
    assert readable.offsets[-1] == len(text)


@given(st.text(alphabet=st.sampled_from("ae  .-_0134$@!сеaрtT\u0301\u200b\u200dक्éß"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_reading_twice_changes_nothing(text: str) -> None:
    """A readable text is its own reading."""
    once = normalise(text).text

    assert normalise(once).text == once


@given(st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """Literal keys have single spaces and do not change when made again."""
    key = literal_key(text)

    assert literal_key(key) == key
    assert "  " not in key


def test_a_key_keeps_the_marks_that_make_a_word() -> None:
    """Vowel signs stay with their letters, joiners do not part words."""
    assert literal_key("नमस्ते, दुनिया!") == "नमस्ते दुनिया"
    assert literal_key("می\u200cخواهم") == "میخواهم"
