"""A real Chromium behind a bad line: how much of its sound was whole, and how long a weak line's queue is."""

from __future__ import annotations

import asyncio

from bench.rows import Row
from tests.kit.link import Weather
from tests.kit.viewer import stage

SETTLE_S = 6.0
LOSSES = {0.05: 0.995, 0.10: 0.98, 0.30: 0.88}  # share lost -> share of the sound that must be whole
DELAY = 150.0


async def rows(seconds: float = 20.0) -> list[Row]:
    made = []
    for loss, required in LOSSES.items():
        async with stage(Weather(loss=loss, delay=DELAY)) as (browser, _, _):
            await asyncio.sleep(SETTLE_S)
            heard = await browser.heard(seconds)
        made.append(Row(f"sound whole at {loss:.0%} loss", heard.whole, "share", None, required, None, more=True))
        made.append(Row(f"pictures at {loss:.0%} loss", heard.pictures, "per s"))
    async with stage(Weather(rate=128, queue=1000, delay=20)) as (browser, _, _):
        await asyncio.sleep(SETTLE_S)
        heard = await browser.heard(seconds)
    made.append(Row("queue p95 at 128 kbit/s", heard.queue_p95, "ms", None, 300))
    made.append(Row("sound whole at 128 kbit/s", heard.whole, "share", None, 0.99, None, more=True))
    return made
