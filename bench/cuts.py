"""`start.py bench cuts [--json]`: a room's line is cut somewhere on its way and heals; how soon all is back.

The whole product: a node, a room beside it, and a room in a network namespace of its own, behind a router that drops
everything for a while, both ways, without a word (so that TCP too has to find out by itself). Needs root for that.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Browser, Page

from meetings.load.rows import Row, told
from tests.e2e import desk
from tests.e2e.conftest import CHROMIUM, chromium
from tests.e2e.node import Node, prepare
from tests.e2e.test_media import convene

CUTS = {6: 2.0, 10: 2.0, 60: 5.0}  # seconds of a cut -> seconds in which media must be back after it
NEAR, ROOM = "dc-tinh", "dc-vinh-o"
NODE, GATE, FAR_GATE, FAR = "10.213.1.1", "10.213.1.2", "10.213.2.1", "10.213.2.2"
PATIENCE_S = 40

# When packets of sound came and pictures were decoded: UTC milliseconds, noted every 20 ms.
WATCH = """
() => {
  const seen = (window.seen = { audio: [], video: [] });
  const before = new Map();
  setInterval(async () => {
    const pc = document.querySelector("place-wall")?.media?.pc;
    for (const one of (await pc?.getStats())?.values() ?? []) {
      if (one.type !== "inbound-rtp") continue;
      const count = one.kind === "audio" ? one.packetsReceived : one.framesDecoded ?? 0;
      const key = `${one.kind} ${one.ssrc}`;
      if (count > (before.get(key) ?? 0)) seen[one.kind].push(Date.now());
      before.set(key, count);
    }
  }, 20);
}
"""
FIRST = "([kind, after]) => seen[kind].find((at) => at > after) ?? 0"


async def ip(*words: str) -> None:
    process = await asyncio.create_subprocess_exec("ip", *words)
    if await process.wait():
        raise RuntimeError(f"ip {' '.join(words)}")


class Way:
    """From this machine over a router to the room; both are namespaces that are gone when it is."""

    def __init__(self) -> None:
        number = os.getpid()
        self.router, self.room = f"bacap-router-{number}", f"bacap-room-{number}"
        self._devices = {end: f"bacap{number}{end}" for end in "ngfr"}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Way:
        try:
            for name in (self.router, self.room):
                await ip("netns", "add", name)  # with it go its ends of the wires, and so the others
                self._stack.push_async_callback(ip, "netns", "del", name)
            await self._join(("", NODE, "n"), (self.router, GATE, "g"))
            await self._join((self.router, FAR_GATE, "f"), (self.room, FAR, "r"))
            await ip("netns", "exec", self.router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
            await ip("route", "add", f"{FAR}/32", "via", GATE)
            await ip("-n", self.room, "route", "add", "default", "via", FAR_GATE)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _join(self, *ends: tuple[str, str, str]) -> None:
        """A wire between two ENDS: namespace ("" is this machine's own), address, device."""
        one, other = (self._devices[device] for _, _, device in ends)
        await ip("link", "add", one, "type", "veth", "peer", "name", other)
        for space, address, device in ends:
            name, inside = self._devices[device], ("-n", space) if space else ()
            if space:
                await ip("link", "set", name, "netns", space)
                await ip(*inside, "link", "set", "lo", "up")
            await ip(*inside, "address", "add", f"{address}/24", "dev", name)
            await ip(*inside, "link", "set", name, "up")

    async def cut(self, seconds: float) -> None:
        for end in (NODE, FAR):
            await ip("-n", self.router, "route", "add", "blackhole", f"{end}/32")
        await asyncio.sleep(seconds)
        for end in (NODE, FAR):
            await ip("-n", self.router, "route", "del", "blackhole", f"{end}/32")


def within(space: str, folder: Path) -> str:
    """A Chromium that runs in a network namespace."""
    script = folder / "chromium"
    script.write_text(f'#!/bin/sh\nexec ip netns exec {space} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return str(script)


async def wall(browser: Browser, node: Node, site: str, tone: int) -> Page:
    page = await desk.open_wall(browser, node, site, "#206020", tone, (320, 180))
    await page.evaluate(WATCH)
    return page


async def back(page: Page, kind: str, after: int) -> float:
    """Seconds from AFTER (UTC milliseconds) to the first sign of KIND."""
    for _ in range(PATIENCE_S * 20):
        if at := await page.evaluate(FIRST, [kind, after]):
            return float(at - after) / 1000
        await asyncio.sleep(0.05)
    return math.inf


async def now_of(page: Page) -> int:
    return int(await page.evaluate("() => Date.now()"))


async def rows(runs: int, cuts: list[int]) -> list[Row]:
    made: dict[tuple[int, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bacap-cuts-") as name:
        folder = Path(name)
        async with Way() as way:
            node = await prepare(folder / "data")
            node.host = NODE
            await node.start()
            try:
                await convene(node, "ledgers")
                apart = await asyncio.to_thread(within, way.room, folder)
                async with chromium() as here, chromium(path=apart) as there:
                    near, far = await wall(here, node, NEAR, 440), await wall(there, node, ROOM, 880)
                    for page in (near, far):
                        if math.isinf(await back(page, "video", await now_of(page))):
                            raise RuntimeError("no pictures before the first cut")
                    for seconds in cuts:
                        for _ in range(runs):
                            await asyncio.sleep(5)
                            await way.cut(seconds)
                            healed = await now_of(far)
                            ways = (("heard", far, "audio"), ("seen", far, "video"), ("heard from it", near, "audio"))
                            for what, page, kind in ways:
                                made.setdefault((seconds, what), []).append(await back(page, kind, healed))
            finally:
                await node.stop()
    return [
        Row(f"{what} again after a cut of {seconds} s", statistics.median(values), "s", None, CUTS[seconds],
            (min(values), max(values)))
        for (seconds, what), values in made.items()
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench cuts")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cuts", type=int, nargs="*", default=list(CUTS), choices=list(CUTS))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if os.geteuid():
        print("bench cuts: needs root, to make network namespaces", file=sys.stderr)
        return 2
    if not CHROMIUM:
        print("bench cuts: needs Chromium: apt install chromium", file=sys.stderr)
        return 2
    found = asyncio.run(rows(arguments.runs, arguments.cuts))
    print(told(found, arguments.json))
    return 0 if all(row.met is not False for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
