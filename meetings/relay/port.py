"""The one UDP port of a worker: receives until it is empty, tells datagrams apart by their first byte (RFC 7983), and
hands each to whom it concerns. What time brings is done by upkeep.py.

A peer is known by its ICE name first, then by the address its checks came from. Media and DTLS are taken only from an
address that has proved itself by STUN; an address may move, by STUN only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from store.errors import Malformed

from . import answer, batch, layers, router, rtcp, sdp, stun
from . import room as rooms
from .dtls import Address, fingerprint, new_certificate
from .history import pairs
from .lines import FULL, LINES
from .pacing import Pacing
from .peer import Peer, clock
from .room import Endpoint, Policy, Room
from .source import PACED, Layer
from .tcp import Stream, Streams

log = logging.getLogger("bacap.relay")

AT_ONCE = 256  # datagrams a turn of the loop
HOLD_S = 0.002  # the packets of a picture wait so long for each other, to go as one train
PLAN_S = 0.02  # who comes or goes within it, is planned for at once
MOST_MISSED = 250  # packets asked for at once: it must fit one datagram
BUFFER = 4 * 1024**2


class Port:
    """Owns the socket, the peers and the rooms. `on_slots`, `on_wanted` and `on_lost` tell the control side."""

    def __init__(self, host: str, number: int, addresses: list[str]) -> None:
        self._sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        if ":" in host:
            self._sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # one socket for both
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self._sock.bind((host, number))
        self._sock.setblocking(False)
        self.number = self._sock.getsockname()[1]
        self._addresses = addresses
        self.streams = Streams(self._on_stream, self._on_stream_gone)
        self.certificate = new_certificate()
        self._print = fingerprint(self.certificate)
        self._egress = batch.choose(self._sock)
        self._hold: asyncio.TimerHandle | None = None
        self._pacing = Pacing(self._egress, self.ask_key_frame)
        self._planning: set[Room] = set()
        self._by_name: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}
        self.rooms: dict[str, Room] = {}
        self.dropped = 0
        self.on_slots: Callable[[Room, Endpoint, list[str], list[str]], None] = lambda *_: None
        self.on_wanted: Callable[[Room, Endpoint, str, int], None] = lambda *_: None
        self.on_lost: Callable[[Room, Endpoint], None] = lambda *_: None

    # ── life ──

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock, self._readable)

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._sock)
        if self._hold is not None:
            self._hold.cancel()
        self._pacing.close()
        for peer in self.peers():
            await self.end(peer)
        await self.streams.close()
        self._sock.close()

    def room(self, room: str) -> Room:
        return self.rooms.setdefault(room, Room(room))

    def peers(self) -> list[Peer]:
        return list(self._by_name.values())

    # ── joining and leaving ──

    async def join(self, room: str, endpoint: str, text: str, mosaic: int = 0) -> str:
        """Take an offer; returns the answer. An endpoint that was there is replaced. Raises Malformed."""
        offer = sdp.parse(text)
        await self.leave(room, endpoint)
        peer = Peer(self.room(room), endpoint, offer, self.certificate, self.send_to, mosaic)
        peer.endpoint.estimate.begin(clock())
        self._by_name[peer.ufrag] = peer
        peer.task = asyncio.create_task(self._shake_hands(peer), name=f"dtls-{endpoint}")
        local = answer.Local(
            peer.ufrag, peer.password, self._print, [(host, self.number) for host in self._addresses],
            [(host, self.streams.number) for host in self._addresses if self.streams.number],
        )  # fmt: skip
        return answer.write(offer, local, secrets.randbits(40), peer.codec, peer.places)

    async def _shake_hands(self, peer: Peer) -> None:
        """DTLS; from then on the endpoint is in the room."""
        with contextlib.suppress(ConnectionError):
            peer.ready = await peer.session.handshake(peer.offer.fingerprints)
        if peer.ready:
            peer.endpoint.room.endpoints[peer.endpoint.id] = peer.endpoint
            self._egress.flush()
            now = clock()
            self._plan(peer.endpoint, peer.endpoint.room.standing(now), now)
            if peer.endpoint.sources:
                self._replan_soon(peer.endpoint.room)

    async def leave(self, room: str, endpoint: str) -> None:
        for peer in self.peers():
            if (peer.endpoint.id, peer.endpoint.room.id) == (endpoint, room):
                await self.end(peer)

    async def end(self, peer: Peer) -> None:
        self._by_name.pop(peer.ufrag, None)
        self._pacing.forget(peer)
        address = peer.transport.address
        if address is not None and self._by_address.get(address) is peer:
            del self._by_address[address]
        peer.ready = False
        self._egress.flush()
        rooms.remove(peer.endpoint)
        if peer.endpoint.sources:
            self._replan_soon(peer.endpoint.room)
        self._drop_if_done(peer.endpoint.room)
        if peer.task is not None:
            peer.task.cancel()
        await peer.session.close()
        peer.transport.feed(None)
        if isinstance(address, Stream):
            address.close()

    def steer(self, room: str, policy: Policy, lines: Mapping[str, str]) -> None:
        """From now on ROOM's screens go by POLICY, and the sites in LINES have the profile named there."""
        known = self.room(room)
        known.policy = policy
        known.lines = {endpoint: LINES.get(line, FULL) for endpoint, line in lines.items()}
        self.replan(known)
        self._drop_if_done(known)

    def watch(self, room: str, endpoint: str, names: tuple[str, ...]) -> None:
        """ENDPOINT's mosaic is to show these from now on."""
        viewer = self._endpoint(room, endpoint)
        if viewer is not None and viewer.watching != names:
            viewer.watching = names
            self.replan(viewer.room)

    def share(self, room: str, endpoint: str, on: bool) -> None:
        """ENDPOINT shares its screen, or does no more."""
        there = self._endpoint(room, endpoint)
        if there is not None and there.sharing != on:
            there.sharing = on
            self.replan(there.room)

    def _endpoint(self, room: str, endpoint: str) -> Endpoint | None:
        """Also one that still shakes hands: what it asks for meanwhile holds once it is in the room."""
        found = (peer.endpoint for peer in self._by_name.values())
        return next((one for one in found if (one.room.id, one.id) == (room, endpoint)), None)

    def _drop_if_done(self, room: Room) -> None:
        """Forget a room that nobody is in or on the way to, and that need not show anything."""
        steered = room.policy != Policy()
        coming = any(peer.endpoint.room is room for peer in self._by_name.values())
        if not (steered or room.endpoints or coming) and self.rooms.get(room.id) is room:
            del self.rooms[room.id]

    def replan(self, room: Room) -> None:
        """Bring every screen in step with who is there, who may be heard and who has the stage."""
        now = clock()
        self._egress.flush()  # in the numbers it was taken in with
        standing = room.standing(now)
        for endpoint in room.endpoints.values():
            self._plan(endpoint, standing, now)

    def _plan(self, viewer: Endpoint, standing: rooms.Standing, now: int) -> None:
        rooms.assign(viewer, viewer.room.plan(viewer, standing, now))
        self._choose(viewer, now)
        self.tell_shown(viewer)

    def _replan_soon(self, room: Room) -> None:
        """Once for all who come or go within a moment: a plan costs time for every screen there is."""
        if room not in self._planning:
            self._planning.add(room)
            asyncio.get_running_loop().call_later(PLAN_S, self._replan_now, room)

    def _replan_now(self, room: Room) -> None:
        self._planning.discard(room)
        if self.rooms.get(room.id) is room:
            self.replan(room)

    def _choose(self, viewer: Endpoint, now: int) -> None:
        """What was taken in must be out before."""
        for layer in layers.choose(viewer, now):
            self.ask_key_frame(layer, now)
        layers.ways(viewer, now)

    def rechoose(self, viewers: Iterable[Endpoint], now: int) -> None:
        """Layers anew, as lines and senders have changed."""
        self._egress.flush()
        for viewer in viewers:
            self._choose(viewer, now)

    def rehear(self, room: Room, now: int) -> None:
        """Voices anew, where there are fewer places than voices."""
        ranked = room.ranked(now)
        if ranked:
            self._egress.flush()
        for viewer, voices in ranked:
            rooms.assign(viewer, {"audio": voices})
            self.tell_shown(viewer)

    def tell_shown(self, endpoint: Endpoint) -> None:
        peer: Any = endpoint.peer
        shown = (endpoint.showing("audio"), endpoint.showing("video"))
        if shown != peer.shown:
            peer.shown = shown
            self.on_slots(endpoint.room, endpoint, *shown)

    # ── datagrams ──

    def send_to(self, data: bytes, address: Address) -> None:
        if not isinstance(address, tuple):
            self.dropped += not address.send(data)
            return
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
            if data:
                self._take_safely(data, address, now)
        self._let_go()

    def _on_stream(self, stream: Stream, data: bytes) -> None:
        self._take_safely(data, stream, clock())
        self._let_go()

    def _take_safely(self, data: bytes, address: Address, now: int) -> None:
        """Whatever a datagram does to us, the next is somebody else's."""
        try:
            self._take(data, address, now)
        except Exception:
            self.dropped += 1
            log.exception("a datagram could not be taken")

    def _take(self, data: bytes, address: Address, now: int) -> None:
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

    def _let_go(self) -> None:
        """What is urgent goes now, with all before it; the rest may wait a moment for what belongs to it."""
        if self._egress.urgent:
            self._egress.flush(whole_only=True)
        if self._egress.held and self._hold is None:
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
            moved = known != address or self._by_address.get(address) is not peer  # taken by another, too
            if moved and (known is None or stun.nominates(data)):
                self._move(peer, address)
            peer.heard_at = now
            host, port = address[:2] if isinstance(address, tuple) else address.peer
            self.send_to(stun.response(data, host, port, peer.password.encode()), address)
        except Malformed:
            return

    def _move(self, peer: Peer, address: Address) -> None:
        """PEER is at ADDRESS from now on."""
        known = peer.transport.address
        if known is not None and self._by_address.get(known) is peer:
            del self._by_address[known]
        self._egress.flush()
        self._egress.forget(peer.endpoint)
        peer.transport.address = address
        self._by_address[address] = peer
        if isinstance(known, Stream) and known is not address:
            known.close()
        if isinstance(address, Stream):
            address.proved = True

    def _on_stream_gone(self, stream: Stream) -> None:
        """Its peer stays until its consent runs out: it may come back over another."""
        peer = self._by_address.get(stream)
        if peer is not None:
            del self._by_address[stream]
            self._egress.forget(peer.endpoint)
            peer.transport.address = None

    def _on_rtp(self, peer: Peer, data: bytes, now: int) -> None:
        plain = peer.session.unprotect(data)
        if plain is None:
            self.dropped += 1
            return
        # some senders make no checks once they are through, and what is sealed with our key proves more
        endpoint, peer.heard_at = peer.endpoint, now
        try:
            if endpoint.transport_id:
                peer.arrived(plain)
            if router.coming(endpoint, plain):
                self._egress.flush()
            sends = router.take(now, endpoint, plain)
        except Malformed:
            self.dropped += 1
            return
        for way, packet, places in sends:
            if way == PACED:
                self._pacing.put(now, packet, places)
            else:
                self._egress.send(now, packet, places)
        for layer in peer.pictures:
            if layer.gaps:
                self._ask_again(layer, now)

    def _ask_again(self, layer: Layer, now: int) -> None:
        """What is missing of a picture is asked for; what stays missing costs a key frame."""
        missing = layer.gaps.due(now)
        if missing:
            self.send_rtcp(layer.source.endpoint.peer, rtcp.nack(layer.ssrc, pairs(missing[:MOST_MISSED])))
        if layer.gaps.take_given_up():
            self.ask_key_frame(layer, now)

    def _on_rtcp(self, peer: Peer, data: bytes, now: int) -> None:
        plain = peer.session.unprotect_rtcp(data)
        if plain is None:
            return
        peer.heard_at = now
        try:
            feedback = rtcp.read(plain)
        except Malformed:
            return
        if feedback.reports or feedback.arrivals or feedback.senders:
            peer.hear(now, time.time_ns(), feedback)
        pictures = {place.ssrc: place for place in peer.endpoint.places["video"]}
        if feedback.missed:
            self._egress.flush()
        for ssrc, seq in feedback.missed:
            packet = router.again(now, pictures[ssrc], seq) if ssrc in pictures else None
            if packet is not None:
                self._egress.resend(packet, pictures[ssrc])
        for ssrc in feedback.key_frames:
            layer = (pictures[ssrc].coming or pictures[ssrc].layer) if ssrc in pictures else None
            if layer is not None:
                self.ask_key_frame(layer, now)

    def ask_key_frame(self, layer: Layer, now: int) -> None:
        if layer.wants_key_frame(now):
            self.send_rtcp(layer.source.endpoint.peer, rtcp.pli(layer.ssrc))

    def send_rtcp(self, peer: Any, data: bytes) -> None:
        peer.say(data, self.send_to)
