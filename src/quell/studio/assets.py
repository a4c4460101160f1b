"""The files of the pages: read once, compressed once, told apart by a digest."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

_IMPORTED = re.compile(rb'(?:from|import) "\./([a-z_]+\.js)"')
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    compressed: bytes
    media_type: str
    etag: str

    def answer(self, request: Request) -> Response:
        """Answer with the file, or with nothing when the browser has it."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, media_type=self.media_type, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def load_assets() -> dict[str, Asset]:
    """Read the files that ship with the package, by name; other names do not exist."""
    found = {}
    for entry in files("quell.studio").joinpath("static").iterdir():
        suffix = "." + entry.name.rpartition(".")[2]
        if suffix in _TYPES:
            content = entry.read_bytes()
            etag = f'"{sha256(content).hexdigest()[:20]}"'
            found[entry.name] = Asset(content, gzip.compress(content, 9, mtime=0), _TYPES[suffix], etag)
    return found


def modules(assets: Mapping[str, Asset], first: str) -> tuple[str, ...]:
    """Return a module and all that it imports, and these import, so that a page can ask for them at once."""
    found = [first]
    for name in found:
        imported = [match.decode() for match in _IMPORTED.findall(assets[name].content)]
        found += [each for each in dict.fromkeys(imported) if each not in found]
    return tuple(found)
