"""What a page of the Studio weighs on the wire: its document and every file that it asks for, as sent."""

import re

import httpx

from quell.studio.pages import PAGES, ROOT
from tests.acceptance.live_server import KEY

_ASKED = re.compile(rf'(?:href|src)="({ROOT}/static/[^"]+)"')
_IMPORTED = re.compile(r'(?:from|import) "\./([a-z_]+\.js)"')


def page_weights(endpoint: str) -> dict[str, int]:
    """Return the bytes of each page, by name, compressed where the server compresses."""
    with httpx.Client(base_url=endpoint, headers={"Accept-Encoding": "gzip"}, timeout=60) as client:
        answer = client.post(f"{ROOT}/sign-in", data={"key": KEY})
        assert answer.status_code == 303
        files: dict[str, tuple[int, str]] = {}
        return {page.name: _weight(client, page.name, page.module, files) for page in PAGES}


def _weight(client: httpx.Client, name: str, module: str, files: dict[str, tuple[int, str]]) -> int:
    total, document = _taken(client, f"{ROOT}/{name}")
    waiting = [*_ASKED.findall(document), f"{ROOT}/static/{module}.js"]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in files:
            files[path] = _taken(client, path)
        size, text = files[path]
        total += size
        waiting += [f"{ROOT}/static/{each}" for each in _IMPORTED.findall(text)]
    return total


def _taken(client: httpx.Client, path: str) -> tuple[int, str]:
    with client.stream("GET", path) as answer:
        assert answer.status_code == 200, path
        raw = b"".join(answer.iter_raw())
    return len(raw), httpx.Response(200, headers=answer.headers, content=raw).text
