"""What time brings to a worker: feedback and reports, layers and voices anew, key frames that were held back, peers
that fell silent, and how every endpoint does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from . import layers
from .control import PeerHealth, StreamHealth
from .peer import Peer, clock
from .port import Port
from .room import Endpoint, Room
from .source import CLOCK, Source
from .tcp import Stream

log = logging.getLogger("bacap.relay")

TICK_S, TICK_MS = 0.1, 100
CHOOSE_TICKS = 5  # between two looks at the layers of one viewer
CONSENT_MS = 30_000  # RFC 7675, section 5.1
REPORT_TICKS = 10  # between two reports to one peer
WEAK_LOSS = 30  # per mille: from here on a line is called weak


class Upkeep:
    def __init__(self, port: Port) -> None:
        self._port = port
        self._ticks = 0
        self._marks: dict[Source, tuple[int, int]] = {}  # (packets, lost) at the last health

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.tick(clock(), time.time_ns())

    async def tick(self, now: int, wall_ns: int) -> None:
        self._ticks += 1
        for number, peer in enumerate(self._port.peers()):
            try:
                await self._look_after(peer, number, now, wall_ns)
            except Exception:  # one peer's trouble is not the others', nor one room's
                log.exception("the upkeep of %s failed", peer.endpoint.id)
        for room in list(self._port.rooms.values()):
            try:
                self._tend(room, now)
            except Exception:
                log.exception("the upkeep of room %s failed", room.id)

    async def _look_after(self, peer: Peer, number: int, now: int, wall_ns: int) -> None:
        if now - peer.heard_at > CONSENT_MS:
            log.info("%s fell silent", peer.endpoint.id)
            self._port.on_lost(peer.endpoint.room, peer.endpoint)
            await self._port.end(peer)
            return
        peer.outbound.look(now)
        for told in peer.feedbacks() if peer.arrivals else ():
            self._port.send_rtcp(peer, told)
        if (self._ticks + number) % REPORT_TICKS == 0:
            self._report(peer, now, wall_ns)

    def _report(self, peer: Peer, now: int, wall_ns: int) -> None:
        for made in (peer.receiver_report(now), peer.sender_reports(now, wall_ns)):
            if made:
                self._port.send_rtcp(peer, made)

    def _tend(self, room: Room, now: int) -> None:
        if room.notice_speakers(now):
            self._port.replan(room)
        else:
            self._port.rehear(room, now)
            due = [
                viewer
                for turn, viewer in enumerate(room.endpoints.values(), self._ticks)
                if self._due(viewer, turn, now)
            ]
            if due:
                self._port.rechoose(due, now)
        for endpoint in room.endpoints.values():
            for source in endpoint.sources.values():
                if source.kind == "video":
                    self._tend_picture(room, endpoint, source, now)

    def _due(self, viewer: Endpoint, turn: int, now: int) -> bool:
        """Are VIEWER's layers to be looked at now? At once where something was lost or came, else in turn."""
        return (
            turn % CHOOSE_TICKS == 0
            or viewer.estimate.fell_since(now - 2 * TICK_MS)
            or any(place.source is not None and place.fresh for place in viewer.places["video"])
        )

    def _tend_picture(self, room: Room, endpoint: Endpoint, source: Source, now: int) -> None:
        for layer in source.layers:
            if layer.wanted and layer.watched:
                self._port.ask_key_frame(layer, now)
        top = layers.demand(source)
        if top != source.asked_top:
            source.asked_top = top
            self._port.on_wanted(room, endpoint, source.name, top)

    # ── how they do ──

    def health(self, now: int) -> list[PeerHealth]:
        """How every endpoint does, from what came since the last call."""
        marks, self._marks = self._marks, {}
        return [
            self._health_of(endpoint, marks, now)
            for room in self._port.rooms.values()
            for endpoint in room.endpoints.values()
        ]

    def _health_of(self, endpoint: Endpoint, marks: dict[Source, tuple[int, int]], now: int) -> PeerHealth:
        streams = []
        for source in endpoint.sources.values():
            packets = sum(layer.traffic.packets for layer in source.layers)
            lost = sum(layer.traffic.lost for layer in source.layers)
            before = marks.get(source, (0, 0))
            self._marks[source] = (packets, lost)
            came, missing = packets - before[0], max(0, lost - before[1])
            live, clock_rate = source.live(now), CLOCK[source.kind]
            streams.append(StreamHealth(
                source.name, kbit=sum(layer.traffic.flow.rate for layer in live) // 1000 if came else 0,
                loss=1000 * missing // (came + missing) if came + missing else 0,
                jitter=max((int(layer.traffic.jitter) for layer in live), default=0) // clock_rate,
                layers=len(live), packets=came,
            ))  # fmt: skip
        peer: Any = endpoint.peer
        there = {stream.name: stream for stream in streams}
        video, audio = there.get("video"), there.get("audio")
        shown = [place for places in endpoint.places.values() for place in places if place.layer is not None]
        down = max((place.lost for place in shown), default=0)
        up = max((stream.loss for stream in streams), default=0)
        return PeerHealth(
            endpoint.room.id, endpoint.id, camera=bool(video and video.packets), sound=bool(audio and audio.packets),
            video_kbit=video.kbit if video else 0, loss=up, weak=max(up, down) > WEAK_LOSS, down_loss=down,
            down_kbit=peer.outbound.rate // 1000, carries_kbit=endpoint.estimate.value // 1000,
            rtt=peer.rtt, queued=endpoint.estimate.queued, tcp=isinstance(peer.transport.address, Stream),
            streams=tuple(streams),
        )  # fmt: skip
