"""Scenes as evidence: an operator's CLIP model beside the other evidence."""

from pathlib import Path

import numpy as np
import pytest

from quell.analyze.domain import Category
from quell.analyze.image_assembly import assemble_images
from quell.analyze.image_domain import Coverage, ImageQuestion
from quell.analyze.image_service import ImageAnalysis
from quell.pictures.domain import Frame, Picture
from quell.scenes import SceneReader
from tests.analyze.sights import Sights
from tests.scenes.clips import clip_folder


@pytest.fixture
def analysis(tmp_path: Path) -> ImageAnalysis:
    """Return an analysis whose other evidence sees nothing, and to whose CLIP red is violence 4."""
    sights = Sights()
    inner = sights.analysis()
    return assemble_images(
        nudity=inner._nudity,
        text=inner._text,
        harm=inner._harm,
        incidents=sights,
        scenes=SceneReader.open(clip_folder(tmp_path)),
    )


RED = Picture("PNG", 60, 60, (Frame(np.full((60, 60, 3), (255, 0, 0), np.uint8)),), 1)


def test_a_scene_counts_for_its_category(analysis: ImageAnalysis) -> None:
    """The worst evidence decides; the explanation tells which description it was."""
    verdict = analysis.analyze(RED, ImageQuestion())
    explained = analysis.explain(RED, [Category.VIOLENCE])

    assert {one.category: one.level for one in verdict.severities}[Category.VIOLENCE] == 4
    assert explained.scenes is not None
    assert explained.scenes[Category.VIOLENCE].description == "red"


def test_what_a_clip_judges_is_covered_in_full(analysis: ImageAnalysis) -> None:
    """Its categories are covered by pixels and text, the others by text alone."""
    assert analysis.covered == {
        Category.HATE: Coverage.TEXT_ONLY,
        Category.SELF_HARM: Coverage.TEXT_ONLY,
        Category.SEXUAL: Coverage.FULL,
        Category.VIOLENCE: Coverage.FULL,
    }
