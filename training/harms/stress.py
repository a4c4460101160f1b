"""What is hard for the harm model: disguises, long texts, and how long it takes."""

import random
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quell.harms import HarmModel
from quell.text.normalise import normalise
from training.harms import corpus as rows
from training.harms import lengthy
from training.harms.augment import OBFUSCATIONS
from training.harms.calm import PREFIX, is_apart
from training.harms.network import CATEGORIES

Table = dict[str, Any]
Floats = NDArray[np.float64]
FLAG = 2
READINGS = 300
"""Of a category's positives in one disguise: of sixty rows read once each, a slip decides two points."""
LONG_EACH, LONG_SEED = 400, 23


def read_all(model: HarmModel, texts: list[str]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Severities (n, 4), probabilities of 2 or more (n, 4) and window counts (n,), normalised as served."""
    severities, chances = np.zeros((len(texts), 4)), np.zeros((len(texts), 4))
    windows = np.zeros(len(texts), np.int64)
    for n, text in enumerate(texts):
        reading = model.analyze(normalise(text[:10_000]).text)
        severities[n] = [c.severity for c in reading.categories]
        chances[n] = [c.probabilities[1] for c in reading.categories]
        windows[n] = reading.windows
    return severities, chances, windows


def robustness(model: HarmModel, corpus: rows.Corpus, severities: Floats, most: int = 300) -> Table:
    """Recall on English positives of the report half, clean and after each obfuscation, per category.

    Where there are fewer rows than `READINGS`, each is changed several times, and every change counts.
    """
    rng, found = random.Random(17), {}
    for n, name in enumerate(CATEGORIES):
        at = [i for i in np.flatnonzero(corpus.severities[:, n] >= FLAG)
              if corpus.langs[i] == "en" and len(corpus.texts[i]) < 300]  # fmt: skip
        at = rng.sample(at, min(most, len(at)))
        found[name] = {"rows": len(at), "clean": float((severities[at, n] >= FLAG).mean())}
        for kind, change in (OBFUSCATIONS | {"capitals": lambda _, text: text.upper()}).items():
            rounds = 1 if kind == "capitals" else -(-READINGS // max(1, len(at)))
            changed = [change(rng, corpus.texts[i]) for _ in range(rounds) for i in at]
            found[name][kind] = float((read_all(model, changed)[0][:, n] >= FLAG).mean())
    return found


def long_texts(corpus: rows.Corpus, severities: Floats, windows: NDArray[np.int64]) -> Table:
    """By number of windows: harmless texts flagged in any category, harmful ones in the right one.

    "Calm" are the sources that hold no harm at all; other harmless long texts are mostly forum posts about
    the same troubles as the harmful ones.
    """
    harmful = (corpus.severities >= FLAG).any(1)
    harmless = (corpus.severities >= 0).all(1) & ~harmful
    mixed = {corpus.sources[i] for i in np.flatnonzero(harmful)}
    calm = np.array([source not in mixed for source in corpus.sources])
    flags = severities >= FLAG
    any_flag, hit = flags.any(1), (flags & (corpus.severities >= FLAG)).any(1)
    found = {}
    for name, low, high in (("1", 1, 1), ("2", 2, 2), ("3 to 5", 3, 5), ("6 or more", 6, 10**6)):
        at = (windows >= low) & (windows <= high)
        groups = {
            "calm": (at & calm & harmless, any_flag),
            "other harmless": (at & ~calm & harmless, any_flag),
        }
        groups["harmful"] = (at & harmful, hit)
        found[name] = {
            group: {
                "rows": int(chosen.sum()),
                "share": float(values[chosen].mean()) if chosen.any() else None,
            }
            for group, (chosen, values) in groups.items()
        }
    return found


def joined(model: HarmModel, corpus: rows.Corpus, severities: Floats) -> Table:
    """Long texts made of calm rows, by length: share flagged in any category, and in each category.

    `flagged_alone`: share that holds a row that is flagged by itself, whatever the length;
    `by_length`: share flagged in a category in which no row of it is. Then the same with one harmful row
    inside: of those that are found alone, the share that is found. `severities` (n, 4): those of the rows.
    """
    suspects = {
        text: row >= FLAG
        for text, source, row in zip(corpus.texts, corpus.sources, severities, strict=True)
        if source in lengthy.CALM and (row >= FLAG).any()
    }
    texts = lengthy.long_texts(corpus, LONG_SEED, LONG_EACH)
    found_in, _, windows = read_all(model, [one.text for one in texts])
    holds = np.array(
        [
            np.any(
                [f for text, f in suspects.items() if text in one.text] or [np.zeros(len(CATEGORIES))], axis=0
            )
            for one in texts
        ]
    )
    alone = read_all(model, [one.passage for one in texts])[0] >= FLAG
    flagged = found_in >= FLAG
    lengths = np.array([one.length for one in texts])
    wanted = np.array([-1 if one.category is None else one.category for one in texts])
    found: Table = {}
    for length in lengthy.LENGTHS:
        at = lengths == length
        calm = at & (wanted < 0)
        found[f"{length:,}"] = {
            "windows": float(windows[calm].mean()),
            "rows": int(calm.sum()),
            "flagged": float(flagged[calm].any(1).mean()),
            "flagged_alone": float(holds[calm].any(1).mean()),
            "by_length": float((flagged & ~holds)[calm].any(1).mean()),
            "categories": {name: float(flagged[calm, n].mean()) for n, name in enumerate(CATEGORIES)},
            "passages": {
                name: {"rows": int(chosen.sum()), "found": float(flagged[chosen, n].mean())}
                for n, name in enumerate(CATEGORIES)
                if (chosen := at & (wanted == n) & alone[:, n]).any()
            },
        }
    return found


def other_calm(model: HarmModel, corpus: rows.Corpus) -> Table:
    """By source of calm text of other collections: the share flagged in any category, and in each."""
    flagged = read_all(model, corpus.texts)[0] >= FLAG
    sources, found = np.array(corpus.sources), {}
    for source in sorted(set(corpus.sources), key=lambda one: (is_apart(one), one)):
        at = sources == source
        found[source.removeprefix(PREFIX)] = {
            "rows": int(at.sum()),
            "apart": is_apart(source),
            "flagged": float(flagged[at].any(1).mean()),
            "categories": {name: float(flagged[at, n].mean()) for n, name in enumerate(CATEGORIES)},
        }
    return found


def speed(model: HarmModel) -> Table:
    """Processor milliseconds of one thread, median of several, tokenising included."""
    short = (
        "the bus to the airport leaves every twenty minutes from the stop in front of the old town hall today"
    )
    found = {}
    for name, text, times in (("20 words", short, 60), ("10,000 characters", (short + ". ") * 100, 5)):
        taken = []
        for _ in range(times):
            started = time.thread_time()
            model.analyze(text[:10_000])
            taken.append((time.thread_time() - started) * 1000)
        found[name] = float(np.median(taken))
    return found
