"""Cuts a text into the word pieces of a model's `tokenizer.json`.

A Unigram vocabulary runs on SentencePiece's double-array trie, in a sixth of the memory of the tree in
`tokenizers`; normalising and splitting stay with `tokenizers`, so pieces and offsets are those of training.
"""

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from sentencepiece import SentencePieceProcessor
from tokenizers import PreTokenizedString, Token, Tokenizer

# JSON can carry halves of surrogate pairs, which have no UTF-8 form.
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK = "▁"
# SentencePiece adds scores as 32-bit floats. On this grid, and over few characters, the sums are exact, so
# that equally good cuts stay equal and the first wins, as it does with the 64-bit sums of training.
_GRID = 2.0**14
_STRETCH = 200


class Pieces(Protocol):
    """Cuts texts into pieces; safe to call from many threads."""

    def ids(self, text: str) -> list[int]:
        """Give the numbers of the pieces, without special ones."""

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Give the span of each piece in code points of the text."""


def load_pieces(path: Path) -> Pieces:
    """Read a `tokenizer.json`."""
    document = json.loads(path.read_bytes())
    return UnigramPieces(document) if document["model"]["type"] == "Unigram" else _TokenizersPieces(path)


class UnigramPieces:
    """The likeliest pieces by a Unigram vocabulary."""

    def __init__(self, document: dict[str, Any]) -> None:
        vocabulary, unknown = document["model"]["vocab"], document["model"]["unk_id"]
        self._trie = SentencePieceProcessor(model_proto=_trie(vocabulary, unknown))
        # The same steps before the model, with a vocabulary of one piece.
        small = {**document["model"], "vocab": [vocabulary[unknown]], "unk_id": 0}
        steps = Tokenizer.from_str(json.dumps({**document, "model": small, "post_processor": None}))
        self._normalizer, self._splitter = steps.normalizer, steps.pre_tokenizer

    def ids(self, text: str) -> list[int]:
        """Give the numbers of the pieces, without special ones."""
        found: list[int] = []
        for stretch in _stretches(self._read(_whole(text))):
            found += self._trie.EncodeAsIds(stretch)
        return found

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Give the span of each piece in code points of the text."""
        text = _whole(text)
        read = self._read(text)
        lengths = [len(piece) for part in _stretches(read) for piece in self._trie.EncodeAsPieces(part)]
        if read.removeprefix(_BLANK) == text.replace(" ", _BLANK):
            return _after_blank(lengths)
        return self._traced(text, iter(lengths))

    def _read(self, text: str) -> str:
        read: str = self._normalizer.normalize_str(text).replace(" ", _BLANK)
        return read if not read or read.startswith(_BLANK) else _BLANK + read

    def _traced(self, text: str, lengths: Iterator[int]) -> list[tuple[int, int]]:
        """Follow pieces back through a normalising that moved characters."""

        def cut(word: str) -> list[Token]:
            tokens, at, byte = [], 0, 0
            while at < len(word):
                length = next(lengths)
                end = byte + len(word[at : at + length].encode())
                tokens.append(Token(0, "", (byte, end)))
                at, byte = at + length, end
            return tokens

        whole = PreTokenizedString(text)
        whole.normalize(self._normalizer.normalize)
        self._splitter.pre_tokenize(whole)
        whole.tokenize(cut)
        offsets: list[tuple[int, int]] = whole.to_encoding().offsets
        return offsets


class _TokenizersPieces:
    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def ids(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(_whole(text), add_special_tokens=False).ids
        return found

    def offsets(self, text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = self._tokenizer.encode(_whole(text), add_special_tokens=False).offsets
        return found


def _whole(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)


def _stretches(read: str) -> Iterator[str]:
    """Cut before blanks, which only begin pieces, so that each stretch can be read by itself."""
    at = 0
    while len(read) - at > _STRETCH:
        cut = read.rfind(_BLANK, at + 1, at + _STRETCH)
        if cut < 0:
            cut = read.find(_BLANK, at + _STRETCH)
        if cut < 0:
            break
        yield read[at:cut]
        at = cut
    if at < len(read):
        yield read[at:]


def _after_blank(lengths: list[int]) -> list[tuple[int, int]]:
    """Spans where a blank was put before the text; the blank shares the first character's place."""
    spans, end = [], 0
    for length in lengths:
        start, end = end, end + length
        spans.append((max(start - 1, 0), max(end - 1, 1)))
    return spans


def _trie(vocabulary: list[tuple[str, float]], unknown: int) -> bytes:
    """Write SentencePiece's model file: pieces, then "a Unigram model", then "leave the text as it is"."""
    parts = []
    for number, (piece, score) in enumerate(vocabulary):
        name = piece.encode()
        body = b"\x0a" + _varint(len(name)) + name + b"\x15" + struct.pack("<f", round(score * _GRID) / _GRID)
        if number == unknown:
            body += b"\x18\x02"
        parts.append(b"\x0a" + _varint(len(body)) + body)
    return b"".join([*parts, b"\x12\x02\x18\x01", b"\x1a\x06\x18\x00\x20\x00\x28\x00"])


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
