"""What a monitoring system reads of a node: Prometheus' text form. Numbers only; sites by id, people not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from .wiring import Office

OF_ENDPOINT = {
    "video_kbit": "Pictures that come from it, kbit/s",
    "loss": "Lost on the way from it, per mille",
    "jitter": "Jitter of what comes from it, ms",
    "down_kbit": "What goes to it, kbit/s",
    "down_loss": "Lost on the way to it, per mille",
    "carries_kbit": "What its line is held to carry, kbit/s",
    "rtt": "Round trip, ms",
    "freezes": "How often pictures stood still in the last ten seconds",
    "frozen_ms": "How long they stood still in the last ten seconds, ms",
    "concealed": "Sound that had to be made up in the last ten seconds, per mille",
}
OF_STREAM = {
    "kbit": "kbit/s", "loss": "lost, per mille", "jitter": "ms", "layers": "sizes that come",
    "packets": "in two seconds",
}  # fmt: skip


class _Node(Collector):
    def __init__(self, office: Office) -> None:
        self._office = office

    def collect(self) -> Iterable[Metric]:
        office = self._office
        late = GaugeMetricFamily("bacap_loop_late_seconds", "Lateness of the web process's loop", labels=["quantile"])
        for share in (0.5, 0.99, 1.0):
            late.add_metric([str(share)], office.pulse.late(share))
        yield late
        yield GaugeMetricFamily("bacap_channels", "Open channels", office.channels.count)
        phases = GaugeMetricFamily("bacap_sittings", "Sittings in memory", labels=["phase"])
        live = [room.state for room in office.rooms.live()]
        for phase in ("planned", "released", "open", "closed"):
            phases.add_metric([phase], sum(state.phase == phase for state in live))
        yield phases
        yield GaugeMetricFamily("bacap_recordings", "Sittings being recorded", sum(bool(one.recording) for one in live))
        yield GaugeMetricFamily("bacap_relays", "Relay workers that answer", office.relay.there)
        yield from self._media()

    def _media(self) -> Iterable[Metric]:
        sites = {(room.sitting, site) for room in self._office.rooms.live() for site in room.state.rooms}
        rows = [one for one in self._office.health.reports() if (one.sitting, one.endpoint) in sites]
        for name, about in OF_ENDPOINT.items():
            family = GaugeMetricFamily(f"bacap_site_{name}", about, labels=["sitting", "site"])
            for row in rows:
                family.add_metric([row.sitting, row.endpoint], getattr(row.health, name))
            yield family
        for name, about in OF_STREAM.items():
            family = GaugeMetricFamily(
                f"bacap_stream_{name}", f"Of one stream of a site: {about}", labels=["sitting", "site", "stream"]
            )
            for row in rows:
                for stream in row.streams:
                    family.add_metric([row.sitting, row.endpoint, stream.name], getattr(stream, name))
            yield family


def text(office: Office) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Node(office))
    return generate_latest(registry)
