"""The rows that train, that calibrate and that report: collected ones, generated ones, calm ones."""

from pathlib import Path

from training.harms.calm import calm
from training.harms.corpus import Corpus, collected, generated, halves, joined

OWN_SHARE, CALM_SHARE = 0.36, 0.1
"""Of all draws, those of our own templates, and those of calm text of other collections."""
CALM_EACH = 300
"""Rows of each calm source that calibrate."""


def training(folder: Path) -> Corpus:
    """Put collected, calm and generated rows together, the last two with a fixed share of all draws."""
    left, middle, right = collected(folder, "train"), calm(folder, "train"), generated("train")
    left.chance *= 1 - OWN_SHARE - CALM_SHARE
    middle.chance *= CALM_SHARE
    right.chance *= OWN_SHARE
    return joined(joined(left, middle), right)


def calibrating(folder: Path) -> Corpus:
    """Take half of dev, calm rows, and those held-out templates of ours that calibrate."""
    half = halves(collected(folder, "dev"))[0]
    return joined(joined(half, calm(folder, "calibrate", CALM_EACH)), generated("calibrate"))


def reported(folder: Path) -> Corpus:
    """Take the other half of dev, then those held-out templates of ours that only report."""
    return joined(halves(collected(folder, "dev"))[1], generated("report"))
