"""The wire shapes of the protocol's operations on auto reviewers."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from quell.errors import InvalidRequestBody
from quell.http.wire import Timestamp, WireAnswer, WireModel
from quell.reviewers.domain import (
    DESCRIPTION_LENGTH,
    LABEL_LENGTH,
    LEAST_LABELS,
    MOST_LABELS,
    REVIEW_LENGTH,
    Definition,
    Label,
    Review,
    ReviewerVersion,
    Status,
    is_other,
)

_INT32_MAX = 2**31 - 1
_URL_LENGTH = 8_192
_DELIMITER_LENGTH = 64


def _version_number(value: object) -> object:
    # The published table calls the version a string, its sample sends a number.
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10
    number = int(value) if digits else value  # type: ignore[call-overload]  # `digits` says that it is a string
    if number is None or (
        isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _INT32_MAX
    ):
        return number
    raise PydanticCustomError(
        "must", "{sentence}", {"sentence": f"must be an integer from 1 to {_INT32_MAX}."}
    )


VersionNumber = Annotated[int | None, BeforeValidator(_version_number, json_schema_input_type=int | None)]


class LabelBody(WireModel):
    """A label in a request."""

    label_name: Annotated[str, Field(min_length=1, max_length=LABEL_LENGTH)]
    description: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_LENGTH)]


class DefinitionBody(WireModel):
    """What a request says of a new version."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset(
        {"exampleBlobCopyUrl", "version", "createdTime", "status", "error"}
    )
    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"exampleBlobUrl", "blobDelimiter"})

    auto_reviewer_name: str | None = None
    labels: Annotated[list[LabelBody], Field(min_length=LEAST_LABELS, max_length=MOST_LABELS)]
    example_blob_url: Annotated[str | None, Field(max_length=_URL_LENGTH)] = None
    blob_delimiter: Annotated[str | None, Field(max_length=_DELIMITER_LENGTH)] = None

    def definition(self, name: str) -> Definition:
        """Return the definition of a version of the reviewer in the URL, or refuse."""
        if self.auto_reviewer_name is not None and self.auto_reviewer_name != name:
            raise InvalidRequestBody(
                "The field 'autoReviewerName' must be the name in the URL.", target="autoReviewerName"
            )
        labels = tuple(Label(label.label_name.strip(), label.description) for label in self.labels)
        _check(labels)
        return Definition(labels, self.example_blob_url, self.blob_delimiter)


class LabelAnswer(WireAnswer):
    """A label in an answer."""

    label_name: str
    description: str


class AutoReviewerAnswer(WireAnswer):
    """One version of an auto reviewer."""

    auto_reviewer_name: str
    labels: list[LabelAnswer]
    example_blob_url: str | None = None
    blob_delimiter: str | None = None
    example_blob_copy_url: str | None = None
    version: int
    created_time: Timestamp
    status: Status
    error: str | None = None

    @classmethod
    def of(cls, version: ReviewerVersion) -> "AutoReviewerAnswer":
        """Render a version."""
        return cls(**members_of(version))


class AutoReviewerList(WireAnswer):
    """The version that was asked for, in a list; in a list of reviewers the latest version of each."""

    value: list[AutoReviewerAnswer]
    next_link: str | None = None


class ReviewBody(WireModel):
    """Which reviewer is to review, the latest version unless a number is given."""

    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"autoReviewerVersion"})

    auto_reviewer_name: str
    auto_reviewer_version: VersionNumber = None


class AutoReviewText(ReviewBody):
    """A text to review.

    The endpoint and deployment are a caller's own; they are heeded only where the operator allows them.
    """

    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset(
        {"autoReviewerVersion", "aoaiEndpoint", "aoaiDeployment"}
    )

    text: Annotated[str, Field(min_length=1, max_length=REVIEW_LENGTH)]
    aoai_endpoint: Annotated[str | None, Field(max_length=_URL_LENGTH)] = None
    aoai_deployment: Annotated[str | None, Field(max_length=256)] = None

    def aoai(self) -> tuple[str, str] | None:
        """Return the caller's own endpoint and deployment, None where none or only one is given."""
        if self.aoai_endpoint is None or self.aoai_deployment is None:
            return None
        return self.aoai_endpoint, self.aoai_deployment


class AutoReviewAnswer(WireAnswer):
    """The label of a text, and why."""

    label_name: str
    reasoning: str

    @classmethod
    def of(cls, review: Review) -> "AutoReviewAnswer":
        """Render a review."""
        return cls(label_name=review.label, reasoning=review.reasoning)


def members_of(version: ReviewerVersion) -> dict[str, Any]:
    """Return the members of every answer about a version."""
    return {
        "auto_reviewer_name": version.reviewer,
        "labels": [LabelAnswer(label_name=one.name, description=one.description) for one in version.labels],
        "example_blob_url": version.example_blob_url,
        "blob_delimiter": version.blob_delimiter,
        "example_blob_copy_url": version.example_blob_copy_url,
        "version": version.version,
        "created_time": version.created,
        "status": version.status,
        "error": version.error,
    }


def _check(labels: Sequence[Label]) -> None:
    seen: set[str] = set()
    for number, label in enumerate(labels):
        if not label.name or not label.name.isprintable():
            raise InvalidRequestBody(
                "A label's name must have printable characters.", target=f"labels[{number}].labelName"
            )
        if not label.description.strip():
            raise InvalidRequestBody(
                "A label's description must not be blank.", target=f"labels[{number}].description"
            )
        if label.name.casefold() in seen:
            raise InvalidRequestBody(
                f"The label '{label.name}' is given twice.", target=f"labels[{number}].labelName"
            )
        seen.add(label.name.casefold())
    others = sum(is_other(label.name) for label in labels)
    if others != 1:
        raise InvalidRequestBody(
            "The field 'labels' must have one label named 'Other', for what no other label fits.",
            target="labels",
        )
