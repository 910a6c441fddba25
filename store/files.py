"""Files: small ones that must survive a crash whole (keys, certificates, a node's name), and any opened aside."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast


def write_durably(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write aside, sync, rename, sync the folder: after a crash the old file is there or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """A file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def opening(path: Path, mode: Literal["rb", "wb", "ab"]) -> BinaryIO:
    """PATH, opened in a thread. Whoever is cancelled meanwhile leaves no file open. Raises OSError."""
    task = asyncio.ensure_future(asyncio.to_thread(path.open, mode))
    try:
        return cast("BinaryIO", await asyncio.shield(task))
    except asyncio.CancelledError:
        task.add_done_callback(_close)
        raise


def _close(opened: asyncio.Future[Any]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().close()
