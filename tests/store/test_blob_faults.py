"""store.blobs where the store behind it fails: a disk that is full, an S3 that loses bytes, lies or breaks off. What
does not read back as it came is never kept, and nobody is told that it was."""

from __future__ import annotations

import re
import resource
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from store.blobs import Blobs, open_blobs
from store.errors import Unavailable

DATA = b"".join(index.to_bytes(4) for index in range(100_000))
ACCESS = {"access_key_id": "testing", "secret_access_key": "testing", "region": "us-east-1"}


class Shelf(ThreadingHTTPServer):
    """An S3 of one bucket, in memory, on the loopback. `fault`: what it does wrong."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.held: dict[str, bytes] = {}
        self.fault = ""


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shelf

    def log_message(self, *_: Any) -> None:
        pass

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("ETag", '"wrong"' if self.server.fault == "etag" else '"0"')
        self.send_header("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = len(body) // 2 if self.server.fault == "breaks" and len(body) > 100 else len(body)
        self.wfile.write(body[:cut])
        if cut < len(body):
            self.close_connection = True

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fault
        if fault == "full":
            return self._say(507)
        kept = {"loses": body[:-1000], "lies": bytes(len(body)), "forgets": None}.get(fault, body)
        if kept is not None:
            self.server.held[self.path] = kept
        return self._say(200)

    def do_HEAD(self) -> None:
        found = self.server.held.get(self.path)
        if found is None:
            return self._say(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(found)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
        return self.end_headers()

    def do_GET(self) -> None:
        found = self.server.held.get(self.path)
        if found is None:
            return self._say(404)
        asked = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            return self._say(200, found)
        start, end = int(asked[1]), min(int(asked[2]) + 1, len(found))
        return self._say(206, found[start:end], Content_Range=f"bytes {start}-{end - 1}/{len(found)}")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    server = Shelf()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def blobs_on(shelf: Shelf) -> Blobs:
    return open_blobs("s3://papers/x", endpoint=f"http://127.0.0.1:{shelf.server_port}", **ACCESS)


async def test_the_shelf_of_this_test_keeps_what_it_should(shelf: Shelf) -> None:
    blobs = blobs_on(shelf)
    for fault in ("", "etag"):  # an ETag is the store's own affair: what counts is what reads back
        shelf.fault = fault
        assert await blobs.load(await blobs.keep(DATA + fault.encode())) == DATA + fault.encode()


@pytest.mark.parametrize("fault", ["loses", "lies", "forgets", "breaks"])
async def test_what_does_not_read_back_is_not_kept(shelf: Shelf, fault: str) -> None:
    blobs = blobs_on(shelf)
    shelf.fault = fault
    with pytest.raises(Unavailable):
        await blobs.keep(DATA)
    shelf.fault = ""
    assert await blobs.load(await blobs.keep(DATA)) == DATA, "and once it is well, the same bytes are kept"


async def test_a_body_that_breaks_off_is_told_as_the_stores_fault(shelf: Shelf) -> None:
    blobs = blobs_on(shelf)
    sha256 = await blobs.keep(DATA)
    shelf.fault = "breaks"
    with pytest.raises(Unavailable):
        await blobs.load(sha256)


async def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path}/blobs")
    small = await blobs.keep(b"small")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, before[1]))  # as far as files go, the disk ends here
    try:
        with pytest.raises(Unavailable):
            await blobs.keep(DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await blobs.load(small) == b"small" and await blobs.load(await blobs.keep(DATA)) == DATA
    assert not [path for path in tmp_path.rglob("*#*")], "nothing half written lies about"
