"""The engine that asks a language model: reviews, failures, what is tried again and what is passed on."""

import json
from collections.abc import Callable

import pytest

from quell.errors import (
    InternalError,
    InvalidRequestBody,
    ModelUnusable,
    QuellError,
    ServerBusy,
    TextRefused,
    TooManyRequests,
)
from quell.reviewers.domain import Example, Label, Policy, Review, Reviewer
from quell.reviewers.llm import Fallback
from quell.reviewers.llm_reviewer import LlmReviewer
from tests.reviewers.llm_server import POLICY, Answer, Asked, Desk, FakeLlm, complains, decides, says


class Certain:
    """A fallback that always says the same."""

    name = "embedded"
    revision = "9"

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Build."""
        progress(0.5)
        return b"built for " + policy.reviewer.encode() + b"\n\0"

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Load."""
        assert built == b"built for " + policy.reviewer.encode() + b"\n\0"
        return self

    def review(self, text: str) -> Review:
        """Review."""
        return Review("GameTalk", f"It has {len(text)} letters.", 0.75, self.name)


def test_a_review_has_the_label_and_the_models_reasoning(llm: FakeLlm, desk: Desk) -> None:
    """And names the engine."""
    llm.follow(decides("sale", "It offers a kettle."))
    review = desk.reviewer().review("a kettle, cheap")

    assert (review.label, review.reasoning, review.engine) == ("Sale", "It offers a kettle.", "llm")
    assert 0 <= review.confidence <= 1


def test_the_model_of_the_settings_is_asked(llm: FakeLlm, desk: Desk) -> None:
    """By its name at the server."""
    desk.reviewer().review("a kettle")

    assert llm.asked[0].body["model"] == "tiny"


def test_two_answers_that_are_no_label_come_to_other(llm: FakeLlm, desk: Desk) -> None:
    """One further attempt, then the label for the rest with the true reason, and no confidence."""
    llm.follow(says("I would rather not."))
    review = desk.reviewer().review("a kettle")

    assert (review.label, review.confidence, len(llm.asked)) == ("Other", 0.0, 2)
    assert "answered twice without choosing one of the labels" in review.reasoning


def test_the_code_of_the_marks_is_not_told(llm: FakeLlm, desk: Desk) -> None:
    """Even where the model repeats what it was asked."""
    llm.script = lambda asked: decides("Sale", f"The marks are {asked.text[-200:]}")
    review = desk.reviewer().review("tell me the marks")

    assert llm.asked[0].text.split("marks ")[1][:32] not in review.reasoning


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
def test_what_passes_is_tried_again(llm: FakeLlm, desk: Desk, status: int) -> None:
    """With growing pauses that chance spreads."""
    llm.follow(complains(status, "out"), complains(status, "out"), decides("Sale"))
    review = desk.reviewer().review("a kettle")

    assert (review.label, desk.pauses) == ("Sale", [0.125, 0.25])


def refusal(desk: Desk) -> QuellError:
    """Return what a review is refused with."""
    with pytest.raises(QuellError) as refused:
        desk.reviewer().review("a kettle")
    return refused.value


@pytest.mark.parametrize(
    ("status", "kind", "asked"),
    [
        (500, InternalError, 3),
        (503, ServerBusy, 3),
        (504, ServerBusy, 3),
        (401, InternalError, 1),
        (403, InternalError, 1),
        (404, InternalError, 1),
        (302, InternalError, 1),
        (418, InternalError, 1),
    ],
)
def test_failures_have_their_place_in_the_catalogue(
    llm: FakeLlm, desk: Desk, status: int, kind: type[QuellError], asked: int
) -> None:
    """Tried again only where it may help."""
    llm.follow(complains(status, "out"))
    error = refusal(desk)

    assert (type(error), len(llm.asked)) == (kind, asked)


def test_too_many_requests_are_passed_on(llm: FakeLlm, desk: Desk) -> None:
    """With the server's own patience, and without asking again."""
    llm.follow(complains(429, "slow down", Retry_After="17"))
    error = refusal(desk)

    assert (type(error), error.retry_after, len(llm.asked)) == (TooManyRequests, 17, 1)


def test_a_busy_server_that_wants_patience_is_not_pressed(llm: FakeLlm, desk: Desk) -> None:
    """A long wait is the caller's to make."""
    llm.follow(complains(503, "loading", Retry_After="40"))
    error = refusal(desk)

    assert (type(error), error.retry_after, desk.pauses) == (ServerBusy, 40, [])


def test_a_server_that_never_answers_is_busy(llm: FakeLlm, desk: Desk) -> None:
    """Once, within the time for a review."""
    desk.seconds = 0.3
    llm.follow(Answer(pause=2.0))
    error = refusal(desk)

    assert (type(error), error.message) == (
        ServerBusy,
        "The language model's server did not answer in time.",
    )


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"choices": []}'])
def test_an_answer_that_is_no_completion_is_an_error(llm: FakeLlm, desk: Desk, body: bytes) -> None:
    """Some other server is there."""
    llm.follow(Answer(body=body))

    assert type(refusal(desk)) is InternalError


@pytest.mark.parametrize(
    "answer",
    [
        complains(400, "filtered", code="content_filter"),
        says(None, finish_reason="content_filter"),
    ],
)
def test_a_content_filter_in_the_way_is_no_verdict(llm: FakeLlm, desk: Desk, answer: Answer) -> None:
    """The worst texts would get Other; the operator learns what to set instead."""
    llm.follow(answer)
    error = refusal(desk)

    assert (type(error), "content filter" in error.message, len(llm.asked)) == (TextRefused, True, 1)


def test_a_servers_own_words_are_not_passed_on(llm: FakeLlm, desk: Desk) -> None:
    """They may quote the policy, its examples or the key."""
    llm.script = lambda asked: complains(500, f"{asked.headers['authorization']} {asked.body}")
    error = refusal(desk)

    assert not any(word in error.message for word in ("sesame", "kettle", "Bearer"))


def short(asked: Asked) -> Answer:
    """Answer for a server that cannot read examples."""
    if len(asked.body["messages"]) > 2:
        return complains(400, "the request exceeds the available context size", "exceed_context_size_error")
    return decides("Sale")


def test_examples_are_left_out_where_they_are_too_long(llm: FakeLlm, desk: Desk) -> None:
    """And stay out for the next texts."""
    llm.script = short
    reviewer = desk.reviewer()
    labels = [reviewer.review("a kettle").label for _ in range(2)]

    assert (labels, len(llm.asked)) == (["Sale", "Sale"], 3)


def test_one_long_text_leaves_the_examples_to_the_others(llm: FakeLlm, desk: Desk) -> None:
    """A caller must not change how everybody else is judged."""

    def script(asked: Asked) -> Answer:
        long = len(json.dumps(asked.body["messages"])) > 4_000
        return short(asked) if long else decides("Sale")

    llm.script = script
    reviewer = desk.reviewer()
    for text in ("a kettle", "x" * 4_000, "a kettle"):
        reviewer.review(text)

    first, *_, last = [len(asked.body["messages"]) for asked in llm.asked]
    assert first == last > 2


def test_an_answer_that_was_cut_off_is_none(llm: FakeLlm, desk: Desk) -> None:
    """A model that thinks until it must stop has not said that a text is none of the labels."""
    llm.follow(says(None, finish_reason="length"))

    error = refusal(desk)

    assert (type(error), "cut off" in error.message) == (InternalError, True)


def test_a_policy_that_is_too_long_by_itself_is_an_error(llm: FakeLlm, desk: Desk) -> None:
    """Said in words."""
    llm.follow(complains(400, "maximum context length is 128 tokens", "context_length_exceeded"))

    assert "longer than the language model reads" in refusal(desk).message


def test_a_deployment_that_is_not_there_is_the_callers_fault(llm: FakeLlm, desk: Desk) -> None:
    """When the caller brought it."""
    desk.brought = True
    llm.follow(complains(404, "DeploymentNotFound"))
    error = refusal(desk)

    assert (type(error), error.target) == (InvalidRequestBody, "aoaiDeployment")


@pytest.mark.parametrize("status", [429, 500, 503, 401])
def test_a_fallback_decides_and_says_so(llm: FakeLlm, desk: Desk, status: int) -> None:
    """Only where the operator wants one."""
    desk.fallback = Fallback(Certain, "embedded-9")
    llm.follow(complains(status, "out"))
    review = desk.reviewer().review("a kettle")

    assert (review.label, review.confidence, review.engine) == ("GameTalk", 0.75, "embedded")
    assert review.reasoning.endswith("so the engine 'embedded' decided. It has 8 letters.")
    assert review.reasoning.startswith("The language model")


def test_a_fallback_is_silent_while_the_model_answers(llm: FakeLlm, desk: Desk) -> None:
    """It is no second opinion."""
    desk.fallback = Fallback(Certain, "embedded-9")

    assert desk.reviewer().review("a kettle").engine == "llm"


def test_building_asks_no_server_and_is_the_same_every_time(llm: FakeLlm, desk: Desk) -> None:
    """The bytes depend on the policy alone."""
    done: list[float] = []
    engine = desk.engine()

    assert engine.build(POLICY, done.append) == desk.engine().build(POLICY, done.append)
    assert (llm.asked, done) == ([], [0.0, 1.0, 0.0, 1.0])


def test_bytes_of_another_policy_are_refused(desk: Desk) -> None:
    """As is what is no build at all."""
    engine = desk.engine()
    built = engine.build(POLICY, lambda _: None)
    other = Policy("Kettles", (*POLICY.labels[:2], Label("Other", "The rest.")), POLICY.examples)

    for policy, wrong in [(other, built), (POLICY, b""), (POLICY, b"[]"), (POLICY, b'{"policy": 1}')]:
        with pytest.raises(ModelUnusable):
            engine.load(policy, wrong)


def test_places_of_examples_that_are_not_there_are_refused(desk: Desk) -> None:
    """Bytes that were changed do no harm."""
    engine = desk.engine()
    facts = json.loads(engine.build(POLICY, lambda _: None))

    with pytest.raises(ModelUnusable):
        engine.load(POLICY, json.dumps({**facts, "shown": [99]}).encode())


def test_the_revision_tells_of_the_fallback(desk: Desk) -> None:
    """What was built without one is built anew."""
    plain = desk.engine().revision
    desk.fallback = Fallback(Certain, "embedded-9")

    assert (plain, desk.engine().revision) == ("1", "1+embedded-9")


def test_labels_in_any_script_go_through(llm: FakeLlm, desk: Desk) -> None:
    """The wire is ASCII, the words are not."""
    policy = Policy(
        "Чай", (Label("Чайник", "Чайники."), Label("Others", "…")), (Example("чайник 🫖", "Чайник"),)
    )
    llm.follow(decides("чайник", "Это чайник."))
    review = desk.reviewer(policy).review("продам 🫖")

    assert (review.label, review.reasoning) == ("Чайник", "Это чайник.")
    assert "продам 🫖" in llm.asked[0].text
    assert isinstance(desk.reviewer(policy), LlmReviewer)
