"""Writes the model card of the nudity classifier from its measurements.

python -m training.nudity.card
"""

import json

from quell.models import WEIGHTS
from quell.models.manifest import load_manifest
from training.nudity.measure import METRICS, NAME


def main() -> None:
    """Write the card."""
    manifest, metrics = load_manifest(WEIGHTS / NAME), json.loads(METRICS.read_text(encoding="utf-8"))
    origin, (low, medium, high) = manifest.origin, metrics["cuts"]
    chosen = metrics["chosen_on"]
    by_cut = ", ".join(f"{cut}: {share:.2%}" for cut, share in chosen["share_at_or_above"].items())
    rows = [
        f"| {group} | {one['pictures']} | {one['at_2']} | {one['at_4']} | {one['at_6']} | {one['highest']} |"
        for group, one in metrics["reported_on"].items()
    ]
    pictures = sum(one["pictures"] for one in metrics["reported_on"].values())
    false = sum(one["at_4"] for one in metrics["reported_on"].values())
    size = manifest.files[0].size / 1e6
    text = f"""# {NAME}

Tells how sexually explicit a picture is, from its pixels.
It decides `Sexual` together with the text in the picture.

| | |
|---|---|
| weights | {origin["weights"]}, {manifest.licence} (see `LICENCE` beside the model) |
| taken from | `{origin["package"]}`, `{origin["file"]}`, SHA-256 `{origin["file_sha256"]}` |
| recipe | the published file as it is; cuts by `python -m training.nudity.measure` |
| revision | {manifest.revision} |
| input | the middle 224 of 256 pixels, the picture squeezed to a square |
| output | the probability of "explicit" |
| severities | 2 from {low}, 4 from {medium}, 6 from {high} |
| size | {size:.0f} MB |

## Measured

False positives on ordinary pictures of openly licensed packages and on drawn scenes in the colours of skin.
The halves were drawn by the hash of the name: {chosen["pictures"]:,} pictures confirmed the cuts,
{pictures:,} others report. Share of the first half at or above a probability: {by_cut}.

| group | pictures | severity ≥ 2 | severity ≥ 4 | severity 6 | highest probability |
|---|---|---|---|---|---|
{chr(10).join(rows)}

At severity ≥ 4 {false} of {pictures:,} ({false / pictures:.2%}); the goal is at most {metrics["goal"]:.1%}.

## Not measured

How much of explicit pictures is found: no explicit picture was used or sought. Its makers describe
the network as a ResNet-50-thin that they trained on their own pictures.
The package that carries the weights states no accuracy.

## Limits

Made for photographs of pornography. It does not tell drawings as well, sees nothing small in a large picture
(256 pixels are looked at), does not tell nudity in art or medicine from other nudity, and knows no ages.
Severities follow probability, not a scale of explicitness.
Few photographs of people, and no photographs of beaches by name, lie among the pictures measured.
"""
    METRICS.with_name("CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
