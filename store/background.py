"""Work that goes on beside everything else: done again and again, and ended for certain when it is closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

AGAIN_S = 1.0


async def repeat(act: Callable[[], Awaitable[object]], every_s: float, what: str) -> None:
    """ACT, then a pause, without end. What goes wrong once is logged under WHAT, and it goes on."""
    while True:
        try:
            await act()
        except Exception:
            log.exception("%s: tried again in %g s", what, every_s)
        await asyncio.sleep(every_s)


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel TASK until it is over: before Python 3.12 `asyncio.wait_for`, anywhere below it, may lose a cancel."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_S)
