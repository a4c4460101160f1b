"""Health and documentation, outside the protocol and open to everyone."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_PAGES = {"index.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}

# Nothing is fetched from elsewhere, so the page also works on a machine without a network.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NO_CACHE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Health:
    """Answers for the state of one server.

    `ready` is true once models and indexes are loaded; `accepts` says whether a request carries a valid
    key, given the address it comes from, and `key_header` is where that key stands.
    """

    version: str
    ready: Callable[[], bool]
    accepts: Callable[[Headers, str], bool]
    key_header: str

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/ready", self.answer_ready),
            Route("/status", self.answer_status),
            Route("/api-docs", _page),
            Route("/api-docs/", _page),
            Route("/api-docs/{page}", _page),
        ]

    async def answer_ready(self, _: Request) -> Response:
        """Say whether requests are answered yet: 200 or 503."""
        ready = self.ready()
        return JSONResponse({"ready": ready}, 200 if ready else 503, _NO_CACHE)

    async def answer_status(self, request: Request) -> Response:
        """Say what runs here and whether the key that was sent, if any, is valid; nothing is analysed."""
        valid, message = self._key_state(request.headers, request.client.host if request.client else "")
        answer = {
            "service": "contentsafety",
            "product": "quell",
            "version": self.version,
            "ready": self.ready(),
            "apiStatus": "Valid" if valid else "Invalid",
            "apiStatusMessage": message,
        }
        return JSONResponse(answer, headers=_NO_CACHE)

    def _key_state(self, headers: Headers, address: str) -> tuple[bool, str]:
        if self.accepts(headers, address):
            return True, "Api Key is valid, no action needed."
        if self.key_header in headers:
            return False, "Api Key is invalid; see where this server keeps its keys with 'quell keys show'."
        return True, f"No key was sent; send one in {self.key_header} to have it checked."


async def _page(request: Request) -> Response:
    name = request.path_params.get("page", "index.html")
    if name not in _PAGES:
        return Response(status_code=404)
    content = files("quell.observability").joinpath("api_docs", name).read_bytes()
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", **_NO_CACHE}
    return Response(content, media_type=_PAGES[name], headers=headers)
