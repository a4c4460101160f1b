"""The client: one host, one key, no redirect, one deadline, a bounded answer."""

import time

import pytest

from quell.blobs.links import LinkRefused
from quell.chat.client import ANSWER_BYTES, ChatClient, Place, Unreachable, Unreadable, until
from tests.reviewers.llm_server import Answer, FakeLlm, decides, running_llm


def client(server: FakeLlm, path: str = "/v1", key: str | None = "sesame") -> ChatClient:
    """Return a client of the scripted server."""
    return ChatClient(Place.at(f"{server.url}{path}", "tiny", key))


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/chat/completions"])
def test_the_base_url_may_end_in_any_usual_way(llm: FakeLlm, path: str) -> None:
    """With a slash, without, or as the whole URL."""
    reply = client(llm, path).ask({"model": "tiny"}, until(5))

    assert (reply.status, llm.asked[0].path) == (200, "/v1/chat/completions")


def test_the_key_goes_as_a_bearer_token(llm: FakeLlm) -> None:
    """As OpenAI-compatible servers expect it."""
    client(llm).ask({}, until(5))

    assert llm.asked[0].headers["authorization"] == "Bearer sesame"


def test_the_key_of_a_deployment_goes_as_azure_wants_it(llm: FakeLlm) -> None:
    """And the query of the URL is kept."""
    client(llm, "/openai/deployments/gpt?api-version=2024-10-21").ask({}, until(5))

    asked = llm.asked[0]
    assert asked.path == "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    assert (asked.headers["api-key"], "authorization" in asked.headers) == ("sesame", False)


def test_without_a_key_none_is_sent(llm: FakeLlm) -> None:
    """A server on loopback often has none."""
    client(llm, key=None).ask({}, until(5))

    assert not {"authorization", "api-key"} & set(llm.asked[0].headers)


def test_the_key_is_in_no_representation() -> None:
    """What is printed by accident does not have it."""
    assert "sesame" not in repr(Place.at("http://127.0.0.1/v1", "tiny", "sesame"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(llm: FakeLlm, status: int) -> None:
    """The key and the text stay with the host that the operator named."""
    with running_llm() as elsewhere:
        llm.follow(Answer(status, headers={"Location": f"{elsewhere.url}/v1/chat/completions"}))
        reply = client(llm).ask({}, until(5))

        assert (reply.status, len(llm.asked), elsewhere.asked) == (status, 1, [])


def test_proxies_of_the_environment_are_not_used(llm: FakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text goes straight to the server or nowhere."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    reply = client(llm).ask({}, until(5))

    assert reply.status == 200


def test_an_answer_has_a_largest_size(llm: FakeLlm) -> None:
    """Said in advance or not."""
    llm.follow(Answer(body=b"x" * (ANSWER_BYTES + 1)))

    with pytest.raises(Unreadable, match="more than"):
        client(llm).ask({}, until(5))


def test_a_compressed_answer_is_not_unpacked(llm: FakeLlm) -> None:
    """A small answer could become a large one."""
    llm.follow(Answer(headers={"Content-Encoding": "gzip"}))

    with pytest.raises(Unreadable, match="compressed"):
        client(llm).ask({}, until(5))


@pytest.mark.parametrize("answer", [Answer(pause=3.0), Answer(body=b"x" * 300, trickle=0.05)])
def test_slow_servers_are_let_go_at_the_deadline(llm: FakeLlm, answer: Answer) -> None:
    """Those that say nothing, and those that say a byte at a time."""
    llm.follow(answer)
    start = time.monotonic()

    with pytest.raises(Unreachable, match="in time"):
        client(llm).ask({}, until(0.3))
    assert time.monotonic() - start < 2.5


def test_a_broken_connection_is_no_answer(llm: FakeLlm) -> None:
    """The server hangs up without a word."""
    llm.follow(Answer(broken=True))

    with pytest.raises(Unreachable, match="reached"):
        client(llm).ask({}, until(5))


def test_nobody_listening_is_no_answer() -> None:
    """The port is closed."""
    with running_llm() as gone:
        url = gone.url

    with pytest.raises(Unreachable, match="reached"):
        ChatClient(Place.at(url, "tiny")).ask({}, until(5))


def test_metadata_services_stay_closed() -> None:
    """Even where an operator names one by mistake."""
    with pytest.raises(Unreachable):
        ChatClient(Place.at("http://169.254.169.254/v1", "tiny", "sesame")).ask({}, until(5))


@pytest.mark.parametrize("url", ["ftp://host/v1", "http://user:word@host/v1", "127.0.0.1:8080/v1"])
def test_urls_that_can_be_misread_are_refused(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(LinkRefused):
        Place.at(url, "tiny")


@pytest.mark.parametrize(("sent", "read"), [("7", 7.0), ("soon", None), ("", None)])
def test_patience_is_read_in_seconds(llm: FakeLlm, sent: str, read: float | None) -> None:
    """Other forms of Retry-After count as none."""
    llm.follow(Answer(429, headers={"Retry-After": sent}), decides("Sale"))
    reply = client(llm).ask({}, until(5))

    assert reply.retry_after == read
