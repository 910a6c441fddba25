"""The workshop: processes that open files, so that a slow, huge or hostile one harms no one else.

A job is a name and a few parameters; bytes go through files in a private folder. A worker has limits on memory,
no network where the system lets it give that up, and is killed when a job takes too long. One job at a time each.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from store.errors import Fault, Refused, Unavailable

log = logging.getLogger("bacap.workshop")

WORKERS = 2
TIME_S = 15.0
MEMORY = 1024**3  # plus twice the largest file of the job
GROWN = 50  # jobs after which a worker is replaced, whatever it may have kept


class Job(msgspec.Struct, frozen=True):
    name: str
    folder: str
    given: Mapping[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """`refused` is a code; then `result` fills its text."""

    result: Any = None
    refused: str = ""


class Worker:
    """One process and its pipes."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: asyncio.subprocess.Process | None = None
        self._jobs = 0

    async def do(self, job: Job, memory: int, seconds: float) -> Answer:
        """Raises Refused `workshop-limit` when the file wants more time or memory than anyone may have."""
        process = await self._ready()
        resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))
        assert process.stdin is not None and process.stdout is not None
        self._jobs += 1
        try:
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            line = await asyncio.wait_for(process.stdout.readline(), seconds)
            answer = msgspec.json.decode(line, type=Answer)
        except (TimeoutError, msgspec.DecodeError, ConnectionError, ValueError) as error:
            log.warning("%s ended the worker: %r", job.name, error)
            await self.end()
            raise Refused("workshop-limit") from error
        except asyncio.CancelledError:
            await self.end()
            raise
        if self._jobs >= GROWN or answer.refused == "workshop-limit":  # what filled it is not the next file's burden
            await self.end()
        return answer

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            words = (sys.executable, "-m", self._module)
            self._process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, limit=64 * 1024**2)
            self._jobs = 0
        return self._process

    async def start(self) -> None:
        await self._ready()

    async def end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # the pipes go with the process


class Workshop:
    """A few workers, and a folder a job."""

    def __init__(self, module: str = "documents.bench", workers: int = WORKERS) -> None:
        self._workers = [Worker(module) for _ in range(workers)]
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        for worker in self._workers:
            self._free.put_nowait(worker)
        self._folder = Path(tempfile.mkdtemp(prefix="bacap-workshop-"))

    async def start(self) -> None:
        """Have the workers ready before they are asked; a job that comes meanwhile does no harm."""
        for _ in self._workers:
            worker = await self._free.get()
            try:
                await worker.start()
            finally:
                self._free.put_nowait(worker)

    @contextlib.asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """A folder for the files of one job, gone afterwards."""
        made = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
        try:
            yield made
        finally:
            await asyncio.to_thread(shutil.rmtree, made, True)

    async def do(self, name: str, folder: Path, /, seconds: float = TIME_S, **given: Any) -> Any:
        """Run a job over the files in FOLDER; returns its result. Raises the Refused it decided on."""
        largest = max((entry.stat().st_size for entry in os.scandir(folder)), default=0)
        worker = await self._free.get()
        try:
            answer = await worker.do(Job(name, str(folder), given), MEMORY + 2 * largest, seconds)
        except OSError as error:
            raise Unavailable("workshop-away") from error
        finally:
            self._free.put_nowait(worker)
        if answer.refused:
            raise Refused(answer.refused, **(answer.result or {}))
        return answer.result

    async def close(self) -> None:
        for worker in self._workers:
            await worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def answer_of(fault: Fault) -> Answer:
    return Answer(dict(fault.params), fault.code)
