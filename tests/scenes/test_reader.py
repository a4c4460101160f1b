"""Pictures against described scenes, through a real tiny CLIP model."""

from pathlib import Path

import numpy as np
import pytest

from quell.errors import ModelUnusable
from quell.pictures.domain import Frame, Picture
from quell.scenes import SceneReader
from quell.scenes.descriptions import CATEGORIES, load_descriptions
from quell.scenes.domain import level_of
from tests.scenes.clips import clip_folder


def plain(*colours: tuple[int, int, int]) -> Picture:
    """Return a picture with one frame of each colour."""
    frames = tuple(Frame(np.full((50, 80, 3), colour, np.uint8)) for colour in colours)
    return Picture("PNG", 80, 50, frames, len(frames))


@pytest.fixture
def reader(tmp_path: Path) -> SceneReader:
    """Return a reader to which green is calm, red violence 4, blue sexual 2."""
    return SceneReader.open(clip_folder(tmp_path))


def test_a_picture_has_the_level_of_the_scene_it_is_most_like(reader: SceneReader) -> None:
    """Red is violence, blue is sexual, green is nothing; each says the description."""
    found = [reader.read(plain(colour)) for colour in ((255, 0, 0), (0, 0, 255), (0, 255, 0))]

    levels = [{name: one.severity for name, one in scenes.items()} for scenes in found]
    assert levels == [
        {"Violence": 4, "Sexual": 0},
        {"Violence": 0, "Sexual": 2},
        {"Violence": 0, "Sexual": 0},
    ]
    assert found[0]["Violence"].description == "red"
    assert found[0]["Violence"].probabilities[4] > 0.99


def test_the_worst_frame_decides(reader: SceneReader) -> None:
    """One red frame among green ones is enough."""
    assert reader.read(plain((0, 255, 0), (255, 0, 0), (0, 255, 0)))["Violence"].severity == 4


def test_worse_levels_count_for_the_milder_ones() -> None:
    """Shares add up from above: a third each for 2, 4 and 6 reaches 4."""
    found = level_of({0: 0.1, 2: 0.3, 4: 0.3, 6: 0.3}, "x")

    assert found.severity == 4
    assert found.probabilities == pytest.approx({2: 0.9, 4: 0.6, 6: 0.3})


def test_the_shipped_descriptions_cover_all_categories(tmp_path: Path) -> None:
    """Each category has all three levels."""
    found = load_descriptions(tmp_path)

    assert set(found.harmful) == set(CATEGORIES)
    assert all(set(levels) == {2, 4, 6} for levels in found.harmful.values())


def test_graphs_may_lie_in_the_folder_itself_and_the_smallest_is_taken(tmp_path: Path) -> None:
    """A quantised graph beside the whole one is preferred."""
    folder = clip_folder(tmp_path, graphs=".")
    (folder / "vision_model_whole.onnx").write_bytes(b"\0" * 1_000_000)

    assert SceneReader.open(folder).read(plain((255, 0, 0)))["Violence"].severity == 4


@pytest.mark.parametrize(
    "missing",
    ["preprocessor_config.json", "tokenizer.json", "onnx/vision_model.onnx", "onnx/text_model.onnx"],
)
def test_an_incomplete_folder_stops_the_start(tmp_path: Path, missing: str) -> None:
    """The refusal names what is missing."""
    folder = clip_folder(tmp_path)
    (folder / missing).unlink()

    with pytest.raises(ModelUnusable, match=missing.removeprefix("onnx/").partition(".")[0]):
        SceneReader.open(folder)


@pytest.mark.parametrize(
    "descriptions",
    [
        "calm = []",
        "[Violence]\n4 = ['x']",
        "calm = ['x']",
        "calm = ['x']\n[Drugs]\n4 = ['x']",
        "calm = [1]",
        "{",
    ],
)
def test_bad_descriptions_stop_the_start(tmp_path: Path, descriptions: str) -> None:
    """Calm scenes and known categories with a level are needed."""
    folder = clip_folder(tmp_path, descriptions)

    with pytest.raises(ModelUnusable, match=r"descriptions\.toml"):
        SceneReader.open(folder)


def test_a_broken_graph_stops_the_start(tmp_path: Path) -> None:
    """What is no ONNX file is refused by its path."""
    folder = clip_folder(tmp_path)
    (folder / "onnx" / "vision_model.onnx").write_bytes(b"no graph")

    with pytest.raises(ModelUnusable, match=r"vision_model\.onnx cannot be opened"):
        SceneReader.open(folder)
