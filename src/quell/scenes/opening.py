"""From an operator's words to the model that judges what pictures show."""

from pathlib import Path

from quell.scenes.reader import SceneReader
from quell.scenes.vision import VisionPlan, VisionReader


def open_scenes(clip: Path | None, vision: VisionPlan) -> SceneReader | VisionReader | None:
    """Open the model, if there is one; one that another server is asked for comes first."""
    if vision.url:
        return VisionReader.open(vision)
    return SceneReader.open(clip) if clip else None
