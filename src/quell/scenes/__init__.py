"""Scenes: what a picture shows, judged by the operator's own model: a CLIP folder, or one that is asked."""

from quell.scenes.domain import SceneLevel
from quell.scenes.opening import open_scenes
from quell.scenes.reader import SceneReader
from quell.scenes.vision import VisionPlan, VisionReader

__all__ = ["SceneLevel", "SceneReader", "VisionPlan", "VisionReader", "open_scenes"]
