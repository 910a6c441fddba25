"""Files on their way in, piece by piece over bad lines: what web/routes/uploads.py speaks tus 1.0.0 about.

An upload is a file that grows and, beside it, whose it is and how long it will be. What was acknowledged is on the
disk; after a cut, or a restart, the sender asks how much there is and goes on from there. Nothing here is a paper yet:
that begins with documents/actions.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path

import msgspec

from store import background
from store.errors import Missing, Refused, Stale
from store.files import opening, sync, write_durably
from store.locks import Locks
from store.world import World, new_id

LIFE_MS = 24 * 3600 * 1000  # since the last piece came
ASKED_MS = 15 * 60 * 1000  # for a person to answer for a stamp
MOST = 20  # uploads of one person at a time
MOST_BYTES = 5  # times the largest paper, of one person in all
SPARE = 256 * 1024**2  # bytes of the disk that are left alone
LOOK_S = 600.0
ID = re.compile(r"[0-9a-f-]{36}")


class Upload(msgspec.Struct, frozen=True):
    """`length`: bytes it will have; `offset`: those that are there."""

    id: str
    person: str
    length: int
    ends: int  # UTC milliseconds
    offset: int = 0


class Uploads:
    def __init__(self, world: World, folder: Path, limit: int) -> None:
        self._world = world
        self._folder = folder
        self._limit = limit  # bytes of one file
        self._beginning = asyncio.Lock()
        self._locks = Locks()
        self._busy: dict[str, asyncio.Task[object]] = {}  # who is writing, so that who comes anew takes over
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._task = asyncio.create_task(background.repeat(self.sweep, LOOK_S, "uploads"))

    async def close(self) -> None:
        await background.end(self._task)

    async def begin(self, person: str, length: int) -> Upload:
        """Raises Refused `too-large`, `uploads-many`, `store-full`."""
        if length > self._limit:
            raise Refused("too-large", limit=self._limit // 1_000_000)
        async with self._beginning:  # so that what is counted is still so when this one is written
            known = await asyncio.to_thread(self._all)
            mine = [one for one in known if one.person == person]
            if len(mine) >= MOST or sum(one.length for one in mine) + length > MOST_BYTES * self._limit:
                raise Refused("uploads-many")
            to_come = sum(one.length - one.offset for one in known)
            if length + to_come + SPARE > shutil.disk_usage(self._folder).free:
                raise Refused("store-full")
            made = Upload(new_id(self._world), person, length, self._ends(LIFE_MS))
            await asyncio.to_thread(self._write, made)
        return made

    async def find(self, person: str, id: str) -> Upload:
        """How far it is; whoever was still writing, over a line that is dead, writes no more. Raises Missing."""
        await asyncio.to_thread(self._read, person, id)  # it is theirs
        await self._stop(id)
        return await asyncio.to_thread(self._read, person, id)

    async def append(self, person: str, id: str, offset: int, source: AsyncIterable[bytes]) -> Upload:
        """Bytes from OFFSET on. What came is durable on return, and kept where the line is cut. Raises Stale
        `upload-elsewhere` for another offset than the one that is reached; Refused for more than there should be."""
        await asyncio.to_thread(self._read, person, id)  # it is theirs
        await self._stop(id)
        task = asyncio.current_task()
        assert task is not None
        self._busy[id] = task  # nothing waits between these two: of two that come at once, one is stopped
        try:
            found = await asyncio.to_thread(self._read, person, id)
            if offset != found.offset:
                raise Stale("upload-elsewhere", offset=found.offset)
            await self._take(found, source)
            await asyncio.to_thread(self._write, msgspec.structs.replace(found, ends=self._ends(LIFE_MS)))
            return await asyncio.to_thread(self._read, person, id)
        finally:
            if self._busy.get(id) is task:
                del self._busy[id]

    async def _take(self, found: Upload, source: AsyncIterable[bytes]) -> None:
        path, left = self._path(found.id), found.length - found.offset
        with await opening(path, "ab") as growing:
            try:
                async for piece in source:
                    left -= len(piece)
                    if left < 0:
                        raise Refused("upload-longer")
                    await asyncio.to_thread(growing.write, piece)
            finally:
                growing.flush()
                await asyncio.shield(asyncio.to_thread(os.fdatasync, growing.fileno()))

    def held(self, id: str) -> contextlib.AbstractAsyncContextManager[None]:
        """One at a time makes something of an upload: who asks again meanwhile waits for what became of it."""
        return self._locks.held(id)

    @contextlib.asynccontextmanager
    async def whole(self, person: str, id: str) -> AsyncIterator[Path]:
        """The file, all of it there; left without an error, it is gone. What a stamp stopped does not lie about for
        long. Raises Missing, Refused `upload-unfinished`."""
        found = await self.find(person, id)
        if found.offset != found.length:
            raise Refused("upload-unfinished")
        try:
            yield self._path(id)
        except Refused as refusal:
            if refusal.code == "secret-stamp":
                await asyncio.to_thread(self._write, msgspec.structs.replace(found, ends=self._ends(ASKED_MS)))
            raise
        await asyncio.to_thread(self._remove, id)

    async def drop(self, person: str, id: str) -> None:
        await self.find(person, id)
        await asyncio.to_thread(self._remove, id)

    async def sweep(self) -> None:
        """Remove what nobody came back for, and what a crash left half made."""
        await asyncio.to_thread(self._remove_orphans)
        now = self._world.now().utc_ms
        for one in await asyncio.to_thread(self._all):
            if one.ends <= now and one.id not in self._busy:
                await asyncio.to_thread(self._remove, one.id)

    async def _stop(self, id: str) -> None:
        while (task := self._busy.get(id)) is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait([task])

    def _ends(self, life_ms: int) -> int:
        return self._world.now().utc_ms + life_ms

    # ── on the disk ──

    def _path(self, id: str) -> Path:
        if not ID.fullmatch(id):
            raise Missing("no-such-upload")  # no string from outside ever becomes a path
        return self._folder / id

    def _about(self, id: str) -> Path:
        return self._path(id).with_suffix(".json")

    def _write(self, upload: Upload) -> None:
        if not self._path(upload.id).exists():
            self._path(upload.id).touch(0o600)
            sync(self._folder)
        write_durably(self._about(upload.id), msgspec.json.encode(upload), private=True)

    def _read(self, person: str, id: str) -> Upload:
        try:
            found = msgspec.json.decode(self._about(id).read_bytes(), type=Upload)
            size = self._path(id).stat().st_size
        except (FileNotFoundError, msgspec.DecodeError):
            raise Missing("no-such-upload") from None
        if found.person != person:
            raise Missing("no-such-upload")
        return msgspec.structs.replace(found, offset=size)

    def _all(self) -> list[Upload]:
        found = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
                about = msgspec.json.decode(path.read_bytes(), type=Upload)
                found.append(msgspec.structs.replace(about, offset=self._path(about.id).stat().st_size))
        return found

    def _remove_orphans(self) -> None:
        """Bytes of which nothing is said; being made takes no hour."""
        for path in self._folder.iterdir():
            old = path.stat().st_mtime < self._world.now().utc_ms / 1000 - 3600
            if old and path.suffix != ".json" and not path.with_suffix(".json").exists():
                path.unlink(missing_ok=True)

    def _remove(self, id: str) -> None:
        for path in (self._path(id), self._about(id)):  # what it says of itself last: the sweep goes by that
            path.unlink(missing_ok=True)
        sync(self._folder)
