"""Few-shot episodes: samples of a class, other texts of it, texts of near classes, unrelated texts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.incidents.texts import TextClass, share
from training.incidents.vectors import CachedEncoder

TUNED_SHARE = 0.65
POSITIVE, NEAR, FAR = 2, 1, 0

Windows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Episode:
    """`samples` (k, dim); `tests[i]` (windows, dim) has the label `labels[i]`: POSITIVE, NEAR or FAR."""

    one: TextClass
    k: int
    samples: NDArray[np.float32]
    tests: list[Windows]
    labels: NDArray[np.int64]
    texts: list[str]
    sample_texts: list[str]


def tuned(one: TextClass) -> bool:
    """Say whether a class belongs to those that everything is chosen on; the others are reported on."""
    return share(one.key, "split") < TUNED_SHARE


class EpisodeMaker:
    """Draws episodes from classes that one encoder has read."""

    def __init__(
        self, encoder: CachedEncoder, classes: Sequence[TextClass], ordinary: dict[str, list[str]]
    ) -> None:
        self._encoder = encoder
        self.classes = list(classes)
        self._ordinary = ordinary
        self._centroids = {one.key: encoder.whole(one.texts[:SHORT]).mean(axis=0) for one in self.classes}

    def draw(
        self, one: TextClass, k: int, seed: int = 0, counts: tuple[int, int, int] = (24, 24, 60)
    ) -> Episode:
        """Draw an episode of the class; `counts` says how many positives, near and far texts."""
        chance = np.random.default_rng(int(share(one.key, f"episode {seed} {k}") * 2**32))
        texts = one.texts if k > SHORT // 2 else one.texts[:SHORT]
        order = chance.permutation(len(texts))
        drawn = [texts[i] for i in order]
        positives = drawn[k : k + counts[0]]
        siblings = self._siblings(one)
        near = one.near or [text for sibling in siblings[:4] for text in sibling.texts[:SHORT]]
        near = _some(near, counts[1], chance)
        known = siblings if one.near else siblings[6:]
        far = _some([text for other in known for text in other.texts[:SHORT]], counts[2] // 2, chance)
        far += _some(self._strangers(one), counts[2] // 2, chance)
        far += _some(self._ordinary[one.lang], counts[2], chance)
        tests = positives + near + far
        labels = [POSITIVE] * len(positives) + [NEAR] * len(near) + [FAR] * len(far)
        return Episode(
            one, k, self._encoder.whole(drawn[:k]), self._encoder.all_windows(tests), np.array(labels),
            tests, drawn[:k],
        )  # fmt: skip

    def blended(self, seed: int, k: int, parts: int) -> Episode:
        """Draw a big, mixed incident: several topics in one, as incidents with many samples tend to be."""
        topics = [one for one in self.classes if one.kind == "topics"]
        chance = np.random.default_rng((seed, k, parts))
        chosen = [topics[i] for i in chance.choice(len(topics), parts, replace=False)]
        texts = [text for one in chosen for text in one.texts]
        drawn = [texts[i] for i in chance.permutation(len(texts))]
        others = [one for one in topics if one not in chosen]
        far = _some([text for one in others for text in one.texts[:SHORT]], 60, chance)
        far += _some(self._ordinary["en"], 60, chance)
        k = min(k, len(drawn) - 40)
        tests = drawn[k : k + 40] + far
        labels = [POSITIVE] * 40 + [FAR] * len(far)
        return Episode(
            chosen[0], k, self._encoder.whole(drawn[:k]), self._encoder.all_windows(tests), np.array(labels),
            tests, drawn[:k],
        )  # fmt: skip

    def copied(self, one: TextClass, k: int) -> Episode:
        """Draw an incident of near copies: one text of the class, passed on with small changes."""
        chance = random.Random(f"{one.key} {k}")
        posts = copies(chance.choice(one.texts[:SHORT]), k + 16, chance)
        strange = np.random.default_rng(k)
        far = _some(self._strangers(one), 30, strange) + _some(self._ordinary[one.lang], 60, strange)
        tests = posts[k:] + far
        labels = [POSITIVE] * (len(posts) - k) + [FAR] * len(far)
        return Episode(
            one, k, self._encoder.whole(posts[:k]), self._encoder.all_windows(tests), np.array(labels),
            tests, posts[:k],
        )  # fmt: skip

    def _siblings(self, one: TextClass) -> list[TextClass]:
        """Return the other classes of the kind and language, nearest by centroid first."""
        mine = self._centroids[one.key]
        found = [other for other in self.classes if _kin(other, one) and other.key != one.key]
        return sorted(found, key=lambda other: -float(self._centroids[other.key] @ mine))

    def _strangers(self, one: TextClass) -> list[str]:
        """Return texts of other kinds, without classes about the same thing."""
        mine = self._centroids[one.key]
        scale = np.linalg.norm(mine)
        found = []
        for other in self.classes:
            centre = self._centroids[other.key]
            alike = float(centre @ mine) / (scale * np.linalg.norm(centre))
            if other.kind != one.kind and other.lang == one.lang and alike < SAME_SUBJECT:
                found += other.texts[:SHORT]
        return found


SHORT = 48
SAME_SUBJECT = 0.92


def copies(text: str, count: int, chance: random.Random) -> list[str]:
    """Return near copies of a text, as they are passed on: a word less or doubled, an opening, a tail."""
    found = []
    for _ in range(count):
        words = text.split()
        for _ in range(chance.randint(0, max(1, len(words) // 8))):
            place = chance.randrange(len(words))
            if chance.random() < 0.6 and len(words) > 3:
                del words[place]
            else:
                words.insert(place, words[place])
        post = " ".join(words)
        post = chance.choice(("", "", "FWD: ", "please read: ", "hey, ", "!!! ", "re: ")) + post
        post += chance.choice(("", "", "", " !!", " 😀", " thanks", " pls share", "..."))
        found.append(post.lower() if chance.random() < 0.2 else post)
    return found


def _kin(other: TextClass, one: TextClass) -> bool:
    return other.kind == one.kind and other.lang == one.lang


def _some(texts: Sequence[str], count: int, chance: np.random.Generator) -> list[str]:
    return [texts[i] for i in chance.permutation(len(texts))[:count]]
