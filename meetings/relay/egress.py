"""One plain packet out to many places: copied, renumbered, protected, sent.

What a copy is, is said here once: `renumber` and `repaired`. `Plain` sends with two ordinary calls a copy, and is the
reference; `batch.Batch` does the same faster where the system lets it. Both send the same bytes, and a test compares
them. A full socket is a drop, never waited for.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any, Protocol

from .dtls import ProtectError
from .place import Place
from .rtp import FIXED, HEAD, Packet, Vp8, is_newer

if TYPE_CHECKING:
    from .room import Endpoint

LONGEST = 1356  # bytes of a packet that pylibsrtp takes: 1,500 less the longest tag
IP_HEADERS = 28  # bytes, with UDP's


class Egress(Protocol):
    """`urgent`: something was taken in that should not wait for what follows it; `held`: something that may."""

    sent: int
    dropped: int
    urgent: bool
    held: bool

    def send(self, now: int, packet: Packet, places: list[Place]) -> None: ...

    def resend(self, packet: Packet, place: Place) -> None: ...

    def flush(self, whole_only: bool = False) -> None: ...

    def forget(self, endpoint: Endpoint) -> None: ...


def renumber(place: Place, now: int, buffer: Any, at: int, packet: Packet) -> None:
    """Rewrite the copy of PACKET at AT in BUFFER for PLACE, and remember how far the place has come."""
    seq, ts = packet.seq + place.seq_off & 0xFFFF, packet.ts + place.ts_off & 0xFFFFFFFF
    HEAD.pack_into(buffer, at, packet.first, packet.marker | place.payload_type, seq, ts, place.ssrc)
    newer = is_newer(seq, place.seq) or not place.sent
    if newer:
        place.run += seq - place.seq & 0xFFFF
        place.seq, place.ts, place.at = seq, ts, now
    place.sent += 1
    if packet.vp8 is not None and packet.vp8.picture_at:
        renumber_picture(place, buffer, at, packet.vp8, newer)


def renumber_picture(place: Place, buffer: Any, at: int, vp8: Vp8, newer: bool) -> None:
    """VP8's own counters go on without a gap too (RFC 7741, section 4.2)."""
    picture = vp8.picture + place.picture_off & 0x7FFF
    if vp8.wide:
        struct.pack_into("!H", buffer, at + vp8.picture_at, 0x8000 | picture)
    else:
        buffer[at + vp8.picture_at] = picture & 0x7F
    if newer:
        place.picture = picture
    if vp8.tl0_at:
        tl0 = vp8.tl0 + place.tl0_off & 0xFF
        buffer[at + vp8.tl0_at] = tl0
        if newer:
            place.tl0 = tl0


def repaired(place: Place, packet: Packet) -> bytes:
    """PACKET once more for PLACE: as RTX (RFC 4588) where that was agreed, else just as it was."""
    seq, ts = packet.seq + place.seq_off & 0xFFFF, packet.ts + place.ts_off & 0xFFFFFFFF
    copy = bytearray(packet.bare)
    if packet.vp8 is not None and packet.vp8.picture_at:
        renumber_picture(place, copy, 0, packet.vp8, newer=False)
    if place.repair_type < 0:
        HEAD.pack_into(copy, 0, packet.first, packet.marker | place.payload_type, seq, ts, place.ssrc)
        return bytes(copy)
    place.repair_seq = place.repair_seq + 1 & 0xFFFF
    second = packet.marker | place.repair_type
    HEAD.pack_into(copy, 0, packet.first, second, place.repair_seq, ts, place.repair_ssrc)
    copy[FIXED:FIXED] = seq.to_bytes(2)
    return bytes(copy)


def send_one(place: Place, now: int, packet: Packet, sock: socket.socket) -> bool:
    copy = bytearray(packet.bare)
    renumber(place, now, copy, 0, packet)
    return transmit(bytes(copy), place, sock)


def transmit(plain: bytes, place: Place, sock: socket.socket) -> bool:
    """One copy by ordinary calls, over UDP or (to who has only that) a stream. False: it had to be dropped."""
    peer: Any = place.endpoint.peer
    try:
        data = peer.session.protect(plain)
        address = peer.transport.address
        if address is None:  # its stream is gone, and it has not come back over another way
            return False
        place.octets += len(plain) - FIXED
        peer.outbound.bytes += len(data) + IP_HEADERS
        if not isinstance(address, tuple):
            return bool(address.send(data, place.kind == "video"))
        sock.sendto(data, address)
    except (OSError, ProtectError, ValueError):  # the last: too long
        return False
    return True


class Plain:
    """protect + sendto, a copy at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.sent = self.dropped = 0
        self.urgent = self.held = False

    def send(self, now: int, packet: Packet, places: list[Place]) -> None:
        if packet.size > LONGEST:
            self.dropped += 1
            return
        for place in places:
            if send_one(place, now, packet, self._sock):
                self.sent += 1
            else:
                self.dropped += 1

    def resend(self, packet: Packet, place: Place) -> None:
        """PACKET once more, at once."""
        done = transmit(repaired(place, packet), place, self._sock)
        self.sent, self.dropped = self.sent + done, self.dropped + (not done)

    def flush(self, whole_only: bool = False) -> None:
        """Nothing is held back."""

    def forget(self, endpoint: Endpoint) -> None:
        """Nothing is kept of an address."""
