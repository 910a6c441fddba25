"""The web process's side of recordings: a recorder's process for each sitting that is being recorded, its file kept
among the papers when it is done. What a crash left behind is finished and kept at the next start.

A recorder that ends although it should not, for the relay was gone or it was killed, is followed by another: the
recording then has several files.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from store.chain import Event
from store.errors import Fault, Unavailable

from ..house import House
from ..relay.control import Message
from ..relay.fleet import Fleet
from ..sitting import commands as c
from ..sitting.events import RecordingFile
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.state import State
from . import control
from .control import Answer, Chapter, Ended, Made, Offer, Running, Stop

log = logging.getLogger("bacap.recorder")

ENDPOINT = "#recorder"  # in a room's media; no site or person has such an id
JOIN_S, RUN_S, MEND_S = 20.0, 86_400.0, 3600.0
AGAIN_S, TRIES = 1.0, 10  # starts in a row that came to nothing
PIECE = 1024**2
LARGEST = 1024**4


class RecorderDesk:
    """FOLDER holds what is being recorded, and nothing once it is kept."""

    def __init__(self, house: House, rooms: Rooms, relay: Fleet, folder: Path, codec: str) -> None:
        self._house, self._rooms, self._relay = house, rooms, relay
        self._folder, self._codec = folder, codec
        self._running: dict[str, asyncio.Queue[Message]] = {}  # sitting -> what its recorder is still to be told
        self._tasks: set[asyncio.Task[None]] = set()
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        """Finish what was left behind."""
        for folder in sorted(self._folder.glob("*")) if self._folder.exists() else ():
            self._spawn(self._recover(folder))

    async def close(self) -> None:
        """Recorders are ended where they are; the next start keeps what they wrote."""
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ── what the sitting says ──

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            told = self._running.get(state.id)
            if state.recording and told is None:
                self._running[state.id] = asyncio.Queue()
                self._spawn(self._record(room, state.recording))
            elif told is not None and not state.recording:
                told.put_nowait(Stop())
            elif told is not None and any(event.kind == "item-opened" for event in events):
                told.put_nowait(Chapter(title_of(state)))

        room.on_change.append(changed)
        changed(room.state, [])  # a recording that was on when the web process died

    async def _record(self, room: Room, recording: str) -> None:
        """From the start of RECORDING to its end, one recorder after another."""
        failed = 0
        try:
            while room.state.recording == recording:
                folder = self._new_folder(room.sitting, recording)
                try:
                    ran = await self._run(room, recording, folder)
                except (Fault, OSError, ValueError, TimeoutError) as error:  # DecodeError is a ValueError
                    log.warning("recorder of %s: %r", room.sitting, error)
                    ran = False
                self._spawn(self._keep(room, recording, folder))
                failed = 0 if ran else failed + 1
                if failed == TRIES:
                    await room.ask(room.keeper(), c.EndRecording(recording), trusted=True)
                if room.state.recording == recording:
                    await asyncio.sleep(AGAIN_S)
        finally:
            self._running.pop(room.sitting, None)
        if room.state.recording:  # started anew meanwhile
            self._running[room.sitting] = asyncio.Queue()
            self._spawn(self._record(room, room.state.recording))

    def _new_folder(self, sitting: str, recording: str) -> Path:
        folder = self._folder / f"{sitting}.{recording}.{self._house.now_ms()}"
        folder.mkdir(mode=0o700, parents=True)
        return folder

    # ── one process ──

    async def _run(self, room: Room, recording: str, folder: Path) -> bool:
        """Until it ends. True: it recorded. Raises Fault, OSError, ValueError, TimeoutError."""
        told = self._running[room.sitting] = asyncio.Queue()
        async with _process(folder, self._codec) as process:
            offer = await _hear(process, JOIN_S)
            assert isinstance(offer, Offer)
            _say(process, Answer(await self._relay.join(room.sitting, ENDPOINT, offer.sdp)))
            if await _hear(process, JOIN_S) != Running():
                return False
            # what was opened when it had ended, a closed item perhaps, is no chapter of it
            _say(process, Chapter(title_of(room.state)) if room.state.recording == recording else Stop())
            ended = asyncio.create_task(_hear(process, RUN_S))
            try:
                await _tell_until(process, told, ended)
            finally:
                ended.cancel()
                await self._relay.leave(room.sitting, ENDPOINT)
            return isinstance(ended.result(), Ended)

    async def _keep(self, room: Room, recording: str, folder: Path) -> None:
        """FOLDER's recording among the blobs and in the journal, then the folder gone; else it stays, for the next
        start."""
        try:
            await self._keep_safely(room, recording, folder)
        except (Fault, OSError, ValueError, TimeoutError):
            log.exception("the recording in %s could not be kept yet", folder)

    async def _keep_safely(self, room: Room, recording: str, folder: Path) -> None:
        async with _process(folder, "mend") as process:
            made = await _hear(process, MEND_S)
        assert isinstance(made, Made)
        if made.name:
            path = folder / made.name
            staged = await self._house.blobs.stage(_pieces(path), LARGEST)
            size = staged.size
            sha256 = await self._house.blobs.commit(staged)
            form: Any = path.suffix[1:]
            kept = RecordingFile(recording, sha256, form, size, made.began, made.ms)
            await room.ask(room.keeper(), c.KeepRecording(kept), trusted=True)
        await asyncio.to_thread(shutil.rmtree, folder, True)

    async def _recover(self, folder: Path) -> None:
        try:
            sitting, recording, _ = folder.name.split(".")
            room = await self._rooms.get(sitting)
        except (Fault, ValueError):
            log.exception("%s is no recording of ours", folder)
            return
        await self._keep(room, recording, folder)


def title_of(state: State) -> str:
    """The chapter that goes on now: the item and its number; before the first, the sitting itself."""
    for number, item in enumerate(state.items, 1):
        if item.id == state.item:
            return f"{number}. {item.title}"
    return state.title


@contextlib.asynccontextmanager
async def _process(folder: Path, what: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A recorder, for as long as it is wanted: one that is still there afterwards is killed."""
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-m", "meetings.recorder.worker", str(folder), what)
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    try:
        yield process
    finally:
        process._transport.close()  # type: ignore[attr-defined]  # kills it, if it is still there
        await process.wait()  # nobody is left behind, whoever ends next


def _say(process: asyncio.subprocess.Process, message: Message) -> None:
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(message) + b"\n")


async def _tell_until(
    process: asyncio.subprocess.Process, told: asyncio.Queue[Message], ended: asyncio.Task[Any]
) -> None:
    """What is to be TOLD, as it comes, until it has ENDED."""
    while not ended.done():
        next_told = asyncio.create_task(told.get())
        await asyncio.wait((ended, next_told), return_when=asyncio.FIRST_COMPLETED)
        if next_told.done():
            _say(process, next_told.result())
        next_told.cancel()


async def _hear(process: asyncio.subprocess.Process, seconds: float) -> Any:
    """Its next message. Raises Unavailable where it has ended, TimeoutError, ValueError."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), seconds)
    if not line:
        raise Unavailable("recorder-ended")
    return msgspec.json.decode(line, type=control.ToWeb)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
