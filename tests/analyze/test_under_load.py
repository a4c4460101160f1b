"""The same text gives the same answer, alone and among hundreds of others."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from quell.analyze.harm_model import ModelHarmAnalyzer
from tests.doubles import TinyHarms
from tests.house import House, build_house

OTHERS = 200
TEXT = "front row seats for that oaf, shove off"
OPTIONS = {"outputType": "EightSeverityLevels", "blocklistNames": ["words"]}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model, a blocklist and an allow-list."""
    built = build_house(tmp_path, harm=ModelHarmAnalyzer(TinyHarms()))
    built.create("seats", "front row seats")
    built.blocklists.create("words", "oaf")
    built.allowlists.create("boats", "shove off")
    yield built
    built.close()


async def ask(client: httpx.AsyncClient, text: str) -> list[bytes]:
    """Analyse and explain a text."""
    names = {"incidentNames": ["seats"]}
    analyzed = await client.post(
        "/contentsafety/text:analyze?api-version=2024-04-15-preview",
        json={"text": text, "incidents": names} | OPTIONS,
    )
    explained = await client.post("/quell/text:explain", json={"text": text, "categories": []} | names)
    assert (analyzed.status_code, explained.status_code) == (200, 200)
    return [analyzed.content, explained.content]


async def batch(client: httpx.AsyncClient, texts: list[str]) -> list[dict[str, Any]]:
    """Analyse many texts in one call."""
    options = OPTIONS | {"incidents": {"incidentNames": ["seats"]}}
    answer = await client.post("/quell/text:batch", json={"texts": texts} | options)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_an_answer_does_not_depend_on_the_load(house: House) -> None:
    """Byte for byte the same, whatever else is being served; a batch says the same as a single call."""
    others = [f"{TEXT[number % 30 :]} number {number}" for number in range(OTHERS)]

    async def run() -> tuple[list[bytes], list[list[bytes]], list[dict[str, Any]]]:
        transport = httpx.ASGITransport(house.client().app)
        async with httpx.AsyncClient(transport=transport, base_url="https://safety.example.org") as client:
            alone = await ask(client, TEXT)
            among, _, lines = await asyncio.gather(
                asyncio.gather(*(ask(client, TEXT) for _ in range(10))),
                asyncio.gather(*(ask(client, text) for text in others)),
                batch(client, [TEXT, *others]),
            )
        return alone, among, lines

    alone, among, lines = asyncio.run(run())
    assert all(answers == alone for answers in among)
    assert lines[0] == {"position": 0, **json.loads(alone[0])}
