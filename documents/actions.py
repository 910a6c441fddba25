"""Taking a paper in and typesetting one: what the meetings tier asks of this one."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from pathlib import Path

import msgspec

from store.blobs import Blobs, Staged
from store.errors import Refused
from store.files import opening

from . import antivirus, kinds
from .certified import Box
from .compose import Part
from .model import Examined, Form, Typeset
from .office import TIME_S as OFFICE_S
from .workshop import TIME_S, Workshop


class Intake(msgspec.Struct, frozen=True):
    """What the uploader says of a file: the password that opens it, and that it is no secret although it bears a
    stamp."""

    password: str = ""
    cleared: bool = False


NOTHING_SAID = Intake()
TEXTS_S = 60.0  # for five thousand pages
PACK_S = 120.0  # for all papers of a sitting
WATERMARK_S = 60.0  # for five thousand pages
IMAGES_S = 60.0  # for the pages of one batch


class Gate:
    """Whether a file may be kept, and as what."""

    def __init__(self, workshop: Workshop, fonts: Path, scanner: str = "") -> None:
        self._workshop = workshop
        self._fonts = fonts
        self._scanner = scanner  # a virus scanner's address; "" for none

    @contextlib.asynccontextmanager
    async def examine(self, path: Path, intake: Intake) -> AsyncIterator[tuple[Examined, Path]]:
        """What became of the file at PATH, and the folder in which the bytes to keep are `out`, until left. Raises
        Refused; `secret-stamp` for a stamp that nobody has answered for."""
        await antivirus.demand_clean(self._scanner, path)
        async with self._workshop.folder() as folder:
            kind = await asyncio.to_thread(_link, path, folder / "in")
            seconds = TIME_S + (OFFICE_S if kind == "zip" else 0)
            made = await self._workshop.do("examine", folder, seconds, fonts=str(self._fonts), password=intake.password)
            examined = msgspec.convert(made, Examined)
            if examined.stripped or examined.made_from != "pdf":
                await antivirus.demand_clean(self._scanner, folder / "out")  # what lay behind a password, say
            if examined.stamp is not None and not intake.cleared:
                raise Refused("secret-stamp", grade=examined.stamp.grade, page=examined.stamp.page)
            yield examined, folder


class Papers:
    """The way of a file: staged with a cap, through the gate, kept under its content's name."""

    def __init__(self, blobs: Blobs, workshop: Workshop, fonts: Path, scanner: str = "") -> None:
        self._blobs = blobs
        self._workshop = workshop
        self._fonts = fonts
        self._gate = Gate(workshop, fonts, scanner)

    async def take_in(self, source: AsyncIterable[bytes], limit: int, intake: Intake = NOTHING_SAID) -> Examined:
        """Keep what passes the gate, as PDF; durable on return. Raises Refused, and then nothing is kept."""
        return await self._admit(await self._blobs.stage(source, limit), intake)

    async def take_file(self, path: Path, intake: Intake = NOTHING_SAID) -> Examined:
        """The same of a file at hand, which stays."""
        return await self._admit(await self._blobs.staged_at(path), intake)

    async def _admit(self, staged: Staged, intake: Intake) -> Examined:
        try:
            async with self._gate.examine(staged.path, intake) as (examined, folder):
                if examined.sha256 != staged.sha256:
                    await self._blobs.commit(await self._blobs.staged_at(folder / "out"))
                    return examined
            await self._blobs.commit(staged)
            return examined
        finally:
            staged.drop()

    async def texts(self, sha256: str) -> list[str]:
        """The text of every page of a paper that was kept. Raises Refused, Missing, Unavailable."""
        async with self._at_hand(sha256) as folder:
            await self._workshop.do("texts", folder, TEXTS_S)
            made = await asyncio.to_thread((folder / "out").read_bytes)
        return await asyncio.to_thread(msgspec.json.decode, made, type=list[str])

    async def page_images(self, sha256: str, first: int) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Pictures of some pages of a paper that was kept, from FIRST on: for each size the blob they were kept in, and
        where each ends. Raises Refused, Missing, Unavailable."""
        async with self._at_hand(sha256) as folder:
            made = msgspec.convert(
                await self._workshop.do("page-images", folder, IMAGES_S, first=first), dict[str, tuple[int, ...]]
            )
            return {
                size: (await self._blobs.commit(await self._blobs.staged_at(folder / size)), ends)
                for size, ends in made.items()
            }

    async def pack(self, kind: str, parts: Sequence[Part]) -> str:
        """Papers that were kept, `file` of each being its SHA-256, as one PDF or ZIP, which is kept: its SHA-256.
        Raises Refused, Missing, Unavailable."""
        async with self._workshop.folder() as folder:
            for sha256 in {part.file for part in parts}:
                await self._fill(folder / sha256, sha256)
            given = [msgspec.to_builtins(part) for part in parts]
            await self._workshop.do("pack", folder, PACK_S, kind=kind, parts=given)
            return await self._blobs.commit(await self._blobs.staged_at(folder / "out"))

    async def copy(self, sha256: str, lines: Sequence[str], pages: Sequence[int]) -> tuple[bytes, Box]:
        """A certified copy of a paper that was kept, and where on its first page its agency signs. Raises Refused,
        Missing, Unavailable."""
        async with self._at_hand(sha256) as folder:
            given = {"lines": list(lines), "pages": list(pages), "fonts": str(self._fonts)}
            box = await self._workshop.do("copy", folder, PACK_S, **given)
            return await asyncio.to_thread((folder / "out").read_bytes), msgspec.convert(box, Box)

    async def watermark(self, sha256: str, pages: Sequence[int]) -> tuple[str, str]:
        """How PAGES of a paper that was kept are marked, all if there are none: SHA-256 of the plan, and of the file
        that stands before the mark, mostly the paper itself. Both are kept. Raises Refused, Missing, Unavailable."""
        async with self._at_hand(sha256) as folder:
            anew = await self._workshop.do("watermark", folder, WATERMARK_S, pages=list(pages))
            base = await self._blobs.commit(await self._blobs.staged_at(folder / "base")) if anew else sha256
            return await self._blobs.commit(await self._blobs.staged_at(folder / "out")), base

    @contextlib.asynccontextmanager
    async def _at_hand(self, sha256: str) -> AsyncIterator[Path]:
        """A folder of the workshop with a paper that was kept as `in`."""
        async with self._workshop.folder() as folder:
            await self._fill(folder / "in", sha256)
            yield folder

    async def _fill(self, path: Path, sha256: str) -> None:
        with await opening(path, "wb") as filling:
            async for chunk in self._blobs.read(sha256):
                await asyncio.to_thread(filling.write, chunk)

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

    async def clean_picture(self, kind: str, data: bytes) -> bytes:
        """A scanned or photographed `signature` or `seal` as it goes on a page, PNG. Raises Refused (ink.py)."""
        async with self._workshop.folder() as folder:
            await asyncio.to_thread((folder / "in").write_bytes, data)
            await self._workshop.do("clean-picture", folder, kind=kind)
            return await asyncio.to_thread((folder / "out").read_bytes)


def _link(source: Path, target: Path) -> kinds.Kind:
    """The same file under another name, or a copy where the folders lie on different disks; returns its kind."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
    with target.open("rb") as reading:
        return kinds.kind_of(reading.read(kinds.HEAD))
