"""Servers differ in what they understand; the engine finds out and remembers."""

import pytest

from quell.chat.dialect import Dialect
from quell.reviewers.llm_prompt import answer_schema
from tests.reviewers.llm_server import POLICY, Answer, Asked, Desk, FakeLlm, Script, complains, decides


def picky(**refused: str) -> Script:
    """Return a script that refuses requests that have a member, with the message given for it."""

    def script(asked: Asked) -> Answer:
        for member, message in refused.items():
            if member in asked.body:
                return complains(400, message)
        return decides("Sale")

    return script


def test_everything_is_asked_for_first(llm: FakeLlm, desk: Desk) -> None:
    """The labels as an enumeration that decoding is held to, no chance, and probabilities."""
    desk.reviewer().review("a kettle")

    body = llm.asked[0].body
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["labelName"]["enum"] == ["Sale", "GameTalk", "Other"]
    assert (body["temperature"], body["logprobs"], body["stream"]) == (0, True, False)
    assert body["max_tokens"] <= 1_000


def test_the_schema_gives_way_to_json_and_json_to_words(llm: FakeLlm, desk: Desk) -> None:
    """A server that knows no response_format is asked without one, and the answer is read all the same."""
    llm.script = picky(response_format="unknown field: response_format")
    review = desk.reviewer().review("a kettle")

    forms = [asked.body.get("response_format", {}).get("type") for asked in llm.asked]
    assert (review.label, forms) == ("Sale", ["json_schema", "json_object", None])


def test_what_a_server_understands_is_remembered(llm: FakeLlm, desk: Desk) -> None:
    """The second review asks once."""
    llm.script = picky(response_format="unknown field: response_format")
    reviewer = desk.reviewer()
    reviewer.review("a kettle")
    first = len(llm.asked)
    reviewer.review("another kettle")

    assert (first, len(llm.asked)) == (3, 4)


def test_what_was_learned_is_forgotten_in_time(llm: FakeLlm, desk: Desk) -> None:
    """A server that was replaced is asked for everything again, at the latest after ten minutes."""
    llm.script = picky(response_format="unknown field: response_format")
    reviewer = desk.reviewer()
    reviewer.review("a kettle")
    llm.script = lambda _: decides("Sale")
    desk.now += 700
    reviewer.review("a kettle")
    reviewer.review("a kettle")

    forms = [asked.body.get("response_format", {}).get("type") for asked in llm.asked[3:]]
    assert forms == ["json_schema", "json_schema"]


@pytest.mark.parametrize(
    ("member", "message", "instead"),
    [
        ("max_tokens", "Use 'max_completion_tokens' instead.", "max_completion_tokens"),
        ("temperature", "'temperature' does not support 0 with this model.", "max_tokens"),
        ("logprobs", "logprobs are not available", "max_tokens"),
    ],
)
def test_what_a_model_does_not_take_is_left_out(
    llm: FakeLlm, desk: Desk, member: str, message: str, instead: str
) -> None:
    """And the schema stays, because nobody complained of it."""
    llm.script = picky(**{member: message})
    review = desk.reviewer().review("a kettle")

    last = llm.asked[-1].body
    assert (review.label, len(llm.asked), member in last, instead in last) == ("Sale", 2, False, True)
    assert last["response_format"]["type"] == "json_schema"


def test_a_model_without_a_system_role_reads_the_rules_first(llm: FakeLlm, desk: Desk) -> None:
    """They open the first message of the user."""

    def script(asked: Asked) -> Answer:
        if asked.body["messages"][0]["role"] == "system":
            return complains(400, "System role not supported")
        return decides("Sale")

    llm.script = script
    desk.reviewer().review("a kettle")

    first = llm.asked[-1].body["messages"][0]
    assert (first["role"], "You give each text exactly one label" in first["content"]) == ("user", True)


def test_lengths_leave_a_schema_that_cannot_have_them() -> None:
    """The enumeration stays."""
    simpler = Dialect().simpler("Invalid schema: 'maxLength' is not permitted.")

    assert simpler is not None
    body = simpler.request("tiny", [], answer_schema(POLICY))
    assert "maxLength" not in str(body)
    assert "GameTalk" in str(body["response_format"])


def test_simpler_dialects_come_to_an_end() -> None:
    """Whatever a server complains of, it is asked a bounded number of times."""
    complaint = "max_completion_tokens temperature logprobs maxLength system role"
    dialect: Dialect | None = Dialect()
    steps = 0
    while dialect is not None:
        dialect, steps = dialect.simpler(complaint), steps + 1

    assert steps == 8
