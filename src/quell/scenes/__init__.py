"""Scenes: what a picture shows, judged by a CLIP model of the operator's against described scenes."""

from quell.scenes.domain import SceneLevel
from quell.scenes.reader import SceneReader

__all__ = ["SceneLevel", "SceneReader"]
