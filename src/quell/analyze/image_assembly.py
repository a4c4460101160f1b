"""What judges pictures and its routes; called by the composition root and by nothing else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fastapi import APIRouter

from quell import __version__, ocr
from quell.analyze.capabilities import Capabilities, Engine
from quell.analyze.domain import Category, Severity
from quell.analyze.harm import HarmAnalyzer
from quell.analyze.image_domain import Coverage
from quell.analyze.image_endpoints import ImageEndpoints
from quell.analyze.image_evidence import ImageIncidents, Nudity, PictureText, Scenes, Symbols
from quell.analyze.image_explain_endpoints import ImageExplainEndpoints
from quell.analyze.image_flow import ImageFlow
from quell.analyze.image_service import ImageAnalysis
from quell.errors import SettingsRefused
from quell.http.operations import OperationTable
from quell.media.intake import PictureIntake
from quell.models import WEIGHTS, load_manifest
from quell.reviewers.engines import Engines
from quell.witness import NOBODY, Witness
from quell.workers import Workers

_MAPPED = re.compile(r"([\w.~-]{1,100})=(Hate|SelfHarm|Sexual|Violence):([246])", re.ASCII)


def assemble_images(
    *,
    nudity: Nudity,
    text: PictureText,
    harm: HarmAnalyzer,
    incidents: ImageIncidents,
    scenes: Scenes | None = None,
    mapped: Iterable[str] = (),
    required: str = "none",
    witness: Witness = NOBODY,
) -> ImageAnalysis:
    """Return what judges pictures; `mapped` are incidents that count for a category, `name=Category:2`."""
    return ImageAnalysis(
        nudity=nudity,
        text=text,
        harm=harm,
        incidents=incidents,
        symbols=Symbols(incidents, mapped_incidents(mapped)),
        scenes=scenes,
        required=Coverage(required),
        witness=witness,
    )


def mapped_incidents(entries: Iterable[str]) -> Mapping[str, Severity]:
    """Read `name=Category:severity`; raises SettingsRefused."""
    mapped: dict[str, Severity] = {}
    for entry in entries:
        found = _MAPPED.fullmatch(entry)
        if found is None:
            raise SettingsRefused(
                f"The setting image_incident_categories is refused: '{entry}' is not of the form "
                "name=Category:severity, with Hate, SelfHarm, Sexual or Violence and 2, 4 or 6."
            )
        mapped[found[1]] = Severity(Category(found[2]), int(found[3]))
    return mapped


def image_routers(analysis: ImageAnalysis, intake: PictureIntake, waiting: Workers) -> list[APIRouter]:
    """Return image:analyze, imageWithText:analyze and Quell's own image:explain.

    `waiting` are the threads on which other servers are waited for.
    """
    flow = ImageFlow(analysis, intake, waiting)
    return [ImageEndpoints(analysis, flow).router(), ImageExplainEndpoints(analysis, flow).router()]


def capability_router(
    images: ImageAnalysis,
    models: Mapping[str, Sequence[str]],
    limits: Mapping[str, int],
    table: OperationTable,
    reviewers: Engines,
) -> APIRouter:
    """Return the route that tells what this server judges with; `models` are their names by task."""
    manifests = [(task, load_manifest(WEIGHTS / name)) for task, names in models.items() for name in names]
    letters = load_manifest(Path(ocr.__file__).parent)
    return Capabilities(
        version=__version__,
        engines=[
            *(Engine(task, one.name, one.revision) for task, one in manifests),
            Engine("text-in-pictures", letters.name, letters.revision, ocr.SCRIPTS),
            *([Engine("scenes", images.scene_model, "")] if images.scene_model else ()),
        ],
        reviewers=reviewers,
        images=images.covered,
        required=images.required,
        limits=limits,
        table=table,
    ).router()
