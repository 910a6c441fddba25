"""The machine's own console: command-line verbs that need the store, inside the running node or in its place.

One process may write and checkpoint an SQLite file. So a verb asks the running web process over a socket that only
this user may open; where no node runs, the verb takes the node's lock and does the act itself. An act is a function
`act(house, settings, given) -> Outcome`; its lines are codes, put into words by whoever reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from meetings.house import House
from meetings.relay.control import listen
from store.errors import Fault, Unavailable

from . import supervisor
from .settings import Settings

log = logging.getLogger("bacap.console")

ACTS = {
    "user": "web.cli.user",
    "journal": "web.cli.journal",
    "verify": "web.cli.verify",
    "authority": "web.cli.authority",
    "certificate": "web.cli.certificate",
}
LONGEST = 8 * 1024**2
WAIT_S = 600


class Line(msgspec.Struct, frozen=True):
    code: str
    params: Mapping[str, str | int] = {}


class Outcome(msgspec.Struct, frozen=True):
    status: int
    lines: list[Line]


class Asked(msgspec.Struct, frozen=True):
    act: str
    given: Mapping[str, Any]


async def perform(house: House, settings: Settings, asked: Asked) -> Outcome:
    """Do one act; a refusal becomes a line."""
    try:
        outcome: Outcome = await importlib.import_module(ACTS[asked.act]).act(house, settings, asked.given)
    except Fault as fault:
        return Outcome(1, [Line(f"refused.{fault.code}", fault.params)])
    return outcome


def socket_path(settings: Settings) -> Path:
    return settings.folder / "run" / "console.sock"


@contextlib.asynccontextmanager
async def listening(settings: Settings, house: House) -> Any:
    """Answer the console while the web process runs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, msgspec.DecodeError, ValueError):
            asked = msgspec.json.decode(await reader.readline(), type=Asked)
            log.info("console: %s", asked.act)
            writer.write(msgspec.json.encode(await perform(house, settings, asked)) + b"\n")
            await writer.drain()
        writer.close()

    server = await listen(socket_path(settings), serve)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


def run(settings: Settings, act: str, given: Mapping[str, Any]) -> Outcome:
    """Do ACT: in the running node, or in its place. Raises Unavailable `node-silent`."""
    asked = Asked(act, given)
    if not settings.folder.is_dir():
        raise Unavailable("no-installation", folder=str(settings.folder))
    try:
        with supervisor.node_lock(settings):
            return asyncio.run(_here(settings, asked))
    except Unavailable as fault:
        if fault.code != "node-running":
            raise
    return asyncio.run(_there(settings, asked))


async def _here(settings: Settings, asked: Asked) -> Outcome:
    from .wiring import open_house

    async with open_house(settings) as house:
        return await perform(house, settings, asked)


async def _there(settings: Settings, asked: Asked) -> Outcome:
    try:
        reader, writer = await asyncio.open_unix_connection(socket_path(settings), limit=LONGEST)
        writer.write(msgspec.json.encode(asked) + b"\n")
        answer = await asyncio.wait_for(reader.readline(), WAIT_S)
        writer.close()
        return msgspec.json.decode(answer, type=Outcome)
    except (OSError, TimeoutError, msgspec.DecodeError) as error:
        raise Unavailable("node-silent") from error
