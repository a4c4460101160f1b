"""What is fuzzed: each parser of ours that reads a stranger's bytes, with the refusals it may answer.

A target takes bytes and returns; anything that it raises is a fault.
"""

import contextlib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers

from quell.analyze.batch_lines import read_batch
from quell.blobs.folder import BlobFolder
from quell.blobs.links import Link, LinkRefused, read_link
from quell.blocklists.files import read_csv, read_json_lines
from quell.blocklists.pattern import PatternError, PatternSet
from quell.errors import QuellError
from quell.http.api_version import read_api_version
from quell.http.json import decode, encode
from quell.http.operations import load_operations
from quell.http.paths import RouteMap
from quell.incidents.preview_lines import read_preview
from quell.pictures.headers import Broken, read_header
from quell.reviewers.domain import Label
from quell.reviewers.examples import pack, read_examples, unpack

Target = Callable[[bytes], None]

_LABELS = (Label("spam", "Unwanted offers"), Label("Other", "All else"))
_LINES = Headers({"content-type": "application/x-ndjson"})
_ROUTES = RouteMap(load_operations().routed)


def blob_url(data: bytes) -> None:
    """Check that a caller's URL is refused, or is a link that reads the same when it is read again."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(LinkRefused):
        link = read_link(text)
        again = read_link(_written(link))
        assert (again.scheme, again.host, again.port) == (link.scheme, link.host, link.port)
        split = urlsplit(_written(link))
        assert (split.hostname or "").strip("[]") == link.host
        with contextlib.suppress(LinkRefused):
            link.follow(text[::-1])
    assert not BlobFolder.names(text) or text.lower().startswith("file:")


def _written(link: Link) -> str:
    return f"{link.scheme}://{link.authority}{link.target}"


def json_body(data: bytes) -> None:
    """Check that a JSON body is refused, or is a value that survives being written and read."""
    with contextlib.suppress(QuellError):
        value = decode(data)
        assert decode(encode(value)) == value


def reviewer_examples(data: bytes) -> None:
    """Check that a file of examples is refused, or is examples that survive being packed."""
    with contextlib.suppress(QuellError):
        examples = read_examples(data, _LABELS)
        assert unpack(pack(examples)) == examples


def blocklist_files(data: bytes) -> None:
    """Check that a file of blocklist items is refused, or is items."""
    for read in (read_csv, read_json_lines):
        with contextlib.suppress(QuellError):
            list(read(data))


def batches(data: bytes) -> None:
    """Check that a batch is refused, or is rows, whether it comes as one object or as lines."""
    for headers in (Headers({"content-type": "application/json"}), _LINES):
        with contextlib.suppress(QuellError, RequestValidationError):
            read_batch(data, headers, [])


def previews(data: bytes) -> None:
    """Check that a preview in lines is refused, or read."""
    with contextlib.suppress(QuellError, RequestValidationError):
        read_preview(data, _LINES)


def picture_headers(data: bytes) -> None:
    """Check that a picture's header is unknown, broken, or has a size."""
    with contextlib.suppress(Broken):
        header = read_header(data)
        assert header is None or (header.width >= 0 and header.height >= 0)


def patterns(data: bytes) -> None:
    """Check that a blocklist pattern is refused, or finds spans that lie in the text."""
    pattern, _, text = data.decode("utf-8", "replace").partition("\n")
    with contextlib.suppress(PatternError):
        for _, span in PatternSet([(0, pattern)]).find(text, 5):
            assert 0 <= span[0] <= span[1] <= len(text)


def routes(data: bytes) -> None:
    """Check that any path matches operations or none, and any api-version is read or refused."""
    text = data.decode("latin-1")
    _ROUTES.match(text.split("/"))
    with contextlib.suppress(QuellError):
        read_api_version(text, strict=False)


TARGETS: Mapping[str, Target] = {
    target.__name__: target
    for target in (
        blob_url,
        json_body,
        reviewer_examples,
        blocklist_files,
        batches,
        previews,
        picture_headers,
        patterns,
        routes,
    )
}

SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "blob_url": (
        b"https://example.blob.core.windows.net/a/b%20c.png?sv=2024&sig=x",
        b"http://[::ffff:7f00:1]:80/",
        b"https://0x7f.1/",
        b"file:///srv/x",
    ),
    "json_body": (b'{"text": "a\\u0041", "list": [1, 2.5e3, null, true]}', b"[[[[]]]]", b'"\\ud83d\\ude00"'),
    "reviewer_examples": (b'{"text": "Buy now", "labelName": "SPAM", "reasoning": "an offer"}\n',),
    "blocklist_files": (
        b'text,description,isRegex\n"a ""b""",x,true\n',
        b'{"text": "a", "isRegex": false}\n',
    ),
    "batches": (
        b'{"texts": ["a", "b"], "categories": ["Hate"]}',
        b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n',
    ),
    "previews": (b'{"sample": "a"}\n{"text": "b"}\n{"incidentName": "x"}\n',),
    "picture_headers": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x40\x08\x02\x00\x00\x00",
        b"GIF89a\x40\x00\x40\x00\x80\x00\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        b"II*\x00\x08\x00\x00\x00\x01\x00\x00\x01\x03\x00\x01\x00\x00\x00\x40\x00\x00\x00",
        b"BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00",
    ),
    "patterns": (
        "a{2,5}(b|ß)+\nxaab".encode(),
        "(?i)caf\u00e9\nCAF\u00c9".encode(),
        b"(a+)+$\naaaaaaaaaaaa!",
    ),
    "routes": (b"/contentsafety/text/incidents/x:deploy", b"2024-09-15-preview", b"//contentsafety/..%2f/"),
}
"""Inputs that lead into each parser, from which both fuzzers start."""
