"""The same text gives the same answer, alone and while hundreds of others are served; the shipped models."""

import asyncio
import json
from typing import Any

import httpx

from tests.acceptance.live_server import LiveServer

OTHERS = 200
NAME = "load"
# Close to a decision, in several languages and lengths, so that any rounding would show.
TEXTS = [
    "If you park there again I will come over and break your window.",
    "What a stupid idea, only an idiot would cook lentils like that.",
    "Wenn du noch einmal kommst, kannst du etwas erleben.",
    "もう一度来たら、ただではおかないぞ。",
    "The film was violent, but the two of them kissing in the rain was lovely. " * 40,
]
ANALYZE = {"api-version": "2024-04-15-preview"}


async def ask(client: httpx.AsyncClient, text: str) -> list[bytes]:
    """Analyse and explain a text; return both bodies."""
    names = {"incidentNames": [NAME]}
    body = {"text": text, "outputType": "EightSeverityLevels", "incidents": names}
    analyzed = await client.post("/contentsafety/text:analyze", params=ANALYZE, json=body)
    explained = await client.post("/quell/text:explain", json={"text": text, "categories": []} | names)
    assert (analyzed.status_code, explained.status_code) == (200, 200), (analyzed.text, explained.text)
    return [analyzed.content, explained.content]


async def other(client: httpx.AsyncClient, number: int) -> int:
    """Analyse another text, of another length; return the status."""
    body = {"text": f"Message {number}: see you at the station. " * (1 + number % 7)}
    answer = await client.post("/contentsafety/text:analyze", params=ANALYZE, json=body)
    return answer.status_code


async def batch(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Analyse the texts, many times over, in one call."""
    body = {
        "texts": TEXTS * 10,
        "outputType": "EightSeverityLevels",
        "incidents": {"incidentNames": [NAME]},
    }
    answer = await client.post("/quell/text:batch", json=body)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_an_answer_does_not_depend_on_the_load(server: LiveServer) -> None:
    """Byte for byte the same verdicts, probabilities and words; a batch says the same as a single call."""
    with server.client() as client:
        route = f"/contentsafety/text/incidents/{NAME}"
        client.patch(route, params=ANALYZE, json={})
        samples = {"incidentSamples": [{"text": "I will break your window"}, {"text": "cooking lentils"}]}
        client.post(f"{route}:addIncidentSamples", params=ANALYZE, json=samples).raise_for_status()

    async def run() -> tuple[list[list[bytes]], list[list[bytes]], list[int], list[dict[str, Any]]]:
        limits = httpx.Limits(max_connections=OTHERS + 20)
        async with httpx.AsyncClient(
            base_url=server.endpoint, headers=server.headers, timeout=120, limits=limits
        ) as client:
            alone = [await ask(client, text) for text in TEXTS]
            among, others, lines = await asyncio.gather(
                asyncio.gather(*(ask(client, text) for text in TEXTS)),
                asyncio.gather(*(other(client, number) for number in range(OTHERS))),
                batch(client),
            )
        return alone, among, others, lines

    alone, among, others, lines = asyncio.run(run())
    assert among == alone
    assert others == [200] * OTHERS
    verdicts = [json.loads(analyzed) for analyzed, _ in alone] * 10
    assert lines == [{"position": place, **verdict} for place, verdict in enumerate(verdicts)]
