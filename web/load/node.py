"""A node for a load test: a district's installation with many sites in a folder of its own, a sitting under way, and
the product's own processes on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from meetings.house import SYSTEM, House
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.people.model import Site, SiteId
from meetings.sitting import commands as c
from meetings.sitting.actions import Plan, Sittings
from meetings.sitting.rooms import Rooms
from store.errors import Unavailable

from .. import settings
from ..demo import people as cast
from ..demo import tree
from ..settings import Settings
from ..wiring import certificate_files, open_house

READY_S = 60


@dataclass(frozen=True, slots=True)
class Node:
    settings: Settings
    sitting: str
    credentials: tuple[str, ...]  # of the sites; the chair is in the room of the first
    process: int  # the supervisor

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.settings.port}"

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.settings.folder / "tls" / "ca.crt"))

    def child(self, words: str) -> int:
        """The process of the node whose command line holds WORDS."""
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, IndexError):
                parent = int(path.read_text().rpartition(")")[2].split()[1])
                if parent == self.process and words in (path.parent / "cmdline").read_text().replace("\0", " "):
                    return int(path.parent.name)
        raise Unavailable("node-silent")


@contextlib.asynccontextmanager
async def running(folder: Path, sites: int) -> AsyncIterator[Node]:
    """In FOLDER, which is empty. Raises Unavailable where it does not come up."""
    here = "127.0.0.1"
    chosen = settings.read(None, {}, data=str(folder), host=here, port=_free_port(), relay_host=here)
    certificate_files(chosen)
    async with open_house(chosen) as house:
        sitting, credentials = await _convene(house, sites)
    words = [sys.executable, "-m", "web.cli", "--data", str(folder), "serve"]
    with (folder / "node.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *words, stdout=log, stderr=log, env=settings.to_environment(chosen)
        )
    try:
        node = Node(chosen, sitting, credentials, process.pid)
        await _ready(node)
        yield node
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _convene(house: House, count: int) -> tuple[str, tuple[str, ...]]:
    """The sitting, open, with the chair present, and the sites' credentials."""
    people, accounts, rooms, units = People(house), Accounts(house), Rooms(house), tree.units()
    of = [unit.id for unit in units]
    sites = [Site(SiteId(f"load-{n}"), of[n % len(of)], f"Điểm cầu {n + 1}", "Phòng họp") for n in range(count)]
    await people.plant(SYSTEM, units)
    await people.put_people(SYSTEM, cast.people(units))
    await people.put_sites(SYSTEM, sites)
    technician = await accounts.principal("ky-thuat")
    codes = [await people.issue_code(technician, site.id) for site in sites]
    credentials = tuple([(await people.enrol_site(code)).credential for code in codes])
    secretary, chair = await accounts.principal("thu-ky"), await accounts.principal("chu-tich")
    plan = Plan(
        "Phiên họp thử tải", tree.DISTRICT, "Phòng họp", house.now_ms(), "chu-tich", "thu-ky", "van-thu",
        sites=tuple(site.id for site in sites),
    )  # fmt: skip
    room = await rooms.get(await Sittings(house, rooms).plan(secretary, plan))
    await room.ask(secretary, c.AddItem("i1", "Thử tải"))
    await room.ask(secretary, c.Release(3))
    await room.ask(chair, c.Open())
    await room.ask(chair, c.CheckIn(site=sites[0].id))
    await rooms.close()
    return room.sitting, credentials


async def _ready(node: Node) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=node.trust())) as http:
        for _ in range(READY_S * 10):
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with http.get(f"{node.base}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise Unavailable("node-silent")


def _free_port() -> int:
    """With the next one free too, and both over UDP."""
    while True:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                for kind, number in ((socket.SOCK_DGRAM, port), (socket.SOCK_STREAM, port + 1)):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
                return port
