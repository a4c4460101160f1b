"""The wire shapes of image:explain."""

from pydantic import Field

from quell.analyze.domain import Category
from quell.analyze.explain_schemas import ExplainedCategory
from quell.analyze.image_domain import ImageExplanation
from quell.analyze.image_schemas import Categories
from quell.analyze.schemas import IncidentOptions
from quell.http.wire import WireAnswer, WireModel
from quell.incidents.image_own_schemas import ImageMatchAnswer
from quell.media.schemas import ImageData
from quell.nudity import NudityReading
from quell.ocr import TextLine
from quell.scenes import SceneLevel

SHOWN_LINES = 200
"""Lines of text that an answer shows."""


class ExplainImage(WireModel):
    """A picture whose verdict is to be explained; no category named is all four.

    Of the named incidents each is explained, whether one of them is hit or not.
    """

    image: ImageData
    categories: Categories = Field(default_factory=list)
    incidents: IncidentOptions | None = None


class NudityAnswer(WireAnswer):
    """What the pixels alone say: the worst frame and what lay under its transparency."""

    severity: int
    probability: float
    probabilities: dict[str, float]
    frame: int
    view: str

    @classmethod
    def of(cls, found: NudityReading) -> "NudityAnswer":
        """Render a reading."""
        return cls(
            severity=found.severity,
            probability=found.explicit,
            probabilities=dict(found.probabilities),
            frame=found.frame,
            view=found.view,
        )


class SceneAnswer(WireAnswer):
    """What the pixels show by the operator's model; `description`: the likest scene, or its reason."""

    category: str
    severity: int
    probabilities: dict[str, float]
    description: str


class LineAnswer(WireAnswer):
    """A line of text in the picture; `box`: its corners in pixels of the picture as shown."""

    text: str
    box: list[tuple[float, float]]
    confidence: float
    frame: int

    @classmethod
    def of(cls, line: TextLine) -> "LineAnswer":
        """Render a line."""
        return cls(text=line.text, box=list(line.box), confidence=line.confidence, frame=line.frame)


class TextInImage(WireAnswer):
    """The text that was read in the picture: its lines, and the verdict over them joined by line breaks."""

    lines: list[LineAnswer]
    categories_analysis: list[ExplainedCategory]


class SymbolAnswer(WireAnswer):
    """An incident that the operator mapped to a category, and that the picture hits."""

    incident_name: str
    category: str
    severity: int


class ExplainedImageCategory(WireAnswer):
    """The severity of one category, 0, 2, 4, 6, and how much of the picture stands behind it."""

    category: str
    severity: int
    coverage: str


class ImageExplained(WireAnswer):
    """The verdict over a picture and what each kind of evidence found."""

    categories_analysis: list[ExplainedImageCategory]
    nudity: NudityAnswer | None = None
    text: TextInImage
    incidents: list[SymbolAnswer]
    incident_matches: list[ImageMatchAnswer] | None = None
    scenes: list[SceneAnswer] | None = None

    @classmethod
    def of(cls, found: ImageExplanation) -> "ImageExplained":
        """Render an explanation."""
        return cls(
            categories_analysis=[
                ExplainedImageCategory(
                    category=one.category.value,
                    severity=one.level,
                    coverage=found.coverage[one.category].value,
                )
                for one in found.severities
            ],
            nudity=None if found.nudity is None else NudityAnswer.of(found.nudity),
            text=TextInImage(
                lines=[LineAnswer.of(line) for line in found.lines[:SHOWN_LINES]],
                categories_analysis=[ExplainedCategory.of(one, found.text) for one in found.words],
            ),
            incidents=[
                SymbolAnswer(incident_name=name, category=one.category.value, severity=one.level)
                for name, one in found.symbols
            ],
            scenes=None if found.scenes is None else [_scene(*one) for one in found.scenes.items()],
            incident_matches=(
                None if found.matches is None else [ImageMatchAnswer.of(match) for match in found.matches]
            ),
        )


def _scene(category: Category, found: SceneLevel) -> SceneAnswer:
    chances = {str(level): chance for level, chance in found.probabilities.items()}
    return SceneAnswer(
        category=category.value,
        severity=found.severity,
        probabilities=chances,
        description=found.description,
    )
