"""A real Chromium behind a bad line: how much of its sound was whole, and how long a weak line's queue is."""

from __future__ import annotations

import asyncio
import statistics

from meetings.load.rows import Row
from tests.kit.link import Weather
from tests.kit.viewer import Heard, stage

SETTLE_S, SECONDS = 6.0, 15.0
LOSSES = {0.05: 0.995, 0.10: 0.98, 0.30: 0.88}  # share lost -> share of the sound that must be whole
DELAY = 150.0


async def rows(runs: int) -> list[Row]:
    """Medians of so many runs, each with a seed of its own, and the worst and best."""
    made = []
    for loss, required in LOSSES.items():
        heard = [await _listen(Weather(loss=loss, delay=DELAY), seed) for seed in range(runs)]
        made.append(_row(f"sound whole at {loss:.0%} loss", "share", [one.whole for one in heard], required, more=True))
        made.append(_row(f"pictures at {loss:.0%} loss", "per s", [one.pictures for one in heard]))
    heard = [await _listen(Weather(rate=128, queue=1000, delay=20), seed) for seed in range(runs)]
    made.append(_row("queue p95 at 128 kbit/s", "ms", [one.queue_p95 for one in heard], 300))
    made.append(_row("sound whole at 128 kbit/s", "share", [one.whole for one in heard], 0.99, more=True))
    return made


async def _listen(weather: Weather, seed: int) -> Heard:
    async with stage(weather, seed) as (browser, _, _):
        await asyncio.sleep(SETTLE_S)
        return await browser.heard(SECONDS)


def _row(name: str, unit: str, values: list[float], required: float | None = None, more: bool = False) -> Row:
    return Row(name, statistics.median(values), unit, None, required, (min(values), max(values)), more=more)
