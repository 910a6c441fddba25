"""Signing and verifying in the workshop: signing's own steps, each on files in a killable process."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from signing.model import Field, Pending, Report, Signatory, Trust
from signing.pkcs12 import Opened
from store.errors import Refused

from .workshop import Workshop


class SignedFiles:
    """signing.actions.Bench over the workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def _do(self, name: str, files: dict[str, bytes], **given: Any) -> tuple[Any, bytes]:
        async with self._workshop.folder() as folder:
            await asyncio.to_thread(_fill, folder, files)
            result = await self._workshop.do(name, folder, **given)
            return result, await asyncio.to_thread(_made, folder)

    async def lay(self, pdf: bytes, fields: tuple[Field, ...]) -> bytes:
        _, out = await self._do("lay", {"in": pdf}, fields=msgspec.to_builtins(fields))
        return out

    async def prepare(
        self, pdf: bytes, field: str, who: Signatory, picture: bytes, at: datetime, *, first: bool, stamp: int
    ) -> tuple[bytes, Pending]:
        files = {"in": pdf, "picture": picture, "who": msgspec.msgpack.encode(who)}
        pending, out = await self._do("prepare", files, field=field, at=at.isoformat(), first=first, stamp=stamp)
        return out, _pending(pending)

    async def embed(self, prepared: bytes, pending: Pending, who: Signatory, signature: bytes, stamp: bytes) -> bytes:
        files = {
            "in": prepared, "pending": msgspec.msgpack.encode(pending), "who": msgspec.msgpack.encode(who),
            "signature": signature, "stamp": stamp,
        }  # fmt: skip
        _, out = await self._do("embed", files)
        return out

    async def reserve(self, pdf: bytes, trust: Trust, now: datetime, stamp: int) -> tuple[bytes, Pending]:
        files = {"in": pdf, "trust": msgspec.msgpack.encode(trust)}
        pending, out = await self._do("reserve", files, now=now.isoformat(), stamp=stamp)
        return out, _pending(pending)

    async def fill(self, reserved: bytes, pending: Pending, stamp: bytes) -> bytes:
        files = {"in": reserved, "pending": msgspec.msgpack.encode(pending), "stamp": stamp}
        _, out = await self._do("fill", files)
        return out

    async def open_pkcs12(self, data: bytes, password: str) -> Opened:
        made, _ = await self._do("open-pkcs12", {"in": data}, password=password)
        return msgspec.convert(made, Opened, builtin_types=())

    async def verify(self, pdf: bytes, trust: Trust, now: datetime) -> Report:
        """Of a file that wants more time or memory than anyone may have, nothing can be told."""
        files = {"in": pdf, "trust": msgspec.msgpack.encode(trust)}
        try:
            report, _ = await self._do("verify", files, now=now.isoformat())
        except Refused as refusal:
            return Report("cannot-tell" if refusal.code == "workshop-limit" else "not-valid", refusal.code)
        return msgspec.convert(report, Report)


def _pending(made: Any) -> Pending:
    return msgspec.convert(made, Pending, builtin_types=())


def _fill(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _made(folder: Path) -> bytes:
    out = folder / "out"
    return out.read_bytes() if out.exists() else b""
