"""The vendor's own JavaScript client, with the endpoint changed and http allowed, and nothing else."""

import json
from typing import Any

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.node_tools import run_script


def call(server: LiveServer, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make one call through the client; return its status, whether it calls it unexpected, and the body."""
    printed = run_script("analyze.mjs", kind, json.dumps(body), QUELL_ENDPOINT=server.endpoint, QUELL_KEY=KEY)
    answer: dict[str, Any] = json.loads(printed)
    return answer


def test_a_text_is_analysed(server: LiveServer) -> None:
    """A plain threat is violence and nothing else."""
    answer = call(server, "text", {"text": "I will kill you tomorrow"})

    found = {one["category"]: one["severity"] for one in answer["body"]["categoriesAnalysis"]}
    assert (answer["status"], answer["unexpected"]) == (200, False)
    assert found.pop("Violence") >= 2
    assert found == {"Hate": 0, "SelfHarm": 0, "Sexual": 0}


def test_a_bad_text_is_the_clients_unexpected_answer(server: LiveServer) -> None:
    """The client's own check recognises the error and finds its code."""
    answer = call(server, "text", {"text": ""})

    assert (answer["status"], answer["unexpected"]) == (400, True)
    assert answer["body"]["error"]["code"] == "InvalidRequestBody"
