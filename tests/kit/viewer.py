"""A real Chromium that watches a sitting through a bad line (link.py), and what its own statistics say of it.

One site sends a film in three layers and a voice that never falls silent. `1 - concealedSamples / totalSamplesReceived`
is the share of the sound that was whole.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, async_playwright

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.peer import Peer
from meetings.load.tally import share
from meetings.relay.control import Policy, RelayLink
from meetings.relay.dtls import new_certificate

from .link import Link, Weather
from .media import Worker

ROOM = "r"
OFFER = """async ([voices, pictures]) => {
  const pc = (window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
  for (let i = 0; i < voices; i++) pc.addTransceiver("audio", { direction: "recvonly" });
  for (let i = 0; i < pictures; i++) pc.addTransceiver("video", { direction: "recvonly" });
  for (const one of pc.getTransceivers()) {
    const shown = document.createElement(one.receiver.track.kind === "audio" ? "audio" : "video");
    shown.autoplay = shown.muted = true;
    shown.srcObject = new MediaStream([one.receiver.track]);
    document.body.append(shown);
  }
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
}"""
ACCEPT = "(sdp) => pc.setRemoteDescription({ type: 'answer', sdp })"
STATS = "async () => [...(await pc.getStats()).values()].filter((one) => one.type === 'inbound-rtp')"

PROTOCOL = """async () => {
  const all = await pc.getStats();
  for (const one of all.values())
    if (one.type === "transport" && one.selectedCandidatePairId && one.dtlsState === "connected")
      return all.get(all.get(one.selectedCandidatePairId).localCandidateId).protocol;
  return "";
}"""


@dataclass
class Heard:
    """Of one stretch of time: share of the sound that was whole, pictures decoded a second, freezes, queue (ms)."""

    whole: float
    pictures: float
    freezes: int
    queue_p95: float
    spilt: int


class Browser:
    """A Chromium page that watches a room through a line."""

    def __init__(self, page: Page, link: Link) -> None:
        self._page, self._link = page, link

    async def join(self, relay: RelayLink, name: str, voices: int = 3, pictures: int = 1) -> None:
        await self._page.goto("about:blank")
        offer = await self._page.evaluate(OFFER, [voices, pictures])
        answer = await relay.join(ROOM, name, offer)
        host, number = self._link.address  # UDP goes through the line; TCP, which it knows nothing of, past it
        through = answer.replace(f" {self._link.relay[0]} {number} typ", f" {host} {number} typ")
        await self._page.evaluate(ACCEPT, through)

    async def protocol(self) -> str:
        """Of the pair of candidates in use; "" while none is."""
        return str(await self._page.evaluate(PROTOCOL))

    async def stats(self) -> dict[str, dict[str, Any]]:
        """Summed over the places of each kind."""
        made: dict[str, dict[str, Any]] = {"audio": {}, "video": {}}
        for one in await self._page.evaluate(STATS):
            for key, value in one.items():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    made[one["kind"]][key] = made[one["kind"]].get(key, 0) + value
        return made

    async def heard(self, seconds: float) -> Heard:
        """What comes in the SECONDS from now."""
        before = await self.stats()
        wires = list(self._link.wires.values())
        for wire in wires:
            wire.down.waits.clear()
        await asyncio.sleep(seconds)
        after = await self.stats()

        def grown(kind: str, key: str) -> float:
            return float(after[kind].get(key, 0) - before[kind].get(key, 0))

        samples = grown("audio", "totalSamplesReceived")
        waits = [wait for wire in wires for wait in wire.down.waits]
        return Heard(
            1 - grown("audio", "concealedSamples") / samples if samples else 0.0,
            grown("video", "framesDecoded") / seconds, int(grown("video", "freezeCount")), share(waits, 0.95),
            sum(wire.down.spilt for wire in wires),
        )  # fmt: skip


@contextlib.asynccontextmanager
async def stage(down: Weather, seed: int = 7, blocked: bool = False) -> AsyncIterator[tuple[Browser, RelayLink, Link]]:
    """A relay, one site that sends, and a Chromium behind a line of such weather; BLOCKED: no UDP comes through it."""
    worker, chromium = Worker(), async_playwright()
    worker.start()
    relay = RelayLink(worker.socket)
    ready = asyncio.Event()
    relay.on_connected = lambda there: ready.set() if there else None
    relay.start()

    async def join(number: int, peer: Peer) -> None:
        await relay.steer(Policy(ROOM, (f"p{number}",), None))
        await peer.connect(await relay.join(ROOM, f"p{number}", peer.offer()))

    try:
        await asyncio.wait_for(ready.wait(), 20)
        crowd = Crowd(join)
        playwright = await chromium.start()
        shown = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        try:
            sender = Peer(new_certificate(), film.make_layers(), 0, 0)
            await crowd.enter([sender], 0)
            host, number = sender.address
            async with Link((host, number), Weather(), down, seed) as link:
                link.cut = blocked
                browser = Browser(await shown.new_page(), link)
                await browser.join(relay, "chromium")
                yield browser, relay, link
        finally:
            await shown.close()
            await crowd.close()
    finally:
        await chromium.__aexit__()
        await relay.close()
        await worker.end()
