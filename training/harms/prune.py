"""Builds the tokeniser and keeps the part of the 250,002-piece vocabulary that the served languages use."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import wordfreq
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from training.encoders import vocabulary
from training.harms.generate import rows
from training.harms.weights import Checkpoint, read

LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "ja", "zh", "ar", "hi", "ko", "nl", "pl", "ru", "tr")
ENGLISH_COUNTS = 3.0  # most traffic, slang and misspelling is English
PIECES = 87_000
ROWS_PER_LANGUAGE = 20_000
SPECIALS, UNKNOWN = 4, 3


def tokeniser(kept: vocabulary.Vocabulary) -> Tokenizer:
    """Make a sentencepiece-unigram tokeniser; text comes in NFKC form, `<s>` and `</s>` go around it."""
    pairs = list(zip(kept.pieces, map(float, kept.scores), strict=True))
    made = Tokenizer(models.Unigram(pairs, unk_id=UNKNOWN))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return made


def kept_pieces(whole: vocabulary.Vocabulary, texts: dict[str, list[str]]) -> NDArray[np.int64]:
    """Choose the pieces by running text and word frequencies of the served languages."""
    counter = vocabulary.tokenizer_of(whole)
    worth = np.zeros(len(whole.pieces))
    for language in LANGUAGES:
        frequencies = sorted(wordfreq.get_frequency_dict(language, "best").items(), key=lambda p: -p[1])
        words = vocabulary.count_words(counter, dict(frequencies[:60_000]))
        found = vocabulary.worth(vocabulary.count_texts(counter, texts[language]), words, len(worth))
        worth += found * (ENGLISH_COUNTS if language == "en" else 1.0)
    return vocabulary.kept_pieces(whole, worth, PIECES)


def texts_of(folder: Path) -> dict[str, list[str]]:
    """Collect running text of each language: collected rows, and all of our own templates' rows."""
    frame = pd.read_parquet(folder / "moderation.parquet", columns=["text", "lang"])
    found = {
        language: frame.loc[frame["lang"] == language, "text"].str.slice(0, 1000).tolist()
        for language in LANGUAGES
    }
    found = {name: list(texts[:: max(1, len(texts) // ROWS_PER_LANGUAGE)]) for name, texts in found.items()}
    for row in rows():
        found[row.lang].append(row.text)
    return found


def whole_vocabulary(checkpoint: Checkpoint) -> vocabulary.Vocabulary:
    """Take the pieces of the checkpoint, without `<mask>`, which is the last one and not text."""
    scores = [float(score) for score in checkpoint.scores[:-1]]
    return vocabulary.Vocabulary(checkpoint.pieces[:-1], scores, UNKNOWN, SPECIALS)


def main() -> None:
    """Write tokenizer.json and rows.json."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    whole = whole_vocabulary(read(arguments.checkpoint))
    kept = kept_pieces(whole, texts_of(arguments.texts))
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokeniser(vocabulary.pruned(whole, kept)).save(str(arguments.out / "tokenizer.json"), pretty=False)
    (arguments.out / "rows.json").write_text(json.dumps(kept.tolist()))
    print(len(kept), "pieces kept")


if __name__ == "__main__":
    main()
