"""The recorder's process beside a real port, with a publisher of real VP8 and Opus: what it keeps can be decoded, also
after it was killed.

meetings.recorder.worker, meetings.recorder.tape, meetings.recorder.mend, meetings.recorder.control
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.peer import Peer
from meetings.recorder import control
from meetings.recorder.control import Answer, Chapter, Ended, Made, Offer, Running, Stop
from meetings.relay.dtls import new_certificate
from meetings.relay.port import Port
from meetings.relay.upkeep import Upkeep

SECONDS = 4


class Process:
    """A recorder of our own, spoken to as the web process does."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, folder: Path, what: str) -> AsyncIterator[Process]:
        pipe = asyncio.subprocess.PIPE
        words = (sys.executable, "-m", "meetings.recorder.worker", str(folder), what)
        process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
        try:
            yield cls(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # the pipes go with the process

    def say(self, message: control.Message) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(message) + b"\n")

    async def hear(self) -> Any:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 20)
        return msgspec.json.decode(line, type=control.ToWeb)

    async def join(self, port: Port) -> tuple[int, int]:
        """UTC milliseconds between which it was joined."""
        offer = await self.hear()
        assert isinstance(offer, Offer)
        before = time.time_ns() // 1_000_000
        self.say(Answer(await port.join("r", "#recorder", offer.sdp)))
        assert await self.hear() == Running()
        return before, time.time_ns() // 1_000_000


async def mended(folder: Path) -> Made:
    async with Process.start(folder, "mend") as process:
        made = await process.hear()
    assert isinstance(made, Made)
    return made


@contextlib.asynccontextmanager
async def sitting() -> AsyncIterator[tuple[Port, Crowd]]:
    """A port with one publisher, picture and sound."""
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    port.open()
    ticking = asyncio.create_task(Upkeep(port).run())

    async def join(number: int, peer: Peer) -> None:
        await peer.connect(await port.join("r", f"p{number}", peer.offer()))

    crowd = Crowd(join, careful=0)
    try:
        await crowd.enter([Peer(new_certificate(), [film.make("low")], 0, 0)], 0)
        yield port, crowd
    finally:
        await crowd.close()
        ticking.cancel()
        await port.close()


def decoded(path: Path) -> tuple[int, float, float]:
    """Pictures, seconds of sound, and how loud it is on the whole."""
    with av.open(str(path)) as source:
        pictures = sum(1 for _ in source.decode(video=0))
    with av.open(str(path)) as source:
        samples, loud = 0, 0.0
        for frame in source.decode(audio=0):
            there = array("f", bytes(frame.planes[0])[: 4 * frame.samples])
            samples, loud = samples + frame.samples, loud + sum(map(abs, there))
    return pictures, samples / 48_000, loud / max(1, samples)


async def test_what_was_shown_and_said_is_in_the_file(tmp_path: Path) -> None:
    async with sitting() as (port, _), Process.start(tmp_path, "VP8") as recorder:
        before, after = await recorder.join(port)
        recorder.say(Chapter("Mục 1"))
        await asyncio.sleep(SECONDS / 2)
        recorder.say(Chapter("Mục 2: đầu tư công"))
        await asyncio.sleep(SECONDS / 2)
        recorder.say(Stop())
        assert await recorder.hear() == Ended()
        assert await recorder.process.wait() == 0
    made = await mended(tmp_path)
    assert made.name == "recording.webm"
    assert SECONDS * 900 < made.ms < SECONDS * 1500
    assert before <= made.began <= after  # not when its process was started
    pictures, seconds, loud = decoded(tmp_path / made.name)
    assert pictures > SECONDS * 30 * 0.8
    assert seconds == pytest.approx(made.ms / 1000, abs=0.3)
    assert loud > 0.01
    titles = chapters(tmp_path / made.name)
    assert [title for title, _ in titles] == ["Mục 1", "Mục 2: đầu tư công"]
    assert titles[1][1] - titles[0][1] == pytest.approx(SECONDS / 2, abs=0.5)


def chapters(path: Path) -> list[tuple[str, float]]:
    """Titles and seconds."""
    with av.open(str(path)) as source:
        return [(one["metadata"]["title"], float(one["start"] * one["time_base"])) for one in source.chapters()]


async def test_a_killed_recorder_loses_next_to_nothing(tmp_path: Path) -> None:
    async with sitting() as (port, _), Process.start(tmp_path, "VP8") as recorder:
        await recorder.join(port)
        recorder.say(Chapter("Mục 1"))
        await asyncio.sleep(SECONDS)
        recorder.process.kill()
        await recorder.process.wait()
    with (tmp_path / "chapters.jsonl").open("a") as file:
        file.write('{"at": 99')  # and its last line was cut
    made = await mended(tmp_path)
    assert made.ms > (SECONDS - 0.8) * 1000
    pictures, seconds, loud = decoded(tmp_path / made.name)
    assert (pictures > SECONDS * 30 * 0.7, seconds > SECONDS - 0.8, loud > 0.01) == (True, True, True)
    assert [title for title, _ in chapters(tmp_path / made.name)] == ["Mục 1"]


async def test_it_stops_by_itself_when_the_web_process_has_ended(tmp_path: Path) -> None:
    async with sitting() as (port, _), Process.start(tmp_path, "VP8") as recorder:
        await recorder.join(port)
        await asyncio.sleep(1)
        assert recorder.process.stdin is not None
        recorder.process.stdin.close()
        made = await mended(tmp_path)  # it waits for the other to close its files
        assert await recorder.hear() == Ended()
    assert made.ms > 500
    assert await mended(tmp_path) == made  # and may be asked again


async def test_it_stops_by_itself_when_the_relay_is_gone(tmp_path: Path) -> None:
    async with Process.start(tmp_path, "VP8") as recorder:
        async with sitting() as (port, _):
            await recorder.join(port)
            await asyncio.sleep(1)
        assert await recorder.hear() == Ended()
    assert (await mended(tmp_path)).name


async def test_with_nobody_on_the_stage_there_is_a_black_picture_and_silence(tmp_path: Path) -> None:
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    port.open()
    async with Process.start(tmp_path, "VP8") as recorder:
        await recorder.join(port)
        await asyncio.sleep(1)
        recorder.say(Stop())
        assert await recorder.hear() == Ended()
        await port.close()
    made = await mended(tmp_path)
    pictures, _, loud = decoded(tmp_path / made.name)
    assert pictures >= 1
    assert loud < 0.001


async def test_nothing_to_mend_is_said(tmp_path: Path) -> None:
    assert await mended(tmp_path) == Made("")


async def test_what_cannot_be_written_is_no_proper_end(tmp_path: Path) -> None:
    """Else it would be begun anew for ever, while everybody believes that it is kept."""
    async with sitting() as (port, _), Process.start(tmp_path, "VP8") as recorder:
        offer = await recorder.hear()
        (tmp_path / "sound.mka").mkdir()  # where its file should be
        recorder.say(Answer(await port.join("r", "#recorder", offer.sdp)))
        assert recorder.process.stdout is not None
        said = await asyncio.wait_for(recorder.process.stdout.read(), 20)
        assert msgspec.json.encode(Ended()) not in said
        assert await recorder.process.wait() != 0
