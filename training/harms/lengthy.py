"""Long texts for calibration and report: calm rows joined, and the same with one harmful row inside."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quell.harms import HarmModel
from quell.text.normalise import normalise
from training.harms.corpus import Corpus
from training.harms.network import CATEGORIES

CALM = (
    "banking77", "clinc150", "counsel-chat-answers", "cyberseceval-frr", "medquad", "schema-guided-dialogue",
    "snips", "tldr-pages", "universal-dependencies", "wikipedia-talk-context",
    "calm-llm-warden-benign", "calm-mnli-dev", "calm-qnli-dev", "calm-scitail-dev", "calm-snli-dev",
    "calm-universal-dependencies",
)  # fmt: skip
LENGTHS = (1000, 3000, 10_000)
LONGEST_PASSAGE = 500
PASSAGE = 4
"""So severe is the row that is put into a calm text, or more."""
CALM_LIMIT = 0.05
"""Of the calm texts of one length, no more than this share may be flagged in a category."""
CALM_COST = 5.0
"""A point of calm texts flagged must find so many points of passages more. With a fixed limit, one or two
calm rows that the network gets wrong by themselves would settle how much is found."""
BACKED_LIMIT = 0.0025
"""And no more than this because two windows agree."""
TIE = 1e-4
"""Of what finds as much, the least."""
CAUTIONS = np.arange(0, 6.01, 0.1)
MARGIN = 0.5
"""Log-odds put on what a few hundred texts asked for: the best of many pairs is too bold on other texts."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Long:
    """A text of about `length` characters; `category` is that of its one harmful row, None if it is calm."""

    text: str
    length: int
    category: int | None
    passage: str = ""


def long_texts(corpus: Corpus, seed: int, each: int) -> list[Long]:
    """`each` calm texts a length, and as many with a passage, a quarter for each category.

    Every other one is of all sources and languages, the rest are English. Calm is what is known to be
    harmless in every category: a row that nobody judged for one of them can be a joke about sex.
    """
    rng = random.Random(seed)
    known = (corpus.severities == 0).all(1)
    rows = zip(corpus.texts, corpus.sources, corpus.langs, known, strict=True)
    calm = [(text, lang) for text, source, lang, harmless in rows if harmless and source in CALM]
    pools = [[text for text, _ in calm], [text for text, lang in calm if lang == "en"]]
    found = []
    for length in LENGTHS:
        found += [Long(_joined(rng, pools[n % 2], length), length, None) for n in range(each)]
        for category in range(len(CATEGORIES)):
            harmful = np.flatnonzero(corpus.severities[:, category] >= PASSAGE)
            passages = [corpus.texts[i] for i in harmful if len(corpus.texts[i]) < LONGEST_PASSAGE]
            for number in range(each // len(CATEGORIES)):
                passage = rng.choice(passages)
                around = _joined(rng, pools[number % 2], length - len(passage))
                at = max(0, around.rfind(" ", 0, rng.randrange(1, len(around) + 1)))
                text = f"{around[:at]} {passage} {around[at:]}"
                found.append(Long(text, length, category, passage))
    return found


def _joined(rng: random.Random, pool: Sequence[str], length: int) -> str:
    return " ".join(rng.sample(pool, min(len(pool), max(1, length // 20))))[:length]


def steady(model: HarmModel, corpus: Corpus, thresholds: Floats) -> Corpus:
    """Leave out the calm rows that are flagged by themselves: caution is for what length adds.

    One such row stands in many of the joined texts, and would settle how much is found in all of them.
    Gives the rest of `corpus`; `thresholds` (4, 4) as chances.
    """
    kept = np.ones(len(corpus.texts), bool)
    calm = (corpus.severities == 0).all(1) & np.isin(corpus.sources, CALM)
    for row in np.flatnonzero(calm):
        odds = model.read(normalise(corpus.texts[row]).text)[1]
        kept[row] = (margins(odds, thresholds) < 0).all()
    return corpus.take(kept)


def margins(odds: Floats, thresholds: Floats) -> Floats:
    """How far log-odds (n, 4, 4) are above being flagged, (n, 4): both cuts below 2 must be reached."""
    needed = np.log(thresholds / (1 - thresholds))
    found: Floats = (odds[:, :, :2] - needed[:, :2]).min(2)
    return found


def cautions(model: HarmModel, texts: list[Long], thresholds: Floats) -> tuple[list[int], Floats]:
    """Choose how much surer than a single window a text of several must be.

    For each length its usual number of windows, and log-odds (lengths, 4, 3): for the worst window, for the
    pieces read closely, and for a window that a worse one backs up. What is gained are passages that are
    found alone, what it costs are calm texts; both in each category.
    """
    worst = np.full((len(texts), len(CATEGORIES), 3), -20.0)
    windows = np.zeros(len(texts), np.int64)
    alone = np.zeros((len(texts), len(CATEGORIES)), bool)
    for row, one in enumerate(texts):
        read = normalise(one.text).text
        found, odds = model.read(read)
        windows[row] = len(found)
        each = np.sort(margins(odds, thresholds), 0)
        worst[row, :, 0] = each[-1]
        if len(found) > 1:
            pieces = margins(model.read_closely(read, found, odds)[1], thresholds)
            worst[row, :, 1] = pieces.max(0, initial=-20.0)
            worst[row, :, 2] = each[-2]
        if one.passage:
            alone[row] = margins(model.read(normalise(one.passage).text)[1], thresholds).max(0) >= 0
    lengths = np.array([one.length for one in texts])
    wanted = np.array([-1 if one.category is None else one.category for one in texts])
    chosen = np.zeros((len(LENGTHS), len(CATEGORIES), 3))
    for k, length in enumerate(LENGTHS):
        calm = worst[(lengths == length) & (wanted < 0)]
        for n in range(len(CATEGORIES)):
            harmful = worst[(lengths == length) & (wanted == n) & alone[:, n], n]
            before = chosen[k - 1, n] if k else np.zeros(3)
            chosen[k, n] = _least(calm[:, n], harmful, before)
    return [int(np.median(windows[lengths == length])) for length in LENGTHS], chosen + MARGIN


def _least(calm: Floats, harmful: Floats, before: Floats) -> tuple[float, float, float]:
    """Choose for one category and length, from the worst margins of `cautions`, (n, 3) each.

    Not less than `before`, which is what a shorter text needs: the worst of more windows is higher by chance.
    """
    allowed = [one for one in CAUTIONS if one >= before[2] and (calm[:, 2] >= one).mean() <= BACKED_LIMIT]
    backed = float(allowed[0]) if allowed else float(CAUTIONS[-1])
    best, found = -np.inf, (CAUTIONS[-1], CAUTIONS[-1], backed)
    for far in CAUTIONS[np.maximum(before[0], backed) <= CAUTIONS]:
        for near in CAUTIONS[before[1] <= CAUTIONS]:
            taken = (far, near, backed)
            flagged = ((calm - taken).max(1) >= 0).mean()
            gain = ((harmful - taken).max(1) >= 0).mean() - CALM_COST * flagged - TIE * (far + near)
            if flagged <= CALM_LIMIT and gain > best:
                best, found = gain, taken
    return found
