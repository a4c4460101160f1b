"""Prints the tables of the decision record and the model card from the metrics that the other scripts wrote.

python -m training.incidents.tables
"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CARD = ROOT / "model-cards" / "incident-classifier"


def kinds() -> list[str]:
    """Return the table by encoder, kind of class and number of samples."""
    heads = ("encoder", "classes", "F1", "recall", "FPR near", "FPR far", "AUROC", "AUROC near")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for encoder in ("gte-small", "e5-small"):
        for name, one in _read(CARD / f"metrics-{encoder}.json")["reported"].items():
            cells = [f"{one[key]:.3f}" for key in ("f1", "recall", "near", "far", "auroc", "auroc_near")]
            lines.append(f"| {encoder} | {name} | {' | '.join(cells)} |")
    return lines


def long_texts() -> list[str]:
    """Return the table of false positives on long texts."""
    found = _read(CARD / "metrics-long-gte-small.json")
    lines = ["| text | topics | rumours | policies |", "|---" * 4 + "|"]
    for text in dict.fromkeys(name.rsplit(", ", 1)[0] for name in found):
        cells = [f"{found[f'{text}, {group}']:.4f}" for group in ("topics", "rumours", "policies")]
        lines.append(f"| {text} | {' | '.join(cells)} |")
    return lines


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    print("\n".join([*kinds(), "", *long_texts()]))
