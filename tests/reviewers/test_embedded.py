"""The embedded engine around a tiny encoder: what is built, what is refused, what a review says."""

from dataclasses import replace

import numpy as np
import pytest

from quell.encoders.routing import EncoderSet
from quell.errors import ModelUnusable
from quell.reviewers.domain import BUILT_BYTES, Example, Label, Policy
from quell.reviewers.embedded import MOST_EXAMPLES, EmbeddedEngine
from quell.reviewers.embedded_ordinary import Ordinary
from tests.doubles import TinyEncoder, tiny_background

LABELS = (
    Label("Sale", "selling rifle price"),
    Label("Sport", "range shooting match"),
    Label("Other", "anything else"),
)
EXAMPLES = (
    Example("selling my old rifle for cash", "Sale"),
    Example("rifle for a fair price", "Sale"),
    Example("shooting at the range today", "Sport"),
    Example("a match at the range", "Sport"),
    Example("violin lessons on monday", "Other"),
)
POLICY = Policy("weapons", LABELS, EXAMPLES)


def ignored(share: float) -> None:
    """Take progress and forget it."""


def engine_of(*encoders: TinyEncoder, english: str = "violin") -> EmbeddedEngine:
    """Return an engine; the first encoder is the general one, the second reads texts without "el"."""
    ordinary = {
        one.name: Ordinary.of(one.name, one.revision, tiny_background(one).vectors) for one in encoders
    }
    special = {"en": encoders[1]} if len(encoders) > 1 else {}
    return EmbeddedEngine(
        EncoderSet(encoders[0], special, lambda text: "es" if " el " in f" {text} " else "en"), ordinary
    )


@pytest.fixture
def engine() -> EmbeddedEngine:
    """Give an engine on one tiny encoder."""
    return engine_of(TinyEncoder())


def test_descriptions_alone_are_enough(engine: EmbeddedEngine) -> None:
    """Without a single example, texts go to the label whose description they share words with."""
    policy = Policy("weapons", LABELS)

    reviewer = engine.load(policy, engine.build(policy, ignored))

    assert reviewer.review("selling a rifle").label == "Sale"
    assert reviewer.review("shooting match").label == "Sport"


def test_a_text_that_fits_no_label_is_other(engine: EmbeddedEngine) -> None:
    """What resembles neither description nor example gets the label for the rest, and is said not to fit."""
    policy = Policy("weapons", LABELS)

    review = engine.load(policy, engine.build(policy, ignored)).review("kettle garden lamp bread")

    assert review.label == "Other"
    assert review.reasoning.startswith("No label is close enough")


def test_the_label_for_the_rest_may_have_any_spelling(engine: EmbeddedEngine) -> None:
    """The rest is answered in the policy's own spelling, wherever its label stands."""
    policy = Policy("weapons", (Label("OTHERS", "all else"), *LABELS[:2]))

    reviewer = engine.load(policy, engine.build(policy, ignored))

    assert reviewer.review("kettle garden lamp").label == "OTHERS"


def test_examples_decide_where_descriptions_do_not(engine: EmbeddedEngine) -> None:
    """A text is known by its like among the examples, and the nearest one is quoted."""
    reviewer = engine.load(POLICY, engine.build(POLICY, ignored))

    review = reviewer.review("selling my old one for cash, a rifle")

    assert review.label == "Sale"
    assert '"selling my old rifle for cash"' in review.reasoning


def test_confidence_is_a_probability_and_is_said(engine: EmbeddedEngine) -> None:
    """The confidence lies between 0 and 1 and stands in the reasoning."""
    review = engine.load(POLICY, engine.build(POLICY, ignored)).review("rifle for cash")

    assert 0.0 < review.confidence <= 1.0
    assert f"Confidence {review.confidence:.2f}" in review.reasoning
    assert review.engine == "embedded"


def test_the_part_that_carried_the_label_is_named(engine: EmbeddedEngine) -> None:
    """Of several clauses, the one without which the label falls is quoted."""
    reviewer = engine.load(POLICY, engine.build(POLICY, ignored))

    review = reviewer.review("kettle lamp garden bread, selling my old rifle for cash")

    assert review.label == "Sale"
    assert '"selling my old rifle for cash" decided' in review.reasoning


def test_building_twice_gives_the_same_bytes() -> None:
    """The same policy gives the same bytes, in another process's engine, too."""
    first, second = (engine_of(TinyEncoder()).build(POLICY, ignored) for _ in range(2))

    assert first == second


def test_progress_runs_from_0_to_1(engine: EmbeddedEngine) -> None:
    """Progress never falls, and ends at 1."""
    seen: list[float] = []

    engine.build(POLICY, seen.append)

    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_progress_may_end_the_work(engine: EmbeddedEngine) -> None:
    """What progress raises comes out of the build: that is how a build is cancelled."""

    def cancelled(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.build(POLICY, cancelled)


def test_bytes_of_another_policy_are_refused(engine: EmbeddedEngine) -> None:
    """What was built from other labels does not answer in the name of these."""
    built = engine.build(POLICY, ignored)
    other = replace(POLICY, labels=(Label("Sale", "changed"), *LABELS[1:]))

    with pytest.raises(ModelUnusable, match="another policy"):
        engine.load(other, built)


def test_bytes_of_another_encoder_are_refused(engine: EmbeddedEngine) -> None:
    """A revision of the encoder that did not read the policy cannot answer for it."""
    built = engine_of(TinyEncoder(revision="0")).build(POLICY, ignored)

    with pytest.raises(ModelUnusable, match="another encoder"):
        engine.load(POLICY, built)


def test_bytes_of_another_revision_are_refused(engine: EmbeddedEngine) -> None:
    """What an engine of another revision built is refused with what to do."""
    built = engine.build(POLICY, ignored)
    later = engine_of(TinyEncoder())
    later.revision = "99"  # type: ignore[misc]  # stands for an engine of a later release

    with pytest.raises(ModelUnusable, match=r"another revision.*Create a new version"):
        later.load(POLICY, built)


@pytest.mark.parametrize("cut", [0, 5, 11, 40, 400, -1])
def test_broken_bytes_are_refused(engine: EmbeddedEngine, cut: int) -> None:
    """Bytes that end too early are refused, wherever they end."""
    built = engine.build(POLICY, ignored)

    with pytest.raises(ModelUnusable):
        engine.load(POLICY, built[:cut])


def test_text_in_another_language_meets_the_policy_in_the_general_encoder() -> None:
    """The special encoder reads what it knows; everything else is compared by the general one."""
    general, special = TinyEncoder("general"), TinyEncoder("special")
    engine = engine_of(general, special)
    reviewer = engine.load(POLICY, engine.build(POLICY, ignored))
    general.encoded.clear()
    special.encoded.clear()

    reviewer.review("selling rifle")
    reviewer.review("el rifle")

    assert special.encoded == ["selling rifle"]
    assert general.encoded == ["el rifle"]


def test_a_policy_in_another_language_is_read_by_the_general_encoder_alone() -> None:
    """A special encoder that cannot read the policy gets no part in it, not even for its own language."""
    engine = engine_of(TinyEncoder("general"), special := TinyEncoder("special"))
    special.encoded.clear()
    policy = Policy("armas", (Label("Venta", "vende el rifle"), Label("Other", "otra cosa")))

    review = engine.load(policy, engine.build(policy, ignored)).review("rifle")

    assert special.encoded == []
    assert review.label in {"Venta", "Other"}


def test_a_text_that_is_an_example_is_read_again_as_it_is(engine: EmbeddedEngine) -> None:
    """An example's own label wins for its very text."""
    reviewer = engine.load(POLICY, engine.build(POLICY, ignored))

    answers = [reviewer.review(example.text).label for example in EXAMPLES]

    assert answers == [example.label for example in EXAMPLES]


def test_too_many_examples_are_thinned_evenly() -> None:
    """Of more examples than are read, every label keeps its share, and the bytes stay bounded."""
    engine = engine_of(TinyEncoder())
    many = tuple(
        Example(f"rifle price {number}", "Sale") if number % 3 else Example(f"match {number}", "Sport")
        for number in range(MOST_EXAMPLES * 2)
    )

    built = engine.build(Policy("weapons", LABELS, many), ignored)

    reviewer = engine.load(Policy("weapons", LABELS, many), built)
    assert len(built) <= BUILT_BYTES
    assert reviewer.review("price of a rifle").label == "Sale"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "a", "?" * 1000, "\ud800", "。" * 1000])
def test_any_text_gets_a_review(engine: EmbeddedEngine, text: str) -> None:
    """Whatever the text, there is one of the labels and a number."""
    review = engine.load(POLICY, engine.build(POLICY, ignored)).review(text)

    assert review.label in {label.name for label in LABELS}
    assert np.isfinite(review.confidence)
