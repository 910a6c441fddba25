"""Three rooms that move and speak, for the demonstration: `python -m web.demo.sites DATA PORT`.

They join through the same channel and media path as any browser: enrolled credentials, an SDP offer, DTLS, SRTP.
The picture is 640 x 360 at 12 a second with the site's name and a clock; the sound is a hum with the rhythm of speech.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import fractions
import json
import logging
import math
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from PIL import Image, ImageDraw, ImageFont

from store.world import vietnam_time

from .. import wire

log = logging.getLogger("bacap.sites")

FONT = Path(__file__).resolve().parents[1] / "fonts" / "Tinos_700Bold.ttf"
WIDTH, HEIGHT, RATE = 640, 360, 12
SAMPLES, STEP, LOOP_S = 48_000, 960, 3  # a step is 20 ms
COLOURS = {"dc-tinh": (24, 58, 110), "dc-vinh-linh": (22, 84, 60), "dc-vinh-o": (110, 62, 20)}
PITCH = {"dc-tinh": 118.0, "dc-vinh-linh": 205.0, "dc-vinh-o": 152.0}
AGAIN_S = 1.0


class Picture(MediaStreamTrack):
    """A room: its colour, its name, a clock, someone moving."""

    kind = "video"

    def __init__(self, name: str, colour: tuple[int, int, int]) -> None:
        super().__init__()
        self._name, self._colour = name, colour
        self._number, self._began, self._second = 0, 0.0, -1
        self._planes: list[bytearray] = []
        self._large, self._small = ImageFont.truetype(str(FONT), 40), ImageFont.truetype(str(FONT), 30)

    def _draw(self, clock: str) -> None:
        """Once a second: everything but what moves."""
        sheet = Image.new("RGB", (WIDTH, HEIGHT), self._colour)
        draw = ImageDraw.Draw(sheet)
        draw.rectangle([0, 250, WIDTH, HEIGHT], tuple(part // 2 for part in self._colour))
        draw.ellipse([270, 90, 370, 190], (214, 190, 165))
        draw.rounded_rectangle([220, 190, 420, 380], 60, (70, 78, 96))
        draw.text((20, 312), self._name, (255, 255, 255), self._small)
        draw.text((WIDTH - 20, 20), clock, (255, 255, 255), self._large, anchor="ra")
        frame = av.VideoFrame.from_image(sheet).reformat(format="yuv420p")  # type: ignore[no-untyped-call]
        self._planes = [bytearray(plane) for plane in frame.planes]

    async def recv(self) -> av.VideoFrame:
        now = time.monotonic()
        if not self._began:
            self._began = now
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / RATE - now))
        if int(now) != self._second:
            self._second = int(now)
            self._draw(vietnam_time(time.time_ns() // 1_000_000).strftime("%H:%M:%S"))
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma = bytearray(self._planes[0])
        left, stride = int(300 + 24 * math.sin(self._number / 9)), frame.planes[0].line_size
        for row in range(146, 150 + 6 * (self._number % 3)):  # the mouth
            luma[row * stride + left : row * stride + left + 36] = bytes([70]) * 36
        for plane, data in zip(frame.planes, (luma, *self._planes[1:]), strict=True):
            plane.update(bytes(data))
        frame.pts, frame.time_base = self._number * 90_000 // RATE, fractions.Fraction(1, 90_000)
        return frame


def hum(pitch: float, at: float) -> int:
    """One sample: a few harmonics, in syllables of a third of a second, with a breath every three seconds."""
    rhythm = max(0.0, math.sin(math.tau * 3 * at)) * (math.sin(math.tau * at / 3) > -0.5)
    if not rhythm:
        return 0
    return int(3500 * rhythm * sum(math.sin(math.tau * pitch * n * at) / n for n in range(1, 5)))


class Voice(MediaStreamTrack):
    """Syllables of a hum: pitch by site, so that ears and tests tell them apart."""

    kind = "audio"

    def __init__(self, pitch: float) -> None:
        super().__init__()
        self._hum = array.array("h", (hum(pitch, number / SAMPLES) for number in range(SAMPLES * LOOP_S)))
        self._at, self._began = 0, 0.0

    async def recv(self) -> av.AudioFrame:
        if not self._began:
            self._began = time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._at / SAMPLES - time.monotonic()))
        start = self._at % len(self._hum)
        frame = av.AudioFrame(format="s16", layout="mono", samples=STEP)
        frame.planes[0].update(self._hum[start : start + STEP].tobytes())
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, self._at, fractions.Fraction(1, SAMPLES)
        self._at += STEP
        return frame


class Site:
    """One synthetic room: finds its sitting, joins, joins again after any loss."""

    def __init__(self, http: aiohttp.ClientSession, base: str, site: str, held: dict[str, str]) -> None:
        self._http, self._base, self._site, self._held = http, base, site, held
        self._pc: RTCPeerConnection | None = None
        self._sitting = ""

    async def run(self) -> None:
        while True:
            try:
                await self._serve()
            except (aiohttp.ClientError, ConnectionError, OSError) as error:
                log.debug("%s: %r", self._site, error)  # not there yet, or gone: tried again
            await self._drop()
            await asyncio.sleep(AGAIN_S)

    async def _drop(self) -> None:
        if self._pc is not None:
            await self._pc.close()
            self._pc = None
        self._sitting = ""

    async def _serve(self) -> None:
        async with self._http.ws_connect(f"{self._base}/channel", origin=self._base, max_msg_size=0) as socket:
            await socket.send_json({"type": "hello", "v": wire.VERSION, "site": self._held["credential"]})
            asking = asyncio.create_task(self._ask(socket))
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        await self._hear(socket, json.loads(message.data))
            finally:
                asking.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await asking

    async def _ask(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await socket.send_json({"type": "site-sittings"})
            await asyncio.sleep(3)

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "site-sittings":
            chosen = next((row["id"] for row in message["sittings"] if row["phase"] == "open"), "")
            if chosen and chosen != self._sitting:
                self._sitting = chosen
                await socket.send_json({"type": "watch", "sitting": chosen, "after": 1_000_000})
                await self._offer(socket)
        elif kind == "media-answer" and self._pc is not None and self._pc.signalingState == "have-local-offer":
            await self._pc.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer"))
        elif kind == "media-lost":
            await asyncio.sleep(0.3)
            await self._offer(socket)
        elif kind == "refused":
            log.info("%s: %s", self._site, message["code"])

    async def _offer(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if not self._sitting:
            return
        if self._pc is not None:
            await self._pc.close()
        pc = self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        pc.addTransceiver(Voice(PITCH[self._site]), direction="sendonly")
        pc.addTransceiver(Picture(self._held["name"], COLOURS[self._site]), direction="sendonly")
        await pc.setLocalDescription(await pc.createOffer())
        offer = {"type": "media-offer", "id": self._site, "sitting": self._sitting, "sdp": pc.localDescription.sdp}
        await socket.send_json(offer)


async def main(folder: Path, port: int) -> None:
    path, authority = folder / "sites.json", folder / "tls" / "ca.crt"
    while not (path.exists() and authority.exists()):  # noqa: ASYNC110  (the first start is still building)
        await asyncio.sleep(AGAIN_S)
    held = json.loads(await asyncio.to_thread(path.read_text))
    trust = ssl.create_default_context(cafile=str(authority))
    connector = aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(connector=connector) as http:
        base = f"https://127.0.0.1:{port}"
        await asyncio.gather(*(Site(http, base, site, one).run() for site, one in held.items()))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s sites %(levelname)s %(message)s")
    for noisy in ("aioice", "aiortc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
