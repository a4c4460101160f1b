"""The embedded engine on the encoders that ship: descriptions alone, examples, other languages."""

import pytest

from quell.encoders import EncoderSet, OnnxTextEncoder
from quell.models import WEIGHTS
from quell.reviewers.domain import Example, Label, Policy, Reviewer
from quell.reviewers.embedded import EmbeddedEngine
from quell.text import language

LABELS = (
    Label("Refund", "Wants the money for a purchase back."),
    Label("Delivery", "Asks when a parcel arrives or where it is."),
    Label("Other", "Anything else."),
)
EXAMPLES = (
    Example("I returned the shoes, when do I get my money?", "Refund"),
    Example("Please pay me back, the lamp came broken", "Refund"),
    Example("My package should have been here on Monday", "Delivery"),
    Example("Where is my order?", "Delivery"),
    Example("Do you have this in blue?", "Other"),
    Example("What a lovely morning", "Other"),
)


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    """Give the engine as the server has it."""
    general, english = OnnxTextEncoder(WEIGHTS / "e5-small"), OnnxTextEncoder(WEIGHTS / "gte-small")
    return EmbeddedEngine.shipped(EncoderSet(general, {"en": english}, language.detect))


@pytest.fixture(scope="module", params=["descriptions", "examples"])
def reviewer(request: pytest.FixtureRequest, engine: EmbeddedEngine) -> Reviewer:
    """Give a reviewer of the policy, without and with examples."""
    policy = Policy("shop", LABELS, EXAMPLES if request.param == "examples" else ())
    return engine.load(policy, engine.build(policy, lambda share: None))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I want my money back for this broken kettle", "Refund"),
        ("The parcel has still not arrived, where is it?", "Delivery"),
        ("My cat likes to sleep on the piano", "Other"),
        ("Ich möchte mein Geld für die Schuhe zurück", "Refund"),
        ("¿Cuándo llega mi paquete?", "Delivery"),
        ("Meine Katze schläft gern auf dem Klavier", "Other"),
    ],
)
def test_a_text_gets_its_label_in_english_and_beyond(reviewer: Reviewer, text: str, label: str) -> None:
    """With and without examples, in the policy's language and in others, plain texts are told apart."""
    assert reviewer.review(text).label == label
