"""How every site is doing now: connected, camera, sound, line. What the relay measures, and what the site's own browser
says of what it shows. Kept in memory, never in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from meetings.relay.control import PeerHealth, StreamHealth

from .channels import Channels
from .stage import sitting_of
from .wire import Health, MediaStats

WATCHING = "#watching"  # behind a site's name: the endpoint by which it only shows what comes
STATS_S = 25.0  # what a browser said longer ago is no news


@dataclass(frozen=True, slots=True)
class Report:
    """Of one endpoint in one sitting."""

    sitting: str
    endpoint: str
    health: Health
    streams: tuple[StreamHealth, ...]
    queued: bool


class Towards(NamedTuple):
    """`rate`: bits a second of media to a site; `queued`: there is a queue in its line; `told`: the report that says
    so, counted."""

    rate: int
    queued: bool
    told: int


class HealthBoard:
    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._reports: dict[tuple[str, str], Report] = {}  # by sitting and endpoint
        self._stats: dict[tuple[str, str], tuple[float, MediaStats]] = {}  # when, and what its browser said
        self._told = 0  # whole reports so far

    def forget(self, sitting: str, endpoint: str) -> None:
        """The relay has lost ENDPOINT."""
        self._reports.pop((sitting, endpoint), None)
        self._stats.pop((sitting, endpoint), None)

    def note(self, endpoint: str, stats: MediaStats, now: float) -> None:
        """What the browser of ENDPOINT says, at NOW in seconds. Of who is in no media, nothing is kept."""
        if (stats.sitting, endpoint) in self._reports:
            self._stats[stats.sitting, endpoint] = (now, stats)

    def replace(self, peers: Iterable[PeerHealth], now: float) -> None:
        """The relays' whole report."""
        self._told += 1
        self._reports = {(sitting_of(peer.room), peer.endpoint): self._report(peer, now) for peer in peers}
        self._stats = {key: one for key, one in self._stats.items() if key in self._reports}

    def _report(self, peer: PeerHealth, now: float) -> Report:
        when, stats = self._stats.get((sitting_of(peer.room), peer.endpoint), (0.0, None))
        health = Health(
            True, peer.camera, peer.sound, "weak" if peer.weak else "good", peer.video_kbit, peer.loss,
            max((stream.jitter for stream in peer.streams), default=0), peer.down_kbit, peer.down_loss,
            peer.carries_kbit, peer.rtt, peer.tcp,
        )  # fmt: skip
        if stats is not None and now - when < STATS_S:
            seen = {"freezes": stats.freezes, "frozen_ms": stats.frozen_ms, "concealed": stats.concealed}
            health = msgspec.structs.replace(health, **seen)
        return Report(sitting_of(peer.room), peer.endpoint, health, peer.streams, peer.queued)

    def towards(self, sitting: str, site: str) -> Towards | None:
        """What the relay sends to SITE, as it said last; None: it has no media there."""
        shown = (self._reports.get((sitting, name)) for name in (site, site + WATCHING))
        found = [report for report in shown if report is not None]
        if not found:
            return None
        rate = sum(report.health.down_kbit for report in found) * 1000
        return Towards(rate, any(report.queued for report in found), self._told)

    def reports(self) -> list[Report]:
        return list(self._reports.values())

    def of(self, site: str) -> Health:
        if not self._channels.connected(site):
            return Health()
        found = (report.health for (_, endpoint), report in self._reports.items() if endpoint == site)
        return next(found, Health(connected=True))
