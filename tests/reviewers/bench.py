"""Reviewers around doubles: real SQLite, the real engine on a tiny encoder, a shelf for blob stores."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.encoders.routing import EncoderSet
from quell.errors import InvalidRequestBody
from quell.http.auth import NoAuthentication
from quell.http.names import NamePattern
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.jobs.worker import JobWorker
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.reviewers.assembly import Reviewers, assemble, routers, tasks
from quell.reviewers.domain import Limits, Policy, Reviewer, ReviewerEngine
from quell.reviewers.embedded import EmbeddedEngine
from quell.reviewers.embedded_ordinary import Ordinary
from quell.reviewers.engines import Bring, Engines
from quell.witness import NOBODY, Witness
from quell.workers import Workers
from tests.databases import database_url
from tests.doubles import StepClock, TinyEncoder, sequence, tiny_background

VERSION = "2024-09-15-preview"
SALE = "Offers to sell or buy a real kettle"
GAME = "Kettles that exist only inside a video game"
LABELS = [
    {"labelName": "Sale", "description": SALE},
    {"labelName": "GameTalk", "description": GAME},
    {"labelName": "Other", "description": "Everything else"},
]
EXAMPLES = (
    b'{"text": "selling my old kettle for cash", "labelName": "Sale"}\n'
    b'{"Text": "kettle for a fair price", "LABELNAME": "sale", "Reasoning": "an offer"}\n'
    b"\n"
    b'{"text": "my kettle levels up in the game", "labelName": "GameTalk"}\n'
    b'{"text": "violin lessons on monday", "labelname": "Other"}\n'
)


def tiny_engine(encoders: EncoderSet) -> EmbeddedEngine:
    """Return the embedded engine on tiny encoders."""
    ordinary = {}
    for name in encoders.names:
        encoder = encoders[name]
        ordinary[name] = Ordinary.of(name, encoder.revision, tiny_background(encoder).vectors)
    return EmbeddedEngine(encoders, ordinary)


@dataclass
class Breaking:
    """An engine that calls `during` in the middle of each build, and then does what another one does."""

    inner: ReviewerEngine
    during: Callable[[], None] = lambda: None
    built: int = 0
    name: str = "embedded"
    revision: str = "1"

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Build."""
        progress(0.5)
        self.during()
        progress(0.6)
        self.built += 1
        return self.inner.build(policy, progress)

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Load."""
        return self.inner.load(policy, built)


@dataclass
class Shelf:
    """A store of examples: what lies at which URL, and whether copies may be written."""

    files: dict[str, bytes] = field(default_factory=dict)
    writable: bool = True
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return a file."""
        self.fetched.append(url)
        if url not in self.files:
            raise InvalidRequestBody(f"The blob of {target} cannot be read: there is no such blob.")
        if len(self.files[url]) > limit:
            raise InvalidRequestBody(f"The blob of {target} cannot be read: it is larger than {limit} bytes.")
        return self.files[url]

    def copy_beside(self, url: str, *, delimiter: str, name: str, body: bytes) -> str | None:
        """Write a copy."""
        if not self.writable:
            return None
        copy = url.partition("?")[0].rsplit(delimiter, 1)[0] + delimiter + name
        self.files[copy] = body
        return copy


@dataclass
class Bench:
    """Everything the tests of reviewers talk to."""

    database: Database
    reviewers: Reviewers
    engine: Breaking
    shelf: Shelf
    clock: StepClock
    new_id: Callable[[], str]
    workers: Workers

    def worker(self, owner: str = "worker") -> JobWorker:
        """Return what does the jobs."""
        made = tasks(self.database, self.reviewers.engines, self.shelf, new_id=self.new_id, clock=self.clock)
        return JobWorker(self.database, self.reviewers.jobs, made, self.clock, owner)

    def work(self) -> int:
        """Do all jobs that wait; return how many there were."""
        worker, done = self.worker(), 0
        while worker.run_next():
            done += 1
        return done

    def client(self, witness: Witness = NOBODY) -> "Api":
        """Return an HTTP client that talks to these reviewers through the real edge."""
        app = FastAPI()
        operations = OperationService(self.database, OperationStore())
        for router in routers(
            self.reviewers,
            operations,
            workers=self.workers,
            waiting=self.workers,
            names=NamePattern(),
            witness=witness,
        ):
            app.include_router(router)
        edge = create_edge(app, operations=load_operations(), authenticator=NoAuthentication())
        return Api(TestClient(edge, base_url="https://safety.example.org"))

    def close(self) -> None:
        """Give everything back."""
        self.workers.close()
        self.database.close()


class Api:
    """The protocol's calls on reviewers."""

    ROOT = "/contentsafety/text/autoReviewers"

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def call(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """Call a path of the protocol."""
        params = {"api-version": VERSION, **options.pop("params", {})}
        return self.client.request(method, path, params=params, json=body, **options)

    def put(self, name: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """Make a version."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.call("PUT", f"{self.ROOT}/{name}", {"labels": LABELS, **(body or {})}, headers=named)

    def get(self, name: str, version: object = None) -> Any:
        """Read a version."""
        params = {} if version is None else {"version": str(version)}
        return self.call("GET", f"{self.ROOT}/{name}", params=params)

    def delete(self, name: str, version: int | None = None) -> Any:
        """Delete."""
        return self.call(
            "DELETE", f"{self.ROOT}/{name}", params={} if version is None else {"version": version}
        )

    def operation(self, identity: str) -> Any:
        """Read an operation."""
        return self.call("GET", f"{self.ROOT}/operations/{identity}")

    def review(self, name: str, text: str = "selling a kettle", **members: Any) -> Any:
        """Review a text."""
        body = {"text": text, "autoReviewerName": name, **members}
        return self.call("POST", "/contentsafety/text:autoReview", body)

    def own(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """Call a path of Quell's own."""
        return self.client.request(method, f"/quell/text{path}", json=body, **options)

    def send_lines(self, path: str, body: bytes) -> Any:
        """Send a file of JSON Lines to a path of Quell's own."""
        headers = {"Content-Type": "application/x-ndjson"}
        return self.client.post(f"/quell/text{path}", content=body, headers=headers)


def build_bench(path: Path, *, limits: Limits | None = None, bring: Bring | None = None) -> Bench:
    """Open a data folder with everything that works on its reviewers."""
    database = open_database(path, database_url(path), durability="normal")
    migrate(database)
    engine, clock, new_id = Breaking(tiny_engine(EncoderSet(TinyEncoder()))), StepClock(), sequence()
    engines = Engines({"embedded": lambda: engine}, "embedded", bring=bring)
    reviewers = assemble(database, engines, new_id=new_id, clock=clock, limits=limits)
    return Bench(database, reviewers, engine, Shelf(), clock, new_id, Workers(2))


def refused(answer: Any, status: int, code: str, target: str | None = None) -> None:
    """Check that a call was refused in the protocol's shape."""
    error = answer.json()["error"]
    found = (answer.status_code, error["code"], answer.headers["x-ms-error-code"])
    assert found == (status, code, code), error
    if target is not None:
        assert error.get("target") == target
