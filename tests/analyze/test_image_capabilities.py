"""GET /quell/capabilities."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.analyze.capabilities import Capabilities, Engine
from quell.analyze.coverage import image_coverage
from quell.analyze.image_domain import Coverage
from quell.http.auth import NoAuthentication
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.reviewers.domain import ReviewerEngine
from quell.reviewers.embedded import EmbeddedEngine
from quell.reviewers.llm import LlmEngine
from quell.reviewers.llm_opening import LlmPlan, open_engines


def _never() -> ReviewerEngine:
    raise AssertionError("no engine is made to be described")


@pytest.fixture
def answer() -> dict[str, Any]:
    """Return what a server with a nudity model and OCR says of itself."""
    app, table = FastAPI(), load_operations()
    capabilities = Capabilities(
        version="1.2.3",
        engines=[Engine("harm categories of texts", "harms-e5", "4", ("en", "de"))],
        reviewers=open_engines(_never, "llm", LlmPlan("http://127.0.0.1:9/v1", "small", fallback=True)),
        images=image_coverage(nudity=True, text=True),
        required=Coverage.TEXT_ONLY,
        limits={"imageBytes": 4},
        table=table,
    )
    app.include_router(capabilities.router())
    edge = create_edge(app, operations=table, authenticator=NoAuthentication())
    with TestClient(edge) as client:
        found: dict[str, Any] = client.get("/quell/capabilities").json()
    return found


def test_coverage_is_told_by_medium_and_category(answer: dict[str, Any]) -> None:
    """Texts are covered fully; of pictures only Sexual is judged on more than text."""
    assert set(answer["coverage"]["text"].values()) == {"full"}
    assert answer["coverage"]["image"] == {
        "Hate": "text-only",
        "SelfHarm": "text-only",
        "Sexual": "full",
        "Violence": "text-only",
    }
    assert answer["requiredImageCoverage"] == "text-only"


def test_engines_are_told_with_their_revision(answer: dict[str, Any]) -> None:
    """What answered can be named afterwards."""
    assert answer["engines"] == [
        {
            "task": "harm categories of texts",
            "name": "harms-e5",
            "revision": "4",
            "languages": ["en", "de"],
        }
    ]


def test_the_engines_of_reviewers_are_told(answer: dict[str, Any]) -> None:
    """Their names and revisions, the default one, and the language model that is set up."""
    embedded, llm = EmbeddedEngine.revision, LlmEngine.revision

    assert answer["autoReviews"] == {
        "defaultEngine": "llm",
        "engines": [
            {"name": "embedded", "revision": embedded},
            {"name": "llm", "revision": f"{llm}+embedded-{embedded}", "model": "small"},
        ],
        "languageModel": True,
        "ownDeployments": False,
    }


def test_operations_are_counted_from_the_table(answer: dict[str, Any]) -> None:
    """Served and missing are the protocol's, Quell's own are apart."""
    rows = load_operations().rows

    counts = answer["operations"]

    assert counts["served"] == len([row for row in rows if not row.own and row.state == "served"])
    assert counts["missing"] == len([row for row in rows if not row.own and row.state == "missing"])
    assert counts["own"] == len([row for row in rows if row.own])


@pytest.mark.parametrize(
    ("nudity", "text", "sexual", "hate"),
    [
        (True, True, Coverage.FULL, Coverage.TEXT_ONLY),
        (True, False, Coverage.FULL, Coverage.NONE),
        (False, True, Coverage.TEXT_ONLY, Coverage.TEXT_ONLY),
        (False, False, Coverage.NONE, Coverage.NONE),
    ],
)
def test_coverage_follows_the_evidence_at_hand(
    nudity: bool, text: bool, sexual: Coverage, hate: Coverage
) -> None:
    """An engine that is not there covers nothing."""
    covered = {category.value: one for category, one in image_coverage(nudity=nudity, text=text).items()}

    assert (covered["Sexual"], covered["Hate"]) == (sexual, hate)
