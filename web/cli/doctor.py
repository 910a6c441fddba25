"""`bacap doctor`: what of this machine and its settings would trouble a sitting, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509

from store import db

from ..settings import Settings
from ..words import text
from . import chosen_settings, locale

LEAST_FREE = 2 * 1024**3
BUFFER = 4 * 1024**2


def add(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    worst = 0
    for good, code, params in checks(settings):
        mark, verdict = ("✓", "good") if good else ("✗", "bad")
        print(f"{mark} {text(locale(), f'doctor.{code}.{verdict}', params)}")
        worst |= not good
    return int(worst)


def checks(settings: Settings) -> Iterator[tuple[bool, str, dict[str, str | int]]]:
    """Each check: is it good, its code, what to fill its text with."""
    here = next(path for path in (settings.folder, *settings.folder.parents) if path.is_dir())
    free = shutil.disk_usage(here).free
    yield free >= LEAST_FREE, "disk", {"gb": free // 1024**3}
    yield os.access(here, os.W_OK), "folder", {"folder": str(settings.folder)}
    if here == settings.folder:  # else nothing is there yet, and nothing is made by looking
        yield not here.stat().st_mode & 0o077, "private", {"folder": str(here)}
        yield _database(settings), "database", {"version": sqlite3.sqlite_version}
    path = settings.folder / "tls" / "node.crt"
    if path.exists():
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        left = (ends - datetime.now(UTC)) // timedelta(days=1)
        yield left > 7, "certificate", {"days": left}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        got = probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    yield got >= BUFFER, "buffer", {"kib": got // 1024}
    yield shutil.which("chronyc") is not None or shutil.which("timedatectl") is not None, "clock", {}


def _database(settings: Settings) -> bool:
    async def look() -> bool:
        database = await db.open_database(settings.filled(settings.database))
        try:
            now, newest = await database.read(db.revision)
            return now == newest
        finally:
            await database.close()

    try:
        return asyncio.run(look())
    except Exception:  # whatever a damaged file makes of it: it is not good
        return False
