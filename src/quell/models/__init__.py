"""Model files: where they lie, what they are, and the proof that they are the ones that were shipped."""

from pathlib import Path

from quell.models.manifest import Manifest, ModelFile, load_manifest, verify

WEIGHTS = Path(__file__).parent / "weights"
"""The folder with one folder per model."""

__all__ = ["WEIGHTS", "Manifest", "ModelFile", "load_manifest", "verify"]
