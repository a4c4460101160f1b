"""A bucket in memory that speaks as much of S3 as is read: listing in pages, heads and ranges."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_PAGE = 2
_DATE = "Mon, 02 Nov 2026 10:00:00 GMT"


class _Handler(BaseHTTPRequestHandler):
    bucket: ClassVar[str]
    objects: ClassVar[Mapping[str, bytes]]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._object(body=False)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if unquote(url.path).strip("/") == self.bucket:
            self._list(parse_qs(url.query))
        else:
            self._object(body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _object(self, *, body: bool) -> None:
        content = self.objects.get(unquote(urlsplit(self.path).path).removeprefix(f"/{self.bucket}/"))
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", body=body)
            return
        asked = self.headers.get("Range", "")
        if asked:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1]
            where = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
            self._answer(206, part, tag=content, content_range=where)
        else:
            self._answer(200, content, tag=content, body=body)

    def _list(self, query: Mapping[str, list[str]]) -> None:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = [key for key in sorted(self.objects, reverse=True) if key.startswith(prefix)]
        rest = keys[int(after or 0) :]
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-02T10:00:00.000Z</LastModified>"
            f'<ETag>"{_tag(self.objects[key])}"</ETag><Size>{len(self.objects[key])}</Size></Contents>'
            for key in rest[:_PAGE]
        )
        more = len(rest) > _PAGE
        token = f"<NextContinuationToken>{int(after or 0) + _PAGE}</NextContinuationToken>" if more else ""
        listing = f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}"
        self._answer(200, f"<ListBucketResult>{listing}</ListBucketResult>".encode())

    def _answer(
        self, status: int, content: bytes, *, tag: bytes = b"", content_range: str = "", body: bool = True
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", _DATE)
        self.send_header("ETag", f'"{_tag(tag)}"')
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        if body:
            self.wfile.write(content)


@contextmanager
def s3_bucket(name: str, objects: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
    """Serve a bucket; yield what the setting `blob_stores` has to know of it."""
    handler = type("Handler", (_Handler,), {"bucket": name, "objects": objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield {
                "endpoint": f"http://127.0.0.1:{server.server_port}",
                "allow_http": "true",
                "access_key_id": "AKID",
                "secret_access_key": "hush-hush",
                "region": "eu-west-1",
            }
        finally:
            server.shutdown()
            thread.join()


def _tag(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]
