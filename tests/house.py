"""A whole Quell around doubles: real SQLite and real services, a tiny encoder, a stepping clock."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.analyze.assembly import routers as analyze_routers
from quell.analyze.harm import HarmAnalyzer, NoHarmAnalyzer
from quell.analyze.lifting import LiftedHarm
from quell.analyze.service import TextAnalysis
from quell.blocklists.assembly import routers
from quell.blocklists.domain import Limits as ListLimits
from quell.blocklists.matcher import AllowlistMatcher, BlocklistMatcher
from quell.database.migrate import migrate
from quell.database.sqlite import Durability, SqliteDatabase
from quell.encoders.routing import EncoderSet
from quell.http.auth import NoAuthentication
from quell.http.names import NamePattern
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.incidents.deploy import Deployment
from quell.incidents.detection import Detection
from quell.incidents.domain import IncidentChange, Limits, Match, TextSample
from quell.incidents.endpoints import IncidentEndpoints
from quell.incidents.index import IncidentIndex
from quell.incidents.intake import Intake
from quell.incidents.own_endpoints import OwnIncidentEndpoints
from quell.incidents.preview import Preview
from quell.incidents.reading import TextReader
from quell.incidents.service import IncidentService
from quell.incidents.store import IncidentStore
from quell.incidents.transfer import Transfer
from quell.operations.endpoints import OperationEndpoints
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.workers import Workers
from tests.blocklists.lists import Lists, build_lists
from tests.doubles import StepClock, TinyEncoder, tiny_background

_houses = itertools.count(1)


@dataclass
class House:
    """Everything that the tests of features talk to."""

    database: SqliteDatabase
    clock: StepClock
    store: IncidentStore
    operation_store: OperationStore
    reader: TextReader
    index: IncidentIndex
    incidents: IncidentService
    deployment: Deployment
    detection: Detection
    preview: Preview
    transfer: Transfer
    operations: OperationService
    workers: Workers
    harm: HarmAnalyzer
    blocklists: Lists
    allowlists: Lists

    def create(self, name: str, *texts: str, sensitivity: float = 0.5) -> Sequence[TextSample]:
        """Make an incident with samples; return the samples."""
        self.incidents.put(name, IncidentChange(sensitivity=sensitivity))
        return self.add(name, *texts) if texts else ()

    def add(self, name: str, *texts: str) -> Sequence[TextSample]:
        """Add samples to an incident; return them."""
        return self.incidents.add_samples(name, [self.reader.sample(text) for text in texts])

    def hits(self, text: str, *names: str) -> list[str]:
        """Return which of the named incidents a text hits."""
        return [match.incident for match in self.detection.detect(text, names, "incidentNames") if match.hit]

    def explain(self, text: str, name: str) -> Match:
        """Return why a text hits an incident or does not."""
        return self.detection.explain(text, [name], "incidentNames")[0]

    def analysis(self) -> TextAnalysis:
        """Return what decides over texts, allow-lists heeded."""
        harm = LiftedHarm(self.harm, AllowlistMatcher(self.allowlists.index))
        return TextAnalysis(self.detection, harm, BlocklistMatcher(self.blocklists.index))

    def client(self) -> TestClient:
        """Return an HTTP client that talks to this house through the real edge."""
        app = FastAPI()
        names, intake = NamePattern(), Intake(self.reader, self.workers)
        shared: dict[str, Any] = {"intake": intake, "workers": self.workers, "names": names}
        incidents = IncidentEndpoints(
            service=self.incidents, deployment=self.deployment, detection=self.detection, **shared
        )
        own = OwnIncidentEndpoints(
            service=self.incidents, preview=self.preview, transfer=self.transfer, **shared
        )
        operations = OperationEndpoints(
            self.operations, "text/incidents", "TextIncidentOperations_GetLongRunningOperation"
        )
        analyze = analyze_routers(self.analysis(), self.workers)
        lists = routers(self.blocklists, self.allowlists, self.workers, 64)
        for router in (operations.router(), incidents.router(), own.router(), *lists, *analyze):
            app.include_router(router)
        return TestClient(
            create_edge(app, operations=load_operations(), authenticator=NoAuthentication()),
            base_url="https://safety.example.org",
        )

    def close(self) -> None:
        """Give everything back."""
        self.workers.close()
        self.database.close()


def build_house(
    path: Path,
    *,
    encoders: EncoderSet | None = None,
    require_deploy: bool = False,
    limits: Limits | None = None,
    harm: HarmAnalyzer | None = None,
    list_limits: ListLimits | None = None,
    durability: Durability = "normal",
) -> House:
    """Open a data folder with everything that works on it."""
    database = SqliteDatabase(path / "quell.db", durability=durability)
    migrate(database)
    encoders = encoders or EncoderSet(TinyEncoder())
    backgrounds = {name: tiny_background(encoders[name]) for name in encoders.names}
    house, numbers = next(_houses), itertools.count(1)
    clock, limits = StepClock(), limits or Limits()

    def new_id() -> str:
        return f"id-{house}-{next(numbers)}"

    store, operation_store, reader = IncidentStore("text", new_id), OperationStore(), TextReader(encoders)
    index = IncidentIndex(database, store, reader, backgrounds, require_deploy=require_deploy)
    return House(
        database=database,
        clock=clock,
        store=store,
        operation_store=operation_store,
        reader=reader,
        index=index,
        incidents=IncidentService(database, store, operation_store, limits, clock),
        deployment=Deployment(database, store, operation_store, new_id, clock),
        detection=Detection(index, reader),
        preview=Preview(database, store, reader, backgrounds),
        transfer=Transfer(database, store, operation_store, limits, clock),
        operations=OperationService(database, operation_store),
        workers=Workers(2),
        harm=harm or NoHarmAnalyzer(),
        blocklists=build_lists(database, "block", clock, new_id, list_limits),
        allowlists=build_lists(database, "allow", clock, new_id, list_limits),
    )
