"""The one UDP port of a worker: receives until it is empty, tells datagrams apart by their first byte (RFC 7983),
and keeps the peers behind it alive, fed and told.

A peer is known by its ICE name first, then by the address its checks came from. Media and DTLS are taken only from an
address that has proved itself by STUN; an address may move, by STUN only; silence of 30 s ends it (RFC 7675).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

from store.errors import Malformed

from . import egress, router, rtcp, rtp, sdp, stun
from .control import PeerHealth
from .dtls import Address, PortTransport, Session, fingerprint, new_certificate
from .history import pairs
from .router import Endpoint, Place, Room, Source

log = logging.getLogger("bacap.relay")

AT_ONCE = 256  # datagrams a turn of the loop
CONSENT_MS = 30_000
TICK_S = 0.1
HOLD_S = 0.002  # the packets of a picture wait so long for each other, to go as one train
BUFFER = 4 * 1024**2
MOST_TOLD = 400  # packets in one feedback: it must fit a datagram
WEAK_LOSS = 30  # per mille: from here on a line is called weak


def clock() -> int:
    return time.monotonic_ns() // 1_000_000


class Peer:
    """One browser's transport: ICE name and password, DTLS session, the endpoint it feeds."""

    def __init__(self, port: Port, room: Room, endpoint: str, offer: sdp.Description) -> None:
        self.endpoint = Endpoint(room, endpoint, self)
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.transport = PortTransport("controlled", port.send_to)
        self.session = Session(self.transport, port.certificate)
        self.offer = offer
        self.ready = False
        self.heard_at = clock()
        self.arrivals: list[tuple[int, int]] = []  # (transport-wide number, us)
        self.numbers = rtp.Unwrap()
        self.feedback = 0
        self.shown: tuple[list[str], list[str]] = ([], [])
        self.marks: dict[str, tuple[int, int, int]] = {}  # kind -> (packets, bytes, lost) at the last report
        self.task: asyncio.Task[None] | None = None


class Port:
    """Owns the socket, the peers and the rooms. `on_slots` and `on_lost` tell the control side."""

    def __init__(self, host: str, number: int, addresses: list[str]) -> None:
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self._sock.bind((host, number))
        self._sock.setblocking(False)
        self.number = self._sock.getsockname()[1]
        self._addresses = addresses
        self.certificate = new_certificate()
        self._print = fingerprint(self.certificate)
        self._egress = egress.choose(self._sock)
        self._hold: asyncio.TimerHandle | None = None
        self._by_name: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}
        self.rooms: dict[str, Room] = {}
        self.dropped = 0
        self.on_slots: Callable[[Room, Endpoint, list[str], list[str]], None] = lambda *_: None
        self.on_lost: Callable[[Room, Endpoint], None] = lambda *_: None

    # ── life ──

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock, self._readable)

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._sock)
        if self._hold is not None:
            self._hold.cancel()
        for peer in list(self._by_name.values()):
            await self._end(peer)
        self._sock.close()

    def room(self, room: str) -> Room:
        return self.rooms.setdefault(room, Room(room))

    # ── joining and leaving ──

    async def join(self, room: str, endpoint: str, text: str) -> str:
        """Take an offer; returns the answer. An endpoint that was there is replaced. Raises Malformed."""
        offer = sdp.parse(text)
        await self.leave(room, endpoint)
        peer = Peer(self, self.room(room), endpoint, offer)
        made = peer.endpoint
        ssrcs: dict[str, int] = {}
        for media in offer.media:
            pt = media.payload_type
            if not pt:
                continue
            if media.direction == "recvonly":
                ssrc = ssrcs[media.mid] = secrets.randbits(31) | 1
                place = Place(made, media.kind, pt, ssrc)
                place.seq, place.ts = secrets.randbits(15), secrets.randbits(32)
                made.places[media.kind].append(place)
            elif media.direction == "sendonly" and media.kind not in made.sources:
                source = made.sources[media.kind] = Source(made, media.kind, pt)
                if media.ssrcs:
                    source.ssrc = media.ssrcs[0]
                    made.by_ssrc[source.ssrc] = source
                made.level_id = media.extensions.get(sdp.LEVEL, made.level_id)
                made.transport_id = media.extensions.get(sdp.TRANSPORT, made.transport_id)
        self._by_name[peer.ufrag] = peer
        peer.task = asyncio.create_task(self._shake_hands(peer), name=f"dtls-{endpoint}")
        candidates = [(host, self.number) for host in self._addresses]
        local = sdp.Local(peer.ufrag, peer.password, self._print, candidates)
        return sdp.answer(offer, local, secrets.randbits(40), ssrcs)

    async def _shake_hands(self, peer: Peer) -> None:
        """DTLS; from then on the endpoint is in the room."""
        with contextlib.suppress(ConnectionError):
            peer.ready = await peer.session.handshake(peer.offer.fingerprints)
        if peer.ready:
            peer.endpoint.room.endpoints[peer.endpoint.id] = peer.endpoint
            self.replan(peer.endpoint.room)

    async def leave(self, room: str, endpoint: str) -> None:
        for peer in list(self._by_name.values()):
            if (peer.endpoint.id, peer.endpoint.room.id) == (endpoint, room):
                await self._end(peer)

    async def _end(self, peer: Peer) -> None:
        self._by_name.pop(peer.ufrag, None)
        address = peer.transport.address
        if address is not None and self._by_address.get(address) is peer:
            del self._by_address[address]
            self._egress.forget(address)
        peer.ready = False
        self._egress.flush()
        router.remove(peer.endpoint)
        self.replan(peer.endpoint.room)
        self._drop_if_done(peer.endpoint.room)
        if peer.task is not None:
            peer.task.cancel()
        await peer.session.close()
        peer.transport.feed(None)

    def steer(self, room: str, stage: str, heard: tuple[str, ...] | None) -> None:
        """From now on ROOM's screens show STAGE first, and only HEARD are heard (None: everyone)."""
        known = self.room(room)
        known.stage, known.heard = stage, None if heard is None else frozenset(heard)
        self.replan(known)
        self._drop_if_done(known)

    def _drop_if_done(self, room: Room) -> None:
        """Forget a room that nobody is in or on the way to, and that need not show anything."""
        steered = room.stage or room.heard is not None
        coming = any(peer.endpoint.room is room for peer in self._by_name.values())
        if not (steered or room.endpoints or coming) and self.rooms.get(room.id) is room:
            del self.rooms[room.id]

    def replan(self, room: Room) -> None:
        """Bring every screen in step with who is there, who may be heard and who has the stage."""
        now = clock()
        self._egress.flush()  # in the numbers it was taken in with
        for endpoint in list(room.endpoints.values()):
            for source in router.assign(endpoint, room.plan(endpoint, now)):
                self._ask_key_frame(source, now)
            self._tell_shown(endpoint)

    def _tell_shown(self, endpoint: Endpoint) -> None:
        peer: Any = endpoint.peer
        shown = (endpoint.showing("audio"), endpoint.showing("video"))
        if shown != peer.shown:
            peer.shown = shown
            self.on_slots(endpoint.room, endpoint, *shown)

    # ── datagrams ──

    def send_to(self, data: bytes, address: Address) -> None:
        try:
            self._sock.sendto(data, address)
        except OSError:
            self.dropped += 1

    def _readable(self) -> None:
        receive, now = self._sock.recvfrom, clock()
        for _ in range(AT_ONCE):
            try:
                data, address = receive(2048)
            except OSError:  # nothing more, or an ICMP of a peer that is gone
                break
            if not data:
                continue
            first = data[0]
            if 127 < first < 192:
                peer = self._by_address.get(address)
                if peer is not None and peer.ready and len(data) > 2:
                    if 191 < data[1] < 224:
                        self._on_rtcp(peer, data, now)
                    else:
                        self._on_rtp(peer, data, now)
            elif first < 4:
                self._on_stun(data, address, now)
            elif 19 < first < 64:
                peer = self._by_address.get(address)
                if peer is not None:
                    peer.transport.feed(data)
        if self._egress.urgent:
            self._egress.flush()
        elif self._hold is None:
            self._hold = asyncio.get_running_loop().call_later(HOLD_S, self._release)

    def _release(self) -> None:
        """What waited for the rest of its picture has waited long enough."""
        self._hold = None
        self._egress.flush()

    def _on_stun(self, data: bytes, address: Address, now: int) -> None:
        try:
            peer = self._by_name.get(stun.local_name(data))
            if peer is None or not stun.is_genuine(data, peer.password.encode()):
                return
            known = peer.transport.address
            if known != address and (known is None or stun.nominates(data)):
                if known is not None and self._by_address.get(known) is peer:
                    del self._by_address[known]
                    self._egress.forget(known)
                peer.transport.address = address
                self._by_address[address] = peer
            peer.heard_at = now
            self.send_to(stun.response(data, *address, peer.password.encode()), address)
        except Malformed:
            return

    def _on_rtp(self, peer: Peer, data: bytes, now: int) -> None:
        plain = peer.session.unprotect(data)
        if plain is None:
            self.dropped += 1
            return
        endpoint = peer.endpoint
        try:
            if endpoint.transport_id:
                number = rtp.extension(plain, endpoint.transport_id)
                if len(number) == 2:
                    peer.arrivals.append((peer.numbers(int.from_bytes(number)), time.monotonic_ns() // 1000))
            taken = router.take(now, endpoint, plain)
        except Malformed:
            self.dropped += 1
            return
        if taken is not None:
            self._egress.send(now, *taken)
            if taken[0].vp8 is not None and (source := endpoint.sources["video"]).gaps:
                self._ask_again(source, now)

    def _ask_again(self, source: Source, now: int) -> None:
        """What is missing of a picture is asked for; what stays missing costs a key frame."""
        missing = source.gaps.due(now)
        if missing:
            self._send_rtcp(source.endpoint.peer, rtcp.nack(source.ssrc, pairs(missing)))
        if source.gaps.take_given_up():
            self._ask_key_frame(source, now)

    def _on_rtcp(self, peer: Peer, data: bytes, now: int) -> None:
        plain = peer.session.unprotect_rtcp(data)
        if plain is None:
            return
        try:
            wanted, missed = rtcp.key_frames_asked(plain), rtcp.asked_again(plain)
        except Malformed:
            return
        pictures = {place.ssrc: place for place in peer.endpoint.places["video"]}
        for ssrc, seq in missed:
            packet = router.again(now, pictures[ssrc], seq) if ssrc in pictures else None
            if packet is not None:
                self._egress.send(now, packet, [pictures[ssrc]])
        for place in pictures.values():
            if place.ssrc in wanted and place.source is not None:
                self._ask_key_frame(place.source, now)

    def _ask_key_frame(self, source: Source, now: int) -> None:
        if router.wants_key_frame(source, now):
            self._send_rtcp(source.endpoint.peer, rtcp.pli(source.ssrc))

    def _send_rtcp(self, peer: Any, data: bytes) -> None:
        if peer.ready and peer.transport.address is not None:
            self.send_to(peer.session.protect_rtcp(data), peer.transport.address)

    # ── what time brings ──

    async def tick(self) -> None:
        """Every 100 ms: feedback to senders, key frames that were held back, voices, peers that fell silent."""
        while True:
            await asyncio.sleep(TICK_S)
            now = clock()
            for peer in list(self._by_name.values()):
                if now - peer.heard_at > CONSENT_MS:
                    log.info("%s fell silent", peer.endpoint.id)
                    self.on_lost(peer.endpoint.room, peer.endpoint)
                    await self._end(peer)
                    continue
                self._feed_back(peer)
            for room in list(self.rooms.values()):
                self._egress.flush()
                for viewer, voices in room.ranked(now):
                    router.assign(viewer, {"audio": voices})
                    self._tell_shown(viewer)
                for endpoint in room.endpoints.values():
                    video = endpoint.sources.get("video")
                    if video is not None and video.wanted and video.places:
                        self._ask_key_frame(video, now)

    def _feed_back(self, peer: Peer) -> None:
        """Transport-wide feedback, from which the browser learns how much its line carries."""
        if not peer.arrivals:
            return
        arrivals = sorted(dict(peer.arrivals).items())
        peer.arrivals = []
        source = next((s for s in peer.endpoint.sources.values() if s.ssrc), None)
        while arrivals and source is not None:
            part = [one for one in arrivals[:MOST_TOLD] if one[0] - arrivals[0][0] < rtcp.LONGEST_FEEDBACK]
            arrivals = arrivals[len(part) :]
            self._send_rtcp(peer, rtcp.transport_feedback(source.ssrc, peer.feedback, part))
            peer.feedback = peer.feedback + 1 & 0xFF

    def health(self, seconds: float) -> list[PeerHealth]:
        """How every endpoint does, from what came since the last call, SECONDS ago."""
        return [
            self._health_of(endpoint, seconds) for room in self.rooms.values() for endpoint in room.endpoints.values()
        ]

    def _health_of(self, endpoint: Endpoint, seconds: float) -> PeerHealth:
        peer: Any = endpoint.peer
        rates = {}
        for kind, source in endpoint.sources.items():
            packets, size, lost = peer.marks.get(kind, (0, 0, 0))
            peer.marks[kind] = (source.packets, source.bytes, source.lost)
            rates[kind] = (source.packets - packets, source.bytes - size, max(0, source.lost - lost))
        came = sum(rate[0] for rate in rates.values())
        lost = sum(rate[2] for rate in rates.values())
        loss = 1000 * lost // (came + lost) if came + lost else 0
        video, audio = rates.get("video", (0, 0, 0)), rates.get("audio", (0, 0, 0))
        return PeerHealth(
            endpoint.room.id, endpoint.id, camera=video[0] > 0, sound=audio[0] > 0,
            video_kbit=int(video[1] * 8 / 1000 / seconds), loss=loss, weak=loss > WEAK_LOSS,
        )  # fmt: skip
