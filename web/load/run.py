"""One load test: sites join at a pace, media runs, everything that came is counted."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from meetings.load import film
from meetings.load.crowd import Crowd, Joined
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.rows import Row
from meetings.load.tally import share
from meetings.relay.dtls import new_certificate

from .node import Node, running
from .sites import Sites

VOICES = 3  # places of a room's wall
STEADY_S = 6.0  # until lines are known
LATE_S = 0.05  # the web process's loop, whatever the relay does
DELIVERED = 0.999


@dataclass(frozen=True, slots=True)
class Asked:
    sites: int
    publish: int
    over: float  # seconds in which they join
    seconds: float  # that are counted
    pictures: int = 4  # places of a room's wall: with more of them, the relay comes to its end


async def load(asked: Asked) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="bacap-load-") as folder:
        async with running(Path(folder), asked.sites) as node:
            connector = aiohttp.TCPConnector(ssl=node.trust(), limit=0)
            async with aiohttp.ClientSession(connector=connector) as http:
                return await _measure(node, http, asked)


async def _measure(node: Node, http: aiohttp.ClientSession, asked: Asked) -> list[Row]:
    relay, web = node.child("meetings.relay.worker"), node.child("web.cli web")
    sites, films, certificate = Sites(node, http), film.make_layers(), new_certificate()
    crowd = Crowd(sites.join)
    peers = [
        Peer(certificate, films if number < asked.publish else [], VOICES, asked.pictures)
        for number in range(asked.sites)
    ]
    for peer in peers:
        peer.top = 0
    try:
        idle = Meter.of(relay), Meter.of(web)
        joined = await crowd.enter(peers, asked.over)
        entered = Meter.of(web)
        await asyncio.sleep(STEADY_S)
        crowd.begin_count()
        before = Meter.of(relay), Meter.of(web)
        await asyncio.sleep(asked.seconds)
        after = Meter.of(relay), Meter.of(web)
        came = crowd.came
        lost = crowd.lost
        late = await _late(node, http)
        spent = after[0].cpu - before[0].cpu
        span = after[0].at - before[0].at
        return [
            *_entries(joined, entered.at - idle[1].at),
            Row("sites that did not get in", sum(bool(one.fault) for one in joined), "sites", None, 0),
            Row("packets to the sites", came / span, "per s"),
            Row("delivered", came / max(1, came + lost), "share", None, DELIVERED, more=True),
            Row("relay: CPU per packet forwarded", spent / max(1, came) * 1e6, "us"),
            Row("relay: of a core", spent / span, "core"),
            Row("relay: memory per site", (after[0].kib - idle[0].kib) / asked.sites, "KiB"),
            Row("web process: of a core", (after[1].cpu - before[1].cpu) / span, "core"),
            Row("web process: CPU per join", (entered.cpu - idle[1].cpu) / asked.sites * 1e3, "ms"),
            Row("web process: memory per site", (after[1].kib - idle[1].kib) / asked.sites, "KiB"),
            Row("web process: lateness of its loop p99", late, "s", None, LATE_S),
            Row("the load itself: sent too late by", crowd.late, "s"),
        ]
    finally:
        await sites.close()
        await crowd.close()


def _entries(joined: list[Joined], span: float) -> list[Row]:
    heard = [one.heard for one in joined if not one.fault]
    seen = [one.seen for one in joined if not one.fault]
    return [
        Row("joins", len(heard) / span, "per s"),
        Row("join to first sound p50", share(heard, 0.5), "s"),
        Row("join to first sound p95", share(heard, 0.95), "s", None, 2.0),
        Row("join to first picture p95", share(seen, 0.95), "s"),
    ]


async def _late(node: Node, http: aiohttp.ClientSession) -> float:
    """Of the last minute: 99 of 100 beats were not later."""
    async with http.get(f"{node.base}/metrics") as answer:
        told = await answer.text()
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            if sample.name == "bacap_loop_late_seconds" and sample.labels["quantile"] == "0.99":
                return float(sample.value)
    raise KeyError("bacap_loop_late_seconds")
