"""What models say is read generously, and only labels of the policy come out."""

import json
import math

import pytest

from quell.chat import Said
from quell.reviewers.llm_answer import (
    REASONING_LENGTH,
    UNKNOWN_CONFIDENCE,
    read_verdict,
)
from tests.reviewers.llm_server import POLICY

GOOD = '{"labelName": "Sale", "reasoning": "It offers one."}'


@pytest.mark.parametrize(
    "words",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here is my answer: {GOOD} I hope it helps.",
        f'<think>Could be {{"labelName": "Other"}}?</think>{GOOD}',
        f'Maybe {{"labelName": "Other", "reasoning": "no"}}?\n</think>\n{GOOD}',
        '{"LABELNAME": "sale", "Reasoning": "It offers one."}',
        '{"labelName": "Sale", "reasoning": "It offers one.',
        '{"note": {"a": 1}} {"labelName": " Sale. ", "reasoning": "It offers one."}',
    ],
)
def test_json_is_read_wherever_it_stands(words: str) -> None:
    """In fences, after thoughts, among words, in any case, or cut off after the label."""
    verdict = read_verdict(POLICY, Said(words, "stop"))

    assert verdict is not None
    assert (verdict.label, verdict.reasoning) == ("Sale", "It offers one.")


@pytest.mark.parametrize(("words", "label"), [("GameTalk", "GameTalk"), ('"others".', "Other")])
def test_a_bare_label_is_enough(words: str, label: str) -> None:
    """With a reasoning that says there was none."""
    verdict = read_verdict(POLICY, Said(words, "stop"))

    assert verdict is not None
    assert (verdict.label, verdict.reasoning) == (label, "The language model gave no reason.")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "null",
        "I cannot help with that.",
        "Sale or GameTalk",
        '{"labelName": "Weapons"}',
        '{"labelName": ["Sale"]}',
        '{"labelName": "Sa',
        '{"labelName": 7}',
        "{" * 5_000,
    ],
)
def test_anything_else_is_no_verdict(words: str) -> None:
    """A label that is not the policy's is never passed on."""
    assert read_verdict(POLICY, Said(words, "stop")) is None


def test_a_reasoning_is_one_bounded_line() -> None:
    """Without control characters and direction marks."""
    words = json.dumps({"labelName": "Sale", "reasoning": "a\x1b[31m\nb\u202e" + "c" * 5_000})
    verdict = read_verdict(POLICY, Said(words, "stop"))

    assert verdict is not None
    assert (verdict.reasoning[:10], len(verdict.reasoning)) == ("a [31m b c", REASONING_LENGTH)


def test_confidence_is_the_probability_of_the_label() -> None:
    """The product over the tokens that spell it, and over no others."""
    pieces = [
        ('{"label', -3.0),
        ('Name": "', -3.0),
        ("Sa", math.log(0.5)),
        ("le", math.log(0.8)),
        ('", "', -3.0),
    ]
    verdict = read_verdict(POLICY, Said(GOOD, "stop", tuple(pieces)))

    assert verdict is not None
    assert verdict.confidence == pytest.approx(0.4)


def test_confidence_is_middling_where_nobody_tells_it() -> None:
    """Neither sure nor unsure."""
    verdict = read_verdict(POLICY, Said(GOOD, "stop"))

    assert verdict is not None
    assert verdict.confidence == UNKNOWN_CONFIDENCE
