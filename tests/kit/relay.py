"""A relay worker of a test's own, on the socket that a node looks for."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def relaying(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """For the node whose data FOLDER is."""
    socket = str(folder / "run" / "relay-0.sock")
    words = [sys.executable, "-m", "meetings.relay.worker", socket, "127.0.0.1", "0", "none", "127.0.0.1"]
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
