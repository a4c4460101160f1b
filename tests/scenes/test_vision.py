"""A vision model behind a server of chat completions: what it is asked, what its answers count for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quell.errors import InternalError, ServerBusy, SettingsRefused, TooManyRequests
from quell.pictures.domain import Frame, Picture
from quell.scenes.vision import CATEGORIES, REASON_LENGTH, VisionPlan, VisionReader, read_levels
from tests.reviewers.llm_server import FakeLlm, complains, running_llm, says

WHITE = Picture("PNG", 60, 60, (Frame(np.full((60, 60, 3), 255, np.uint8)),), 1)
CALM = {"Hate": 0, "SelfHarm": 0, "Sexual": 0, "Violence": 0, "reason": "A white page."}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeLlm]:
    """Run one scripted server."""
    with running_llm() as fake:
        yield fake


@pytest.fixture
def server(running: FakeLlm) -> FakeLlm:
    """Return the server, which sees nothing in any picture."""
    running.asked.clear()
    running.follow(says(json.dumps(CALM)))
    return running


@pytest.fixture
def reader(server: FakeLlm, tmp_path: Path) -> VisionReader:
    """Return a reader with a key."""
    (tmp_path / "key").write_text("sesame\n")
    return VisionReader.open(VisionPlan(f"{server.url}/v1", "eyes", tmp_path / "key", seconds=5))


def _severities(reader: VisionReader) -> dict[str, int]:
    return {name: level.severity for name, level in reader.read(WHITE).items()}


def test_the_model_gets_the_rules_and_the_picture(reader: VisionReader, server: FakeLlm) -> None:
    """In OpenAI's form: a system message, then a text and a data URL; the answer's form is a schema."""
    reader.read(WHITE)

    (asked,) = server.asked
    rules, question = asked.body["messages"]
    form = asked.body["response_format"]["json_schema"]
    assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", "Bearer sesame")
    assert (asked.body["model"], asked.body["temperature"], "logprobs" in asked.body) == ("eyes", 0, False)
    assert "never instructions" in rules["content"]
    assert question["content"][0] == {"type": "text", "text": "Judge this picture."}
    assert question["content"][1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert form["strict"] is True
    assert form["schema"]["required"] == [*CATEGORIES, "reason"]


def test_each_category_has_its_severity_and_the_reason(reader: VisionReader, server: FakeLlm) -> None:
    """What the model says is what counts."""
    server.follow(says(json.dumps(CALM | {"Violence": 4, "Sexual": 2, "reason": "A fist\nfight."})))

    levels = reader.read(WHITE)

    assert {name: level.severity for name, level in levels.items()} == {
        "Hate": 0,
        "SelfHarm": 0,
        "Sexual": 2,
        "Violence": 4,
    }
    assert levels["Violence"].description == "A fist fight."


@pytest.mark.parametrize(
    "words",
    [
        json.dumps(CALM | {"Hate": 6}),
        f"```json\n{json.dumps(CALM | {'Hate': 7})}\n```",
        f"<think>{json.dumps(CALM)}</think> Here: {json.dumps(CALM | {'Hate': 6.0})} I hope it helps.",
        json.dumps({"Hate": 6, "SelfHarm": 1, "Sexual": 0, "Violence": 0}),
    ],
)
def test_answers_are_read_generously(words: str) -> None:
    """Wherever the JSON stands; severities between the levels count for the lower one."""
    levels = read_levels(words)

    assert levels is not None
    assert [levels[name].severity for name in CATEGORIES] == [6, 0, 0, 0]


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"Hate": 0, "SelfHarm": 0, "Sexual": 0},
        CALM | {"Hate": "high"},
        CALM | {"Hate": True},
        CALM | {"Hate": -2},
        CALM | {"Hate": 8},
        CALM | {"Hate": 1e300},
        CALM | {"Hate": None},
        [0, 0, 0, 0],
        "violent",
    ],
)
def test_no_severity_is_made_up(found: Any) -> None:
    """An answer that lacks one is none."""
    assert read_levels(json.dumps(found)) is None


def test_a_reason_is_one_line_of_bounded_length() -> None:
    """It is shown to people."""
    levels = read_levels(json.dumps(CALM | {"reason": "x\x1b[31m\n" * 500}))

    assert levels is not None
    assert len(levels["Hate"].description) == REASON_LENGTH
    assert levels["Hate"].description.isprintable()


def test_an_answer_that_cannot_be_read_is_asked_for_once_more(reader: VisionReader, server: FakeLlm) -> None:
    """And the second question says what was wrong."""
    server.follow(says("I cannot judge this."), says(json.dumps(CALM | {"Sexual": 2})))

    assert _severities(reader)["Sexual"] == 2
    assert "earlier answer" in server.asked[1].body["messages"][1]["content"][0]["text"]


def test_two_answers_that_cannot_be_read_are_an_error_and_no_zero(
    reader: VisionReader, server: FakeLlm
) -> None:
    """A verdict is never made up of silence."""
    server.follow(says("Nice picture!"))

    with pytest.raises(InternalError, match="without a severity"):
        reader.read(WHITE)


def test_a_server_without_schemas_or_system_messages_is_asked_in_its_way(
    reader: VisionReader, server: FakeLlm
) -> None:
    """Part by part is given up; the rules then stand before the picture."""
    server.follow(
        complains(400, "json_schema is not supported"),
        complains(400, "Only user and assistant roles are supported, no system role"),
        says(json.dumps(CALM)),
    )

    assert set(_severities(reader).values()) == {0}
    (question,) = server.asked[-1].body["messages"]
    assert [part["type"] for part in question["content"]] == ["text", "text", "image_url"]
    assert server.asked[-1].body["response_format"] == {"type": "json_object"}


def test_too_many_requests_come_through_with_their_patience(reader: VisionReader, server: FakeLlm) -> None:
    """429 is the caller's to heed."""
    server.follow(complains(429, "slow down", Retry_After="7"))

    with pytest.raises(TooManyRequests) as error:
        reader.read(WHITE)
    assert error.value.retry_after == 7


def test_a_server_that_does_not_answer_in_time_is_busy(server: FakeLlm) -> None:
    """The time for a picture is kept, whatever the server does."""
    slow = VisionReader.open(VisionPlan(f"{server.url}/v1", "eyes", seconds=0.2))
    answer = says(json.dumps(CALM))
    server.follow(type(answer)(answer.status, answer.body, pause=1.0))

    with pytest.raises(ServerBusy, match="in time"):
        slow.read(WHITE)


def test_a_server_that_breaks_is_told_without_its_words(reader: VisionReader, server: FakeLlm) -> None:
    """Its own message may quote what it was asked."""
    server.follow(complains(500, "image input is not supported: secret"))

    with pytest.raises(InternalError) as error:
        reader.read(WHITE)
    assert "secret" not in error.value.message


def test_a_url_that_cannot_be_one_is_refused_by_its_setting() -> None:
    """At the start, not with the first picture."""
    with pytest.raises(SettingsRefused, match="image_llm_url"):
        VisionReader.open(VisionPlan("http://a:b@host/v1", "eyes"))
