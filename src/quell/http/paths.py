"""One spelling per path: what a client wrote is matched with the table and rewritten before the app sees it.

Tolerated are double and final slashes, literals in any case, %3A for ":". Names keep their case.
A custom verb stands behind the last ":" of the last segment.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import InvalidResourceName
from quell.http.context import context_of
from quell.http.operations import Operation

_QUERY_NAMES = frozenset({"api-version", "top", "skip", "maxpagesize", "version"})


@dataclass(frozen=True, slots=True)
class Template:
    """The route of an operation, cut into segments and a custom verb ("" for none)."""

    segments: tuple[str, ...]
    verb: str
    operation: Operation

    @classmethod
    def of(cls, operation: Operation) -> "Template":
        """Cut an operation's path."""
        *front, last = operation.path.strip("/").split("/")
        noun, _, verb = last.partition(":")
        return cls((*front, noun), verb, operation)

    def canonical(self, segments: Sequence[str]) -> str | None:
        """Return the path in its one spelling if the segments fit this route."""
        spelled: list[str] = []
        for own, given in zip(self.segments, segments, strict=True):
            if own.startswith("{"):
                spelled.append(given)
            elif own.lower() == given.lower():
                spelled.append(own)
            else:
                return None
        return "/" + "/".join(spelled) + (f":{self.verb}" if self.verb else "")


class RouteMap:
    """Finds the operations that a path names."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._by_shape: dict[tuple[int, str], list[Template]] = defaultdict(list)
        for template in map(Template.of, operations):
            self._by_shape[len(template.segments), template.verb.lower()].append(template)
        for templates in self._by_shape.values():
            # A literal goes before a name: /incidents/operations/{id} is no sample of an incident.
            templates.sort(key=lambda template: [part.startswith("{") for part in template.segments])

    def match(self, segments: Sequence[str]) -> list[tuple[str, Operation]]:
        """Return the canonical path and the operation of each route that fits, literal routes first."""
        if not segments:
            return []
        noun, colon, verb = segments[-1].rpartition(":")
        cut = [*segments[:-1], noun] if colon else segments
        shape = self._by_shape.get((len(cut), verb.lower() if colon else ""), [])
        spelled = ((template.canonical(cut), template.operation) for template in shape)
        return [(path, operation) for path, operation in spelled if path is not None]


class PathCanonicaliser:
    """Rewrites path and query names to their one spelling and notes the operation they name."""

    def __init__(self, app: ASGIApp, operations: Iterable[Operation]) -> None:
        self._app = app
        self._routes = RouteMap(operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        segments = [unquote(part) for part in raw.decode("latin-1").split("/") if part]
        if any("/" in segment for segment in segments):
            raise InvalidResourceName("A name in the URL must not contain a slash.")
        found = self._routes.match(segments)
        path = found[0][0] if found else "/" + "/".join(segments)
        context = context_of(scope)
        context.allowed = tuple(sorted({operation.method for _, operation in found}))
        context.operation = next((one for _, one in found if one.method == scope["method"]), None)
        query = _canonical_query(scope.get("query_string", b""))
        # In place, so that the steps around this one see the path under its one spelling too.
        scope.update(path=path, raw_path=quote(path, safe="/:~").encode(), query_string=query)
        await self._app(scope, receive, send)


def _canonical_query(query: bytes) -> bytes:
    if query == query.lower():
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=None)
    named = [(name.lower() if name.lower() in _QUERY_NAMES else name, value) for name, value in pairs]
    return urlencode(named).encode()
