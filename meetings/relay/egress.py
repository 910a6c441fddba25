"""One plain packet out to many places: copied, renumbered, protected, sent.

`Batch` gathers a moment's packets, protects each copy in place with libsrtp (pylibsrtp's own cffi binding) and sends a
whole round in one sendmmsg. A moment's copies for one place go as one message that the kernel cuts (UDP
GSO): a train costs hardly more than a packet. `Plain` does the same with two ordinary calls a copy, wherever the other
is not to be had. Both send the same bytes, and a test compares them. A full socket is a drop, never waited for.
"""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING, Any, Protocol

from pylibsrtp import Error as SrtpError
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp_lib

from . import mmsg
from .place import Place
from .rtp import FIXED, HEAD, Packet, Vp8, is_newer

if TYPE_CHECKING:
    from .dtls import Udp
    from .peer import Peer

LONGEST = 1356  # bytes of a packet that pylibsrtp takes: 1,500 less the longest tag
ROOM = LONGEST + 144  # and what libsrtp may write behind it (SRTP_MAX_TRAILER_LEN)
ARENA = 1024**2
IP_HEADERS = 28  # bytes, with UDP's
MESSAGES = 512  # a round
LONGEST_TRAIN = 60_000  # bytes: an IPv4 datagram before it is cut
MOST_SEGMENTS = 64  # UDP_MAX_SEGMENTS
UDP_SEGMENT = 103
CUT = struct.Struct("=QiiH")  # cmsghdr (length, level, type) and the size of a segment
CUT_SPACE = 24


class Egress(Protocol):
    """`urgent`: something was taken in that should not wait for what follows it; `held`: something that may."""

    sent: int
    dropped: int
    urgent: bool
    held: bool

    def send(self, now: int, packet: Packet, places: list[Place]) -> None: ...

    def resend(self, packet: Packet, place: Place) -> None: ...

    def flush(self, whole_only: bool = False) -> None: ...

    def forget(self, address: Udp) -> None: ...


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
        _renumber_picture(place, buffer, at, packet.vp8, newer)


def _renumber_picture(place: Place, buffer: Any, at: int, vp8: Vp8, newer: bool) -> None:
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
        _renumber_picture(place, copy, 0, packet.vp8, newer=False)
    if place.repair_type < 0:
        HEAD.pack_into(copy, 0, packet.first, packet.marker | place.payload_type, seq, ts, place.ssrc)
        return bytes(copy)
    place.repair_seq = place.repair_seq + 1 & 0xFFFF
    second = packet.marker | place.repair_type
    HEAD.pack_into(copy, 0, packet.first, second, place.repair_seq, ts, place.repair_ssrc)
    copy[FIXED:FIXED] = seq.to_bytes(2)
    return bytes(copy)


def _send_one(place: Place, now: int, packet: Packet, sock: socket.socket) -> bool:
    copy = bytearray(packet.bare)
    renumber(place, now, copy, 0, packet)
    return _transmit(bytes(copy), place, sock)


def _transmit(plain: bytes, place: Place, sock: socket.socket) -> bool:
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
    except (OSError, SrtpError, ValueError):  # the last: too long
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
            if _send_one(place, now, packet, self._sock):
                self.sent += 1
            else:
                self.dropped += 1

    def resend(self, packet: Packet, place: Place) -> None:
        """PACKET once more, at once."""
        done = _transmit(repaired(place, packet), place, self._sock)
        self.sent, self.dropped = self.sent + done, self.dropped + (not done)

    def flush(self, whole_only: bool = False) -> None:
        """Nothing is held back."""

    def forget(self, address: Udp) -> None:
        """Nothing is kept of an address."""


class Batch:
    """In-place protection and one system call a round (Linux)."""

    def __init__(self, sock: socket.socket, trains: bool = True) -> None:
        mmsg.libc.sendmmsg  # noqa: B018  (AttributeError here, at start, where the system has none)
        self._sock, self._fd, self._family = sock, sock.fileno(), sock.family
        ffi = mmsg.ffi
        self._arena = srtp_ffi.new("char[]", ARENA)
        self._bytes = memoryview(srtp_ffi.buffer(self._arena)).cast("B")
        base = int(srtp_ffi.cast("uintptr_t", self._arena))
        self._base = ffi.cast("char *", base)
        self._iov = ffi.new("struct iovec[]", MESSAGES)
        self._messages = ffi.new("struct mmsghdr[]", MESSAGES)
        self._cuts = ffi.new("char[]", MESSAGES * CUT_SPACE)
        self._cut_bytes = memoryview(ffi.buffer(self._cuts)).cast("B")
        self._heads = [ffi.addressof(self._messages[i], "hdr") for i in range(MESSAGES)]
        self._iovs = [ffi.addressof(self._iov, i) for i in range(MESSAGES)]
        self._cut_at = [self._cuts + i * CUT_SPACE for i in range(MESSAGES)]
        self._length = srtp_ffi.new("int *")
        for i in range(MESSAGES):
            self._heads[i].iov, self._heads[i].iovlen = self._iovs[i], 1
            self._heads[i].namelen = 16 if self._family == socket.AF_INET else 28
        self._names: dict[Udp, Any] = {}
        self._pending: list[tuple[int, Packet, list[Place]]] = []
        self._counts = [0] * MESSAGES  # packets of each message
        self._filled = self._at = 0
        self._trains = trains
        self.sent = self.dropped = 0
        self.urgent = self.held = False

    def _name(self, peer: Peer) -> Any:
        """The peer's address as the kernel wants it."""
        address: Any = peer.transport.address
        known = self._names.get(address)
        if known is None:
            known = self._names[address] = mmsg.ffi.new("char[]", _raw(self._family, address))
        return known

    def forget(self, address: Udp) -> None:
        """ADDRESS is nobody's any more. What waits for it goes out first: it points at the name's memory."""
        self.flush()
        self._names.pop(address, None)

    def send(self, now: int, packet: Packet, places: list[Place]) -> None:
        """Taken in; it goes out with the next flush. PLACES and their numbering must not change before."""
        if packet.size > LONGEST:
            self.dropped += 1
            return
        self._pending.append((now, packet, places))
        if packet.urgent:
            self.urgent = True
        else:
            self.held = True

    def resend(self, packet: Packet, place: Place) -> None:
        """PACKET once more, at once."""
        done = _transmit(repaired(place, packet), place, self._sock)
        self.sent, self.dropped = self.sent + done, self.dropped + (not done)

    def flush(self, whole_only: bool = False) -> None:
        """Packets to the same places go together. WHOLE_ONLY: what is of a picture whose end has not come may wait."""
        pending, self._pending = self._pending, []
        runs: dict[int, list[tuple[int, Packet, list[Place]]]] = {}
        for one in pending:
            runs.setdefault(id(one[2]), []).append(one)
        for run in runs.values():
            if whole_only and not run[-1][1].urgent:
                self._pending += run
                continue
            for place in run[0][2]:
                self._pack(place, run)
        self.urgent, self.held = False, bool(self._pending)
        self._transmit()

    def _pack(self, place: Place, run: list[tuple[int, Packet, list[Place]]]) -> None:
        """The copies of a run for one place, in as few messages as sizes allow: all of one size, the last shorter."""
        buffer, arena, length, protect = self._bytes, self._arena, self._length, srtp_lib.srtp_protect
        peer: Any = place.endpoint.peer
        if not isinstance(peer.transport.address, tuple):
            for now, packet, _ in run:
                done = _send_one(place, now, packet, self._sock)
                self.sent, self.dropped = self.sent + done, self.dropped + (not done)
            return
        srtp, segment, first, count = peer.session.srtp, 0, self._at, 0
        plain = sealed = 0
        for now, packet, _ in run:
            at, size = self._at, packet.size
            if at + ROOM > ARENA:
                self._message(peer, first, count, segment)
                self._transmit()
                at, first, count = 0, 0, 0
            buffer[at : at + size] = packet.bare
            renumber(place, now, buffer, at, packet)
            length[0] = size
            if protect(srtp, arena + at, length):
                self.dropped += 1
                continue
            size = length[0]
            plain, sealed = plain + packet.size - FIXED, sealed + size + IP_HEADERS
            if count and not (
                self._trains and size <= segment and at - first + size <= LONGEST_TRAIN and count < MOST_SEGMENTS
            ):
                self._message(peer, first, count, segment)
                first, count = at, 0
            if not count:
                segment = size
            count += 1
            self._at = at + size
            if size < segment:  # a shorter one ends its train
                self._message(peer, first, count, segment)
                first, count = self._at, 0
        self._message(peer, first, count, segment)
        place.octets += plain
        peer.outbound.bytes += sealed

    def _message(self, peer: Peer, first: int, count: int, segment: int) -> None:
        """COUNT copies that begin at FIRST are one message."""
        if not count:
            return
        index = self._filled
        iov, head = self._iovs[index], self._heads[index]
        iov.base, iov.len = self._base + first, self._at - first
        head.name = self._name(peer)
        if count > 1:
            CUT.pack_into(self._cut_bytes, index * CUT_SPACE, 18, socket.IPPROTO_UDP, UDP_SEGMENT, segment)
            head.control, head.controllen = self._cut_at[index], CUT_SPACE
        else:
            head.controllen = 0
        self._counts[index] = count
        self._filled += 1
        if self._filled == MESSAGES:
            self._transmit(keep=True)

    def _transmit(self, keep: bool = False) -> None:
        """Send what is packed. KEEP: more is being packed behind it, so the arena goes on."""
        done, filled, counts = 0, self._filled, self._counts
        while done < filled:
            sent = mmsg.libc.sendmmsg(self._fd, self._messages + done, filled - done, 0)
            if sent > 0:
                self.sent += sum(counts[done : done + sent])
                done += sent
                continue
            code = mmsg.ffi.errno
            if code == errno.EIO and counts[done] > 1:
                self._trains = False  # this way out cannot cut (no checksum offload): from now on, packet by packet
            lost = filled - done if code in mmsg.FULL else 1
            self.dropped += sum(counts[done : done + lost])
            done += lost
        self._filled = 0
        if not keep:
            self._at = 0


def _raw(family: int, address: Udp) -> bytes:
    """A socket address as the kernel has it (struct sockaddr_in, sockaddr_in6)."""
    head = struct.pack("=H", family) + struct.pack("!H", address[1])
    if family == socket.AF_INET:
        return head + socket.inet_aton(address[0]) + bytes(8)
    flow, scope = address[2:4] if len(address) == 4 else (0, 0)
    packed = socket.inet_pton(family, address[0].partition("%")[0])
    return head + struct.pack("!I", flow) + packed + struct.pack("=I", scope)


def choose(sock: socket.socket) -> Egress:
    """The fastest way this machine has."""
    try:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)  # known since Linux 4.18
        trains = True
    except OSError:
        trains = False
    try:
        return Batch(sock, trains)
    except (AttributeError, OSError):
        return Plain(sock)
