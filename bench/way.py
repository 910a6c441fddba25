"""A room whose line a bench can cut or narrow: a network namespace of its own, behind a router that is another one.
Needs root, and Chromium to be in that room.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from meetings.load.rows import Row, told
from tests.e2e.conftest import CHROMIUM

NEAR, ROOM = "dc-tinh", "dc-vinh-o"
NODE, GATE, FAR_GATE, FAR = "10.213.1.1", "10.213.1.2", "10.213.2.1", "10.213.2.2"


async def run(*words: str) -> str:
    """What a command prints. Raises RuntimeError."""
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(" ".join(words))
    return out.decode()


async def ip(*words: str) -> str:
    return await run("ip", *words)


class Way:
    """From this machine over a router to the room; both are namespaces that are gone when it is."""

    def __init__(self) -> None:
        number = os.getpid()
        self.router, self.room = f"bacap-router-{number}", f"bacap-room-{number}"
        self._devices = {end: f"bacap{number}{end}" for end in "ngfr"}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Way:
        try:
            for name in (self.router, self.room):
                await ip("netns", "add", name)  # with it go its ends of the wires, and so the others
                self._stack.push_async_callback(ip, "netns", "del", name)
            await self._join(("", NODE, "n"), (self.router, GATE, "g"))
            self._stack.push_async_callback(ip, "link", "del", self._devices["n"])  # a namespace lets go of it later
            await self._join((self.router, FAR_GATE, "f"), (self.room, FAR, "r"))
            await ip("netns", "exec", self.router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
            await ip("route", "add", f"{FAR}/32", "via", GATE)
            await ip("-n", self.room, "route", "add", "default", "via", FAR_GATE)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _join(self, *ends: tuple[str, str, str]) -> None:
        """A wire between two ENDS: namespace ("" is this machine's own), address, device."""
        one, other = (self._devices[device] for _, _, device in ends)
        await ip("link", "add", one, "type", "veth", "peer", "name", other)
        for space, address, device in ends:
            name, inside = self._devices[device], ("-n", space) if space else ()
            if space:
                await ip("link", "set", name, "netns", space)
                await ip(*inside, "link", "set", "lo", "up")
            await ip(*inside, "address", "add", f"{address}/24", "dev", name)
            await ip(*inside, "link", "set", name, "up")

    def device(self, end: str) -> str:
        """This machine's end of its wire to the router (n), the router's (g), its end towards the room (f), or the
        room's own (r)."""
        return self._devices[end]

    async def cut(self, seconds: float) -> None:
        for end in (NODE, FAR):
            await ip("-n", self.router, "route", "add", "blackhole", f"{end}/32")
        await asyncio.sleep(seconds)
        for end in (NODE, FAR):
            await ip("-n", self.router, "route", "del", "blackhole", f"{end}/32")


def within(space: str, folder: Path) -> str:
    """A Chromium that runs in a network namespace."""
    script = folder / "chromium"
    script.write_text(f'#!/bin/sh\nexec ip netns exec {space} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return str(script)


def main(name: str, parser: argparse.ArgumentParser, rows: Callable[[Any], Coroutine[Any, Any, list[Row]]]) -> int:
    """All of such a bench: ROWS is given what PARSER read. The exit status: 1 if a figure is missed."""
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    for lacks, what in (
        (os.geteuid(), "root, to make network namespaces"),
        (not CHROMIUM, "Chromium: apt install chromium"),
    ):
        if lacks:
            print(f"bench {name}: needs {what}", file=sys.stderr)
            return 2
    found = asyncio.run(rows(arguments))
    print(told(found, arguments.json))
    return 0 if all(row.met is not False for row in found) else 1
