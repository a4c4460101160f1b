"""The wire shapes of image:analyze and imageWithText:analyze."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from quell.analyze.domain import Category, OutputType
from quell.analyze.image_domain import IMAGE_CATEGORIES, ImageQuestion, ImageVerdict, MemeQuestion
from quell.analyze.schemas import (
    IncidentHit,
    IncidentOptions,
    SeverityAnswer,
    before_ga,
    check_members,
)
from quell.errors import InvalidRequestBody
from quell.http.api_version import ApiVersion
from quell.http.wire import WireAnswer, WireModel, ignoring_case
from quell.media.schemas import ImageData

CAPTION_LENGTH = 1_000
"""Code points of the text beside a picture."""

Categories = list[Annotated[Category, ignoring_case(Category)]]


def image_categories(named: Sequence[Category]) -> tuple[Category, ...]:
    """Return the categories that a request asks for, in the order of answers; none named is all four."""
    for place, category in enumerate(named):
        if category not in IMAGE_CATEGORIES:
            raise InvalidRequestBody(
                f"The category '{category.value}' does not exist for images.", target=f"categories[{place}]"
            )
    return tuple(category for category in IMAGE_CATEGORIES if not named or category in named)


class AnalyzeImage(WireModel):
    """A picture to analyse."""

    image: ImageData
    categories: Categories = Field(default_factory=list)
    output_type: Annotated[OutputType, ignoring_case(OutputType)] = OutputType.FOUR
    incidents: IncidentOptions | None = None

    def question(self, version: ApiVersion) -> ImageQuestion:
        """Return what is asked, or refuse what this api-version or a picture does not have."""
        check_members(self, version)
        if self.output_type is not OutputType.FOUR:
            raise InvalidRequestBody(
                "The field 'outputType' must be 'FourSeverityLevels' for images.", target="outputType"
            )
        incidents = self.incidents.question() if self.incidents else None
        return ImageQuestion(image_categories(self.categories), incidents)


class AnalyzeImageWithText(WireModel):
    """A picture and the text beside it, to analyse together."""

    EMPTY_IS_ABSENT = frozenset({"text"})

    image: ImageData
    enable_ocr: bool
    text: Annotated[str | None, Field(max_length=CAPTION_LENGTH)] = None
    categories: Categories = Field(default_factory=list)

    def question(self) -> MemeQuestion:
        """Return what is asked."""
        return MemeQuestion(self.text or "", image_categories(self.categories), self.enable_ocr)


class ImageAnalysisAnswer(WireAnswer):
    """The verdict over a picture."""

    categories_analysis: list[SeverityAnswer]
    incident_matches: list[IncidentHit] | None = None


class ImageAnalysisBeforeGa(WireAnswer):
    """The verdict over a picture, in the words of 2023-04-30-preview and 2023-05-30-preview."""

    hate_result: SeverityAnswer | None = None
    self_harm_result: SeverityAnswer | None = None
    sexual_result: SeverityAnswer | None = None
    violence_result: SeverityAnswer | None = None


class ImageWithTextAnswer(WireAnswer):
    """The verdict over a picture and the text beside it."""

    categories_analysis: list[SeverityAnswer]


def render_image(verdict: ImageVerdict, version: ApiVersion) -> ImageAnalysisAnswer | ImageAnalysisBeforeGa:
    """Return the answer in the words of an api-version."""
    severities = severity_answers(verdict)
    if before_ga(version):
        found = {answer.category: answer for answer in severities}
        return ImageAnalysisBeforeGa(
            hate_result=found.get("Hate"),
            self_harm_result=found.get("SelfHarm"),
            sexual_result=found.get("Sexual"),
            violence_result=found.get("Violence"),
        )
    hits = verdict.incidents
    matches = None if hits is None else [IncidentHit(incident_name=name) for name in hits]
    return ImageAnalysisAnswer(categories_analysis=severities, incident_matches=matches)


def severity_answers(verdict: ImageVerdict) -> list[SeverityAnswer]:
    """Render severities."""
    return [
        SeverityAnswer(category=found.category.value, severity=found.level) for found in verdict.severities
    ]
