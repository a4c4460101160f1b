"""A model on another server as evidence: what its answers and its failures do to a verdict."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from httpx import Response

from quell.analyze.image_domain import Coverage
from quell.errors import InternalError, QuellError, ServerBusy, TooManyRequests
from quell.pictures.domain import Picture
from quell.scenes import SceneLevel
from quell.workers import Workers
from tests.analyze.sights import Sights

FAILURES = [
    TooManyRequests("The language model has too many requests; retry later.", retry_after=7),
    ServerBusy("The language model's server did not answer in time."),
    InternalError("The vision model answered twice without a severity for each category."),
]


@dataclass
class Eyes:
    """A vision model that says what is set, or fails."""

    levels: dict[str, int] = field(default_factory=dict)
    failure: QuellError | None = None
    asked: int = 0
    begun: threading.Event = field(default_factory=threading.Event)
    until: threading.Event | None = None
    name: str = "eyes"
    waits: bool = True
    lenient: bool = False
    categories: tuple[str, ...] = ("Hate", "SelfHarm", "Sexual", "Violence")

    def read(self, picture: Picture) -> Mapping[str, SceneLevel]:
        """Answer at once."""
        return self.question(picture)()

    def question(self, picture: Picture) -> Callable[[], Mapping[str, SceneLevel]]:
        """Answer when called."""
        del picture
        return self._answer

    def _answer(self) -> Mapping[str, SceneLevel]:
        self.asked += 1
        self.begun.set()
        if self.until is not None:
            assert self.until.wait(20)
        if self.failure is not None:
            raise self.failure
        return {name: SceneLevel(self.levels.get(name, 0), {}, "It shows so.") for name in self.categories}


@pytest.fixture
def eyes() -> Eyes:
    """Return a model that sees violence."""
    return Eyes({"Violence": 4})


@pytest.fixture
def sights(eyes: Eyes) -> Sights:
    """Return doubles of everything else, which see nothing."""
    return Sights(scenes=eyes)


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Return one worker."""
    made = Workers(1)
    yield made
    made.close()


def analyze(sights: Sights, workers: Workers, **body: object) -> Response:
    """Analyse a picture."""
    sent = {"image": {"content": "AAAA"}} | body
    with sights.client(workers) as client:
        return client.post("/contentsafety/image:analyze?api-version=2024-04-15-preview", json=sent)


def levels(answer: Response) -> dict[str, int]:
    """Return the severities by category."""
    return {one["category"]: one["severity"] for one in answer.json()["categoriesAnalysis"]}


def test_what_the_model_sees_counts_and_is_covered_in_full(sights: Sights, workers: Workers) -> None:
    """The worst evidence decides as ever; the header says that pixels were judged."""
    sights.nudity = 2

    answer = analyze(sights, workers)

    assert levels(answer) == {"Hate": 0, "SelfHarm": 0, "Sexual": 2, "Violence": 4}
    assert answer.headers["quell-coverage"] == "Hate=full, SelfHarm=full, Sexual=full, Violence=full"


def test_an_explanation_has_the_reason(sights: Sights, workers: Workers) -> None:
    """Of each category, with no probabilities, for the model gives none."""
    with sights.client(workers) as client:
        answer = client.post("/quell/image:explain", json={"image": {"content": "AAAA"}}).json()

    assert answer["scenes"][3] == {
        "category": "Violence",
        "severity": 4,
        "probabilities": {},
        "description": "It shows so.",
    }
    assert answer["categoriesAnalysis"][3] == {"category": "Violence", "severity": 4, "coverage": "full"}


def test_a_meme_is_judged_by_the_model_as_well(sights: Sights, workers: Workers) -> None:
    """Whether the text in the picture is read or not."""
    sent = {"image": {"content": "AAAA"}, "text": "hello", "enableOcr": False}
    with sights.client(workers) as client:
        answer = client.post("/contentsafety/imageWithText:analyze?api-version=2024-09-15-preview", json=sent)

    assert levels(answer)["Violence"] == 4
    assert "Hate=full" in answer.headers["quell-coverage"]


def test_a_halt_asks_nobody(sights: Sights, eyes: Eyes, workers: Workers) -> None:
    """A picture that hits an incident does not leave the server where the request says halt."""
    sights.hits = frozenset({"badge"})

    analyze(sights, workers, incidents={"incidentNames": ["badge"], "haltOnIncidentHit": True})

    assert eyes.asked == 0


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_a_failure_refuses_the_request(
    sights: Sights, eyes: Eyes, workers: Workers, failure: QuellError
) -> None:
    """As the operator has it unless told otherwise: no verdict without the model."""
    eyes.failure = failure

    answer = analyze(sights, workers)

    assert answer.status_code == failure.status
    assert answer.json()["error"]["message"].startswith(failure.message)
    assert "quell-coverage" not in answer.headers


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_a_failure_lowers_the_coverage_where_the_operator_says_so(
    sights: Sights, eyes: Eyes, workers: Workers, failure: QuellError
) -> None:
    """The verdict rests on the other evidence, and its header owns up to it."""
    eyes.failure, eyes.lenient, sights.lines = failure, True, ("wallop them",)

    answer = analyze(sights, workers)

    assert levels(answer)["Violence"] == 6
    assert answer.headers["quell-coverage"] == (
        "Hate=text-only, SelfHarm=text-only, Sexual=full, Violence=text-only"
    )


def test_required_coverage_is_kept_when_the_model_fails(sights: Sights, eyes: Eyes, workers: Workers) -> None:
    """An operator who asks for full coverage gets no verdict without it."""
    eyes.failure, eyes.lenient, sights.required = FAILURES[1], True, Coverage.FULL

    assert analyze(sights, workers).status_code == 503
    assert analyze(sights, workers, categories=["Sexual"]).status_code == 200


def test_a_slow_model_keeps_no_worker_waiting(sights: Sights, eyes: Eyes, workers: Workers) -> None:
    """While it thinks, the one worker does other work."""
    waiting, released = Workers(1), threading.Event()
    eyes.until = released
    sent = {"image": {"content": "AAAA"}}
    with sights.client(workers, waiting) as client, ThreadPoolExecutor(1) as elsewhere:
        path = "/contentsafety/image:analyze?api-version=2024-09-01"
        asked = elsewhere.submit(client.post, path, json=sent)
        assert eyes.begun.wait(20)
        done = workers.submit(lambda: "done").result(20)
        released.set()
        answer = asked.result(20)
    waiting.close()

    assert (done, answer.status_code) == ("done", 200)
