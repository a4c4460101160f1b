"""The composition root: settings in, a whole Quell out. Nothing else makes kernels or services.

settings ─▶ database, encoders, workers ─▶ stores ─▶ services ─▶ endpoints ─▶ edge
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from quell import __version__
from quell.access.keyring import Keyring
from quell.analyze.assembly import routers as analyze_routers
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.analyze.image_assembly import assemble_images, capability_router, image_routers
from quell.analyze.image_service import ImageAnalysis
from quell.analyze.lifting import LiftedHarm
from quell.analyze.service import TextAnalysis
from quell.audit.assembly import Audit
from quell.blobs.reader import BlobReader
from quell.blocklists import assembly as list_assembly
from quell.blocklists.assembly import Lists
from quell.blocklists.matcher import AllowlistMatcher, BlocklistMatcher
from quell.copies import CopyReader
from quell.database import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.edge import authenticator_of, edge_of, named
from quell.encoders import EncoderSet
from quell.http.auth import KEY_HEADER
from quell.http.flood import FloodGate
from quell.http.names import NamePattern
from quell.http.openapi import describe
from quell.http.operations import load_operations
from quell.incidents import assembly as incident_assembly
from quell.incidents.assembly import ImageIncidents, Surroundings, TextIncidents
from quell.incidents.domain import Limits
from quell.incidents.image_reading import SampleIntake
from quell.loading import (
    COPY_NETWORK,
    NUDITY_MODEL,
    TEXT_MODELS,
    load_backgrounds,
    load_encoders,
    load_harms,
    load_reviewer_engine,
)
from quell.measuring import Measuring, figures_of
from quell.media.intake import PictureIntake
from quell.media.source import PictureSource
from quell.models import WEIGHTS
from quell.monitor import assembly as monitor_assembly
from quell.monitor.service import Monitor
from quell.nudity import NudityReader
from quell.observability.figures import Figures, Index
from quell.observability.health import Health
from quell.observability.logging import RequestLog
from quell.observability.requests import RequestStep
from quell.ocr import TextInPictures
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits as PictureLimits
from quell.reviewers import assembly as reviewer_assembly
from quell.reviewers.assembly import Reviewers
from quell.reviewers.engines import Engines
from quell.reviewers.llm_opening import LlmPlan, open_engines
from quell.scenes import VisionPlan, open_scenes
from quell.settings import Settings
from quell.studio.gate import Studio
from quell.studio.sessions import Sessions
from quell.sweep import assembly as sweep_assembly
from quell.sweep.service import SweepService
from quell.workers import Workers

__all__ = [
    "Quell",
    "build",
    "load_backgrounds",
    "load_encoders",
    "load_harms",
    "load_reviewer_engine",
    "new_id",
    "now",
    "reviewer_engines",
    "web",
]

FETCHES = 16  # blobs that are waited for at once


@dataclass(frozen=True, slots=True)
class Quell:
    """A whole Quell over one data folder."""

    settings: Settings
    database: Database
    workers: Workers
    incidents: TextIncidents
    image_incidents: ImageIncidents
    blocklists: Lists
    allowlists: Lists
    reviewers: Reviewers
    operations: OperationService
    analysis: TextAnalysis
    images: ImageAnalysis
    pictures: PictureSource
    decoder: PictureDecoder
    blobs: BlobReader
    fetching: Workers
    asking: Workers
    monitor: Monitor
    keyring: Keyring
    measuring: Measuring
    sweeps: SweepService
    audit: Audit

    def close(self) -> None:
        """Finish what was accepted, then give everything back."""
        self.fetching.close()
        self.asking.close()
        self.workers.close()
        self.decoder.close()
        self.blobs.close()
        self.monitor.close()
        self.keyring.close()
        self.measuring.close()
        self.database.close()


def build(settings: Settings) -> Quell:
    """Open the data folder, load the models and wire everything; raises what start-up refuses."""
    opened = open_database(settings.data, settings.database, durability=settings.durability)
    migrate(opened)
    audit = Audit.around(opened, now, settings.audit_days)
    database = audit.database
    monitor = Monitor(database, now, enabled=settings.monitor)
    measuring = Measuring(monitor.witness, settings.metrics, traces=settings.traces)
    encoders = load_encoders()
    around = Surroundings(database, OperationStore(), new_id, now, Limits(), *settings.incidents)
    incidents = incident_assembly.assemble_texts(around, encoders, load_backgrounds(encoders))
    incidents.index.prepare()
    picture_limits = PictureLimits(max_side=settings.max_image_side)
    decoder = PictureDecoder(picture_limits, settings.decoding_processes)
    image_incidents = incident_assembly.assemble_images(around, CopyReader.shipped, decoder)
    image_incidents.index.prepare()
    blocklists = list_assembly.assemble(database, "block", new_id=new_id, clock=now)
    allowlists = list_assembly.assemble(database, "allow", new_id=new_id, clock=now)
    harm = LiftedHarm(ModelHarmAnalyzer(load_harms()), AllowlistMatcher(allowlists.index))
    blobs = BlobReader.open(settings.blob_mode, settings.blob_hosts, settings.blob_stores)
    mapped = settings.image_incident_categories
    images = assemble_images(
        nudity=NudityReader(WEIGHTS / NUDITY_MODEL),
        text=TextInPictures(),
        harm=harm,
        incidents=image_incidents.detection,
        mapped=mapped,
        scenes=open_scenes(settings.image_clip, VisionPlan(*settings.vision)),
        required=settings.required_image_coverage,
        witness=measuring.witness,
    )
    sources = sweep_assembly.Allowed.of(settings.blob_mode, settings.blob_stores, settings.blob_folder)
    return Quell(
        settings=settings,
        database=database,
        workers=Workers(settings.workers or None, settings.queue_limit, settings.wait_limit),
        incidents=incidents,
        image_incidents=image_incidents,
        blocklists=blocklists,
        allowlists=allowlists,
        reviewers=reviewer_assembly.assemble(
            database, reviewer_engines(settings, lambda: encoders), new_id=new_id, clock=now
        ),
        operations=OperationService(database, OperationStore()),
        analysis=TextAnalysis(
            incidents.detection, harm, BlocklistMatcher(blocklists.index), measuring.witness
        ),
        images=images,
        pictures=PictureSource(blobs, picture_limits, decoder),
        decoder=decoder,
        blobs=blobs,
        fetching=Workers(FETCHES, settings.queue_limit, name="fetch"),
        asking=Workers(settings.llm_in_flight, settings.queue_limit, name="ask"),
        monitor=monitor,
        keyring=Keyring(database, now),
        measuring=measuring,
        sweeps=sweep_assembly.assemble(database, mapped, sources, new_id=new_id, clock=now),
        audit=audit,
    )


def reviewer_engines(settings: Settings, encoders: Callable[[], EncoderSet]) -> Engines:
    """Return the engines that build and load reviewers; the encoders are asked for when one is needed."""
    plan = LlmPlan(
        settings.llm_url,
        settings.llm_model,
        settings.llm_key_file,
        seconds=settings.llm_timeout,
        example_tokens=settings.llm_example_tokens,
        fallback=settings.llm_fallback,
        allowed=settings.llm_allowed_endpoints,
    )
    return open_engines(lambda: load_reviewer_engine(encoders()), settings.reviewer_engine, plan)


def web(quell: Quell, gate: FloodGate | None = None) -> RequestStep:
    """Return the ASGI app: the endpoints behind the pipeline of the edge, and the log around both.

    `gate` is told what to turn away before it comes here, and who hears of that.
    """
    table = load_operations(strict=quell.settings.strict)
    authenticator = authenticator_of(quell.settings, quell.keyring)
    app = FastAPI(
        title="Quell", version=__version__, docs_url=None, redoc_url=None, openapi_url="/openapi.json"
    )
    for router in _routers(quell):
        app.include_router(router)
    app.openapi = describe(app, table)  # type: ignore[method-assign]  # the documented way to replace it
    health = Health(__version__, lambda: True, authenticator.accepts, KEY_HEADER)
    app.router.routes += health.routes() + quell.measuring.routes(authenticator)
    audit = quell.audit.step(table)
    edge: ASGIApp = edge_of(
        quell.settings, app, table, authenticator, audit, workers=quell.workers, gate=gate
    )
    if quell.settings.studio:
        edge = Studio(edge, authenticator, Sessions(quell.database, now))
    quell.measuring.watch(_figures(quell))
    observers = [RequestLog(), *monitor_assembly.observers(quell.monitor), *quell.measuring.observers]
    if gate is not None:
        gate.tell(observers)
    step = RequestStep(
        edge, named, observers, follower=quell.measuring.follower, tracer=quell.measuring.tracer
    )
    return quell.measuring.follow(step)


def _figures(quell: Quell) -> Figures:
    indexes: dict[str, Index] = {
        "text-incidents": quell.incidents.index,
        "image-incidents": quell.image_incidents.index,
        "blocklists": quell.blocklists.index,
        "allowlists": quell.allowlists.index,
    }
    pools = (quell.workers, quell.fetching, quell.asking)
    return figures_of(
        quell.database, pools=pools, indexes=indexes, decoding=lambda: quell.decoder.alive, clock=now
    )


def _routers(quell: Quell) -> list[APIRouter]:
    workers, names = quell.workers, NamePattern(quell.settings.name_limit)
    witness = quell.measuring.witness
    intake = PictureIntake(quell.pictures, quell.fetching, workers)
    samples = SampleIntake(quell.pictures, quell.image_incidents.reader, quell.fetching, workers)
    return [
        *incident_assembly.text_routers(quell.incidents, quell.operations, workers, names, witness),
        *incident_assembly.image_routers(
            quell.image_incidents,
            intake,
            samples,
            operations=quell.operations,
            workers=workers,
            names=names,
            witness=witness,
        ),
        *list_assembly.routers(quell.blocklists, quell.allowlists, workers, quell.settings.name_limit),
        *reviewer_assembly.routers(
            quell.reviewers,
            quell.operations,
            workers=workers,
            waiting=quell.asking,
            names=names,
            witness=witness,
        ),
        *monitor_assembly.routers(quell.monitor),
        *sweep_assembly.routers(quell.sweeps),
        *quell.audit.routers(),
        *analyze_routers(quell.analysis, workers),
        *image_routers(quell.images, intake, quell.asking),
        capability_router(
            quell.images,
            {**TEXT_MODELS, "nudity": (NUDITY_MODEL,), "image-copies": (COPY_NETWORK,)},
            quell.settings.limits,
            load_operations(),
            quell.reviewers.engines,
        ),
    ]


def now() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def new_id() -> str:
    """Return a fresh id in the form that the service uses."""
    return str(uuid.uuid4())
