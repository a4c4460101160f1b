"""One incident's samples against pictures."""

import cv2
import numpy as np
import pytest

from quell.copies import CopyIndex, CopyMatch
from tests.copies.doubles import Rgb, TinyNetwork, scene, shown, tiny_reader

READER = tiny_reader()
SAMPLES = [(f"s{seed}", READER.sample(shown(scene(seed)))) for seed in range(6)]
INDEX = CopyIndex.fit(SAMPLES)


def ask(picture: Rgb) -> CopyMatch:
    """Explain a picture at the default threshold."""
    return INDEX.explain(READER.query(shown(np.ascontiguousarray(picture))), 0.5)


def pasted(sample: Rgb) -> Rgb:
    """Lay a sample of 480 by 360 over a ninth of another picture, at (300, 200)."""
    collage = cv2.resize(scene(99), (960, 720))
    collage[200:440, 300:620] = cv2.resize(sample, (320, 240), interpolation=cv2.INTER_AREA)
    return collage


EDITS = {
    "as it is": scene(3),
    "mirrored": scene(3)[:, ::-1],
    "turned": np.rot90(scene(3)),
    "half the size": cv2.resize(scene(3), (240, 180), interpolation=cv2.INTER_AREA),
    "cropped": scene(3)[60:260, 100:300],
    "cropped and mirrored": scene(3)[60:260, 100:300][:, ::-1],
    "pasted": pasted(scene(3)),
    "pasted, mirrored": pasted(scene(3)[:, ::-1]),
    "framed": cv2.copyMakeBorder(scene(3), 90, 40, 0, 0, cv2.BORDER_CONSTANT, value=(255, 255, 255)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_names_its_sample(edit: str) -> None:
    """Whatever was done to it, the picture is found and its sample is the right one."""
    found = ask(EDITS[edit])

    assert found.hit
    assert found.sample_id == "s3"


@pytest.mark.parametrize("seed", range(100, 106))
def test_another_picture_is_no_copy(seed: int) -> None:
    """A picture that shares nothing with the samples stays below the threshold."""
    assert not ask(scene(seed)).hit


def test_the_region_is_where_the_sample_was_pasted() -> None:
    """The region of a paste-in lies within a few pixels of where it was laid."""
    found = ask(pasted(scene(3)))

    assert found.region is not None
    assert np.abs(np.array(found.region) - (300, 200, 620, 440)).max() <= 6


def test_the_region_counts_in_pixels_of_the_picture_as_shown() -> None:
    """A picture decoded at half its size answers in its own pixels."""
    halved = shown(pasted(scene(3)))
    picture = type(halved)(width=1920, height=1440, frames=halved.frames)

    found = INDEX.explain(READER.query(picture), 0.5)

    assert found.region is not None
    assert np.abs(np.array(found.region) - (600, 400, 1240, 880)).max() <= 12


def soft(seed: int) -> Rgb:
    """Draw a picture of soft colours in which there are hardly any details."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return cv2.resize(small, (480, 360), interpolation=cv2.INTER_CUBIC)


def test_a_sample_without_details_is_found_in_a_quarter_of_a_picture() -> None:
    """Where features have nothing to hold on to, the likeness of a part is enough."""
    index = CopyIndex.fit([("soft", READER.sample(shown(soft(1))))])
    picture = np.vstack([np.hstack([soft(2), soft(3)]), np.hstack([soft(1), soft(4)])])

    found = index.match(READER.query(shown(picture)), 0.5)

    assert (found.hit, found.how, found.region) == (True, "embedding", (0, 360, 480, 720))


def test_regions_that_resemble_nothing_are_not_read_fully() -> None:
    """A glance at most regions is enough for a picture that has nothing in common with a sample."""
    network = TinyNetwork()
    reader = tiny_reader(network)
    index = CopyIndex.fit([("soft", reader.sample(shown(soft(1))))])
    network.read = 0

    found = index.match(reader.query(shown(scene(99))), 0.5)

    assert not found.hit
    assert network.read < 8  # the whole and 14 regions would be 15


def test_details_that_disagree_outweigh_a_likeness() -> None:
    """A likeness that is enough between soft pictures is not where both have details, and other ones."""
    rows, columns = np.indices((360, 480))
    checks = ((rows // 9 + columns // 9) % 2 * 60).astype(np.uint8)[..., None]
    grain = np.random.default_rng(5).integers(0, 60, (360, 480, 1), dtype=np.uint8)
    alike = (soft(1) * 0.3 + soft(2) * 0.2).astype(np.uint8)
    hits = []
    for ours, theirs in ((soft(1) // 2, alike), (soft(1) // 2 + checks, alike + grain)):
        index = CopyIndex.fit([("sample", READER.sample(shown(ours)))])
        hits.append(index.match(READER.query(shown(theirs)), 0.5).hit)

    assert hits == [True, False]


def test_a_copy_in_a_later_frame_is_found() -> None:
    """Every frame counts, and the answer names it."""
    found = INDEX.explain(READER.query(shown(scene(50), scene(51), scene(3))), 0.5)

    assert (found.hit, found.sample_id, found.frame) == (True, "s3", 2)


def test_blank_pictures_match_only_themselves() -> None:
    """White matches the same white, and neither a near white nor another size."""
    white = np.full((200, 300, 3), 255, np.uint8)
    index = CopyIndex.fit([("white", READER.sample(shown(white)))])

    verdicts = [
        index.match(READER.query(shown(picture)), 0.5).hit
        for picture in (white, np.full((200, 300, 3), 250, np.uint8), np.full((300, 300, 3), 255, np.uint8))
    ]

    assert verdicts == [True, False, False]


def test_two_gradients_are_no_copies() -> None:
    """Soft pictures, of which there are countless alike, match neither by hash nor by likeness."""
    across = np.tile(np.linspace(100, 120, 300).astype(np.uint8)[None, :, None], (200, 1, 3))
    index = CopyIndex.fit([("soft", READER.sample(shown(across)))])

    found = index.match(READER.query(shown(np.ascontiguousarray(across[:, 5:]))), 0.5)

    assert not found.hit


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("edit", EDITS)
def test_match_and_explain_agree(edit: str, threshold: float) -> None:
    """Explaining never changes the verdict or the score."""
    query = READER.query(shown(np.ascontiguousarray(EDITS[edit])))
    match, explained = INDEX.match(query, threshold), INDEX.explain(query, threshold)

    assert (match.hit, match.score, match.sample_id) == (explained.hit, explained.score, explained.sample_id)
    assert match.hit == (match.score >= threshold)


def test_the_same_question_gets_the_same_answer() -> None:
    """Nothing in a comparison is left to chance."""
    first, second = ask(EDITS["pasted"]), ask(EDITS["pasted"])

    assert first == second


def test_an_incident_without_samples_matches_nothing() -> None:
    """No samples, no hit, no region."""
    found = CopyIndex.fit([]).explain(READER.query(shown(scene(1))), 0.5)

    assert found == CopyMatch(hit=False, score=0.0)


def glyph(seed: int, ground: int) -> Rgb:
    """Draw a shape on one colour, and leave the ground alone where it has the same colour."""
    picture = np.full((360, 480, 3), ground, np.uint8)
    corners = np.random.default_rng(seed).integers(40, 320, (1, 6, 2))
    cv2.fillPoly(picture, corners.astype(np.int32), (0, 0, 0))
    return picture


def test_a_bare_ground_is_no_sign_of_a_copy() -> None:
    """Black on nothing is plain black where it is laid on black, as any other black shape is."""
    index = CopyIndex.fit([("s", READER.sample(shown(glyph(1, 255), glyph(1, 0))))])

    other = index.explain(READER.query(shown(glyph(2, 255), glyph(2, 0))), 0.5)
    black = index.explain(READER.query(shown(glyph(2, 0))), 0.5)
    same = index.explain(READER.query(shown(glyph(1, 255), glyph(1, 0))), 0.5)

    assert (other.how == "hash", black.how == "hash") == (False, False)
    assert (same.hit, same.how, same.score) == (True, "hash", 1.0)


def test_a_bare_picture_is_found_by_itself() -> None:
    """Whoever wants plain black caught gets just that."""
    index = CopyIndex.fit([("s", READER.sample(shown(glyph(1, 0))))])

    assert index.explain(READER.query(shown(glyph(1, 0))), 0.5).score == 1.0


def test_every_frame_of_a_sample_is_found() -> None:
    """An animation is its eight frames, on white and on black, and not the first ones alone."""
    frames = [shade for seed in range(20, 28) for shade in (scene(seed), 255 - scene(seed))]
    index = CopyIndex.fit([("moving", READER.sample(shown(*frames)))])

    found = [index.explain(READER.query(shown(frame)), 0.5) for frame in frames]

    assert [(one.how, one.score) for one in found] == [("hash", 1.0)] * 16
