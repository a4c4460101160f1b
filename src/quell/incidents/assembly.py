"""How the parts of the feature fit together; called by the composition root and by nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
from quell.incidents.image_detection import ImageDetection, ImageIndex
from quell.incidents.image_endpoints import ImageIncidentEndpoints
from quell.incidents.image_fitting import ImageFitting
from quell.incidents.image_own_endpoints import OwnImageIncidentEndpoints
from quell.incidents.image_preview import ImagePreview
from quell.incidents.image_reading import PictureReader, SampleIntake
from quell.incidents.index import IncidentIndex
from quell.incidents.intake import Intake
from quell.incidents.preview import Preview
from quell.incidents.reading import TextReader
from quell.incidents.rows import ImageRows, TextRows
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
    """What the incidents of both media live in; `clock` gives microseconds since 1970."""

    database: Database
    operations: OperationStore
    new_id: Callable[[], str]
    clock: Callable[[], int]
    limits: Limits
    require_deploy: bool


@dataclass(frozen=True, slots=True)
class TextIncidents:
    """Everything that can be done with text incidents, without HTTP."""

    store: IncidentStore[TextSample, ReadSample]
    service: IncidentService[TextSample, ReadSample]
    deployment: Deployment
    detection: Detection
    preview: Preview
    transfer: Transfer[TextSample, ReadSample]
    index: TextIndex
    reader: TextReader


@dataclass(frozen=True, slots=True)
class ImageIncidents:
    """Everything that can be done with image incidents, without HTTP."""

    store: IncidentStore[ImageSample, ReadPicture]
    service: IncidentService[ImageSample, ReadPicture]
    deployment: Deployment
    detection: ImageDetection
    preview: ImagePreview
    transfer: Transfer[ImageSample, ReadPicture]
    index: ImageIndex
    reader: PictureReader


def assemble_texts(
    around: Surroundings, encoders: EncoderSet, backgrounds: Mapping[str, Background]
) -> TextIncidents:
    """Return the text incidents of a database."""
    database, store, reader = around.database, IncidentStore(TextRows(), around.new_id), TextReader(encoders)
    fitting = TextFitting(store, reader, backgrounds)
    index = IncidentIndex(database, store, fitting, require_deploy=around.require_deploy)
    return TextIncidents(
        store=store,
        service=IncidentService(database, store, around.operations, around.limits, around.clock),
        deployment=Deployment(database, store, around.operations, around.new_id, around.clock),
        detection=Detection(index, reader),
        preview=Preview(database, store, reader, backgrounds),
        transfer=Transfer(database, store, around.operations, around.limits, around.clock),
        index=index,
        reader=reader,
    )


def assemble_images(
    around: Surroundings, load: Callable[[], CopyReader], decoder: PictureDecoder
) -> ImageIncidents:
    """Return the image incidents of a database; `load` is called when the first picture is read."""
    database, store = around.database, IncidentStore(ImageRows(), around.new_id)
    reader = PictureReader(load, decoder)
    index = IncidentIndex(database, store, ImageFitting(store, reader), require_deploy=around.require_deploy)
    return ImageIncidents(
        store=store,
        service=IncidentService(database, store, around.operations, around.limits, around.clock),
        deployment=Deployment(database, store, around.operations, around.new_id, around.clock),
        detection=ImageDetection(index, reader),
        preview=ImagePreview(database, store, index, reader),
        transfer=Transfer(database, store, around.operations, around.limits, around.clock),
        index=index,
        reader=reader,
    )


def text_routers(
    texts: TextIncidents,
    operations: OperationService,
    workers: Workers,
    names: NamePattern,
    witness: Witness = NOBODY,
) -> list[APIRouter]:
    """Return the routes of text incidents; first the one that `operations` leads to, which is no name."""
    serving = Serving(texts.service, texts.deployment, texts.transfer, workers, names, witness)
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
    serving = Serving(images.service, images.deployment, images.transfer, workers, names, witness)
    return [
        _operations(operations, "image"),
        ImageIncidentEndpoints(serving, images.detection, intake, samples).router(),
        OwnImageIncidentEndpoints(serving, images.preview, samples).router(),
    ]


def _operations(operations: OperationService, medium: str) -> APIRouter:
    operation_id = f"{medium.title()}IncidentOperations_GetLongRunningOperation"
    return OperationEndpoints(operations, f"{medium}/incidents", operation_id).router()
