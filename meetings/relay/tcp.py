"""Media over TCP, for networks that let no UDP through: ICE-TCP, passive side (RFC 6544), framed by RFC 4571.

A stream stands in place of an address: what comes is handed on like datagrams, and what goes out is dropped once the
line cannot take it, pictures long before sound.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

log = logging.getLogger("bacap.relay")

LONGEST = 2048  # bytes of one frame
MOST = 128 * 1024  # bytes that may wait in one stream; behind that all is dropped
MOST_PICTURES = 32 * 1024  # behind this, pictures: a voice waits for no more than these
MOST_STREAMS = 1000
PROVE_S = 10.0  # by then a stranger has shown, by STUN, that he was invited


class Stream(asyncio.Protocol):
    """One connection."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._transport: asyncio.Transport | None = None
        self._held = b""
        self.proved = False
        self.peer: tuple[str, int] = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._streams.open) >= MOST_STREAMS:
            transport.abort()
            return
        self.peer = transport.get_extra_info("peername")[:2]
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._streams.open.add(self)
        asyncio.get_running_loop().call_later(PROVE_S, self._prove)

    def _prove(self) -> None:
        if not self.proved:
            self.close()

    def data_received(self, data: bytes) -> None:
        held, at = self._held + data, 0
        while len(held) - at >= 2:
            size = int.from_bytes(held[at : at + 2])
            if size > LONGEST:
                self.close()
                return
            if len(held) - at - 2 < size:
                break
            if size:
                self._streams.on_data(self, held[at + 2 : at + 2 + size])
            at += 2 + size
        self._held = held[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._streams.open.discard(self)
        self._streams.on_gone(self)

    def send(self, data: bytes, picture: bool = False) -> bool:
        """False: it was dropped."""
        transport, most = self._transport, MOST_PICTURES if picture else MOST
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > most:
            return False
        transport.write(len(data).to_bytes(2) + data)
        return True

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Streams:
    """All connections of a worker. `on_data(stream, datagram)`, `on_gone(stream)`."""

    def __init__(self, on_data: Callable[[Stream, bytes], None], on_gone: Callable[[Stream], None]) -> None:
        self.on_data, self.on_gone = on_data, on_gone
        self.open: set[Stream] = set()
        self._server: asyncio.Server | None = None
        self.number = 0

    async def listen(self, host: str, number: int) -> None:
        """Raises OSError where the port is taken."""
        both = ":" in host  # one socket for IPv4 too, as the UDP port has; asyncio's own would be for IPv6 alone
        family = socket.AF_INET6 if both else socket.AF_INET
        sock = socket.create_server((host, number), family=family, dualstack_ipv6=both)
        self._server = await asyncio.get_running_loop().create_server(lambda: Stream(self), sock=sock)
        self.number = sock.getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for stream in list(self.open):
            stream.close()
