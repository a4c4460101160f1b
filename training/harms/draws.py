"""Draws the rows that the network learns from, as the texts and windows that it will be asked to read."""

import random
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from quell.text.normalise import normalise
from training.harms import corpus as rows
from training.harms.augment import augment
from training.harms.network import CATEGORIES, CUTS
from training.harms.surroundings import Neighbours

TOKENS = 126
CHARACTERS = 640
STRETCH = 240
"""Characters of what `training.harms.places` reads at a time."""
BATCH_TOKENS = 1792
POOL = 768
GUESSED = 0.25
"""The weight of a cell that nobody judged, for which an earlier network's chances stand."""
BELIEVED = 0.1
"""A guess counts where the chance of being flagged is below this: more than half of the
guesses of sexual content were of a source of swearing."""
CHANGED, CHANGED_HARMFUL = 0.4, 0.65
"""The share of short texts that are changed, or paired; harmful ones are written to slip past more often."""
SHORT_CROP, SHORT_CROPS = (STRETCH, 420), 0.35
"""Characters of the shorter crops of long harmful texts, which can stand amid others, and their share."""
NEAR, NEAR_TIMES = -3.0, 6.0
"""Calm texts of sources without harm that come nearer than these log-odds are drawn so much more often."""
AMID, AMID_DESPAIR = 0.22, 0.4
"""The share of texts that are put amid harmless ones, and of those that speak of self-harm so severely
as `PASSAGE`: a sentence of despair in a long calm text was found the least often."""
PASSAGE = 4
CUT_WEIGHTS = torch.tensor([0.6, 1.0, 0.7, 0.3])


Chances = NDArray[np.float32]


@dataclass(frozen=True)
class Places:
    """What `training.harms.places` found for the first m rows: `starts` (m,), -1 for none, `near` (m,)."""

    starts: NDArray[np.int32]
    near: NDArray[np.float32]


@dataclass
class Batch:
    """ids (b, tokens), targets and weights (b, 4, 4)."""

    ids: Tensor
    targets: Tensor
    weights: Tensor


def pad(encoded: list[list[int]]) -> Tensor:
    """Token lists as one tensor, filled with id 1."""
    width = max(map(len, encoded))
    return torch.tensor([ids + [1] * (width - len(ids)) for ids in encoded])


class Draws:
    """Endless, seeded batches of about equal length."""

    def __init__(
        self,
        corpus: rows.Corpus,
        tokenizer: Tokenizer,
        seed: int,
        guesses: Chances | None = None,
        places: Places | None = None,
    ) -> None:
        """Both of the first m rows; `places` says where they are cropped, and which are drawn more often.

        `guesses` (m, 4, 4): chances of each cut, put where nobody judged the cell.
        """
        self._corpus, self._tokenizer, self._guesses = corpus, tokenizer, guesses
        self._starts = np.full(len(corpus.texts), -1, np.int32)
        self._random, self._numbers = random.Random(seed), np.random.default_rng(seed)
        chance = corpus.chance.copy()
        if places is not None:
            self._starts[: len(places.starts)] = places.starts
            chance[: len(places.near)] *= np.where(places.near > NEAR, NEAR_TIMES, 1.0)
        self._sums = np.cumsum(chance)
        self._benign = np.flatnonzero((corpus.severities >= 0).all(1) & (corpus.severities <= 1).all(1))

    def _text(self, row: int) -> str:
        """Give the row's text as trained on: cropped, beside a harmless neighbour, changed, or as it is."""
        text, roll = self._corpus.texts[row], self._random.random()
        harmful = (self._corpus.severities[row] >= 2).any()
        if len(text) > CHARACTERS:
            return self._crop(text, int(self._starts[row]), harmful=bool(harmful), roll=roll)
        if len(text) < 150 and roll < 0.12:
            other = int(self._benign[self._numbers.integers(len(self._benign))])
            pair = [text, self._corpus.texts[other][:250]]
            self._random.shuffle(pair)
            return " ".join(pair)
        return augment(self._random, text) if roll < (CHANGED_HARMFUL if harmful else CHANGED) else text

    def _crop(self, text: str, strongest: int, *, harmful: bool, roll: float) -> str:
        """Cut a long text: a harmful one where its harm is, if that is known (`strongest` from 0)."""
        size = CHARACTERS
        if strongest >= 0:
            if roll < SHORT_CROPS:
                size = self._random.randint(*SHORT_CROP)
            start = strongest - self._random.randrange(max(1, size - STRETCH))
            start = min(max(0, start), len(text) - size)
        else:
            start = 0 if harmful or roll < 0.3 else self._random.randrange(len(text) - size)
        return text[start : start + size]

    def _read(self, text: str) -> str:
        # As the server reads it, mostly; raw now and then, because no normalisation catches everything.
        return normalise(text).text if self._random.random() < 0.85 else text

    def pool(self) -> list[Batch]:
        """`POOL` drawn rows as shuffled batches of similar lengths."""
        at = np.searchsorted(self._sums, self._numbers.random(POOL) * self._sums[-1])
        drawn = [self._read(self._text(int(row))) for row in at]
        encoded = [e.ids for e in self._tokenizer.encode_batch_fast(drawn)]
        severities, weights = self._corpus.severities[at], self._corpus.weights[at]
        despair = severities[:, CATEGORIES.index("self_harm")] >= PASSAGE
        shares = np.where(despair, AMID_DESPAIR, AMID)
        langs = [self._corpus.langs[row] for row in at]
        neighbours = Neighbours(langs, encoded, (severities == 0).all(1), shares)
        encoded = [[*ids[:-1][: TOKENS + 1], 2] for ids in neighbours.around(self._random, TOKENS)]
        order = np.argsort([len(ids) + self._random.random() for ids in encoded])
        batches, start = [], 0
        while start < len(order):
            width = max(1, BATCH_TOKENS // max(12, len(encoded[order[min(start + 8, len(order) - 1)]])))
            chosen = order[start : start + min(width, 96)]
            batch = _batch([encoded[i] for i in chosen], severities[chosen], weights[chosen])
            batches.append(batch if self._guesses is None else self._guessed(batch, at[chosen]))
            start += len(chosen)
        self._random.shuffle(batches)
        return batches

    def _guessed(self, batch: Batch, at: NDArray[np.int64]) -> Batch:
        """Put the calm guesses of rows `at` (b,) where a cell is unknown."""
        guesses = self._guesses
        assert guesses is not None
        inside = at < len(guesses)
        chances = guesses[np.where(inside, at, 0)]
        calm = (self._corpus.severities[at] < 0) & inside[:, None] & (chances[:, :, 1] < BELIEVED)
        used = torch.from_numpy(calm)[:, :, None]
        targets = torch.where(used, torch.from_numpy(chances), batch.targets)
        return Batch(batch.ids, targets, torch.where(used, GUESSED * CUT_WEIGHTS, batch.weights))


def _batch(encoded: list[list[int]], severities: NDArray[np.int8], weights: NDArray[np.float32]) -> Batch:
    known = torch.from_numpy((severities >= 0).astype(np.float32) * weights)[:, :, None]
    targets = torch.from_numpy(severities).float()[:, :, None] >= torch.tensor(CUTS)
    return Batch(pad(encoded), targets.float().clamp(0.01, 0.99), known * CUT_WEIGHTS)
