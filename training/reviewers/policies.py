"""Policies to learn and to measure on: labels with descriptions, examples, and texts with the right answers.

Labels are classes of `training.incidents.texts` that `descriptions.tsv` describes. The descriptions were
written before anything was measured. Classes are split as for the incidents: what `tuned` says is for
choosing, the rest for reporting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quell.reviewers.domain import REVIEW_LENGTH, Example, Label, Policy
from training.incidents.texts import Corpus, TextClass, share

OTHER = Label("Other", "Anything that fits none of the other labels.")
TESTS, OTHER_TESTS = 12, 24
FAMILIES = {
    "forbidden-questions": "requests",
    "jade-t2i": "requests",
    "prompts": "requests",
    "counsel-chat": "counselling",
    "rmhd-reddit": "forums",
    "catqa": "catqa",
}
_SAME_FAMILY, _ANY_CLASS = 0.4, 0.6


@dataclass(frozen=True, slots=True)
class Task:
    """A policy with `count` examples a label, texts to review and the right label of each, as an index."""

    name: str
    family: str
    count: int
    policy: Policy
    texts: tuple[str, ...]
    truth: NDArray[np.int64]


def described(folder: Path = Path(__file__).parent) -> dict[str, Label]:
    """Return the label of each described class, by kind and name."""
    rows = (line.split("\t") for line in (folder / "descriptions.tsv").read_text("utf-8").splitlines())
    return {key: Label(name, description) for key, name, description in rows}


def key_of(one: TextClass) -> str:
    """Return the key of a class in `descriptions.tsv`: languages share a description."""
    return f"{one.kind}/{one.name}".rstrip(":")


def family_of(one: TextClass) -> str:
    """Return what a policy draws its labels from."""
    return one.name.split(":")[0] if one.kind == "topics" else FAMILIES[one.kind]


class TaskMaker:
    """Draws tasks from described classes and ordinary texts; `centres` (dim,) say which classes are near."""

    def __init__(
        self,
        classes: Sequence[TextClass],
        ordinary: Sequence[str],
        centres: Mapping[str, NDArray[np.float32]],
    ) -> None:
        self._labels = described()
        self.classes = [one for one in classes if key_of(one) in self._labels]
        self._texts = {
            one.key: [text for text in one.texts if len(text) <= REVIEW_LENGTH] for one in self.classes
        }
        self._ordinary = [text for text in ordinary if len(text) <= REVIEW_LENGTH]
        self._centres = centres

    def families(self, least: int = 3) -> list[str]:
        """Return the families that have enough classes for a policy."""
        names = [family_of(one) for one in self.classes]
        return sorted({name for name in names if names.count(name) >= least})

    def draw(
        self, family: str, labels: int, counts: Sequence[int], *, near: bool, seed: int, other: bool = True
    ) -> list[Task]:
        """Draw one policy and give it with each number of examples; more examples include the fewer.

        `near`: labels are classes that resemble each other. `other`: the rest has examples, too.
        """
        chance = np.random.default_rng(int(share(f"{family} {labels} {near}", f"task {seed}") * 2**32))
        chosen = self._choose(family, labels, near=near, chance=chance)
        most = max(counts)
        shown: list[list[str]] = []
        tests: list[list[str]] = []
        for one in chosen:
            texts = [self._texts[one.key][at] for at in chance.permutation(len(self._texts[one.key]))]
            tests.append(texts[:TESTS])
            shown.append(texts[TESTS : TESTS + most])
        rest = self._rest(chosen, most, chance, first_half=True) if other else []
        shown.append(rest)
        tests.append(self._rest(chosen, OTHER_TESTS, chance, first_half=False))
        truth = np.repeat(np.arange(len(tests)), [len(texts) for texts in tests])
        texts = tuple(text for part in tests for text in part)
        names = (*(self._labels[key_of(one)] for one in chosen), OTHER)
        name = f"{family}, {'near' if near else 'mixed'}, {labels} labels, {seed}"
        return [
            Task(name, family, count, _policy(name, names, [part[:count] for part in shown]), texts, truth)
            for count in counts
        ]

    def _choose(
        self, family: str, labels: int, *, near: bool, chance: np.random.Generator
    ) -> list[TextClass]:
        known = [one for one in self.classes if family_of(one) == family]
        # Names are unique inside a policy, and few classes share one.
        pool = {self._labels[key_of(known[at])].name: known[at] for at in chance.permutation(len(known))}
        order = list(pool.values())
        if near:
            centres = np.stack([self._centres[one.key] for one in order])
            centres = centres - centres.mean(axis=0)
            centres /= np.linalg.norm(centres, axis=1, keepdims=True)
            closest = np.argsort(-centres @ centres[0], kind="stable")[: 2 * labels]
            picked = [0, *(int(at) for at in chance.permutation(closest[1:])[: labels - 1])]
            return [order[at] for at in picked]
        return order[:labels]

    def _rest(
        self, chosen: list[TextClass], count: int, chance: np.random.Generator, *, first_half: bool
    ) -> list[str]:
        """Draw texts of no label: of the same family, of any class, and ordinary ones.

        Examples come from one half of every class and from every other class, so that tests hold both texts
        like the examples and texts of classes that no example is of.
        """
        away = [one for one in self.classes if one.key not in {label.key for label in chosen}]
        family = [one for one in away if family_of(one) == family_of(chosen[0])]
        found = []
        for _ in range(count):
            draw = chance.random()
            pool = family if draw < _SAME_FAMILY and family else away if draw < _ANY_CLASS else []
            pool = pool[::2] if first_half else pool
            texts = self._texts[pool[int(chance.integers(len(pool)))].key] if pool else self._ordinary
            half = len(texts) // 2
            found.append(texts[int(chance.integers(half)) + (0 if first_half else half)])
        return found


def _policy(name: str, labels: Sequence[Label], shown: Sequence[Sequence[str]]) -> Policy:
    examples = [
        Example(text, label.name) for label, texts in zip(labels, shown, strict=True) for text in texts
    ]
    return Policy(name, tuple(labels), tuple(examples))


def across_languages(corpus: Corpus, counts: Sequence[int]) -> list[Task]:
    """Return policies in English, with English examples, whose texts are Chinese or Vietnamese.

    These classes are in no tuning. Half of the classes are labels, the others are the rest.
    """
    labels = described()
    known: dict[str, dict[str, TextClass]] = {}
    for one in corpus.classes():
        if one.kind == "catqa" and key_of(one) in labels:
            known.setdefault(key_of(one), {})[one.lang] = one
    keys = sorted((key for key, langs in known.items() if len(langs) == len(("en", "zh", "vi"))), key=str)
    keys.sort(key=lambda key: share(key, "across"))
    chosen, away = keys[: len(keys) // 2], keys[len(keys) // 2 :]
    names = (*(labels[key] for key in chosen), OTHER)
    tasks = []
    for lang in ("zh", "vi"):
        tests = [known[key][lang].texts for key in chosen]
        tests.append([text for key in away for text in known[key][lang].texts[:6]])
        truth = np.repeat(np.arange(len(tests)), [len(texts) for texts in tests])
        texts = tuple(text for part in tests for text in part)
        for count in counts:
            shown = [known[key]["en"].texts[:count] for key in chosen]
            shown.append([known[away[at % len(away)]]["en"].texts[at // len(away)] for at in range(count)])
            name = f"English policy, {lang} texts"
            tasks.append(Task(name, "across languages", count, _policy(name, names, shown), texts, truth))
    return tasks
