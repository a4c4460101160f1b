"""Rows from the mild templates in `texts/`: what the collected text lacks, in fifteen languages.

The split is by template, not by row: one template in six is never trained on and serves as a probe.
"""

import hashlib
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.harms.network import CATEGORIES

TEXTS = Path(__file__).parent / "texts"
BENIGN_BELOW = 2


@dataclass(frozen=True)
class Row:
    """One generated text; `severities` in the order of `CATEGORIES`, all known."""

    text: str
    lang: str
    family: str
    template: str
    severities: tuple[int, ...]
    probe: bool

    @property
    def benign(self) -> bool:
        """No category reaches the level that is flagged."""
        return max(self.severities) < BENIGN_BELOW


def fold(*parts: str) -> int:
    """Give a stable number for a split, from the words given."""
    return int.from_bytes(hashlib.md5("\x1f".join(parts).encode()).digest()[:4], "big")


def _fill(rng: random.Random, template: str, slots: dict[str, list[str]]) -> str:
    values = {name: rng.choice(options) for name, options in slots.items()}
    core = template.format_map(values)
    opening, closing = values["open"], values["close"]
    if opening or rng.random() < 0.5:
        core = core[:1].upper() + core[1:] if not opening else core
    return (opening + core + closing).strip()


def _language(path: Path, per_template: int, seed: int) -> Iterator[Row]:
    lang = path.stem
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    slots = tables["slots"]
    for family, table in tables["family"].items():
        severities = tuple(table.get(category, 0) for category in CATEGORIES)
        for template in table["texts"]:
            rng = random.Random(fold(str(seed), lang, family, template))
            wide = any("{" + name + "}" in template for name in slots)
            wanted = per_template if wide else max(3, per_template // 3)
            made = {_fill(rng, template, slots) for _ in range(wanted)}
            probe = fold(lang, family, template) % 6 == 0
            for text in sorted(made):
                yield Row(text, lang, family, template, severities, probe)


STORIES: dict[str, tuple[str, tuple[int, ...]]] = {
    "story_plain": ("neutral", (0, 0, 0, 0)),
    "story_romance": ("romance", (0, 0, 0, 0)),
    "story_sexual": ("sexual", (0, 0, 4, 0)),
    "story_violent": ("violent", (0, 0, 0, 4)),
    "diary_despair": ("despair", (0, 4, 0, 0)),
    "diary_sad": ("sad", (0, 0, 0, 0)),
}


def _stories(seed: int, each: int) -> Iterator[Row]:
    """Short English narratives; they only train, because their sentences return in many of them."""
    tables = tomllib.loads((TEXTS.parent / "stories.toml").read_text(encoding="utf-8"))
    for family, (theme, severities) in STORIES.items():
        rng = random.Random(fold(str(seed), family))
        for _ in range(each):
            first, second = rng.sample(tables["names"], 2)
            count = min(rng.randint(1, 5), len(tables[theme]))
            chosen = rng.sample(tables[theme], count) + rng.sample(tables["neutral"], rng.randint(0, 5))
            rng.shuffle(chosen)
            text = " ".join(dict.fromkeys(chosen)).format(a=first, b=second)
            yield Row(text, "en", family, text, severities, probe=False)


def rows(seed: int = 3, english: int = 45, other: int = 16) -> list[Row]:
    """All generated rows of all languages, in a fixed order."""
    made: list[Row] = []
    for path in sorted(TEXTS.glob("*.toml")):
        made.extend(_language(path, english if path.stem == "en" else other, seed))
    made.extend(_stories(seed, 400))
    return made
