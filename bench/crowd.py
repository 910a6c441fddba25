"""Servers and crowds of clients for bench/sitting.py: each server a process of its own, each client a raw socket.

What is measured is the server, so a client costs little: it keeps the bytes that came and when, and decodes nothing.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import resource
import ssl
import struct
import sys
import time
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from web import app, settings, tls, wiring  # noqa: E402

MOST = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (MOST, MOST))  # a client is a file, as in web/cli/web.py

# ── servers, each a process of its own ──


async def serve_office(folder: Path, port: int, secure: int) -> None:
    """The product's own web process, with a second door without TLS."""
    tls.lower_buffers()
    made = settings.read(None, {}, data=str(folder), port=secure, host="127.0.0.1", names=("127.0.0.1",))
    async with wiring.open_office(made) as office:
        office.hosts = frozenset({*office.hosts, "127.0.0.1"})
        runner = app.runner(office)
        await runner.setup()
        certificate, key = wiring.certificate_files(made)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await web.TCPSite(runner, "127.0.0.1", secure, ssl_context=tls.context(certificate, key)).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


async def serve_bare(port: int) -> None:
    """What aiohttp alone can do: whatever one socket says goes to all."""
    sockets: set[web.WebSocketResponse] = set()

    async def channel(request: web.Request) -> web.WebSocketResponse:
        made = web.WebSocketResponse(compress=False)
        await made.prepare(request)
        sockets.add(made)
        async for message in made:
            for one in sockets:
                await one.send_str(message.data)
        return made

    application = web.Application()
    application.router.add_get("/channel", channel)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def process(*words: str):  # type: ignore[no-untyped-def]
    """This file as a server; ended when done."""
    made = await asyncio.create_subprocess_exec(
        sys.executable, __file__, *words, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert made.stdout is not None
    try:
        while b"ready" not in (line := await asyncio.wait_for(made.stdout.readline(), 60)):
            if not line:
                raise RuntimeError("the server ended")
        yield made.pid
    finally:
        made.kill()
        await made.wait()


# ── a client that costs little ──


class Tablet(asyncio.Protocol):
    """A raw WebSocket: keeps what came, and when."""

    def __init__(self) -> None:
        self.got: list[tuple[float, bytes]] = []
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._open = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.got.append((time.perf_counter(), data))
        if not self._open and b"\r\n\r\n" in data:
            self._open = True
            self.ready.set_result(None)

    def say(self, **message: object) -> None:
        data = json.dumps(message).encode()
        head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
        assert self.transport is not None
        self.transport.write(head + b"\0\0\0\0" + data)  # masked with nothing: the server unmasks all the same

    def came(self, needle: bytes) -> float | None:
        return next((at for at, data in self.got if needle in data), None)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()


async def connect(port: int, token: str, secure: ssl.SSLContext | None = None) -> Tablet:
    loop = asyncio.get_running_loop()
    _, tablet = await loop.create_connection(Tablet, "127.0.0.1", port, ssl=secure)
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET /channel HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: https://127.0.0.1:{port}\r\n"
        f"Cookie: __Host-session={token}\r\n\r\n"
    )
    assert tablet.transport is not None
    tablet.transport.write(head.encode())
    await asyncio.wait_for(tablet.ready, 20)
    if b"101" not in tablet.got[0][1][:40]:
        raise RuntimeError(tablet.got[0][1][:300])
    return tablet


async def crowd(
    port: int, tokens: list[str], count: int, sitting: str, secure: ssl.SSLContext | None = None
) -> list[Tablet]:
    """COUNT tablets that follow the sitting, each told of it."""
    made: list[Tablet] = []
    for start in range(0, count, 50):
        made += await asyncio.gather(
            *(connect(port, tokens[n % len(tokens)], secure) for n in range(start, min(start + 50, count)))
        )
    for tablet in made:
        tablet.say(type="hello", v=1)
        tablet.say(type="watch", sitting=sitting, after=0)
    try:
        await until(lambda: all(tablet.came(b'"type":"told"') for tablet in made), 10)
    except TimeoutError:
        raise RuntimeError([data[:200] for _, data in made[0].got]) from None
    for tablet in made:
        tablet.got.clear()
    return made


async def until(done, seconds: float) -> None:  # type: ignore[no-untyped-def]
    ends = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > ends:
            raise TimeoutError
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    if sys.argv[1] == "--office":
        asyncio.run(serve_office(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
    else:
        asyncio.run(serve_bare(int(sys.argv[2])))
