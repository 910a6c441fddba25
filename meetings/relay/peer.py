"""One browser: its transport, what its offer says it sends and has room for, and what it and we tell each other of how
that travels (RTCP).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from . import answer, layers, rate, rtcp, rtp, sdp
from .dtls import Address, Certificate, PortTransport, Session
from .flow import Flow
from .pacer import Pacer
from .place import Place
from .room import Endpoint, Room
from .rtcp import Report
from .rtp import Packet
from .source import CLOCK, Layer, Source
from .transit import Transit

MOST_TOLD = 400  # packets in one feedback: it must fit a datagram
LONGEST_RTCP = 1300  # bytes of a compound
MOST_REPORTS = 40  # sender reports in one datagram
LONGEST_DELAY_MS = 60_000  # since a sender report that is still answered
MOST_ARRIVALS = 4000  # kept between two feedbacks


def clock() -> int:
    """Milliseconds, steady."""
    return time.monotonic_ns() // 1_000_000


class Peer:
    """ICE name and password, DTLS session, the endpoint it feeds."""

    def __init__(
        self, room: Room, endpoint: str, offer: sdp.Description, certificate: Certificate,
        send_to: Callable[[bytes, Address], None], mosaic: int = 0,
    ) -> None:  # fmt: skip
        self.endpoint = Endpoint(room, endpoint, self)
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.transport = PortTransport("controlled", send_to)
        self.session = Session(self.transport, certificate)
        self.offer, self.codec = offer, room.policy.codec
        self.ready = False
        self.heard_at = clock()
        self.arrivals: list[tuple[int, int]] = []  # (transport-wide number, us)
        self.numbers = rtp.Unwrap()
        self.feedback = 0
        self.shown: tuple[list[str], list[str]] = ([], [])
        self.pacer, self.transit = Pacer(), Transit()
        self.outbound = Flow()
        self.reported: dict[int, tuple[int, int]] = {}  # SSRC -> (middle NTP, ms) of the sender's last report
        self.rtt = 0  # ms
        self.task: asyncio.Task[None] | None = None
        self._ssrcs: set[int] = set()
        self.places = self._take_in(offer, mosaic)
        self.pictures = [layer for layer in self.layers() if layer.source.kind == "video"]

    # ── what it sends and shows ──

    def _take_in(self, offer: sdp.Description, mosaic: int) -> dict[str, answer.Numbers]:
        made, numbers = self.endpoint, {}
        for media in offer.media:
            if not answer.is_taken(media, self.codec):
                continue
            if media.direction == "recvonly":
                place = self._place(media)
                made.places[media.kind].append(place)
                numbers[media.mid] = answer.Numbers(place.ssrc, place.repair_ssrc)
            elif media.name not in made.sources:
                self._source(media)
        made.mosaic = max(0, min(mosaic, len(made.places["video"]) - 1))
        return numbers

    def _place(self, media: sdp.Media) -> Place:
        payload_type = media.payload_type(answer.codec_of(media, self.codec))
        place = Place(self.endpoint, media.kind, payload_type, self._new_ssrc())
        place.seq, place.ts = secrets.randbits(15), secrets.randbits(32)
        if media.kind == "audio":
            place.red_type = media.red_type(payload_type)
        else:
            place.repair_type = media.repair_type(payload_type)
            place.repair_ssrc, place.repair_seq = self._new_ssrc(), secrets.randbits(15)
            if place.repair_type >= 0:
                number = media.extensions.get(sdp.TRANSPORT, 0)
                self.transit.extension_id = number if 0 < number < 15 else self.transit.extension_id  # one-byte headers
        return place

    def _new_ssrc(self) -> int:
        """Never one twice under one key: with AES-GCM two streams of one number give the key away."""
        while (ssrc := secrets.randbits(31) | 1) in self._ssrcs:
            continue
        self._ssrcs.add(ssrc)
        return ssrc

    def _source(self, media: sdp.Media) -> None:
        made = self.endpoint
        codec = answer.codec_of(media, self.codec)
        payload_type = media.payload_type(codec)
        source = made.sources[media.name] = Source(made, media.name, media.kind, codec)
        if media.mid:
            made.sources_by_mid[media.mid.encode()] = source
        for index, rid in enumerate(media.rids or [""]):
            layer = Layer(source, payload_type, rid, index)
            layer.repair_type = media.repair_type(payload_type) if media.kind == "video" else -1
            layer.red_type = media.red_type(payload_type) if media.kind == "audio" else -1
            source.layers.append(layer)
        if media.ssrcs and not media.rids:
            layer = source.layers[0]
            layer.ssrc = media.ssrcs[0]
            made.by_ssrc[layer.ssrc] = layer
            repair = media.repairs.get(layer.ssrc)
            if repair is not None:
                layer.repair_ssrc = repair
                made.by_ssrc[repair] = layer
        for name, uri in (("level_id", sdp.LEVEL), ("transport_id", sdp.TRANSPORT), ("mid_id", sdp.MID),
                          ("rid_id", sdp.RID), ("repaired_id", sdp.REPAIRED)):  # fmt: skip
            setattr(made, name, media.extensions.get(uri, getattr(made, name)))

    def numbered(self, now: int, packet: Packet, place: Place) -> Packet:
        """PACKET as it goes to PLACE on a measured way."""
        if not self.transit.extension_id or place.repair_type < 0:
            return packet
        number = self.transit.depart(now, packet.size + rtp.NUMBERED)
        return rtp.numbered(packet, self.transit.extension_id, number)

    # ── what it is told ──

    def arrived(self, plain: bytes) -> None:
        """Note a packet's transport-wide number, if it has one."""
        number = rtp.extension(plain, self.endpoint.transport_id)
        if len(number) == 2 and len(self.arrivals) < MOST_ARRIVALS:
            self.arrivals.append((self.numbers(int.from_bytes(number)), time.monotonic_ns() // 1000))

    def feedbacks(self) -> list[bytes]:
        """Transport-wide feedback, from which the browser learns how much its line carries."""
        arrivals, self.arrivals = sorted(dict(self.arrivals).items()), []
        ssrc = next((layer.ssrc for layer in self.layers() if layer.ssrc), 0)
        made = []
        while arrivals and ssrc:
            part = [one for one in arrivals[:MOST_TOLD] if one[0] - arrivals[0][0] < rtcp.LONGEST_FEEDBACK]
            arrivals = arrivals[len(part) :]
            made.append(rtcp.transport_feedback(ssrc, self.feedback, part))
            self.feedback = self.feedback + 1 & 0xFF
        return made

    def layers(self) -> list[Layer]:
        return [layer for source in self.endpoint.sources.values() for layer in source.layers]

    def receiver_report(self, now: int) -> bytes:
        """How its streams came since the last report; b"" where none did (RFC 3550, section 6.4.2)."""
        blocks = []
        for layer in self.layers():
            traffic = layer.traffic
            if not layer.ssrc or not traffic.packets:
                continue
            packets, lost = layer.report
            came, missing = traffic.packets - packets, max(0, traffic.lost - lost)
            layer.report = (traffic.packets, traffic.lost)
            fraction = min(255, missing * 256 // (came + missing)) if came + missing else 0
            last, at = self.reported.get(layer.ssrc, (0, now))
            if now - at > LONGEST_DELAY_MS:
                last = 0  # a report so old says nothing of the round trip
            delay = (now - at) * 65536 // 1000 if last else 0
            blocks.append(Report(layer.ssrc, fraction, traffic.lost, int(traffic.jitter), last, delay))
        return rtcp.receiver_report(blocks[: rtcp.MOST_BLOCKS]) if blocks else b""

    def sender_reports(self, now: int, wall_ns: int) -> bytes:
        """What goes to its places, in one compound; b"" for nothing."""
        made = []
        for kind, places in self.endpoint.places.items():
            for place in places:
                if place.sent and place.layer is not None:
                    ts = place.ts + (now - place.at) * CLOCK[kind]
                    made.append(rtcp.sender_report(place.ssrc, wall_ns, ts, place.sent, place.octets))
        return b"".join(made[:MOST_REPORTS])

    def hear(self, now: int, wall_ns: int, feedback: rtcp.Feedback) -> None:
        """Take in what its receiver says of the line towards it."""
        viewer = self.endpoint
        trip = self.transit.arrive(now, feedback.arrivals) if feedback.arrivals else None
        if trip is not None:
            viewer.estimate.tell(now, trip, layers.sound(viewer, now))
        lost = self._hear_reports(now, wall_ns, feedback)
        if lost is not None:
            viewer.estimate.lose(now, lost, self.outbound.least, viewer.pictured)
        most = layers.most_redundancy(viewer, now)
        viewer.redundancy = rate.redundancy(viewer.estimate.loss, viewer.redundancy, most)

    def _hear_reports(self, now: int, wall_ns: int, feedback: rtcp.Feedback) -> float | None:
        """Returns the share of what it should have got that did not come, over its streams."""
        viewer = self.endpoint
        for ssrc, middle in feedback.senders:
            if ssrc in viewer.by_ssrc:
                self.reported[ssrc] = (middle, now)
        known = {place.ssrc: place for places in viewer.places.values() for place in places}
        shares = []
        for report in feedback.reports:
            place = known.get(report.ssrc)
            if place is None or place.layer is None:
                continue
            place.lost = report.fraction * 1000 // 256
            if report.last:
                trip = rtcp.middle(wall_ns) - report.last - report.delay & 0xFFFFFFFF
                if trip < 1 << 22:  # a minute
                    self.rtt = trip * 1000 >> 16
                    viewer.estimate.trip(now, self.rtt, self.outbound.least, viewer.pictured)
            shares.append(report.fraction / 256)
        return sum(shares) / len(shares) if shares else None

    def say(self, data: bytes, send_to: Callable[[bytes, Address], None]) -> None:
        """RTCP, protected, to where this peer is."""
        address = self.transport.address
        # the last never, if all that is said keeps its bounds
        if self.ready and address is not None and len(data) <= LONGEST_RTCP:
            send_to(self.session.protect_rtcp(data), address)
