"""Sites without people: cameras of one grey, microphones of one tone, aiortc around them, and a relay worker to join.

A picture's mean luma and a sound's pitch survive VP8 and Opus well enough to tell who is seen and heard.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import fractions
import itertools
import math
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import av
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from meetings.relay.control import RelayLink

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT, RATE = 160, 120, 15
PITCH, SAMPLES = 48_000, 960  # samples a second, and in 20 ms


async def until(true: Callable[[], object], seconds: float = 30, what: str = "") -> None:
    """Wait, looking again and again; AssertionError when it never comes true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what or 'a condition'}"
        await asyncio.sleep(0.02)


class Paced(MediaStreamTrack):
    """A track whose frames come at their time."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self._step, self._count, self._start = step, 0, 0.0

    async def _turn(self) -> int:
        """The number of the frame that is due."""
        if self.readyState != "live":
            raise MediaStreamError
        self._start = self._start or time.monotonic()
        await asyncio.sleep(self._start + self._count * self._step - time.monotonic())
        self._count += 1
        return self._count - 1


class Camera(Paced):
    """A wall of one grey, with a line that moves so that there is always something to encode."""

    kind = "video"

    def __init__(self, luma: int) -> None:
        super().__init__(1 / RATE)
        self.luma = luma

    async def recv(self) -> av.VideoFrame:
        number = await self._turn()
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, (self.luma, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        row = number % HEIGHT * frame.planes[0].line_size
        data = bytearray(frame.planes[0])
        data[row : row + WIDTH] = bytes([255 - self.luma]) * WIDTH
        frame.planes[0].update(bytes(data))
        frame.pts, frame.time_base = number * 90_000 // RATE, fractions.Fraction(1, 90_000)
        return frame


class Microphone(Paced):
    """One tone, at a third of full scale."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__(SAMPLES / PITCH)
        self.hertz = hertz

    async def recv(self) -> av.AudioFrame:
        number = await self._turn()
        turn = 2 * math.pi * self.hertz / PITCH
        first = number * SAMPLES
        wave = array.array("h", (int(10_000 * math.sin(turn * (first + index))) for index in range(SAMPLES)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(wave.tobytes())
        frame.pts, frame.sample_rate, frame.time_base = first, PITCH, fractions.Fraction(1, PITCH)
        return frame


class Ear:
    """What comes out of one place, decoded; the last moments only."""

    def __init__(self, kind: str) -> None:
        self.kind, self.count = kind, 0
        self.lumas: deque[float] = deque(maxlen=3)
        self.waves: deque[array.array[int]] = deque(maxlen=10)  # 0.2 s
        self.at = 0.0

    def take(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        self.count += 1
        self.at = time.monotonic()
        if isinstance(frame, av.VideoFrame):
            plane = frame.planes[0]
            data = bytes(plane)
            rows = [data[at : at + frame.width] for at in range(0, plane.line_size * frame.height, plane.line_size)]
            self.lumas.append(sum(map(sum, rows)) / (frame.width * frame.height))
        else:
            stereo = array.array("h", bytes(frame.planes[0])[: frame.samples * 4])
            self.waves.append(stereo[::2])

    @property
    def still(self) -> bool:
        """Nothing came for half a second."""
        return time.monotonic() - self.at > 0.5

    @property
    def luma(self) -> float:
        """The mean of the last picture; -1 where none comes."""
        return self.lumas[-1] if self.lumas and not self.still else -1

    @property
    def hertz(self) -> float:
        """Half the zero crossings a second; 0 where it is silent."""
        samples = [sample for wave in self.waves for sample in wave]
        if self.still or not samples or max(samples) < 500:
            return 0
        crossings = sum((one < 0) != (other < 0) for one, other in itertools.pairwise(samples))
        return crossings * PITCH / 2 / len(samples)

    def sees(self, luma: int) -> bool:
        return abs(self.luma - luma) < 15

    def hears(self, hertz: int) -> bool:
        return abs(self.hertz - hertz) < hertz / 10


class Site:
    """An aiortc peer: a camera and a microphone of its own, if told, and places for what others send."""

    def __init__(self, name: str, luma: int = 0, hertz: int = 0, voices: int = 2, pictures: int = 2) -> None:
        self.name, self.luma, self.hertz = name, luma, hertz
        policy = RTCBundlePolicy.MAX_BUNDLE
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=policy))
        if hertz:
            self.pc.addTransceiver(Microphone(hertz), "sendonly")
        if luma:
            self.pc.addTransceiver(Camera(luma), "sendonly")
        for kind, count in (("audio", voices), ("video", pictures)):
            for _ in range(count):
                self.pc.addTransceiver(kind, "recvonly")
        self.voices: list[Ear] = []
        self.pictures: list[Ear] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
        for transceiver in self.pc.getTransceivers():
            if transceiver.direction == "recvonly":
                ear = Ear(transceiver.kind)
                (self.voices if ear.kind == "audio" else self.pictures).append(ear)
                self._tasks.append(asyncio.create_task(self._listen(transceiver.receiver.track, ear)))

    async def join(self, link: RelayLink, room: str = "r") -> None:
        await self.accept(await link.join(room, self.name, await self.offer()))
        await until(lambda: self.pc.connectionState == "connected", what=f"{self.name} to connect")

    async def _listen(self, track: MediaStreamTrack, ear: Ear) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                ear.take(await track.recv())

    async def close(self) -> None:
        await self.pc.close()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


class Worker:
    """A relay process of its own, on loopback; may be killed and started again."""

    def __init__(self, socket: Path | None = None) -> None:
        """SOCKET: where a node looks for it."""
        self.folder = Path(tempfile.mkdtemp(prefix="bacap-relay-"))  # short: a socket's path has 108 bytes
        self.socket = socket or self.folder / "run" / "relay.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-m", "meetings.relay.worker", str(self.socket), "127.0.0.1", "0", "0", "127.0.0.1"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, stderr=log)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; returns its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return await asyncio.to_thread(process.wait, 20)
        finally:
            process.kill()
            process.wait()

    async def close(self) -> None:
        await self.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
