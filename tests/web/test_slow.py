"""Those who ask slowly, never finish asking, or only stand there: web.guard, web.app, web.queue, web.routes.verify,
web.channel
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

import pytest

from store.errors import Unavailable
from tests.kit.media import until
from tests.kit.node import Node, pdf
from web import app, channel, guard
from web.queue import MOST, MOST_OF_ONE, PublicQueue


@contextlib.asynccontextmanager
async def raw(node: Node, said: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which SAID was said and nothing more."""
    trust = ssl.create_default_context(cafile=str(node.settings.folder / "tls" / "ca.crt"))
    reader, writer = await asyncio.open_connection("127.0.0.1", node.settings.port, ssl=trust)
    writer.write(said)
    await writer.drain()
    try:
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def head(node: Node, path: str, length: int) -> bytes:
    lines = f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{node.settings.port}", f"Origin: {node.base}"
    return "\r\n".join([*lines, "Content-Type: application/json", f"Content-Length: {length}", "", ""]).encode()


@pytest.mark.parametrize("path", ["/api/verify", "/api/session"])
async def test_a_body_that_stands_still_is_given_up(node: Node, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(guard, "STALL_S", 0.2)
    async with raw(node, head(node, path, 1000) + b'{"login":') as reader:
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
        assert answer.startswith(b"HTTP/1.1 408")


async def test_a_body_that_hardly_moves_is_given_up(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "STALL_S", 0.3)
    trust = ssl.create_default_context(cafile=str(node.settings.folder / "tls" / "ca.crt"))
    reader, writer = await asyncio.open_connection("127.0.0.1", node.settings.port, ssl=trust)
    writer.write(head(node, "/api/verify", 1000))
    said = asyncio.create_task(reader.readuntil(b"\r\n"))
    for _ in range(100):
        if said.done():
            break
        with contextlib.suppress(ConnectionError):
            writer.write(b"x")
            await writer.drain()
        await asyncio.sleep(0.05)
    assert (await said).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_places_for_checks_are_few_and_stalled_ones_come_back(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "STALL_S", 1.0)
    anyone = await node.browser()
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            await stack.enter_async_context(raw(node, head(node, "/api/verify", 10**6) + b"%PDF-"))
        places = node.office.checks._places
        await until(lambda: places.total() == MOST_OF_ONE, what="all places to be taken")
        busy = await anyone.post("/api/verify", data=pdf())
        assert (busy.status, busy.code) == (503, "busy-checking")
        await until(lambda: not places.total(), what="the stalled to be given up")
        assert (await anyone.post("/api/verify", data=pdf())).body["state"] == "cannot-tell"


def test_one_source_does_not_take_every_place() -> None:
    queue = PublicQueue()
    with contextlib.ExitStack() as stack:
        for number in range(MOST):
            stack.enter_context(queue.place(f"s{number // MOST_OF_ONE}"))
        for source in ("s0", "other"):
            with pytest.raises(Unavailable, match="busy-checking"):
                stack.enter_context(queue.place(source))
    with queue.place("s0"):
        assert queue._places == {"s0": 1}
    assert not queue._places


async def test_a_request_that_never_ends_is_closed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.kit.node import running

    monkeypatch.setattr(app, "IDLE_S", 0.3)
    async with running(tmp_path_factory.mktemp("node")) as node:
        for said in (b"", b"GET / HT", head(node, "/api/verify", 5)[:60]):
            async with raw(node, said) as reader:
                assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_stranger_on_the_channel_has_to_become_someone(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "STRANGER_S", 0.3)
    monkeypatch.setattr(channel, "MOST_STRANGERS", 3)
    browser = await node.browser()
    async with contextlib.AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(browser.channel(hello=False)) for _ in range(3)]
        refused = await browser.ask("GET", "/channel", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
        assert refused.status == 503
        for line in lines:
            await line.say("ping", t=1)
        assert [await line.closed() for line in lines] == [1001] * 3
    credential = await node.enrol("site-district")
    async with browser.channel(credential) as line:
        await asyncio.sleep(0.5)
        await line.ask("ping", "pong", t=2)
