"""A recorder's process: `python -m meetings.recorder.worker FOLDER CODEC`, or `... FOLDER mend` for what a killed one
left behind.

It watches like any viewer, with one place for pictures and three for voices, so what it keeps is what everybody was
shown. Pictures are written as they came; voices are decoded and mixed.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import msgspec

from store.errors import Malformed
from store.files import write_durably

from ..load.peer import Peer
from ..relay import rtcp, rtp
from ..relay.control import Message
from ..relay.dtls import new_certificate
from ..relay.history import pairs
from ..relay.peer import clock
from .control import Answer, Chapter, Ended, Made, Offer, Running, Stop, ToRecorder
from .mend import length_of, mend, note_chapter
from .mix import PITCH, STEP, Mix, Timing
from .picture import Assembler
from .tape import Tape
from .unpack import UNPACK

log = logging.getLogger("bacap.recorder")

VOICES = 3
DELAY = PITCH // 4  # samples: sound is taken so long after its time, so that what is late still has its place
TURN_S = 0.02
REPORT_TURNS, CHECK_TURNS = 50, 150
KEY_FRAME_MS = 15_000  # so often there is a place to seek to, if the camera allows it
ASK_KEY_MS = 1_000
SILENT_MS = 5_000  # a relay that says nothing for so long is gone
AT_ONCE = 500  # datagrams
BEGAN = "began"  # a file: when, in UTC milliseconds


class Ear:
    """One place for sound: its decoder, and where what comes belongs."""

    def __init__(self) -> None:
        self.timing = Timing(PITCH)
        self._decoder: Any = av.CodecContext.create("libopus", "r")
        self._decoder.format, self._decoder.layout, self._decoder.sample_rate = "s16", "mono", PITCH

    def hear(self, opus: bytes) -> bytes:
        """Samples; b"" where nothing could be made of it."""
        try:
            frames = self._decoder.decode(av.Packet(opus))
        except av.FFmpegError:
            return b""
        return b"".join(bytes(frame.planes[0])[: 2 * frame.samples] for frame in frames)


class Recorder:
    def __init__(self, folder: Path, codec: str) -> None:
        self._folder, self._codec = folder, codec
        self.peer = Peer(new_certificate(), [], VOICES, 1, codec=codec)
        self._mix, self._ears = Mix(), dict[int, Ear]()
        self._pictures = Assembler(UNPACK[codec])
        self._seen = Timing(90_000)
        self._tape: Tape | None = None
        self._began = self._heard_at = 0  # ms
        self._asked_key = self._had_key = 0
        self._turns = 0
        self._source = 0  # SSRC of the place for pictures

    @property
    def now(self) -> int:
        """Milliseconds of the recording."""
        return clock() - self._began

    async def begin(self, answer: str) -> None:
        """Join. Raises Unavailable."""
        await self.peer.connect(answer)
        self._began = clock()
        self._heard_at = 0
        write_durably(self._folder / BEGAN, str(time.time_ns() // 1_000_000).encode())
        self._tape = Tape(self._folder, self._codec)
        self._ears = {ssrc: Ear() for ssrc, kind in self.peer.kinds.items() if kind == "audio"}
        self._source = next((ssrc for ssrc, kind in self.peer.kinds.items() if kind == "video"), 0)
        asyncio.get_running_loop().add_reader(self.peer.sock, self._readable)

    def chapter(self, title: str) -> None:
        note_chapter(self._folder, self.now, title)

    # ── what comes ──

    def _readable(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data = self.peer.sock.recv(2048)
            except OSError:
                return
            self._heard_at = self.now
            if len(data) > rtp.FIXED and 127 < data[0] < 192 and not 191 < data[1] < 224:
                with contextlib.suppress(Malformed):
                    self._take(data)

    def _take(self, data: bytes) -> None:
        assert self.peer.session is not None
        plain = self.peer.session.unprotect(data)
        if plain is None:
            return
        at, ssrc = rtp.payload_offset(plain), int.from_bytes(plain[8:12])
        if ssrc == self._source:
            self._pictures.add(rtp.received(plain, at, self._codec))
        elif ssrc in self._ears:
            packet, ear = rtp.received(plain, at, "opus"), self._ears[ssrc]
            sound = ear.hear(packet.bare[rtp.FIXED :])
            if sound:
                self._mix.lay(ear.timing.place(packet.ts, self.now * PITCH // 1000), sound)

    # ── what time brings: all that is written ──

    def _show(self, tape: Tape) -> None:
        for picture in self._pictures.pictures(self.now):
            self._had_key = self.now if picture.key else self._had_key
            tape.picture(picture, self._seen.place(picture.ts, self.now * 90) // 90)

    def turn(self) -> bool:
        """Every 20 ms. False: the relay is gone. Raises OSError where nothing more can be written."""
        tape, now = self._tape, self.now
        if tape is None:
            return True
        self._take_sound(tape, now * PITCH // 1000 - DELAY)
        self._show(tape)
        missing = self._pictures.missing(now)
        if missing:
            self.peer.tell(rtcp.nack(self._source, pairs(missing)))
        due = KEY_FRAME_MS if not self._pictures.needs_key else ASK_KEY_MS
        if now - max(self._asked_key, self._had_key) >= due:
            self._asked_key = now
            self.peer.tell(rtcp.pli(self._source))
        if tape.keep_alive(now):
            self._pictures.needs_key = True
        self._turns += 1
        if not self._turns % REPORT_TURNS:
            self.peer.report()
        if not self._turns % CHECK_TURNS:
            self.peer.check()
        return now - self._heard_at < SILENT_MS

    def _take_sound(self, tape: Tape, upto: int) -> None:
        while self._mix.taken + STEP <= upto:
            tape.sound(self._mix.take())

    async def end(self) -> None:
        """Everything that came is in the files when this returns."""
        if self._tape is not None:
            asyncio.get_running_loop().remove_reader(self.peer.sock)
            self._take_sound(self._tape, self.now * PITCH // 1000)
            self._tape.close()
        await self.peer.close()


async def main(folder: Path, codec: str) -> None:
    """Until told to stop, the web process ends, or the relay does. Whatever else ends it is no end to be told: it is
    raised, and the web process tries anew."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    recorder = Recorder(folder, codec)
    say(Offer(recorder.peer.offer()))
    done = asyncio.Event()
    hearing = asyncio.create_task(_hear(lines, recorder, done))
    try:
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), TURN_S)
            if not recorder.turn():
                log.warning("the relay is gone")
                break
    finally:
        hearing.cancel()
        await recorder.end()
    if hearing.done() and not hearing.cancelled():
        hearing.result()
    say(Ended())


async def _hear(lines: asyncio.StreamReader, recorder: Recorder, done: asyncio.Event) -> None:
    """Raises Unavailable where the relay cannot be reached, OSError where nothing can be written."""
    try:
        while line := await lines.readline():
            message = msgspec.json.decode(line, type=ToRecorder)
            if isinstance(message, Answer):
                await recorder.begin(message.sdp)
                say(Running())
            elif isinstance(message, Chapter):
                recorder.chapter(message.title)
            elif isinstance(message, Stop):
                return
    finally:
        done.set()


def say(message: Message) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def tell_made(folder: Path) -> None:
    path = mend(folder)
    if path is None:
        say(Made(""))
    else:
        say(Made(path.name, int((folder / BEGAN).read_text()), length_of(path)))


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other recorder in FOLDER: one whose web process was killed may still be closing its files."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s recorder %(levelname)s %(message)s")
    with alone(Path(sys.argv[1])):
        if sys.argv[2] == "mend":
            tell_made(Path(sys.argv[1]))
        else:
            asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
