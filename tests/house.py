"""A whole Quell around doubles: real SQLite and real services, a tiny encoder, a stepping clock."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.analyze.assembly import routers as analyze_routers
from quell.analyze.harm import HarmAnalyzer, NoHarmAnalyzer
from quell.analyze.lifting import LiftedHarm
from quell.analyze.service import TextAnalysis
from quell.blocklists.assembly import routers
from quell.blocklists.domain import Limits as ListLimits
from quell.blocklists.matcher import AllowlistMatcher, BlocklistMatcher
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.database.sqlite import Durability
from quell.edge import named
from quell.encoders.routing import EncoderSet
from quell.http.auth import NoAuthentication
from quell.http.names import NamePattern
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.incidents.assembly import (
    ImageIncidents,
    Surroundings,
    TextIncidents,
    assemble_images,
    assemble_texts,
    image_routers,
    text_routers,
)
from quell.incidents.deploy import Deployment
from quell.incidents.detection import Detection, TextIndex
from quell.incidents.domain import IncidentChange, Limits, Match, ReadSample, TextSample
from quell.incidents.image_reading import SampleIntake
from quell.incidents.preview import Preview
from quell.incidents.reading import TextReader
from quell.incidents.service import IncidentService
from quell.incidents.store import IncidentStore
from quell.incidents.transfer import Transfer
from quell.media.intake import PictureIntake
from quell.media.source import Fetcher, PictureSource
from quell.monitor import assembly as monitor_assembly
from quell.monitor.service import Monitor
from quell.observability.requests import RequestStep
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits as PictureLimits
from quell.workers import Workers
from tests.blocklists.lists import Lists, build_lists
from tests.copies.doubles import tiny_reader
from tests.databases import database_url
from tests.doubles import StepClock, TinyEncoder, tiny_background

_houses = itertools.count(1)


@dataclass
class House:
    """Everything that the tests of features talk to."""

    database: Database
    clock: StepClock
    texts: TextIncidents
    store: IncidentStore[TextSample, ReadSample]
    operation_store: OperationStore
    reader: TextReader
    index: TextIndex
    incidents: IncidentService[TextSample, ReadSample]
    deployment: Deployment
    detection: Detection
    preview: Preview
    transfer: Transfer[TextSample, ReadSample]
    images: ImageIncidents
    pictures: PictureSource
    operations: OperationService
    workers: Workers
    harm: HarmAnalyzer
    blocklists: Lists
    allowlists: Lists
    monitor: Monitor

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
        blocklists = BlocklistMatcher(self.blocklists.index)
        return TextAnalysis(self.detection, harm, blocklists, self.monitor.witness)

    def client(self) -> TestClient:
        """Return an HTTP client that talks to this house through the real edge."""
        app = FastAPI()
        names, workers = NamePattern(), self.workers
        incidents = text_routers(self.texts, self.operations, workers, names, self.monitor.witness)
        intake = PictureIntake(self.pictures, workers, workers)
        samples = SampleIntake(self.pictures, self.images.reader, workers, workers)
        images = image_routers(
            self.images,
            intake,
            samples,
            operations=self.operations,
            workers=workers,
            names=names,
            witness=self.monitor.witness,
        )
        analyze = analyze_routers(self.analysis(), self.workers)
        lists = routers(self.blocklists, self.allowlists, self.workers, 64)
        figures = monitor_assembly.routers(self.monitor)
        for router in (*incidents, *images, *lists, *analyze, *figures):
            app.include_router(router)
        edge = create_edge(app, operations=load_operations(), authenticator=NoAuthentication())
        return TestClient(
            RequestStep(edge, named, monitor_assembly.observers(self.monitor)),
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
    fetcher: Fetcher | None = None,
    durability: Durability = "normal",
    monitor_clock: Callable[[], int] | None = None,
    bound: int = 0,
) -> House:
    """Open a data folder with everything that works on it."""
    database = open_database(path, database_url(path), durability=durability)
    migrate(database)
    encoders = encoders or EncoderSet(TinyEncoder())
    backgrounds = {name: tiny_background(encoders[name]) for name in encoders.names}
    house, numbers = next(_houses), itertools.count(1)
    clock, limits = StepClock(), limits or Limits()

    def new_id() -> str:
        return f"id-{house}-{next(numbers)}"

    operation_store = OperationStore()
    around = Surroundings(database, operation_store, new_id, clock, limits, require_deploy)
    texts = assemble_texts(around, encoders, backgrounds)
    images = assemble_images(around, tiny_reader, PictureDecoder(PictureLimits(), processes=0))
    # In bytes: what tests make is small.
    texts.index.held.bound = images.index.held.bound = bound
    return House(
        database=database,
        clock=clock,
        operation_store=operation_store,
        texts=texts,
        store=texts.store,
        reader=texts.reader,
        index=texts.index,
        incidents=texts.service,
        deployment=texts.deployment,
        detection=texts.detection,
        preview=texts.preview,
        transfer=texts.transfer,
        images=images,
        pictures=PictureSource(fetcher, PictureLimits()),
        operations=OperationService(database, operation_store),
        workers=Workers(2),
        harm=harm or NoHarmAnalyzer(),
        blocklists=build_lists(database, "block", clock, new_id, list_limits),
        allowlists=build_lists(database, "allow", clock, new_id, list_limits),
        monitor=Monitor(database, monitor_clock or StepClock()),
    )
