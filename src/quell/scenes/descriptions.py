"""Reads the described scenes that pictures are compared with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quell.errors import ModelUnusable
from quell.scenes.domain import LEVELS

NAME = "descriptions.toml"
CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
_MOST, _LENGTH = 200, 300


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Calm scenes, and by category those of the levels 2, 4 and 6."""

    calm: tuple[str, ...]
    harmful: Mapping[str, Mapping[int, tuple[str, ...]]]


def load_descriptions(folder: Path) -> Descriptions:
    """Read the folder's own descriptions, else those that come with the package."""
    own = folder / NAME
    path = own if own.exists() else Path(__file__).with_name(NAME)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        harmful = {
            category: {level: _texts(levels[str(level)]) for level in LEVELS if str(level) in levels}
            for category, levels in table.items()
            if category != "calm"
        }
        found = Descriptions(_texts(table["calm"]), harmful)
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise ModelUnusable(f"The descriptions {path} cannot be read ({unreadable}).") from unreadable
    unknown = set(harmful) - set(CATEGORIES)
    if unknown or not harmful or not all(harmful.values()):
        raise ModelUnusable(
            f"The descriptions {path} need categories out of {', '.join(CATEGORIES)}, each with the level "
            "2, 4 or 6."
        )
    return found


def _texts(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not 0 < len(given) <= _MOST:
        raise ValueError(f"a list of 1 to {_MOST} descriptions is needed")
    if not all(isinstance(one, str) and 0 < len(one) <= _LENGTH for one in given):
        raise ValueError(f"a description is a text of 1 to {_LENGTH} characters")
    return tuple(given)
