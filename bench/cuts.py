"""`start.py bench cuts [--json]`: a room's line is cut somewhere on its way and heals; how soon all is back.

The whole product: a node, a room beside it, and a room in a network namespace of its own, behind a router that drops
everything for a while, both ways, without a word (so that TCP too has to find out by itself). Needs root for that.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Browser, Page

from bench import way
from bench.way import NEAR, NODE, ROOM, Way, within
from meetings.load.rows import Row
from tests.e2e import desk
from tests.e2e.conftest import chromium
from tests.e2e.node import Node, prepare
from tests.e2e.test_media import convene

CUTS = {6: 2.0, 10: 2.0, 60: 5.0}  # seconds of a cut -> seconds in which media must be back after it
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
        async with Way() as line:
            node = await prepare(folder / "data")
            node.host = NODE
            await node.start()
            try:
                await convene(node, "ledgers")
                apart = await asyncio.to_thread(within, line.room, folder)
                async with chromium() as here, chromium(path=apart) as there:
                    near, far = await wall(here, node, NEAR, 440), await wall(there, node, ROOM, 880)
                    for page in (near, far):
                        if math.isinf(await back(page, "video", await now_of(page))):
                            raise RuntimeError("no pictures before the first cut")
                    for seconds in cuts:
                        for _ in range(runs):
                            await asyncio.sleep(5)
                            await line.cut(seconds)
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
    return way.main("cuts", parser, lambda asked: rows(asked.runs, asked.cuts))


if __name__ == "__main__":
    sys.exit(main())
