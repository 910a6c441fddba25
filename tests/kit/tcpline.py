"""A thin line between a browser and a node: TCP passed on at a limited pace, which a test may cut and mend."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

PIECE = 16 * 1024


class Line:
    """Bytes towards PORT of this machine at PACE bytes a second upwards (0: as they come). `cut` ends every connection
    and takes no new one until `mend`."""

    def __init__(self, port: int, pace: int = 0) -> None:
        self.pace = pace
        self.port = 0
        self.carried = 0  # bytes upwards
        self._towards = port
        self._up = True
        self._moved = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()

    async def until(self, carried: int) -> None:
        """Until so much has gone upwards."""
        while self.carried < carried:
            self._moved.clear()
            await self._moved.wait()

    def cut(self) -> None:
        self._up = False
        for writer in [*self._open]:
            writer.transport.abort()

    def mend(self) -> None:
        self._up = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._towards)
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back, True), self._carry(there, writer, False))
        except OSError:
            pass
        finally:
            for one in (writer, back):
                self._open.discard(one)
                one.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, upwards: bool) -> None:
        while piece := await source.read(PIECE):
            if upwards:
                self.carried += len(piece)
                self._moved.set()
                if self.pace:
                    await asyncio.sleep(len(piece) / self.pace)
            target.write(piece)
            await target.drain()
        raise ConnectionError("ended")


@contextlib.asynccontextmanager
async def thin_line(port: int, pace: int = 0) -> AsyncIterator[Line]:
    made = Line(port, pace)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.cut()
        server.close()
