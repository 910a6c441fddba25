"""Taking a paper in and typesetting one: what the meetings tier asks of this one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path

import msgspec

from store.blobs import Blobs

from .model import Examined, Form, Typeset
from .workshop import Workshop


class Papers:
    """The way of a file: staged with a cap, examined in the workshop, kept under its content's name."""

    def __init__(self, blobs: Blobs, workshop: Workshop, fonts: Path) -> None:
        self._blobs = blobs
        self._workshop = workshop
        self._fonts = fonts

    async def take_in(self, source: AsyncIterable[bytes], limit: int) -> Examined:
        """Keep a PDF that passes the gate; durable on return. Raises Refused, and then nothing is kept."""
        staged = await self._blobs.stage(source, limit)
        try:
            async with self._workshop.folder() as folder:
                await asyncio.to_thread(_link, staged.path, folder / "in")
                examined = msgspec.convert(await self._workshop.do("examine", folder), Examined)
                if examined.sha256 != staged.sha256:
                    await self.keep_file(folder / "out")
                    return examined
        except BaseException:
            staged.drop()
            raise
        await self._blobs.commit(staged)
        return examined

    async def keep_file(self, path: Path) -> str:
        return await self._blobs.keep(await asyncio.to_thread(path.read_bytes))

    async def typeset(self, form: Form) -> tuple[bytes, Typeset]:
        async with self._workshop.folder() as folder:
            await asyncio.to_thread((folder / "in").write_bytes, msgspec.json.encode(form))
            made = await self._workshop.do("typeset", folder, fonts=str(self._fonts))
            return await asyncio.to_thread((folder / "out").read_bytes), msgspec.convert(made, Typeset)

    async def picture(self, kind: str, words: str) -> bytes:
        """`signature` of a person's name, or `seal` of an agency's, as PNG."""
        async with self._workshop.folder() as folder:
            await self._workshop.do(f"{kind}-picture", folder, fonts=str(self._fonts), words=words)
            return await asyncio.to_thread((folder / "out").read_bytes)


def _link(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where the folders lie on different disks."""
    try:
        target.hardlink_to(source)
    except OSError:
        target.write_bytes(source.read_bytes())
