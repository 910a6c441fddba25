"""web.sendfile: the bytes of a file over connections, whole and in order, whatever the line and the disk do."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from web import sendfile, tls

SIZE = 3 * sendfile.STEP + 12_345
Serve = Callable[..., Any]


@pytest.fixture
def body() -> bytes:
    return random.Random(5).randbytes(SIZE)


@pytest.fixture
def paper(tmp_path: Path, body: bytes) -> Path:
    (tmp_path / "paper").write_bytes(body)
    return tmp_path / "paper"


class Server:
    """Sends ?from=&to= of one file; what its senders raised."""

    def __init__(self, path: Path) -> None:
        self.path, self.faults, self.told = path, [], SIZE  # type: ignore[var-annotated]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        start, end = int(request.query.get("from", 0)), int(request.query.get("to", self.told))
        response = web.StreamResponse(headers={"Content-Length": str(end - start)})
        await response.prepare(request)
        assert request.transport is not None
        try:
            await sendfile.send(response, request.transport, self.path, start, end, sendfile.TURNS)
        except ConnectionError as fault:
            self.faults.append(fault)
            raise
        await response.write_eof()
        return response


@pytest.fixture(params=["plain", "TLS"])
async def server(
    request: pytest.FixtureRequest, tmp_path: Path, paper: Path
) -> AsyncIterator[tuple[Server, str, ssl.SSLContext | None]]:
    made = Server(paper)
    application = web.Application()
    application.router.add_get("/", made.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    trust = context = None
    if request.param == "TLS":
        certificate, key = tls.ensure(tmp_path / "tls", ["localhost"], datetime.now(UTC))
        context, trust = tls.context(certificate, key), ssl.create_default_context(cafile=str(tmp_path / "tls/ca.crt"))
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    yield made, f"{'https' if trust else 'http'}://localhost:{port}/", trust
    await runner.cleanup()


def session(trust: ssl.SSLContext | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust or False, limit=0))


async def test_whole_and_in_stretches(server: tuple[Server, str, ssl.SSLContext | None], body: bytes) -> None:
    _, url, trust = server
    step = sendfile.STEP
    async with session(trust) as http:
        for start, end in ((0, SIZE), (0, 1), (7, 7), (step - 1, step + 1), (step, 3 * step), (SIZE - 1, SIZE)):
            async with http.get(f"{url}?from={start}&to={end}") as answer:
                assert await answer.read() == body[start:end]


async def test_many_at_once_on_lines_that_are_full(
    server: tuple[Server, str, ssl.SSLContext | None], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reads slowly, with little room in its socket, so that the kernel says again and again: not now."""
    _, url, trust = server
    monkeypatch.setattr(sendfile, "UNSENT", 16 * 1024)

    async def fetch(http: aiohttp.ClientSession) -> bytes:
        async with http.get(url) as answer:
            pieces = []
            async for piece in answer.content.iter_chunked(50_000):
                pieces.append(piece)
                await asyncio.sleep(0.001)
        return b"".join(pieces)

    async with session(trust) as http:
        assert set(await asyncio.gather(*(fetch(http) for _ in range(12)))) == {body}


async def test_who_goes_away_half_way_ends_the_sending(server: tuple[Server, str, ssl.SSLContext | None]) -> None:
    made, url, trust = server
    made.told = 200_000_000  # more than any socket takes; all holes behind the first
    with made.path.open("r+b") as file:
        file.truncate(made.told)
    async with session(trust) as http:
        answer = await http.get(url)
        await answer.content.read(1000)
        answer.close()
        for _ in range(200):
            if made.faults:
                break
            await asyncio.sleep(0.05)
    assert made.faults
    open_files = [os.readlink(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd") if _exists(one)]
    assert str(made.path) not in open_files


def _exists(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")


@pytest.mark.parametrize("server", ["plain"], indirect=True)  # over TLS it is aiohttp that waits
async def test_who_takes_nothing_is_not_waited_for_without_end(
    server: tuple[Server, str, ssl.SSLContext | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, url, _ = server
    monkeypatch.setattr(sendfile, "PATIENCE_S", 0.2)
    made.told = 200_000_000
    with made.path.open("r+b") as file:
        file.truncate(made.told)
    before = len(os.listdir("/proc/self/fd"))
    port = int(url.rpartition(":")[2].rstrip("/"))
    reader, writer = await asyncio.open_connection("localhost", port, limit=1024)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await reader.read(100)
    writer.write_eof()  # and reads no more
    for _ in range(200):
        if made.faults:
            break
        await asyncio.sleep(0.05)
    assert made.faults
    writer.close()
    await asyncio.sleep(0.1)
    assert len(os.listdir("/proc/self/fd")) <= before


async def test_a_file_that_ends_too_soon_is_no_whole_answer(
    server: tuple[Server, str, ssl.SSLContext | None],
) -> None:
    made, url, trust = server
    made.told = SIZE + 100
    async with session(trust) as http:
        with pytest.raises(aiohttp.ClientError):
            async with http.get(url) as answer:
                await answer.read()
    assert made.faults


async def test_what_is_not_in_memory_is_read_beside_the_loop(
    paper: Path, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, loop_thread, beside = os.preadv, asyncio.get_running_loop(), []

    def cold(fd: int, into: list[Any], at: int, flags: int = 0) -> int:
        if flags & os.RWF_NOWAIT:
            raise BlockingIOError
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            beside.append(at)
        return real(fd, [memoryview(into[0])[:1000]], at)  # and little by little

    monkeypatch.setattr(os, "preadv", cold)
    with paper.open("rb") as file:
        assert bytes(await sendfile._read(file.fileno(), 5, 2500)) == body[5:2505]
    assert beside == [5, 1005, 2005] and loop_thread.is_running()


async def test_few_go_on_each_time_round_the_loop_and_the_first_first() -> None:
    turns, order = sendfile.EqualTurns(), []

    async def go(number: int) -> None:
        await turns.take(1)
        order.append(number)

    tasks = [asyncio.create_task(go(number)) for number in range(3 * sendfile.AT_ONCE)]
    counts = []
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        counts.append(len(order))
    assert order == list(range(3 * sendfile.AT_ONCE))
    steps = [after - before for before, after in itertools.pairwise(counts)]
    assert max(steps) == sendfile.AT_ONCE
    waiting = asyncio.create_task(turns.take(1))
    await asyncio.sleep(0)
    waiting.cancel()
    await turns.take(1)  # who gave up is not waited for


async def test_a_socket_without_such_limits_is_left_alone() -> None:
    ours, _theirs = socket.socketpair()
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    sendfile._keep_little(transport)
    transport.close()
    _theirs.close()
