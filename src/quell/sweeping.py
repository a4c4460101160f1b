"""The composition root of sweeps: settings in, what judges rows out, in whichever process."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any

from quell import ocr
from quell.analyze.harm import HarmAnalyzer
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.analyze.image_assembly import assemble_images
from quell.analyze.lifting import LiftedHarm
from quell.app import load_backgrounds, load_encoders, load_harms, new_id, now, reviewer_engines
from quell.blocklists import assembly as list_assembly
from quell.blocklists.matcher import AllowlistMatcher, BlocklistMatcher
from quell.copies import CopyReader
from quell.database import Database
from quell.encoders import EncoderSet
from quell.incidents import assembly as incident_assembly
from quell.incidents.assembly import Surroundings
from quell.incidents.domain import Limits
from quell.jobs.store import JobStore
from quell.loading import COPY_NETWORK, ENGLISH_ENCODER, GENERAL_ENCODER, HARM_MODEL, NUDITY_MODEL
from quell.models import WEIGHTS, load_manifest
from quell.nudity import NudityReader
from quell.ocr import TextInPictures
from quell.operations.store import OperationStore
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits as PictureLimits
from quell.reviewers import assembly as reviewer_assembly
from quell.reviewers.desk import Seated
from quell.scenes import SceneReader
from quell.settings import Settings
from quell.sweep.assembly import Allowed, Taking
from quell.sweep.domain import Place, Question
from quell.sweep.judging import ImageServices, RowJudge, TextServices
from quell.sweep.places import open_place
from quell.sweep.running import Surroundings as SweepSurroundings
from quell.sweep.snapshot import open_snapshot
from quell.sweep.store import SweepStore
from quell.sweep.task import SweepTask
from quell.sweep.work import Orders, ShardWork, WorkOpener


def sweep_surroundings(
    settings: Settings, database: Database, place: Place, question: Question
) -> SweepSurroundings:
    """Return what a sweep over a place needs of this installation."""
    taking = Taking(database, settings.image_incident_categories)
    return SweepSurroundings(
        place=place,
        take=lambda path, images: taking.take(question, path, images=images),
        models=partial(models_for, settings, question),
        opener=partial(work_opener, settings),
    )


def models_for(settings: Settings, question: Question, images: bool) -> Mapping[str, str]:
    """Return the models that judge such rows, with their revisions."""
    names: list[str] = []
    if question.incidents or question.reviewers:
        names += [ENGLISH_ENCODER, GENERAL_ENCODER]
    if question.categories:
        names += [HARM_MODEL, *([NUDITY_MODEL] if images else [])]
    if images and (question.image_incidents or settings.image_incident_categories):
        names.append(COPY_NETWORK)
    found = {name: load_manifest(WEIGHTS / name).revision for name in names}
    if images and question.categories:
        letters = load_manifest(Path(ocr.__file__).parent)
        found[letters.name] = letters.revision
    return found


def work_opener(settings: Settings, orders: Orders) -> WorkOpener:
    """Return what other processes make their part of a sweep from; carries the settings, keys included."""
    return partial(open_work, settings.model_dump(mode="json"), orders)


def open_work(members: Mapping[str, Any], orders: Orders, snapshot: Path) -> ShardWork:
    """Load what a question needs and nothing else; raises QuellError."""
    settings = Settings(**members)
    place = open_place(orders.source, settings.blob_stores)
    return ShardWork(place, open_judge(settings, orders.question, snapshot, images=orders.images), orders)


def open_judge(settings: Settings, question: Question, snapshot: Path, *, images: bool) -> RowJudge:
    """Return what judges rows by a snapshot."""
    database = open_snapshot(snapshot)
    held = ExitStack()
    held.callback(database.close)
    harm = _harm(database) if question.categories else None
    if images:
        services = _image_services(settings, question, database, harm, held)
        return RowJudge(question, TextServices(), services, held)
    encoders = cache(load_encoders)
    texts = None
    if question.incidents:
        around = _around(settings, database)
        texts = incident_assembly.assemble_texts(around, encoders(), load_backgrounds(encoders()))
    blocklists = list_assembly.assemble(database, "block", new_id=new_id, clock=now)
    services_ = TextServices(
        incidents=texts,
        harm=harm,
        blocklists=BlocklistMatcher(blocklists.index) if question.blocklists else None,
        reviewers=_reviewers(settings, question, database, encoders),
    )
    return RowJudge(question, services_, None, held)


def _around(settings: Settings, database: Database) -> Surroundings:
    return Surroundings(database, OperationStore(), new_id, now, Limits(), *settings.incidents)


def _harm(database: Database) -> HarmAnalyzer:
    allowlists = list_assembly.assemble(database, "allow", new_id=new_id, clock=now)
    return LiftedHarm(ModelHarmAnalyzer(load_harms()), AllowlistMatcher(allowlists.index))


def _reviewers(
    settings: Settings, question: Question, database: Database, encoders: Callable[[], EncoderSet]
) -> list[Seated]:
    if not question.reviewers:
        return []
    engines = reviewer_engines(settings, encoders)
    reviewers = reviewer_assembly.assemble(database, engines, new_id=new_id, clock=now)
    return [reviewers.desk.find(name) for name in question.reviewers]


def _image_services(
    settings: Settings, question: Question, database: Database, harm: HarmAnalyzer | None, held: ExitStack
) -> ImageServices:
    limits = PictureLimits(max_side=settings.max_image_side)
    # A child of its own, so that a file that breaks the decoder is a row's fault and not the shard's end.
    decoder = PictureDecoder(limits, processes=1)
    held.callback(decoder.close)
    incidents = incident_assembly.assemble_images(_around(settings, database), CopyReader.shipped, decoder)
    analysis = None
    if harm is not None:
        analysis = assemble_images(
            nudity=NudityReader(WEIGHTS / NUDITY_MODEL),
            text=TextInPictures(),
            harm=harm,
            incidents=incidents.detection,
            mapped=settings.image_incident_categories,
            scenes=SceneReader.open(settings.image_clip) if settings.image_clip else None,
            required=settings.required_image_coverage,
        )
    return ImageServices(decoder, incidents.detection if question.image_incidents else None, analysis)


def sweep_task(settings: Settings, database: Database) -> SweepTask:
    """Return the work behind the sweeps that callers start."""

    def judge(question: Question, snapshot: Path, images: bool) -> RowJudge:
        return open_judge(settings, question, snapshot, images=images)

    return SweepTask(
        database,
        SweepStore(),
        JobStore(new_id),
        open_source=Allowed.of(settings.blob_mode, settings.blob_stores, settings.blob_folder).open,
        open_judge=judge,
        clock=now,
    )
