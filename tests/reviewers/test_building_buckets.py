"""Whole builds from buckets of S3 and Google Cloud Storage, as stores that speak their protocols answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

import pytest

from quell.blobs.reader import BlobReader
from quell.jobs.worker import JobWorker
from quell.reviewers.assembly import tasks
from tests.reviewers.bench import EXAMPLES, Api, Bench

FILE = "/policies/forum/kettles.jsonl"


class Bucket(ThreadingHTTPServer):
    """Objects by path; those that are put are kept if the bucket is writable."""

    def __init__(self, *, writable: bool) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.writable = writable
        self.objects = {FILE: EXAMPLES}


class Answering(BaseHTTPRequestHandler):
    """Answers GET and PUT of objects as both stores do."""

    protocol_version = "HTTP/1.1"
    server: Bucket

    def do_GET(self) -> None:
        """Give an object."""
        body = self.server.objects.get(self._path())
        self._answer(404 if body is None else 200, body or b"")

    def do_PUT(self) -> None:
        """Take an object."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.writable:
            self.server.objects[self._path()] = body
        self._answer(200 if self.server.writable else 403)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _path(self) -> str:
        return unquote(self.path.partition("?")[0])

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(*, writable: bool) -> Iterator[Bucket]:
    """Serve a bucket on loopback."""
    bucket = Bucket(writable=writable)
    thread = Thread(target=bucket.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        bucket.shutdown()
        thread.join()
        bucket.server_close()


def stores_of(scheme: str, endpoint: str) -> Mapping[str, Mapping[str, str]]:
    """Return what an operator writes under blob_stores."""
    if scheme == "s3":
        keys = {"access_key_id": "AKID", "secret_access_key": "hush", "region": "eu-west-1"}
        return {"s3://policies": {**keys, "allow_http": "true", "endpoint": endpoint}}
    account = {"gcs_base_url": endpoint, "disable_oauth": True, "client_email": ""}
    account |= {"private_key": "", "private_key_id": ""}
    return {"gs://policies": {"service_account_key": json.dumps(account), "allow_http": "true"}}


@pytest.mark.parametrize("scheme", ["s3", "gs"])
@pytest.mark.parametrize("writable", [True, False])
def test_examples_come_from_a_bucket(bench: Bench, api: Api, scheme: str, *, writable: bool) -> None:
    """They are copied beside the file where the bucket takes copies, and the version is as good where not."""
    with serving(writable=writable) as bucket:
        reader = BlobReader.open("deny", (), stores_of(scheme, f"http://127.0.0.1:{bucket.server_port}"))
        made = tasks(bench.database, bench.reviewers.engines, reader, new_id=bench.new_id, clock=bench.clock)
        worker = JobWorker(bench.database, bench.reviewers.jobs, made, bench.clock, "worker")
        api.put("Forum", {"exampleBlobUrl": f"{scheme}://policies/forum/kettles.jsonl"})
        api.put("Absent", {"exampleBlobUrl": f"{scheme}://policies/forum/absent.jsonl"})
        while worker.run_next():
            pass
        reader.close()
    version, absent = (api.get(name).json()["value"][0] for name in ("Forum", "Absent"))

    assert version["status"] == "Succeeded", version
    assert (absent["status"], "no such blob" in absent["error"]) == ("Failed", True)
    assert len(bench.reviewers.service.examples("Forum")) == 4
    assert ("exampleBlobCopyUrl" in version) is writable
    if writable:
        copy = version["exampleBlobCopyUrl"]
        assert copy.startswith(f"{scheme}://policies/forum/kettles-Forum-v1-")
        assert bucket.objects[copy.removeprefix(f"{scheme}:/")] == EXAMPLES
