"""Example files: JSON Lines that are read whole or refused with the number of the line, and their copies."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Protocol
from urllib.parse import unquote

from pydantic import Field, ValidationError

from quell.errors import InvalidRequestBody
from quell.http.json import decode
from quell.http.validation import faults
from quell.http.wire import WireModel
from quell.reviewers.domain import DESCRIPTION_LENGTH, EXAMPLES, EXAMPLES_BYTES, Example, Label

TARGET = "exampleBlobUrl"
EXAMPLE_LENGTH = 10_000
"""Code points of an example's text."""


class ExampleLine(WireModel):
    """One line of a file of examples."""

    text: Annotated[str, Field(min_length=1, max_length=EXAMPLE_LENGTH)]
    label_name: Annotated[str, Field(min_length=1)]
    reasoning: Annotated[str | None, Field(max_length=DESCRIPTION_LENGTH)] = None


class ExampleStore(Protocol):
    """Where files of examples lie; `BlobReader` is one."""

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return at most `limit` bytes, or refuse with a reason that names `target`."""

    def copy_beside(self, url: str, *, delimiter: str, name: str, body: bytes) -> str | None:
        """Write a file into the same virtual directory; return its URL, None where that is not allowed."""


def read_examples(body: bytes, labels: Sequence[Label]) -> tuple[Example, ...]:
    """Return the examples of a file, all of them, or refuse the first line that is not sound."""
    names = canonical(labels)
    found = tuple(_example(line, number, names) for number, line in _lines(body))
    if not found:
        raise InvalidRequestBody("The file of examples has no examples.", target=TARGET)
    if len(found) > EXAMPLES:
        raise InvalidRequestBody(f"The file has more than {EXAMPLES:,} examples.", target=TARGET)
    return found


def canonical(labels: Sequence[Label]) -> Mapping[str, str]:
    """Return the labels' own spelling by any spelling in other case."""
    return {label.name.casefold(): label.name for label in labels}


def spelled(name: str, names: Mapping[str, str], place: str, target: str) -> str:
    """Return a label in its own spelling, or refuse it; `place` says where it stands."""
    found = names.get(name.strip().casefold())
    if found is None:
        raise InvalidRequestBody(
            f"{place}the label '{name[:64]}' is none of the labels of the reviewer.", target=target
        )
    return found


def pack(examples: Sequence[Example]) -> bytes:
    """Return examples as JSON Lines in UTF-8, in the words of the protocol."""
    return b"".join(_packed(example) for example in examples)


def unpack(data: bytes | None) -> tuple[Example, ...]:
    """Return the examples that `pack` wrote."""
    rows = (json.loads(line) for line in (data or b"").splitlines())
    return tuple(Example(row["text"], row["labelName"], row.get("reasoning")) for row in rows)


def copy_name(url: str, delimiter: str, reviewer: str, version: int, identity: str) -> str:
    """Return what the copy of a file is called: the same for the same version, however often it is made."""
    file = unquote(url.partition("?")[0]).rsplit(delimiter, 1)[-1].rsplit("/", 1)[-1]
    stem = "".join(char for char in file.removesuffix(".jsonl")[:64] if char.isalnum() or char in "._-")
    return f"{stem or 'examples'}-{reviewer}-v{version}-{identity[:8]}.jsonl"


def fetch_examples(
    store: ExampleStore, url: str, labels: Sequence[Label]
) -> tuple[bytes, tuple[Example, ...]]:
    """Return a file as it is and the examples in it, or refuse."""
    body = store.fetch(url, limit=EXAMPLES_BYTES, target=TARGET)
    return body, read_examples(body, labels)


def _packed(example: Example) -> bytes:
    row: dict[str, Any] = {"text": example.text, "labelName": example.label}
    if example.reasoning is not None:
        row["reasoning"] = example.reasoning
    return json.dumps(row, ensure_ascii=True).encode() + b"\n"


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _example(line: bytes, number: int, names: Mapping[str, str]) -> Example:
    place = f"Line {number}: "
    try:
        row = ExampleLine.model_validate(decode(line))
    except InvalidRequestBody as error:
        raise InvalidRequestBody(place + _of_line(error.message), target=TARGET) from None
    except ValidationError as error:
        found = faults([{**finding, "loc": ("body", *finding["loc"])} for finding in error.errors()])[0]
        raise InvalidRequestBody(place + _of_line(found.message), target=TARGET) from None
    if not row.text.strip():
        raise InvalidRequestBody(f"{place}The field 'text' must not be blank.", target=TARGET)
    return Example(row.text, spelled(row.label_name, names, place, TARGET), row.reasoning)


def _of_line(message: str) -> str:
    # The sentences of the catalogue speak of requests; here a line of a file is meant.
    return message.replace("The request body", "The line", 1).replace(" at line 1, column", " at column", 1)
