"""Builds the tokeniser and keeps the part of the 250,002-piece vocabulary that the served languages use."""

import argparse
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from training.harms.weights import Checkpoint, read

SPECIALS = 4
SCRIPTS = (
    "LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "DIGIT",
    "IDEOGRAPHIC", "KATAKANA-HIRAGANA", "FULLWIDTH", "HALFWIDTH",
)  # fmt: skip


def tokeniser(pieces: list[str], scores: Iterable[float]) -> Tokenizer:
    """Make a sentencepiece-unigram tokeniser; text comes in NFKC form, `<s>` and `</s>` go around it."""
    made = Tokenizer(models.Unigram(list(zip(pieces, map(float, scores), strict=True)), unk_id=3))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return made


def _supported(piece: str) -> bool:
    letters = [c for c in piece if c.isalpha() or c.isdigit()]
    return all(unicodedata.name(c, "").split(" ")[0] in SCRIPTS for c in letters)


def _batches(texts: list[str], size: int = 2000) -> Iterator[list[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def count(full: Tokenizer, folder: Path) -> Counter[int]:
    """How often each piece is used in the shared training text."""
    used: Counter[int] = Counter()
    for name, columns in (
        ("moderation", ["text"]), ("topics", ["text"]), ("prompt_injection", ["text"]),
        ("groundedness", ["document", "claim"]),
    ):  # fmt: skip
        frame = pd.read_parquet(folder / f"{name}.parquet", columns=columns)
        for column in columns:
            for batch in _batches(frame[column].dropna().drop_duplicates().tolist()):
                for encoding in full.encode_batch_fast(batch):
                    used.update(encoding.ids)
    return used


def kept_rows(checkpoint: Checkpoint, used: Counter[int], common: int, seen: int) -> list[int]:
    """Row numbers to keep: specials, seen pieces, common pieces of the scripts, single characters."""
    rows = list(range(SPECIALS))
    for row, piece in enumerate(checkpoint.pieces):
        if row < SPECIALS or piece == "<mask>":
            continue
        wanted = used[row] >= seen or row < common or len(piece.strip("▁")) <= 1
        if wanted and _supported(piece):
            rows.append(row)
    return rows


def main() -> None:
    """Write tokenizer.json and rows.json."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--common", type=int, default=45_000)
    parser.add_argument("--seen", type=int, default=3)
    arguments = parser.parse_args()
    checkpoint = read(arguments.checkpoint)
    full = tokeniser(checkpoint.pieces, checkpoint.scores)
    rows = kept_rows(checkpoint, count(full, arguments.texts), arguments.common, arguments.seen)
    arguments.out.mkdir(parents=True, exist_ok=True)
    made = tokeniser([checkpoint.pieces[r] for r in rows], checkpoint.scores[rows])
    made.save(str(arguments.out / "tokenizer.json"), pretty=False)
    (arguments.out / "rows.json").write_text(json.dumps(rows))
    print(len(rows), "pieces kept")


if __name__ == "__main__":
    main()
