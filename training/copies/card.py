"""Writes the model card of the copy network from what was measured.

python -m training.copies.card
"""

import json
from pathlib import Path
from typing import Any

from quell.copies.reader import BACKGROUNDS
from quell.models import WEIGHTS
from quell.models.manifest import load_manifest

_ROOT = Path(__file__).parents[2]
_NAME = "copies-mobilenet"
_CARD = _ROOT / "model-cards" / _NAME
_METHODS = ("PDQ", "pHash", "MobileNetV2 alone", "shipped")


_LIMITS = """## Limits

Pictures with few details (a gradient, a blank form, a line drawing) that are
also cropped far or pasted small. Pictures that share a part are told as copies of each other:
screens of one program, sprites of one template, pages with the same logo.
Another photograph of the same scene is no copy; halves of one picture stand for it above.
"""


def main() -> None:
    """Write the card."""
    found = json.loads((_ROOT / "benchmarks/results/copy_quality.json").read_text(encoding="utf-8"))
    networks = json.loads((_CARD / "networks.json").read_text(encoding="utf-8"))
    text = _what() + _measured(found, networks["looked_at"]) + _chosen(networks) + _LIMITS
    (_CARD / "CARD.md").write_text(text, encoding="utf-8")


def _what() -> str:
    manifest, background = load_manifest(WEIGHTS / _NAME), load_manifest(BACKGROUNDS / _NAME)
    origin = manifest.origin
    side, dim = manifest.parameters["side"], manifest.parameters["dim"]
    ordinary, middle = background.parameters["pictures"], background.parameters["middle"]
    return f"""# {_NAME}

Says how alike two whole pictures are, as one part of finding copies of the samples of an image incident.
Hashes come before it and local features after it; for pictures with details the features decide.

| | |
|---|---|
| weights | {origin["weights"]}, {manifest.licence} (see `LICENCE` beside the model) |
| taken from | `{origin["package"]}`, `{origin["file"]}`, SHA-256 `{origin["file_sha256"]}` |
| recipe | `training/copies`: a projection to 256 numbers, whitened on training pictures; no weight tuned |
| revision | {manifest.revision} |
| input | the picture squeezed to {side} by {side} pixels |
| output | a unit vector of {dim} numbers |
| background | vectors of {ordinary} ordinary pictures; {middle} nearer than they is a copy |
| size | {manifest.files[0].size / 1e6:.0f} MB |

"""


def _measured(found: dict[str, Any], looked_at: str) -> str:
    means = [
        f"| {method} | {found['means'][method]['classic']:.1%} | {found['means'][method]['pasted']:.1%} |"
        for method in _METHODS
    ]
    recall = found["recall"]["shipped"]
    weakest = ", ".join(f"{edit} {recall[edit]:.0%}" for edit in sorted(recall, key=recall.__getitem__)[:4])
    strangers = ", ".join(
        f"{group}: {one['hits']} of {one['pictures']}" for group, one in found["false_positives"].items()
    )
    return f"""## Measured

{found["samples"]} samples from packages that neither trained nor calibrated. Mean recall over
{len(found["recall"]["shipped"])} edits; every edit is in `benchmarks/results/copy_quality.md`.

| method | classic edits | collage and paste-in |
|---|---|---|
{chr(10).join(means)}

Shipped is the whole matcher at its threshold; the others are at 0.1 % of false pairs.
Weakest of the shipped: {weakest}.
Pictures that are no copies and were taken for one, asked with all samples at once: {strangers}.
{looked_at}

"""


def _chosen(networks: dict[str, Any]) -> str:
    tried = [f"| {entry['network']} | {entry['recall']:.1%} |" for entry in networks["tried"]]
    return f"""## How it was chosen

On {networks["samples"]} samples and {networks["strangers"]} strangers of the validation packages,
whole pictures of 192 pixels only, mean recall over the classic edits at 0.1 % of false pairs:

| network | recall |
|---|---|
{chr(10).join(tried)}

{networks["reading"]}

"""


if __name__ == "__main__":
    main()
