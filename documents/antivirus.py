"""A virus scanner asked about a file before it is opened: clamd, by its INSTREAM command.

Bytes go over a socket in pieces, each behind its length as four bytes; a piece of no length ends them (clamd(8)).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from store.errors import Refused, Unavailable
from store.files import opening

PIECE = 256 * 1024
SILENT_S = 60.0  # it may think so long about one file


async def demand_clean(address: str, path: Path) -> None:
    """Ask the scanner at ADDRESS, a socket's path or HOST:PORT; "" asks nobody. Raises Refused `virus` with its name,
    Unavailable `scanner-away`: what was not looked at is not taken in."""
    if not address:
        return
    try:
        async with asyncio.timeout(SILENT_S):
            told = await _ask(address, path)
    except (OSError, TimeoutError, ValueError) as error:  # an address that is none
        raise Unavailable("scanner-away") from error
    if found := re.fullmatch(r"stream: (.{1,200}) FOUND", told):
        raise Refused("virus", name=found[1])
    if told != "stream: OK":
        raise Unavailable("scanner-away")


async def _ask(address: str, path: Path) -> str:
    if "/" in address:
        reader, writer = await asyncio.open_unix_connection(address)
    else:
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(b"zINSTREAM\0")
        with await opening(path, "rb") as reading:
            while piece := await asyncio.to_thread(reading.read, PIECE):
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        told = await reader.readuntil(b"\0")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionError("no answer") from error
    finally:
        writer.close()
    return told.rstrip(b"\0").decode("utf-8", "replace").strip()
