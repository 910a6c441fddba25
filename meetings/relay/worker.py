"""A relay process: `python -m meetings.relay.worker SOCKET HOST UDP-PORT TCP-PORT ADDRESS...` (TCP-PORT may be `none`).

One UDP port for media, a TCP port for those who get no UDP through, one local socket for the web process. When that
dies, media goes on for a minute; when it is back, it says anew what the screens should show.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from pathlib import Path

import msgspec

from store.errors import Malformed

from . import control
from .control import Failed, Gone, Healths, Join, Joined, Leave, Share, Shown, Sync, ToRelay, Wanted, Watch
from .peer import clock
from .port import Port
from .room import Endpoint, Policy, Room
from .upkeep import Upkeep

log = logging.getLogger("bacap.relay")

ALONE_S = 60.0
HEALTH_S = 2.0


class Worker:
    def __init__(self, port: Port) -> None:
        self._port = port
        self.upkeep = Upkeep(port)
        self._writer: asyncio.StreamWriter | None = None
        self._alone: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        port.on_slots = self._tell_slots
        port.on_wanted = self._tell_wanted
        port.on_lost = self._tell_lost

    def _tell(self, message: control.Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(msgspec.json.encode(message) + b"\n")

    def _tell_slots(self, room: Room, endpoint: Endpoint, audio: list[str], video: list[str]) -> None:
        self._tell(Shown(room.id, endpoint.id, tuple(audio), tuple(video)))

    def _tell_wanted(self, room: Room, endpoint: Endpoint, name: str, top: int) -> None:
        self._tell(Wanted(room.id, endpoint.id, name, top))

    def _tell_lost(self, room: Room, endpoint: Endpoint) -> None:
        self._tell(Gone(room.id, endpoint.id))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One web process. A newer one takes over from an older."""
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        self._writer = writer
        try:
            while line := await reader.readline():
                await self._hear(msgspec.json.decode(line, type=ToRelay))
        except (OSError, msgspec.DecodeError, ValueError) as error:
            log.warning("control: %r", error)
        finally:
            if self._writer is writer:
                self._writer = None
                loop = asyncio.get_running_loop()
                self._alone = loop.call_later(ALONE_S, self._give_up)
            writer.close()

    def _give_up(self) -> None:
        """A minute without anyone to say who may hear whom: no one hears anyone."""
        log.warning("no web process for %s s: media ends", ALONE_S)
        for room in list(self._port.rooms.values()):
            for endpoint in list(room.endpoints):
                task = asyncio.ensure_future(self._port.leave(room.id, endpoint))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _hear(self, message: ToRelay) -> None:
        if isinstance(message, Join):
            try:
                answer = await self._port.join(message.room, message.endpoint, message.sdp, message.mosaic)
            except Malformed as fault:
                self._tell(Failed(message.id, fault.code))
            except Exception:
                log.exception("an offer could not be taken")
                self._tell(Failed(message.id, "sdp"))
            else:
                self._tell(Joined(message.id, answer))
        elif isinstance(message, Leave):
            await self._port.leave(message.room, message.endpoint)
        elif isinstance(message, Watch):
            self._port.watch(message.room, message.endpoint, message.names)
        elif isinstance(message, Share):
            self._port.share(message.room, message.endpoint, message.on)
        elif isinstance(message, control.Policy):
            self._steer(message)
        elif isinstance(message, Sync):
            for policy in message.rooms:
                self._steer(policy)
            named = {policy.room for policy in message.rooms}
            for room in [one for one in self._port.rooms.values() if one.policy.echo and one.id not in named]:
                for name in list(room.endpoints):  # a line is tried for nobody any more
                    await self._port.leave(room.id, name)
                self._steer(control.Policy(room.id, (), None))
            for room in self._port.rooms.values():
                for endpoint in room.endpoints.values():
                    self._tell_slots(room, endpoint, endpoint.showing("audio"), endpoint.showing("video"))
                    for source in endpoint.sources.values():
                        if source.kind == "video" and source.asked_top is not None:
                            self._tell_wanted(room, endpoint, source.name, source.asked_top)

    def _steer(self, message: control.Policy) -> None:
        heard = None if message.heard is None else frozenset(message.heard)
        self._port.steer(message.room, Policy(message.stage, heard, message.codec, message.echo), message.lines)

    async def close(self) -> None:
        """Hang up, and let the serving task see it."""
        if self._writer is not None:
            self._writer.close()
            await asyncio.sleep(0.05)
        if self._alone is not None:
            self._alone.cancel()

    async def report(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            self._tell(Healths(tuple(self.upkeep.health(clock()))))


async def main(path: Path, host: str, number: int, tcp: str, addresses: list[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    port = Port(host, number, addresses)
    worker = Worker(port)
    server = await control.listen(path, worker.serve)
    port.open()
    if tcp != "none":
        try:
            await port.streams.listen(host, int(tcp))
        except OSError as error:
            log.warning("no media over TCP, port %s: %s", tcp, error)
    log.info("relaying on UDP port %s of %s", port.number, ", ".join(addresses))
    tasks = [asyncio.create_task(worker.upkeep.run()), asyncio.create_task(worker.report())]
    gc.freeze()  # what was made at start is never garbage
    gc.set_threshold(50_000, 20, 50)
    await stop.wait()
    server.close()
    await worker.close()
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await port.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s relay %(levelname)s %(message)s")
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]))
