"""Calm text of other collections: picture captions, fiction, encyclopedias, news, tables, mail, prompts.

Sources of the collected text that hold no harm are of a few kinds: questions to a bank, commands, medicine.
A model that has seen "a woman" mostly in hateful sentences flags captions. Nobody judged this text for harm;
its sources are harmless, and rows with one of a few rough words are left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from training.harms.corpus import Corpus
from training.harms.generate import fold
from training.harms.network import CATEGORIES

WEIGHT = 0.5
"""That of a cell, between the labels of machines and of lists."""
PARTS = ("train", "calibrate", "report")
LONGEST = 4000
PREFIX = "calm-"
_ROUGH = re.compile(
    r"\b(kill|murder|slaughter|massacr|stab|corpse|tortur|behead|execution|suicid|rape|rapist|sex|porn|nude|naked"
    r"|topless|whore|slut|prostitut|genocid|lynch|hitler|nazi)",
    re.IGNORECASE,
)
TRAINED = ("snli-dev", "mnli-dev", "qnli-dev", "scitail-dev", "llm-warden-benign", "universal-dependencies")
"""Half of their documents train, a quarter calibrates, a quarter reports."""
APART = ("wice-dev", "begin-cmu-dev", "bipia-train", "llmail-contexts", "deepset-prompt-injections")
"""These only report: how a model does on text of kinds that it has not seen."""


@dataclass(frozen=True)
class Line:
    """A text, and the document that it belongs to: the lines of one document are of one part."""

    text: str
    document: str
    source: str
    lang: str


def _lines(folder: Path) -> Iterator[Line]:
    grounded = pd.read_parquet(folder / "groundedness.parquet").fillna("")
    for row in grounded.itertuples():
        key = row.claim if row.source == "qnli-dev" else row.document
        for text in (row.document, row.claim):
            yield Line(text, key, row.source, row.lang)
    prompts = pd.read_parquet(folder / "prompt_injection.parquet").fillna("")
    for row in prompts[prompts["attack"] == 0].itertuples():
        text = row.document or row.text
        yield Line(text, text, row.source, row.lang)


def is_apart(source: str) -> bool:
    """Whether nothing of a corpus' source trains or calibrates."""
    return source.removeprefix(PREFIX) in APART


def part_of(line: Line) -> str:
    """Whether a line trains, calibrates or reports."""
    if line.source in APART:
        return "report"
    return ("calibrate", "report", "train", "train")[fold("calm", line.document) % 4]


def _most(found: dict[str, Line], each: int) -> dict[str, Line]:
    counts: Counter[str] = Counter()
    kept = {}
    for text in sorted(found, key=lambda text: fold("order", text)):
        counts[found[text].source] += 1
        if counts[found[text].source] <= each:
            kept[text] = found[text]
    return kept


def calm(folder: Path, part: str, each: int = 10**6) -> Corpus:
    """Read one part, "train", "calibrate" or "report": every cell is 0, no text is among the collected.

    A sentence that stands in documents of several parts ("A man is sleeping.") is of the first of them:
    what trained is not reported on. `each`: so many rows of a source at most, in an order that is chance.
    """
    seen = set(pd.read_parquet(folder / "moderation.parquet", columns=["text"])["text"])
    parts: dict[str, dict[str, Line]] = {name: {} for name in PARTS}
    for line in _lines(folder):
        text = line.text[:LONGEST]
        usable = line.source in TRAINED + APART and text.strip() and line.text not in seen
        if usable and not _ROUGH.search(text):
            parts[part_of(line)].setdefault(text, line)
    earlier = set().union(*(parts[name] for name in PARTS[: PARTS.index(part)]))
    found = _most({text: line for text, line in parts[part].items() if text not in earlier}, each)
    langs = [line.lang for line in found.values()]
    sources = [PREFIX + line.source for line in found.values()]
    sizes = pd.Series(sources).map(pd.Series(sources).value_counts()).to_numpy(float)
    chance = sizes**-0.4
    shape = (len(found), len(CATEGORIES))
    weights = np.full(shape, WEIGHT, np.float32)
    return Corpus(list(found), langs, sources, np.zeros(shape, np.int8), weights, chance / chance.sum())
