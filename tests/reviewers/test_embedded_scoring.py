"""Measures and probabilities of one policy in one encoder."""

import numpy as np
import pytest

from quell.reviewers.embedded_ordinary import Ordinary
from quell.reviewers.embedded_scoring import Known, LabelScorer
from tests.doubles import TinyEncoder, tiny_background

ENCODER = TinyEncoder()
ORDINARY = Ordinary.of("tiny", "1", tiny_background(ENCODER).vectors)
LABELS = ("selling rifle price", "range shooting match", "anything else")


def known(*examples: tuple[str, int]) -> Known:
    """Return a policy whose last label is the rest."""
    rows = np.array([ENCODER.encode(text) for text, _ in examples], np.float32).reshape(-1, ENCODER.dim)
    owners = np.array([owner for _, owner in examples], np.int32)
    described = np.stack([ENCODER.encode(text) for text in LABELS])
    return Known(described, rows, owners, np.arange(len(owners), dtype=np.int32), 2)


def test_without_examples_the_description_stands_for_them() -> None:
    """The middle and the nearest examples of a label that has none are its description."""
    scorer = LabelScorer.fit(known(), ORDINARY)

    table, rest, near = scorer.measures(ENCODER.encode("rifle price"), 11)

    assert table[0, 1] == pytest.approx(table[0, 2]) == pytest.approx(table[0, 3])
    assert (rest[0], len(near)) == (0.0, 0)


def test_the_classifier_measures_against_the_rest() -> None:
    """The logit of the rest against itself is 0, and an example's own label stands above it."""
    scorer = LabelScorer.fit(known(("old rifle", 0), ("new rifle", 0), ("violin lamp", 2)), ORDINARY)

    table, rest, near = scorer.measures(ENCODER.encode("old rifle"), 9)

    assert table[2, 0] == 0.0
    assert table[0, 0] > 0.0
    assert near[0] == pytest.approx(1.0, abs=1e-3)
    assert rest[0] < 0.5


def test_probabilities_add_up_to_one() -> None:
    """Every label has a share, the rest included."""
    scorer = LabelScorer.fit(known(("old rifle", 0), ("a match", 1)), ORDINARY)

    shares, _ = scorer.probabilities(ENCODER.encode("kettle lamp"), 11)

    assert shares.sum() == pytest.approx(1.0)
    assert (shares > 0).all()


def test_what_was_written_answers_bit_for_bit_as_before() -> None:
    """A scorer read back from its arrays gives the very same probabilities."""
    scorer = LabelScorer.fit(known(("old rifle", 0), ("a match", 1), ("violin", 2)), ORDINARY)
    text = ENCODER.encode("old match price")

    again = LabelScorer.of(scorer.arrays(), 2, ORDINARY)

    assert again.probabilities(text, 15)[0].tobytes() == scorer.probabilities(text, 15)[0].tobytes()


def test_what_ordinary_text_and_length_say_is_for_the_rest() -> None:
    """A text that ordinary texts resemble measures higher; beyond the longest reviewed text length is one."""
    scorer = LabelScorer.fit(known(), ORDINARY)
    plain = ORDINARY.vectors[0]

    _, close, _ = scorer.measures(plain, 20)
    _, far, _ = scorer.measures(ENCODER.encode("zyzzyva quern"), 20)
    lengths = [scorer.measures(plain, length)[1][2] for length in (1, 10, 100, 1_000, 10_000)]

    assert close[1] > far[1]
    assert lengths[0] == lengths[1] < lengths[2] < lengths[3] == lengths[4]
