"""`start.py bench relay [--against janus] [--plenary] [--junk] [--workers] [--lines] [--json]`: the relay under load,
and Janus under the same in the same run; a whole province in one sitting; junk; two workers; Chromium on bad lines.

One publisher of real VP8 at 720p and Opus; viewers join, then packets are counted at each of them. The server runs on
one core, the load on the other. Figures are medians of --runs; a run that delivers less than 99.9 % is void.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import janus, junk, lossy, plenary, workers
from meetings.load import film
from meetings.load.crowd import Crowd, Join, Joined
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.rows import Row, told
from meetings.load.tally import share
from meetings.relay.control import Policy, RelayLink
from meetings.relay.dtls import new_certificate

SETTLE_S, STEADY_S = 1.0, 5.0  # the second: until lines are known, and pictures go out unmeasured
DELIVERED = 0.999
WHOLE = 0.98  # below this share of what was sent, something never came at all
PIN = ["taskset", "-c", "0"]  # the server has this core, the load the last
CPU_REQUIRED = {50: 0.70, 200: 0.60}


@dataclass
class Measured:
    """One server under one number of viewers."""

    us: list[float]  # server CPU per delivered packet, each run
    delivered: list[float]
    core: list[float]
    delay_p99: list[float]  # ms
    join_ms: float  # server CPU
    kib: float  # memory per viewer
    heard_p95: float  # s from asking to the first sound
    faults: int
    other: int  # payloads that were not what was sent
    late: float  # s the load itself lagged

    @property
    def valid(self) -> bool:
        return min(self.delivered) >= DELIVERED and not self.faults and not self.other


def own_address() -> str:
    """Of this machine, as others see it: Janus takes no loopback address. What is sent to it never leaves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


@contextlib.asynccontextmanager
async def worker(host: str, pin: list[str]) -> AsyncIterator[tuple[int, RelayLink]]:
    """A relay worker of our own; yields its process id and the line to it."""
    folder = Path(tempfile.mkdtemp(prefix="bacap-bench-"))
    words = [*pin, sys.executable, "-m", "meetings.relay.worker", str(folder / "s"), host, "0", "0", host]
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
    link = RelayLink(folder / "s")
    ready = asyncio.Event()
    link.on_connected = lambda there: ready.set() if there else None
    link.start()
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield process.pid, link
    finally:
        await link.close()
        process.terminate()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def relay(host: str, pin: list[str]) -> AsyncIterator[tuple[int, Join]]:
    """The relay with one room; yields its process id and how peers join."""
    async with worker(host, pin) as (pid, link):

        async def join(number: int, peer: Peer) -> None:
            if peer.voice is not None:
                await link.steer(Policy("r", (f"p{number}",), None))
            await peer.connect(await link.join("r", f"p{number}", peer.offer()))

        yield pid, join


@contextlib.asynccontextmanager
async def other(host: str, pin: list[str]) -> AsyncIterator[tuple[int, Join]]:
    async with janus.running(host, 18088, pin) as pid:
        door = janus.Door(18088)
        try:
            yield pid, door.join
        finally:
            await door.close()


async def measure(pid: int, join: Join, shown: film.Film, viewers: int, runs: int, seconds: float) -> Measured:
    certificate = new_certificate()
    crowd = Crowd(join)
    try:
        await crowd.enter([Peer(certificate, [shown], 0, 0)], 0)
        await asyncio.sleep(SETTLE_S)
        before = Meter.of(pid)
        joined = await crowd.enter([Peer(certificate, [], 1, 1) for _ in range(viewers)], 0)
        await asyncio.sleep(SETTLE_S)
        entered = Meter.of(pid)
        made = Measured([], [], [], [], 0.0, (entered.kib - before.kib) / viewers, 0.0, 0, 0, 0.0)
        await asyncio.sleep(STEADY_S)
        for _ in range(runs):
            await _run(pid, crowd, viewers, seconds, made)
        idle = statistics.median(made.core) * (entered.at - before.at)
        made.join_ms = max(0.0, entered.cpu - before.cpu - idle / 2) / viewers * 1e3
        made.faults, made.heard_p95 = _entries(joined)
        return made
    finally:
        await crowd.close()


def _entries(joined: list[Joined]) -> tuple[int, float]:
    heard = [one.heard for one in joined]
    return sum(bool(one.fault) or not one.heard for one in joined), share(heard, 0.95)


async def _run(pid: int, crowd: Crowd, viewers: int, seconds: float, made: Measured) -> None:
    crowd.begin_count()
    before = Meter.of(pid)
    await asyncio.sleep(seconds)
    after = Meter.of(pid)
    sent, came = sum(crowd.sent.packets.values()), crowd.came
    made.us.append((after.cpu - before.cpu) / max(1, came) * 1e6)
    made.core.append((after.cpu - before.cpu) / (after.at - before.at))
    whole = sent * viewers
    share_came = came / max(1, came + crowd.lost)  # what is on its way at either end of the count is no loss
    made.delivered.append(share_came if came > WHOLE * whole else came / max(1, whole))
    delays = [float(us) / 1000 for careful in crowd.careful for us in careful.delays]
    made.delay_p99.append(share(delays, 0.99))
    made.other += sum(careful.other for careful in crowd.careful)
    made.late = max(made.late, crowd.late)


def rows_of(viewers: int, ours: Measured, theirs: Measured | None) -> list[Row]:
    def row(name: str, unit: str, mine: list[float], other: list[float] | None, limit: float | None) -> Row:
        peer = statistics.median(other) if other else None
        value = statistics.median(mine)
        return Row(f"{name}, {viewers} viewers", value, unit, peer, limit, (min(mine), max(mine)), by_ratio=True)

    cpu = CPU_REQUIRED.get(viewers)
    return [
        row("server CPU per delivered packet", "us", ours.us, theirs.us if theirs else None, cpu),
        row("CPU per join", "ms", [ours.join_ms], [theirs.join_ms] if theirs else None, 0.4),
        row("memory per viewer", "KiB", [ours.kib], [theirs.kib] if theirs else None, 0.95),
        Row(
            f"delivered, {viewers} viewers", min(ours.delivered), "share", None, DELIVERED, None, more=True
        ),  # of the worst run
        Row(
            f"delay p99, {viewers} viewers", statistics.median(ours.delay_p99), "ms", None, 5 if viewers == 50 else None
        ),
        Row(f"join to first sound p95, {viewers} viewers", ours.heard_p95, "s"),
    ]


async def main(given: argparse.Namespace) -> list[Row]:
    made = await lossy.rows(given.runs) if given.lines else []  # first: a browser wants both cores
    os.sched_setaffinity(0, {os.cpu_count() - 1})  # type: ignore[operator]
    if given.viewers:
        made += await compare(given)
    if given.plenary:
        async with worker(own_address(), PIN) as (pid, link):
            made += await plenary.rows(pid, link, given.seconds)
    if given.junk:
        async with relay(own_address(), PIN) as (pid, join):
            made += await junk.rows(pid, join)
    if given.workers:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))  # type: ignore[arg-type]
        async with relay(own_address(), []) as first, relay(own_address(), []) as second:
            made += await workers.rows(first, second, given.runs, given.seconds)
    return made


async def compare(given: argparse.Namespace) -> list[Row]:
    host = own_address()
    shown, rows = film.make(), []
    for viewers in given.viewers:
        found: list[Measured | None] = []
        for server in (relay, other if given.against else None):
            if server is None:
                found.append(None)
                continue
            async with server(host, PIN) as (pid, join):
                found.append(await measure(pid, join, shown, viewers, given.runs, given.seconds))
        ours, theirs = found
        assert ours is not None
        for name, one in (("relay", ours), ("janus", theirs)):
            if one is not None and not one.valid:
                print(f"void: {name} with {viewers} viewers: {one}", file=sys.stderr)
        rows += rows_of(viewers, ours, theirs if theirs and theirs.valid else None)
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", choices=["janus"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--viewers", type=int, nargs="*", default=[50, 200])
    parser.add_argument("--plenary", action="store_true", help="136 sites, three on stage, a mosaic for the chair")
    parser.add_argument("--junk", action="store_true", help="20,000 packets a second from outside while a call runs")
    parser.add_argument("--workers", action="store_true", help="two workers at once, beside one alone")
    parser.add_argument("--lines", action="store_true", help="Chromium on lines that lose and on a thin one")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    chosen = parser.parse_args()
    if chosen.against and not shutil.which("janus"):
        sys.exit(janus.HOW)
    print(told(asyncio.run(main(chosen)), chosen.json))
