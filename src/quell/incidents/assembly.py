"""How the parts of the feature fit together; called by the composition root and by nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from fastapi import APIRouter

from quell.copies import CopyReader
from quell.database.base import Database
from quell.encoders.routing import EncoderSet
from quell.http.names import NamePattern
from quell.incidents.background import Background
from quell.incidents.deploy import Deployment
from quell.incidents.detection import Detection, TextIndex
from quell.incidents.domain import ImageSample, Limits, ReadPicture, ReadSample, TextSample
from quell.incidents.endpoints import Serving
from quell.incidents.fitting import TextFitting
from quell.incidents.held import MEGABYTE, F
from quell.incidents.image_detection import ImageDetection, ImageIndex
from quell.incidents.image_endpoints import ImageIncidentEndpoints
from quell.incidents.image_fitting import ImageFitting
from quell.incidents.image_own_endpoints import OwnImageIncidentEndpoints
from quell.incidents.image_preview import ImagePreview
from quell.incidents.image_reading import PictureReader, SampleIntake
from quell.incidents.index import Fitting, IncidentIndex, Q
from quell.incidents.intake import Intake
from quell.incidents.preview import Preview
from quell.incidents.reading import TextReader
from quell.incidents.rows import ImageRows, R, S, TextRows
from quell.incidents.service import IncidentService
from quell.incidents.store import IncidentStore
from quell.incidents.text_endpoints import TextIncidentEndpoints
from quell.incidents.text_own_endpoints import OwnTextIncidentEndpoints
from quell.incidents.transfer import Transfer
from quell.media.intake import PictureIntake
from quell.operations.endpoints import OperationEndpoints
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.pictures.decoder import PictureDecoder
from quell.witness import NOBODY, Witness
from quell.workers import Workers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the incidents of both media live in; `clock` gives microseconds since 1970.

    `memory` is what those of each medium may take, in megabytes, 0 for as much as they need.
    """

    database: Database
    operations: OperationStore
    new_id: Callable[[], str]
    clock: Callable[[], int]
    limits: Limits
    require_deploy: bool
    memory: int = 0


@dataclass(frozen=True, slots=True)
class MediumIncidents(Generic[S, R]):
    """What can be done with the incidents of any medium, without HTTP."""

    store: IncidentStore[S, R]
    service: IncidentService[S, R]
    deployment: Deployment
    transfer: Transfer[S, R]


@dataclass(frozen=True, slots=True)
class TextIncidents(MediumIncidents[TextSample, ReadSample]):
    """Everything that can be done with text incidents, without HTTP."""

    detection: Detection
    preview: Preview
    index: TextIndex
    reader: TextReader


@dataclass(frozen=True, slots=True)
class ImageIncidents(MediumIncidents[ImageSample, ReadPicture]):
    """Everything that can be done with image incidents, without HTTP."""

    detection: ImageDetection
    preview: ImagePreview
    index: ImageIndex
    reader: PictureReader


def assemble_texts(
    around: Surroundings, encoders: EncoderSet, backgrounds: Mapping[str, Background]
) -> TextIncidents:
    """Return the text incidents of a database."""
    store, reader = IncidentStore(TextRows(), around.new_id), TextReader(encoders)
    fitting = TextFitting(store, reader, backgrounds)
    index = _index(around, store, fitting)
    return TextIncidents(
        *_kept(around, store),
        detection=Detection(index, reader),
        preview=Preview(around.database, store, reader, backgrounds),
        index=index,
        reader=reader,
    )


def assemble_images(
    around: Surroundings, load: Callable[[], CopyReader], decoder: PictureDecoder
) -> ImageIncidents:
    """Return the image incidents of a database; `load` is called when the first picture is read."""
    store, reader = IncidentStore(ImageRows(), around.new_id), PictureReader(load, decoder)
    fitting = ImageFitting(store, reader)
    index = _index(around, store, fitting)
    return ImageIncidents(
        *_kept(around, store),
        detection=ImageDetection(index, reader),
        preview=ImagePreview(around.database, store, index, reader),
        index=index,
        reader=reader,
    )


def _index(
    around: Surroundings, store: IncidentStore[S, R], fitting: Fitting[S, R, F, Q]
) -> IncidentIndex[S, R, F, Q]:
    return IncidentIndex(
        around.database,
        store,
        fitting,
        require_deploy=around.require_deploy,
        bound=around.memory * MEGABYTE,
    )


def _kept(
    around: Surroundings, store: IncidentStore[S, R]
) -> tuple[IncidentStore[S, R], IncidentService[S, R], Deployment, Transfer[S, R]]:
    """Return the parts of MediumIncidents over a store, in their order."""
    database, operations, limits, clock = around.database, around.operations, around.limits, around.clock
    return (
        store,
        IncidentService(database, store, operations, limits, clock),
        Deployment(database, store, operations, around.new_id, clock),
        Transfer(database, store, operations, limits, clock),
    )


def text_routers(
    texts: TextIncidents,
    operations: OperationService,
    workers: Workers,
    names: NamePattern,
    witness: Witness = NOBODY,
) -> list[APIRouter]:
    """Return the routes of text incidents; first the one that `operations` leads to, which is no name."""
    serving = _serving(texts, workers, names, witness)
    intake = Intake(texts.reader, workers)
    return [
        _operations(operations, "text"),
        TextIncidentEndpoints(serving, texts.detection, intake).router(),
        OwnTextIncidentEndpoints(serving, texts.preview, intake).router(),
    ]


def image_routers(
    images: ImageIncidents,
    intake: PictureIntake,
    samples: SampleIntake,
    *,
    operations: OperationService,
    workers: Workers,
    names: NamePattern,
    witness: Witness = NOBODY,
) -> list[APIRouter]:
    """Return the routes of image incidents; first the one that `operations` leads to, which is no name."""
    serving = _serving(images, workers, names, witness)
    return [
        _operations(operations, "image"),
        ImageIncidentEndpoints(serving, images.detection, intake, samples).router(),
        OwnImageIncidentEndpoints(serving, images.preview, samples).router(),
    ]


def _serving(
    kept: MediumIncidents[S, R], workers: Workers, names: NamePattern, witness: Witness
) -> Serving[S, R]:
    return Serving(kept.service, kept.deployment, kept.transfer, workers, names, witness)


def _operations(operations: OperationService, medium: str) -> APIRouter:
    operation_id = f"{medium.title()}IncidentOperations_GetLongRunningOperation"
    return OperationEndpoints(operations, f"{medium}/incidents", operation_id).router()
