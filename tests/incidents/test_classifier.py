"""The few-shot classifier, on the background that ships and on the one small enough to reason about."""

import numpy as np
import pytest
from numpy.typing import NDArray

from quell.incidents.background import Background
from quell.incidents.classifier import (
    FEATURES,
    SIMILARITIES,
    FewShotClassifier,
    incident_features,
    similarities,
)

ENCODERS = ("gte-small", "e5-small")


@pytest.fixture(scope="module", params=ENCODERS)
def background(request: pytest.FixtureRequest) -> Background:
    """Return the background that ships with each encoder."""
    return Background.load(request.param)


def cluster(background: Background, count: int, seed: int = 0) -> NDArray[np.float32]:
    """Return unit rows around one text that vary in eight of the ways in which ordinary texts vary."""
    centred = background.vectors - background.mean
    chance = np.random.default_rng(seed)
    rows = background.vectors[7] + 0.16 * chance.standard_normal((count, 8)) @ centred[100:900:100]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 5, 10, 100, 1000])
def test_other_texts_of_the_kind_are_caught_and_ordinary_texts_are_not(
    background: Background, count: int
) -> None:
    """From one to a thousand samples, their like is above one half and under 2 % of ordinary text is."""
    classifier = FewShotClassifier.fit(cluster(background, count), background)

    like = classifier.probability(cluster(background, 40, seed=9))
    ordinary = classifier.probability(background.vectors[::10])

    assert (like >= 0.5).mean() > 0.9
    assert (ordinary >= 0.5).mean() < 0.02


def test_a_sample_itself_is_caught(background: Background) -> None:
    """A text that was given as a sample always reaches the default threshold."""
    samples = cluster(background, 8)

    assert (FewShotClassifier.fit(samples, background).probability(samples) >= 0.5).all()


def test_fitting_twice_gives_the_same_bits(background: Background) -> None:
    """The same samples give the same probabilities, to the last bit."""
    samples, texts = cluster(background, 12), background.vectors[:50]

    first = FewShotClassifier.fit(samples, background).probability(texts)
    second = FewShotClassifier.fit(samples.copy(), background).probability(texts)

    assert first.tobytes() == second.tobytes()


def test_a_repeated_sample_changes_nothing(background: Background) -> None:
    """Adding the same text twice is the same as adding it once."""
    samples, texts = cluster(background, 6), background.vectors[:50]

    once = FewShotClassifier.fit(samples, background).probability(texts)
    twice = FewShotClassifier.fit(np.vstack([samples, samples[:3]]), background).probability(texts)

    assert once.tobytes() == twice.tobytes()


def test_a_window_scores_the_same_alone_and_among_others(background: Background) -> None:
    """A verdict on one stretch of text does not depend on the rest of the text."""
    classifier = FewShotClassifier.fit(cluster(background, 20), background)
    windows = background.vectors[:7]

    together = classifier.probability(windows)

    assert together.tolist() == [float(classifier.probability(one[None])[0]) for one in windows]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_folded_weights_agree_with_the_calibration_as_written(background: Background, count: int) -> None:
    """What is computed with folded weights is the logistic model of similarities and features."""
    samples = cluster(background, count)
    texts = np.vstack([background.vectors[:30], cluster(background, 10, seed=4)])

    found = FewShotClassifier.fit(samples, background).probability(texts)

    weights, bias = background.calibration.weights(incident_features(samples, background))
    logits = similarities(texts, samples, background) @ weights + bias
    assert found == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-4)


@pytest.mark.parametrize("floor", [0.05, 0.5, 0.9])
@pytest.mark.parametrize("count", [1, 5, 60])
def test_a_floor_never_changes_what_reaches_it(background: Background, count: int, floor: float) -> None:
    """With a floor, whatever reaches it is exact, and the rest stays below it and is never understated."""
    classifier = FewShotClassifier.fit(cluster(background, count), background)
    like, ordinary = cluster(background, 60, seed=3), background.vectors[:60]
    texts = np.vstack([like + share * ordinary for share in (0.0, 0.2, 0.4, 0.7, 1.0, 3.0)])
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)

    exact, bounded = classifier.probability(texts), classifier.probability(texts, floor)

    reached = exact >= floor
    assert reached.any()
    assert bounded[reached].tolist() == exact[reached].tolist()
    assert (bounded[~reached] < floor).all()
    assert (bounded >= exact - 1e-5).all()


def test_features_that_need_two_samples_are_not_made_up_for_one(background: Background) -> None:
    """One sample has no cohesion: the feature is unknown, and all others are numbers."""
    features = dict(zip(FEATURES, incident_features(cluster(background, 1), background), strict=True))

    unknown = {name for name, value in features.items() if np.isnan(value)}

    assert unknown == {"cohesion", "loosest", "neighbour", "length"}
    assert features["single"] == 1.0


def test_similarities_are_what_their_names_say(background: Background) -> None:
    """A sample's nearest sample is itself, and an ordinary text that is a rival is its own rival."""
    samples = cluster(background, 4)

    measured = similarities(samples, samples, background)

    assert measured.shape == (4, len(SIMILARITIES))
    assert measured[:, SIMILARITIES.index("nearest")] == pytest.approx(1.0, abs=1e-5)
    assert (measured[:, SIMILARITIES.index("nearest3")] <= measured[:, SIMILARITIES.index("nearest")]).all()
