"""Which language models there are is the operator's word; callers choose within it."""

from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody, SettingsRefused
from quell.reviewers.domain import ReviewerEngine
from quell.reviewers.llm_opening import Brought, LlmPlan, open_engines
from tests.reviewers.bench import build_bench, refused
from tests.reviewers.llm_server import POLICY, FakeLlm, complains, decides


def never() -> ReviewerEngine:
    """Stand for an engine that nobody needs."""
    raise AssertionError("the embedded engine was made")


def brought(llm: FakeLlm, tmp_path: Path) -> Brought:
    """Return what makes engines of the scripted server for callers."""
    key = tmp_path / "azure.key"
    key.write_text("azure-key\n")
    return Brought(LlmPlan(allowed={f"{llm.url}/": str(key)}, seconds=5))


def test_without_a_server_there_is_one_engine() -> None:
    """And endpoints of callers are not heeded."""
    engines = open_engines(never, "embedded", LlmPlan())

    assert (engines.names, engines.bring) == (("embedded",), None)


def test_a_server_is_an_engine_beside_the_embedded_one(llm: FakeLlm) -> None:
    """It waits for others, and is there for reviewers that ask for it."""
    engines = open_engines(never, "llm", LlmPlan(f"{llm.url}/v1", "tiny"))

    assert (engines.names, engines.default, engines.waits) == (("embedded", "llm"), "llm", {"llm"})
    assert engines["llm"].revision == "1"


def test_a_fallback_is_not_made_before_it_is_needed(llm: FakeLlm) -> None:
    """Only its revision is known; making it loads encoders."""
    engines = open_engines(never, "llm", LlmPlan(f"{llm.url}/v1", "tiny", fallback=True))

    assert engines["llm"].revision.startswith("1+embedded-")


def test_a_caller_reaches_an_allowed_endpoint_with_the_operators_key(llm: FakeLlm, tmp_path: Path) -> None:
    """In the form of Azure OpenAI."""
    engine = brought(llm, tmp_path)(f"{llm.url}", "gpt-4o")
    review = engine.load(POLICY, engine.build(POLICY, lambda _: None)).review("a kettle")

    asked = llm.asked[0]
    assert asked.path == "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
    assert (review.label, asked.headers["api-key"]) == ("Sale", "azure-key")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://elsewhere.example",
        "http://127.0.0.1:1",
        "ftp://x",
        "http://127.0.0.1:1@evil.example",
        "",
        "x",
    ],
)
def test_other_endpoints_are_refused(llm: FakeLlm, tmp_path: Path, endpoint: str) -> None:
    """Without a connection, whatever they look like."""
    with pytest.raises(InvalidRequestBody) as error:
        brought(llm, tmp_path)(endpoint, "gpt-4o")

    assert (error.value.target, llm.asked) == ("aoaiEndpoint", [])


def test_the_path_of_an_endpoint_is_the_servers_own(llm: FakeLlm, tmp_path: Path) -> None:
    """What a caller puts behind the host leads nowhere else."""
    engine = brought(llm, tmp_path)(f"{llm.url}/admin?x=1", "gpt")
    engine.load(POLICY, engine.build(POLICY, lambda _: None)).review("a kettle")

    assert llm.asked[0].path.startswith("/openai/deployments/gpt/chat/completions?")


@pytest.mark.parametrize("deployment", ["", "../admin", "a/b", "a?b", "a b", "x" * 65, "é"])
def test_a_deployment_is_a_plain_name(llm: FakeLlm, tmp_path: Path, deployment: str) -> None:
    """It becomes a part of a path."""
    with pytest.raises(InvalidRequestBody) as error:
        brought(llm, tmp_path)(llm.url, deployment)

    assert error.value.target == "aoaiDeployment"


def test_what_a_deployment_understands_is_remembered(llm: FakeLlm, tmp_path: Path) -> None:
    """The engine of an endpoint and deployment is kept."""
    made = brought(llm, tmp_path)

    assert made(llm.url, "gpt") is made(f"{llm.url}/", "gpt")
    assert made(llm.url, "gpt") is not made(llm.url, "other")


@pytest.mark.parametrize(
    "plan",
    [LlmPlan("ftp://x/v1", "tiny"), LlmPlan("http://a:b@x/v1", "tiny"), LlmPlan(allowed={"nowhere": ""})],
)
def test_a_url_that_cannot_be_one_is_refused_at_start(plan: LlmPlan) -> None:
    """Not with the first review."""
    with pytest.raises(SettingsRefused):
        open_engines(never, "embedded", plan)


def test_a_request_with_its_own_deployment_is_reviewed_there(llm: FakeLlm, tmp_path: Path) -> None:
    """Over the protocol, as the gated document shows it; 429 comes through with its Retry-After."""
    bench = build_bench(tmp_path, bring=brought(llm, tmp_path))
    try:
        api = bench.client()
        api.put("Forum")
        bench.work()
        llm.follow(decides("GameTalk", "A game."), complains(429, "slow", Retry_After="9"))
        own = {"aoaiEndpoint": llm.url, "aoaiDeployment": "gpt-4o"}
        first, second = (api.review("Forum", **own) for _ in range(2))
        barred = api.review("Forum", **{**own, "aoaiEndpoint": "https://elsewhere.example"})

        assert first.json() == {"labelName": "GameTalk", "reasoning": "A game."}
        refused(second, 429, "TooManyRequests")
        assert second.headers["Retry-After"] == "9"
        refused(barred, 400, "InvalidRequestBody", "aoaiEndpoint")
    finally:
        bench.close()
