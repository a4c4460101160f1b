"""What servers answer is read, and what is no answer is known as such."""

import pytest

from quell.chat.answer import Said, read_completion


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{}]}', b'{"choices": [7]}', b"\xff"],
)
def test_what_is_no_completion_is_known_as_such(body: bytes) -> None:
    """Whatever a server sends."""
    assert read_completion(body) is None


def test_a_refusal_without_words_is_an_empty_answer() -> None:
    """As OpenAI sends it, with null for the words."""
    said = read_completion(b'{"choices": [{"message": {"content": null, "refusal": "no"}}]}')

    assert said == Said("", "")


def test_probabilities_of_another_shape_count_as_none() -> None:
    """Older servers have another one."""
    body = b'{"choices": [{"message": {"content": "x"}, "logprobs": {"tokens": ["x"]}}]}'

    assert read_completion(body) == Said("x", "")
