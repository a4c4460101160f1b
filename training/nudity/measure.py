"""Scores ordinary pictures, chooses the cuts on one half of them and reports false positives on the other.

    python -m training.nudity.measure GROUP=FOLDER …

Each folder holds the unpacked pictures of an openly licensed package; a group may have several.
Scenes in the colours of skin are drawn here. No explicit picture is used: how many of those the classifier
finds is its makers' claim.
"""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from quell.models import WEIGHTS
from quell.nudity import NudityReader

NAME = "nudity-open-nsfw"
METRICS = Path(__file__).parents[2] / "model-cards" / NAME / "metrics.json"
CANDIDATES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
GOAL = 0.005
PER_FOLDER = 300
SCENES = 600
TONES = ((224, 172, 140), (141, 85, 54), (255, 219, 190), (90, 56, 37), (198, 134, 96), (241, 194, 125))


def pictures(folder: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Give a folder's pictures on white, (height, width, 3), in an order that only their names decide."""
    kinds = {".jpg", ".jpeg", ".png", ".webp"}
    found = [path for path in folder.rglob("*") if path.suffix.lower() in kinds and not path.is_symlink()]
    found.sort(key=lambda path: half(path.name))
    given = 0
    for path in found:
        if given == PER_FOLDER:
            return
        try:
            with Image.open(path) as opened:
                if min(opened.size) < 64 or opened.width * opened.height > 40_000_000:
                    continue
                opened.draft("RGB", (512, 512))
                picture = opened.convert("RGBA")
        except (OSError, ValueError):
            continue
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        given += 1
        yield str(path), np.asarray(white.convert("RGB"))


def scenes() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Draw shapes, folds and dunes in the colours of skin, (height, width, 3)."""
    draws = np.random.default_rng(3)
    for number in range(SCENES):
        tone = np.array(TONES[number % 6])
        width, height = (int(side) for side in draws.integers(240, 900, 2))
        scene = Image.new("RGB", (width, height), shade(tone, draws))
        pen = ImageDraw.Draw(scene)
        for _ in range(int(draws.integers(3, 25))):
            x, y = int(draws.integers(0, width)), int(draws.integers(0, height))
            a, b = int(draws.integers(20, width // 2)), int(draws.integers(20, height // 2))
            colour = shade(tone, draws)
            match number // 6 % 4:
                case 0:
                    pen.ellipse((x - a, y - b, x + a, y + b), fill=colour)
                case 1:
                    pen.rounded_rectangle((x - a, y - b, x + a, y + b), radius=15, fill=colour)
                case 2:
                    pen.line((x, y, x + a, y + b), fill=colour, width=10 + b % 50)
                case _:
                    pen.polygon([(0, y), (width, y + b // 2), (width, height), (0, height)], fill=colour)
        soft = np.asarray(scene.filter(ImageFilter.GaussianBlur(float(draws.uniform(0, 8)))), np.float64)
        grain = draws.normal(0, draws.uniform(0, 12), (height, width, 1))
        yield f"scene {number}", (soft + grain).clip(0, 255).astype(np.uint8)


def shade(tone: NDArray[np.int64], draws: np.random.Generator) -> tuple[int, ...]:
    """Give a lighter or darker form of a colour."""
    return tuple(int(part) for part in (tone * draws.uniform(0.5, 1.15)).clip(0, 255))


def half(name: str) -> str:
    """Hash a name: its last digit says whether a picture chooses (even) or reports (odd)."""
    return hashlib.sha256(name.encode()).hexdigest()


def main() -> None:
    """Measure and write the metrics that the card is made of."""
    reader = NudityReader(WEIGHTS / NAME)
    chosen: list[float] = []
    told: dict[str, list[float]] = defaultdict(list)
    groups = [(name, pictures(Path(folder))) for name, _, folder in (a.partition("=") for a in sys.argv[1:])]
    for group, given in [*groups, ("skin-coloured scenes", scenes())]:
        for name, rgb in given:
            score = float(reader.probabilities(rgb)[1])
            if int(half(name)[-1], 16) % 2:
                told[group].append(score)
            else:
                chosen.append(score)
    scores = np.array(chosen)
    rates = {str(cut): float((scores >= cut).mean()) for cut in CANDIDATES}
    low, medium, high = reader.cuts
    metrics = {
        "cuts": list(reader.cuts),
        "goal": GOAL,
        "chosen_on": {"pictures": len(chosen), "share_at_or_above": rates},
        "reported_on": {
            group: {
                "pictures": len(found),
                "at_2": sum(score >= low for score in found),
                "at_4": sum(score >= medium for score in found),
                "at_6": sum(score >= high for score in found),
                "highest": round(max(found), 3),
            }
            for group, found in sorted(told.items())
            if found
        },
    }
    METRICS.parent.mkdir(parents=True, exist_ok=True)
    METRICS.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
