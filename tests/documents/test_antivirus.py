"""documents.antivirus: a scanner that speaks clamd's INSTREAM is asked, and nothing goes in that it did not look at."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pypdf
import pytest

from documents import antivirus
from documents.actions import Intake, Papers
from documents.workshop import Workshop
from store.blobs import Blobs
from store.errors import Missing, Refused, Unavailable

from ..kit.authority import FONTS
from ..kit.pdfs import page, pdf, pieces, stream

pytestmark = pytest.mark.asyncio(loop_scope="module")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def judge(data: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextlib.asynccontextmanager
async def clamd(folder: Path, answer: Callable[[bytes], bytes] = judge) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A scanner at a socket, by the words of clamd(8); returns what it was given."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        data = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(length)
        got.append(bytes(data))
        writer.write(answer(bytes(data)))
        await writer.drain()
        writer.close()

    path = folder / "clamd.sock"
    server = await asyncio.start_unix_server(serve, path)
    async with server:
        yield str(path), got


async def test_a_clean_file_is_looked_at_whole(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4000
    (tmp_path / "f").write_bytes(data)
    async with clamd(tmp_path) as (address, got):
        await antivirus.demand_clean(address, tmp_path / "f")
    assert got == [data]


async def test_a_virus_is_refused_by_its_name_and_nothing_is_kept(
    tmp_path: Path, workshop: Workshop, shelf: Blobs
) -> None:
    import hashlib

    data = pdf(page(), tail=b"\n" + EICAR)
    async with clamd(tmp_path) as (address, _):
        papers = Papers(shelf, workshop, FONTS, address)
        with pytest.raises(Refused) as refusal:
            await papers.take_in(pieces(data), 10_000)
        assert (refusal.value.code, refusal.value.params) == ("virus", {"name": "Eicar-Signature"})
        with pytest.raises(Missing):
            await shelf.load(hashlib.sha256(data).hexdigest())
        assert (await papers.take_in(pieces(pdf(page())), 10_000)).pages == 1


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR\0", b"\xff\xfe\0"])
async def test_a_scanner_that_gives_no_verdict_lets_nothing_in(tmp_path: Path, answer: bytes) -> None:
    (tmp_path / "f").write_bytes(b"x")
    async with clamd(tmp_path, lambda _: answer) as (address, _):
        with pytest.raises(Unavailable, match="scanner-away"):
            await antivirus.demand_clean(address, tmp_path / "f")


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "localhost"])
async def test_a_scanner_that_is_away_lets_nothing_in(tmp_path: Path, address: str) -> None:
    (tmp_path / "f").write_bytes(b"x")
    with pytest.raises(Unavailable, match="scanner-away"):
        await antivirus.demand_clean(address, tmp_path / "f")


async def test_without_a_scanner_nobody_is_asked(tmp_path: Path) -> None:
    await antivirus.demand_clean("", tmp_path / "not there")


async def test_what_lies_behind_a_password_is_looked_at_as_well(
    tmp_path: Path, workshop: Workshop, shelf: Blobs
) -> None:
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(page() | {5: stream(EICAR)}))), io.BytesIO()
    writer.encrypt("mở ra", algorithm="AES-256")
    writer.write(out)
    async with clamd(tmp_path) as (address, got):
        papers = Papers(shelf, workshop, FONTS, address)
        await papers.take_in(pieces(out.getvalue()), 100_000, Intake(password="mở ra"))
    assert len(got) == 2 and got[0] == out.getvalue() != got[1], "as it came, and as it is kept"
