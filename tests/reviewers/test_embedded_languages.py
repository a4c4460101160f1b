"""Where a text in another language than its policy's is moved to."""

import numpy as np
import pytest

from quell.encoders.routing import EncoderSet
from quell.models import WEIGHTS, load_manifest
from quell.reviewers.domain import Label, Policy
from quell.reviewers.embedded import EmbeddedEngine
from quell.reviewers.embedded_languages import Middles, shared
from quell.reviewers.embedded_ordinary import Ordinary
from tests.doubles import TinyEncoder, tiny_background

EN, ZH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
MIDDLES = Middles({"en": EN, "zh": ZH})


def test_a_text_moves_from_its_middle_to_the_policys() -> None:
    """What is added is the way between the two middles."""
    move = MIDDLES.move("zh", "en")

    assert move is not None
    assert move.tolist() == [1.0, -1.0]


@pytest.mark.parametrize(("own", "policy"), [("en", "en"), ("und", "en"), ("zh", "und"), ("tlh", "en")])
def test_nothing_moves_within_a_language_or_where_one_is_unknown(own: str, policy: str) -> None:
    """Such texts are compared as they were read."""
    assert MIDDLES.move(own, policy) is None


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (["en", "en", "en", "en"], "en"),
        (["en", "en", "en", "en", "zh"], "en"),
        (["en", "en", "en", "zh"], "und"),
        (["und", "und", "en"], "und"),
        ([], "und"),
    ],
)
def test_a_policy_has_the_language_that_nearly_all_of_it_has(languages: list[str], expected: str) -> None:
    """A policy with examples in two languages has none: a text meets examples of its own there."""
    assert shared(languages) == expected


def test_the_middles_of_many_languages_ship_with_the_general_encoder() -> None:
    """The special encoder for English has none, and needs none."""
    general, english = (
        Ordinary.load(name, load_manifest(WEIGHTS / name).revision).middles
        for name in ("e5-small", "gte-small")
    )

    assert {"en", "de", "zh", "vi", "ar", "ja", "hi"} <= set(general.by_language)
    assert all(0.5 < float(np.linalg.norm(middle)) <= 1.0 for middle in general.by_language.values())
    assert english.by_language == {}


def test_a_foreign_text_meets_the_policy_at_the_middle_of_its_language() -> None:
    """Where the words of a language cover what a text says, it is the rest until it is moved."""
    encoder = TinyEncoder()
    accent = 4.0 * encoder.encode("el la los")

    class Accented(TinyEncoder):
        def encode(self, text: str) -> np.ndarray:  # type: ignore[type-arg]
            plain = super().encode(text.removeprefix("el "))
            moved = plain + accent if text.startswith("el ") else plain
            return (moved / np.linalg.norm(moved)).astype(np.float32)

    spoken = Accented()
    examples = [
        spoken.encode(f"{start}{word}") for start in ("", "el ") for word in ("lamp", "house", "tree")
    ]
    middles = Middles({"en": np.mean(examples[:3], axis=0), "es": np.mean(examples[3:], axis=0)})
    policy = Policy("weapons", (Label("Sale", "selling rifle price"), Label("Other", "anything else")))
    encoders = EncoderSet(spoken, detect=lambda text: "es" if text.startswith("el ") else "en")
    found = []
    for known in (Middles(), middles):
        ordinary = Ordinary.of(spoken.name, spoken.revision, tiny_background(spoken).vectors, middles=known)
        engine = EmbeddedEngine(encoders, {spoken.name: ordinary})
        reviewer = engine.load(policy, engine.build(policy, lambda _: None))
        found.append(
            [reviewer.review(text).label for text in ("selling rifle price", "el selling rifle price")]
        )

    assert found == [["Sale", "Other"], ["Sale", "Sale"]]
