"""The shapes on the wire: how a request body is read, how an answer is written.

A request model extends `WireModel`, an answer `WireAnswer`; names are snake_case here, camelCase on the wire.

    class AddSamples(WireModel):
        READ_ONLY = frozenset({"created"})            # members that a client may send and nobody reads
        EMPTY_IS_ABSENT = frozenset({"blobUrl"})      # members where "" says "not given"
        ALSO_CALLED = {"url": "blobUrl"}              # other spellings a client may use
        incident_samples: Annotated[list[Sample], Field(min_length=1, max_length=100)]

An optional member is declared `name: T | None = None`; whether null was sent is seen in `model_fields_set`.
A member with another default takes null as absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from quell.http.json import encode

SHOWN_NAME_LENGTH = 64
"""How many code points of a member name that a client sent an error repeats."""

SHOWN_NAMES = 5
"""How many unknown members one error names."""

E = TypeVar("E", bound=Enum)


class WireModel(BaseModel):
    """A JSON object in a request: names in any case, nothing unknown, no silent conversion of types."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="forbid", frozen=True)

    READ_ONLY: ClassVar[frozenset[str]] = frozenset()
    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset()
    ALSO_CALLED: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _read_members(cls, sent: object) -> object:
        """Give each member its one spelling, leave out what counts as absent, refuse what is unknown."""
        if not isinstance(sent, dict):
            return sent
        members = _members(cls)
        read: dict[str, object] = {}
        unknown: list[str] = []
        for spelling, value in sent.items():
            member = members.get(spelling.lower())
            if member is None:
                unknown.append(spelling)
            elif member.name in read:
                raise PydanticCustomError(
                    "twice", "The field '{member}' is given twice.", {"member": member.name}
                )
            elif not member.is_absent(value):
                read[member.name] = value
        if unknown:
            raise _unknown_members(unknown)
        return read


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    ignored: bool = False
    empty_is_absent: bool = False
    null_is_absent: bool = False

    def is_absent(self, value: object) -> bool:
        return (
            self.ignored or (self.empty_is_absent and value == "") or (self.null_is_absent and value is None)
        )


@cache
def _members(model: type[WireModel]) -> dict[str, _Member]:
    """Return what a request may hold: each spelling in lower case with the member it means."""
    empty_is_absent = {name.lower() for name in model.EMPTY_IS_ABSENT}
    members = {name.lower(): _Member(name, ignored=True) for name in model.READ_ONLY}
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        members[name.lower()] = _Member(
            name,
            empty_is_absent=name.lower() in empty_is_absent,
            null_is_absent=not field.is_required() and field.default is not None,
        )
    members |= {other.lower(): members[name.lower()] for other, name in model.ALSO_CALLED.items()}
    return members


class WireAnswer(BaseModel):
    """A JSON object in an answer: camelCase, members without a value left out."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    # No return annotation: pydantic would publish it as the schema in place of the members.
    @model_serializer(mode="wrap")
    def _leave_out_none(self, render: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def] # noqa: ANN202
        return {name: value for name, value in render(self).items() if value is not None}


class WireResponse(Response):
    """An answer of the service: compact JSON in UTF-8, from a model or from plain values."""

    media_type = "application/json; charset=utf-8"

    def __init__(
        self, content: object = None, status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(content, status_code, headers)

    def render(self, content: object) -> bytes:
        """Return the bytes of the body; none for None (a 204 has no body)."""
        if content is None:
            return b""
        if isinstance(content, BaseModel):
            return content.model_dump_json(by_alias=True, exclude_none=True).encode()
        return encode(content)


def wire_time(microseconds: int) -> str:
    """Render microseconds since 1970 (UTC) as the service does: seven fractional digits and Z."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"


Timestamp = Annotated[
    int,
    PlainSerializer(wire_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A moment in integer microseconds since 1970 (UTC), rendered by `wire_time`."""


def ignoring_case(choices: type[E]) -> BeforeValidator:
    """Return a validator that reads a value of an enum in any case, for use inside `Annotated`."""
    by_value = {str(choice.value).lower(): choice for choice in choices}
    names = ", ".join(f"'{choice.value}'" for choice in choices)

    def choose(value: object) -> E:
        if isinstance(value, choices):
            return value
        chosen = by_value.get(value.lower()) if isinstance(value, str) else None
        if chosen is None:
            raise PydanticCustomError("one_of", "must be one of {names}.", {"names": names})
        return chosen

    return BeforeValidator(choose, json_schema_input_type=choices)


def _unknown_members(names: list[str]) -> PydanticCustomError:
    shown = ", ".join(f"'{name[:SHOWN_NAME_LENGTH]}'" for name in names[:SHOWN_NAMES])
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return PydanticCustomError(
        "unknown_members",
        "The request body contains fields that are not supported: {names}. "
        "Check the api-version and the API definition.",
        {"names": shown + more, "member": names[0][:SHOWN_NAME_LENGTH]},
    )
