"""Backup while running, restore, and the drill of both: one tar file that holds a whole embedded node.

The database is copied by SQLite's own online backup over a connection that only reads, so that a running node
stays the only writer and checkpointer. Blobs are named by their content and never change, so they are copied after
the database: everything it names is there. PostgreSQL and S3 have their own tools, and the docs name them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from store import journal
from store.chain import Flaw
from store.errors import Refused, Unavailable

from . import settings as settings_
from .settings import Settings

PARTS = ("node.id", "tls", "blobs", "keys")
DATABASE = "node.db"


def back_up(settings: Settings, target: Path, step: Callable[[int], None] = lambda _: None) -> int:
    """Write the archive; returns how many files it holds. Raises Unavailable where the store is not embedded."""
    if not settings.database.startswith("sqlite:") or not settings.blobs.startswith("file:"):
        raise Unavailable("backup-by-postgres")
    source = Path(settings.filled(settings.database).removeprefix("sqlite:///"))
    if not source.exists():
        raise Refused("nothing-there")
    aside = target.with_suffix(target.suffix + ".part")
    count = 0
    aside.unlink(missing_ok=True)
    aside.touch(0o600)  # it holds the node's keys
    with tempfile.TemporaryDirectory() as folder, tarfile.open(aside, "w") as archive:
        copy = Path(folder) / DATABASE
        _copy_database(source, copy)
        archive.add(copy, DATABASE)
        for part in PARTS:
            for path in sorted((settings.folder / part).rglob("*")) or [settings.folder / part]:
                if path.is_file():
                    archive.add(path, path.relative_to(settings.folder).as_posix())
                    count += 1
                    step(count)
    aside.replace(target)
    return count + 1


def _copy_database(source: Path, target: Path) -> None:
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        reader.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        reader.close()


def restore(source: Path, folder: Path) -> int:
    """Unpack into FOLDER, which must hold no node. Returns how many files."""
    if (folder / DATABASE).exists():
        raise Refused("not-empty", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(source) as archive:
            members = archive.getmembers()
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise Refused("archive-damaged", reason=str(error)) from error
    return len(members)


def drill(source: Path) -> tuple[int, int]:
    """Restore aside and check it: every stream verifies, every blob matches its name. Returns (streams, blobs)."""
    with tempfile.TemporaryDirectory() as folder:
        restore(source, Path(folder))
        return asyncio.run(_check(settings_.read(None, {}, data=folder)))


async def _check(settings: Settings) -> tuple[int, int]:
    from .wiring import open_house

    async with open_house(settings) as house:
        streams = await house.read(journal.listed)
        for stream in streams:
            kept = {row.seq: row.hash for row in await house.read(journal.read_checkpoints, stream)}
            reached = await house.read(journal.verify, stream, kept)
            if isinstance(reached, Flaw):
                raise Refused("archive-flawed", stream=stream, seq=reached.seq)
        count = 0
        for path in sorted((settings.folder / "blobs").rglob("*")):
            if path.is_file() and not settings.blob_key:
                await house.blobs.load(path.name)
                count += 1
        return len(streams), count
