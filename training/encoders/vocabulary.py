"""Prunes a SentencePiece unigram vocabulary to the pieces that the protocol's languages use.

Pieces are counted in two sources per language: running text, and a list of word frequencies (small letters,
with a capital, in capitals). A piece's worth is the sum of its shares in all languages, so that each language
weighs the same and the mean share of lost tokens is the smallest there is. Every single character is kept, so
a word whose piece is gone falls apart into shorter pieces and not into unknown ones.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

TRUSTED_TOKENS = 100_000  # with so much running text, both sources count the same
CASES = ((str, 1.0), (str.capitalize, 0.3), (str.upper, 0.03))


@dataclass(frozen=True)
class Vocabulary:
    """Pieces with their log probabilities; the first `specials` are not text."""

    pieces: Sequence[str]
    scores: Sequence[float]
    unknown: int
    specials: int


def tokenizer_of(vocabulary: Vocabulary) -> Tokenizer:
    """Build XLM-R's tokenizer without the special tokens, which the encoder adds by number."""
    pairs = list(zip(vocabulary.pieces, map(float, vocabulary.scores), strict=True))
    tokenizer = Tokenizer(models.Unigram(pairs, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def count_texts(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece occurs in running text."""
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    return counts


def count_words(tokenizer: Tokenizer, frequencies: Mapping[str, float]) -> Counter[int]:
    """How often each piece occurs in words of these frequencies, written in small letters and capitals."""
    counts: Counter[int] = Counter()
    words = list(frequencies)
    for change, weight in CASES:
        encodings = tokenizer.encode_batch_fast([change(w) for w in words], add_special_tokens=False)
        for word, encoding in zip(words, encodings, strict=True):
            for piece in encoding.ids:
                counts[piece] += weight * frequencies[word]
    return counts


def shares(counts: Counter[int], size: int) -> NDArray[np.float64]:
    """Turn counts into shares of their sum, shape (size,)."""
    values = np.zeros(size)
    values[list(counts)] = list(counts.values())
    return values / max(values.sum(), 1e-12)


def worth(text: Counter[int], words: Counter[int] | None, size: int) -> NDArray[np.float64]:
    """Estimate each piece's share in a language, shape (size,); the more text, the less the words count."""
    if words is None:
        return shares(text, size)
    tokens = sum(text.values())
    trust = tokens / (tokens + TRUSTED_TOKENS)
    return trust * shares(text, size) + (1 - trust) * shares(words, size)


def kept_pieces(vocabulary: Vocabulary, worths: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """At most `limit` ids in ascending order: specials, single characters, then pieces by their worth.

    Pieces that no source has seen follow by their score, which is a log frequency over all languages.
    """
    order = worths + 1e-12 * np.exp(np.asarray(vocabulary.scores, np.float64))
    for number, piece in enumerate(vocabulary.pieces):
        if number < vocabulary.specials or len(piece.removeprefix("▁")) <= 1:
            order[number] = np.inf
    return np.sort(np.argsort(-order, kind="stable")[:limit])


def pruned(vocabulary: Vocabulary, kept: NDArray[np.int64]) -> Vocabulary:
    """Keep only these pieces, numbered anew in the same order."""
    pieces = [vocabulary.pieces[i] for i in kept]
    scores = [vocabulary.scores[i] for i in kept]
    return Vocabulary(pieces, scores, int(np.searchsorted(kept, vocabulary.unknown)), vocabulary.specials)


def lost_share(tokenizer: Tokenizer, kept: NDArray[np.int64], texts: Iterable[str]) -> float:
    """Measure the share, in [0, 1], of these texts' tokens that were not kept."""
    counts = count_texts(tokenizer, texts)
    total = sum(counts.values())
    present = set(kept.tolist())
    return sum(n for piece, n in counts.items() if piece not in present) / max(total, 1)


def table_of(tokenizer: Tokenizer) -> dict[str, object]:
    """Lay the tokenizer out as its JSON file holds it."""
    return cast("dict[str, object]", json.loads(tokenizer.to_str()))
