"""Harmless text of the kinds that moderators get wrong, and harm beside it: sentences that only report.

They were written for the report; none of them trains a model or chooses a threshold.
"""

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quell.harms import HarmModel
from training.harms.generate import TEXTS, fold
from training.harms.network import CATEGORIES
from training.harms.stress import FLAG, read_all

SENTENCES = Path(__file__).parent / "kinds.toml"
FILLED = 6
"""So many texts are made of a sentence with a slot, each with other words in it."""


@dataclass(frozen=True)
class Sentence:
    """One text of a kind; `harm` is the category it belongs to, None if it is harmless."""

    kind: str
    lang: str
    text: str
    harm: str | None


def sentences() -> list[Sentence]:
    """All texts, in a fixed order."""
    slots = tomllib.loads((TEXTS / "en.toml").read_text(encoding="utf-8"))["slots"]
    found = []
    for kind, table in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["kind"].items():
        for lang, templates in table.items():
            if lang == "harm":
                continue
            for template in templates:
                rng = random.Random(fold(kind, lang, template))
                made = [
                    template.format(g=rng.choice(slots["g"]), one=rng.choice(slots["one"]))
                    for _ in range(FILLED if "{" in template else 1)
                ]
                texts = [text[:1].upper() + text[1:] for text in dict.fromkeys(made)]
                found += [Sentence(kind, lang, text, table.get("harm")) for text in texts]
    return found


def kinds(model: HarmModel) -> list[dict[str, Any]]:
    """By kind and language: the share of texts flagged, and how many in each category.

    Harmless sentences count when any category is flagged, harmful ones when their own is.
    """
    every = sentences()
    flags = read_all(model, [one.text for one in every])[0] >= FLAG
    cells: dict[tuple[str, str], list[tuple[Sentence, list[bool]]]] = {}
    for one, row in zip(every, flags, strict=True):
        lang = "en" if one.lang == "en" else "others"
        cells.setdefault((one.kind, lang), []).append((one, row.tolist()))
    found = []
    for (kind, lang), rows in cells.items():
        harm = rows[0][0].harm
        counted = [row[CATEGORIES.index(harm)] if harm else any(row) for _, row in rows]
        by = {name: sum(row[n] for _, row in rows) for n, name in enumerate(CATEGORIES)}
        found.append({"kind": kind, "lang": lang, "harm": harm, "texts": len(rows),
                      "flagged": sum(counted) / len(counted), "categories": by})  # fmt: skip
    return found
