"""A stretch of a file over a connection: by the kernel where nothing is encrypted (sendfile), else read and encrypted.

Step by step, and only a few steps each time round the loop, whoever they are for: while a whole committee fetches its
papers, a vote still gets through. Little lies unsent in the kernel, so that on one line, too, nothing waits behind
megabytes of a paper.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from pathlib import Path
from typing import Protocol, TypeVar

from aiohttp import web

from store.files import opening

STEP = 256 * 1024
UNSENT = 256 * 1024  # bytes of a connection that wait in the kernel for its line
PATIENCE_S = 60.0  # without a byte taken: then whoever fetches is gone
AT_ONCE = 4  # steps each time round the loop: about a millisecond of it


class Turns(Protocol):
    """Who sends takes a turn for each piece."""

    async def take(self, left: int) -> int:
        """Waits; returns how many of the LEFT bytes may go now, at least one."""


class EqualTurns:
    """Lets AT_ONCE of those who wait go on, each time round the loop; whoever came first goes first."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._coming = False

    async def take(self, left: int) -> int:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        if not self._coming:
            self._coming = True
            loop.call_soon(self._next, loop)
        await mine
        return min(left, STEP)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            settle(self._waiting.popleft(), None)  # of a sender that gave up meanwhile, nothing
        self._coming = bool(self._waiting)
        if self._coming:
            loop.call_soon(self._next, loop)


TURNS = EqualTurns()


async def send(
    response: web.StreamResponse, transport: asyncio.Transport, path: Path, start: int, end: int, turns: Turns
) -> None:
    """The bytes of PATH from START up to END, behind headers that were sent, in TURNS. Raises ConnectionError."""
    file = await opening(path, "rb")
    try:
        _demand_open(transport)
        os.posix_fadvise(file.fileno(), start, end - start, os.POSIX_FADV_WILLNEED)
        _keep_little(transport)
        if transport.get_extra_info("sslcontext") is not None:
            while start < end:
                piece = await _read(file.fileno(), start, await turns.take(end - start))
                await response.write(piece)
                start += len(piece)
        else:
            first = await turns.take(end - start)
            _demand_open(transport)
            # asyncio's own waits until the headers are out
            await asyncio.get_running_loop().sendfile(transport, file, start, first)
            await _by_kernel(transport, file.fileno(), start + first, end, turns)
    finally:
        file.close()


async def _by_kernel(transport: asyncio.Transport, fd: int, at: int, end: int, turns: Turns) -> None:
    """Nothing else writes to TRANSPORT until its answer is complete, so its socket may be written to directly."""
    _demand_open(transport)
    out = os.dup(transport.get_extra_info("socket").fileno())  # asyncio lets nobody else watch the transport's own
    try:
        while at < end:
            may = await turns.take(end - at)
            _demand_open(transport)
            try:
                sent = os.sendfile(out, fd, at, may)
            except BlockingIOError:
                await _writable(out)
            else:
                if not sent:
                    raise ConnectionAbortedError("the file ended")
                at += sent
    finally:
        os.close(out)


def _demand_open(transport: asyncio.Transport) -> None:
    if transport.is_closing():
        raise ConnectionResetError("whoever fetched is gone")


Given = TypeVar("Given")


def settle(one: asyncio.Future[Given], result: Given) -> None:
    if not one.done():
        one.set_result(result)


async def _writable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_writer(fd, settle, ready, None)
    try:
        await asyncio.wait_for(ready, PATIENCE_S)
    except TimeoutError:
        raise ConnectionAbortedError("nobody takes it") from None
    finally:
        loop.remove_writer(fd)


def _keep_little(transport: asyncio.Transport) -> None:
    made = transport.get_extra_info("socket")
    if made is not None and made.family in (socket.AF_INET, socket.AF_INET6):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)


async def _read(fd: int, at: int, count: int) -> memoryview:
    """What is not in memory yet is read beside the loop, so that nobody waits for the disk."""
    into = memoryview(bytearray(count))
    try:
        came = os.preadv(fd, [into], at, os.RWF_NOWAIT)
    except OSError:  # not in memory, or a file system that cannot say so
        came = 0
    while came < count:
        more = await asyncio.to_thread(os.preadv, fd, [into[came:]], at + came)
        if not more:
            raise ConnectionAbortedError("the file ended")
        came += more
    return into
