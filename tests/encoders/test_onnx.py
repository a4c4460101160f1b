"""What every shipped encoder must do."""

import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from quell.encoders import OnnxTextEncoder
from quell.errors import ModelUnusable
from quell.models import WEIGHTS

TEXTS = [
    "They sell fake concert tickets outside the stadium.",
    "奶奶教我织毛衣。",
    "केक में दो अंडे डालें।",
    "Where can I rent a bicycle near the beach?",
    "👩‍🍳 Zwiebeln schneiden, dann 10 Min. ziehen lassen 🧅",
]
ODD = [
    "",
    " ",
    "\n\t",
    "😀",
    "\u0301",
    "\u200b",
    "\ud800",
    "\x00",
    "𓀀𓀁",
    "\ufffd" * 40,
    "[SEP] </s> <pad>",
    "ﷺ" * 30,
]


@pytest.mark.parametrize("text", [*TEXTS, *ODD], ids=ascii)
def test_every_text_has_a_unit_vector(encoder: OnnxTextEncoder, text: str) -> None:
    """Whatever the text holds, the vector is finite, of unit norm and of the stated length."""
    vector = encoder.encode(text)

    assert vector.shape == (encoder.dim,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_same_alone_and_concurrently(encoder: OnnxTextEncoder) -> None:
    """A text's vector has the same bits whatever else runs beside it."""
    alone = [encoder.encode(text) for text in TEXTS]

    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(encoder.encode, TEXTS * 6))

    assert all(np.array_equal(alone[i % len(TEXTS)], vector) for i, vector in enumerate(beside))


@pytest.mark.parametrize(
    "piece",
    [
        "The quick brown fox jumps. ",
        "天气很好我们去公园散步",
        "👩‍🍳🧅",
        "e\u0301a\u0308",
        "  \n ",
        "한국어 문장 ",
        "x",
    ],
    ids=["english", "chinese", "emoji", "combining", "blanks", "korean", "no blanks"],
)
def test_windows_cover_a_long_text(encoder: OnnxTextEncoder, piece: str) -> None:
    """Windows start at 0, end at the last of 10,000 code points, and leave no gap."""
    text = (piece * 10_000)[:10_000]

    windows = encoder.windows(text)

    assert windows[0].start == 0
    assert windows[-1].end == len(text)
    assert all(later.start <= earlier.end for earlier, later in itertools.pairwise(windows))
    assert all(window.start < window.end for window in windows)


def test_windows_are_vectors_in_the_same_order(encoder: OnnxTextEncoder) -> None:
    """A window's vector is near that of its own span read as a text, and far from the others'."""
    text = "Add two eggs to the dough. " * 40 + "The train was cancelled again. " * 40

    windows, vectors = encoder.encode_windows(text)

    assert windows == encoder.windows(text)
    assert vectors.shape == (len(windows), encoder.dim)
    first = encoder.encode(text[windows[0].start : windows[0].end])
    similarities = vectors @ first
    assert similarities.argmax() < len(windows) // 2
    assert similarities[0] > 0.98


def test_long_text_is_the_mean_of_its_windows(encoder: OnnxTextEncoder) -> None:
    """The one vector of a long text is the normalised mean of its windows' vectors."""
    text = "Water the tomatoes every evening. " * 60
    mean = encoder.encode_windows(text)[1].mean(axis=0)

    vector = encoder.encode(text)

    assert vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)


def test_text_cannot_write_control_tokens(encoder: OnnxTextEncoder) -> None:
    """The words for the tokenizer's own marks are read as ordinary characters."""
    plain = encoder.encode("Water the tomatoes")

    marked = encoder.encode("Water the tomatoes [SEP] </s> [PAD] <pad>")

    assert not np.array_equal(plain, marked)


def test_paraphrase_is_nearest(encoder: OnnxTextEncoder) -> None:
    """Another wording of a sentence is nearer than other sentences."""
    query = encoder.encode("Outside the arena people are selling counterfeit tickets for the show.")

    similarities = [float(encoder.encode(text) @ query) for text in TEXTS]

    assert int(np.argmax(similarities)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Venden entradas falsas para el concierto fuera del estadio.",
        "スタジアムの外で偽のコンサートチケットを売っている。",
        "يبيعون تذاكر حفلات مزيفة خارج الملعب.",
        "वे स्टेडियम के बाहर नकली संगीत कार्यक्रम के टिकट बेचते हैं।",
    ],
    ids=["es", "ja", "ar", "hi"],
)
def test_translation_is_nearest(multilingual: OnnxTextEncoder, text: str) -> None:
    """The multilingual encoder finds the English sentence that says the same."""
    candidates = [TEXTS[0], TEXTS[3], "Add two eggs to the dough.", "The train was cancelled again."]

    similarities = [float(multilingual.encode(c) @ multilingual.encode(text)) for c in candidates]

    assert int(np.argmax(similarities)) == 0


def test_long_words_are_read(english: OnnxTextEncoder) -> None:
    """A word of hundreds of letters is cut into pieces, not dropped as unknown."""
    first, second = english.encode("garden" * 60), english.encode("police" * 60)

    assert float(first @ second) < 0.95


def test_window_and_stride_can_be_set() -> None:
    """Smaller windows give more of them."""
    text = "Water the tomatoes every evening. " * 20

    encoder = OnnxTextEncoder(WEIGHTS / "gte-small", window=32, stride=16)

    assert len(encoder.windows(text)) == 7


@pytest.mark.parametrize(("window", "stride"), [(32, 33), (4000, 96)], ids=["gaps", "too long"])
def test_impossible_windows_are_refused(window: int, stride: int) -> None:
    """Windows that leave gaps, or are longer than the encoder can read, are refused."""
    with pytest.raises(ValueError, match="do not fit gte-small"):
        OnnxTextEncoder(WEIGHTS / "gte-small", window=window, stride=stride)


def test_altered_model_is_refused(tmp_path: Path) -> None:
    """An encoder does not load a tokenizer that is not the shipped one."""
    folder = shutil.copytree(WEIGHTS / "gte-small", tmp_path / "gte-small")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ModelUnusable, match=r"tokenizer\.json"):
        OnnxTextEncoder(folder)
