"""The fast way out (Linux): a moment's packets protected in place by libsrtp, and sent many in one sendmmsg.

What goes to the same places together is laid out once, as a `Train`: the bytes, what must be rewritten in each copy,
and where the kernel cuts them (UDP GSO), so that a message of many packets costs hardly more than one. For each place
that layout is copied, renumbered as `egress.renumber` does it, and protected. A full socket is a drop, never waited
for.
"""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING, Any

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp_lib

from . import mmsg
from .egress import IP_HEADERS, LONGEST, Egress, Plain, renumber, renumber_picture, repaired, send_one, transmit
from .rtp import FIXED, HEAD, Packet, is_newer

if TYPE_CHECKING:
    from .dtls import Address, Udp
    from .peer import Peer
    from .place import Place
    from .room import Endpoint

ROOM = 144  # what libsrtp may write behind a packet (SRTP_MAX_TRAILER_LEN)
ARENA = 1024**2
MOST_TOGETHER = 256  # packets of one train, so that it fits the arena
MESSAGES = 32  # a system call: few, so that the first viewers have theirs while the others' are still being packed
LONGEST_MESSAGE = 60_000  # bytes: an IPv4 datagram before it is cut
MOST_SEGMENTS = 64  # UDP_MAX_SEGMENTS
UDP_SEGMENT = 103
CUT = struct.Struct("=QiiH")  # cmsghdr (length, level, type) and the size of a segment
CUT_SPACE = 24
PICTURE = struct.Struct("!H")

Taken = tuple[int, Packet]  # ms, and the packet
Message = tuple[int, int, int, int]  # offset and length in the train, size of a segment, packets


class Train:
    """Packets that go to the same places at the same moment, as they lie in memory once each has its tag."""

    __slots__ = ("at", "copies", "messages", "newest", "pictured", "plain", "sealed", "whole")

    def __init__(self, run: list[Taken], tag: int, segmented: bool) -> None:
        """TAG bytes come behind each packet; not SEGMENTED: a message a packet."""
        self.copies: list[tuple[Any, ...]] = []
        self.messages: list[Message] = []
        parts: list[bytes] = []
        at, gap = 0, bytes(tag)
        self.at, self.newest = run[0]
        self.pictured: Packet | None = None
        for now, packet in run:
            vp8 = packet.vp8 if packet.vp8 is not None and packet.vp8.picture_at else None
            simple = vp8 is not None and vp8.wide and not vp8.tl0_at
            self.copies.append((
                at, packet.size, packet.first, packet.marker, packet.seq, packet.ts,
                at + vp8.picture_at if vp8 is not None and simple else 0, vp8.picture if vp8 is not None else 0,
                None if simple else vp8,
            ))  # fmt: skip
            parts += (packet.bare, gap)
            at += packet.size + tag
            if is_newer(packet.seq, self.newest.seq):
                self.newest, self.at = packet, now
            if vp8 is not None and (self.pictured is None or is_newer(packet.seq, self.pictured.seq)):
                self.pictured = packet
        self.whole = b"".join(parts)
        self.plain = sum(packet.size for _, packet in run) - FIXED * len(run)
        self.sealed = at + IP_HEADERS * len(run)
        self._cut([packet.size + tag for _, packet in run], segmented)

    def _cut(self, sizes: list[int], segmented: bool) -> None:
        """In as few messages as sizes allow: all segments of one size, the last shorter."""
        at = first = count = segment = 0
        for size in sizes:
            if count and not (
                segmented and size <= segment and at - first + size <= LONGEST_MESSAGE and count < MOST_SEGMENTS
            ):
                self.messages.append((first, at - first, segment, count))
                first, count = at, 0
            segment = segment if count else size
            count, at = count + 1, at + size
            if size < segment:  # a shorter one ends its message
                self.messages.append((first, at - first, segment, count))
                first, count = at, 0
        if count:
            self.messages.append((first, at - first, segment, count))

    def each(self) -> list[Message]:
        """A message a packet."""
        ends = [copy[0] for copy in self.copies[1:]] + [len(self.whole)]
        return [(copy[0], end - copy[0], 0, 1) for copy, end in zip(self.copies, ends, strict=True)]


class Leg:
    """How a viewer is reached, as the hot loop wants it: its SRTP session, its address in the kernel's form, and what
    counts its bytes. Kept at its places, so that a copy touches few objects."""

    __slots__ = ("flow", "kept", "name", "srtp", "tag")

    def __init__(self, family: int, peer: Peer, address: Udp) -> None:
        self.kept = mmsg.ffi.new("char[]", _raw(family, address))
        self.name = int(mmsg.ffi.cast("uintptr_t", self.kept))
        self.srtp, self.tag, self.flow = peer.session.srtp, peer.session.tag, peer.outbound


class Batch:
    """In-place protection, and one system call for many messages."""

    def __init__(self, sock: socket.socket, trains: bool = True) -> None:
        mmsg.libc.sendmmsg  # noqa: B018  (AttributeError here, at start, where the system has none)
        self._sock, self._fd, self._family = sock, sock.fileno(), sock.family
        self._trains = trains
        self._arena = srtp_ffi.new("char[]", ARENA)
        self._base = int(srtp_ffi.cast("uintptr_t", self._arena))
        self._bytes = memoryview(srtp_ffi.buffer(self._arena)).cast("B")
        self._length = srtp_ffi.new("int *")
        self._lay_out_messages()
        self._pending: list[tuple[int, Packet, list[Place]]] = []
        self._counts = [0] * MESSAGES  # packets of each message
        self._filled = self._at = 0
        self.sent = self.dropped = 0
        self.urgent = self.held = False

    def _lay_out_messages(self) -> None:
        """What the kernel reads of each message, and views of those of its words that change: to write a number at an
        index costs less than a field of cffi's."""
        ffi = mmsg.ffi
        self._iov = ffi.new("struct iovec[]", MESSAGES)
        self._messages = ffi.new("struct mmsghdr[]", MESSAGES)
        self._cuts = ffi.new("char[]", MESSAGES * CUT_SPACE)
        for index in range(MESSAGES):
            head = self._messages[index].hdr
            head.iov, head.iovlen = ffi.addressof(self._iov, index), 1
            head.namelen = 16 if self._family == socket.AF_INET else 28
            head.control = self._cuts + index * CUT_SPACE
            CUT.pack_into(ffi.buffer(self._cuts), index * CUT_SPACE, 18, socket.IPPROTO_UDP, UDP_SEGMENT, 0)
        word = ffi.sizeof("uintptr_t")
        self._head_words = memoryview(ffi.buffer(self._messages)).cast("B").cast("L")
        self._iov_words = memoryview(ffi.buffer(self._iov)).cast("B").cast("L")
        self._cut_halves = memoryview(ffi.buffer(self._cuts)).cast("B").cast("H")
        self._each_head = ffi.sizeof("struct mmsghdr") // word
        self._control_at = ffi.offsetof("struct msghdr", "controllen") // word

    def forget(self, endpoint: Endpoint) -> None:
        """ENDPOINT is elsewhere from now on."""
        for place in (*endpoint.places["audio"], *endpoint.places["video"]):
            place.leg = None

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
        self._count(transmit(repaired(place, packet), place, self._sock))

    def _count(self, done: bool) -> None:
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
            for first in range(0, len(run), MOST_TOGETHER):
                part = [(now, packet) for now, packet, _ in run[first : first + MOST_TOGETHER]]
                self._pack_all(part, run[0][2])
        self.urgent, self.held = False, bool(self._pending)
        self._transmit()

    def _pack_all(self, run: list[Taken], places: list[Place]) -> None:
        """RUN for each of PLACES. To lay it out pays for several copies only: a paced viewer gets its own packets."""
        alone = len(run) == len(places) == 1
        trains: dict[int, Train] = {}
        for place in places:
            leg = place.leg or self._leg(place)
            if leg is None:
                for now, packet in run:
                    self._count(send_one(place, now, packet, self._sock))
                continue
            if alone:
                self._pack_one(place, leg, *run[0])
                return
            train = trains.get(leg.tag)
            if train is None:
                train = trains[leg.tag] = Train(run, leg.tag, self._trains)
            self._pack(place, leg, train)

    def _leg(self, place: Place) -> Leg | None:
        """None: its viewer is not reached over UDP."""
        peer: Any = place.endpoint.peer
        address: Address | None = peer.transport.address
        if isinstance(address, tuple):
            place.leg = Leg(self._family, peer, address)
        return place.leg

    def _pack_one(self, place: Place, leg: Leg, now: int, packet: Packet) -> None:
        start = self._begin(packet.size)
        self._bytes[start : start + packet.size] = packet.bare
        renumber(place, now, self._bytes, start, packet)
        self._length[0] = packet.size
        if srtp_lib.srtp_protect(leg.srtp, self._arena + start, self._length):
            self.dropped += 1
            return
        size = packet.size + leg.tag
        place.octets += packet.size - FIXED
        leg.flow.bytes += size + IP_HEADERS
        self._at = start + size
        self._fill(leg.name, start, [(0, size, 0, 1)])

    def _begin(self, size: int) -> int:
        """Where the next SIZE bytes go; what lies before them is sent where they would not fit."""
        if self._at + size + ROOM > ARENA:
            self._transmit()
        return self._at

    def _pack(self, place: Place, leg: Leg, train: Train) -> None:
        """TRAIN's copies for PLACE: the hot loop. What it does to each is what `egress.renumber` does."""
        start = self._begin(len(train.whole))
        buffer, length, protect, write = self._bytes, self._length, srtp_lib.srtp_protect, HEAD.pack_into
        here, srtp = self._arena + start, leg.srtp
        seq_off, ts_off, ssrc, payload_type = place.seq_off, place.ts_off, place.ssrc, place.payload_type
        picture_off = place.picture_off
        buffer[start : start + len(train.whole)] = train.whole
        failed: list[int] = []
        for at, size, first, marker, seq, ts, picture_at, picture, vp8 in train.copies:
            write(
                buffer, start + at, first, marker | payload_type, seq + seq_off & 0xFFFF, ts + ts_off & 0xFFFFFFFF, ssrc
            )
            if picture_at:
                PICTURE.pack_into(buffer, start + picture_at, 0x8000 | (picture + picture_off & 0x7FFF))
            elif vp8 is not None:
                renumber_picture(place, buffer, start + at, vp8, newer=False)
            length[0] = size
            if protect(srtp, here + at, length):
                failed.append(at)
        self._remember(place, train)
        leg.flow.bytes += train.sealed
        messages = train.messages
        if failed:
            self.dropped += len(failed)
            messages = [message for message in train.each() if message[0] not in failed]
        self._at = start + len(train.whole)
        self._fill(leg.name, start, messages)

    def _remember(self, place: Place, train: Train) -> None:
        """How far PLACE has come with TRAIN."""
        newest, seq = train.newest, train.newest.seq + place.seq_off & 0xFFFF
        if is_newer(seq, place.seq) or not place.sent:
            place.run += seq - place.seq & 0xFFFF
            place.seq, place.ts, place.at = seq, newest.ts + place.ts_off & 0xFFFFFFFF, train.at
            vp8 = train.pictured.vp8 if train.pictured is not None else None
            if vp8 is not None:
                place.picture = vp8.picture + place.picture_off & 0x7FFF
                if vp8.tl0_at:
                    place.tl0 = vp8.tl0 + place.tl0_off & 0xFF
        place.sent += len(train.copies)
        place.octets += train.plain

    def _fill(self, name: int, start: int, messages: list[Message]) -> None:
        """MESSAGES of a train that begins at START, all to one address."""
        iov, heads, base = self._iov_words, self._head_words, self._base + start
        for first, size, segment, count in messages:
            index = self._filled
            iov[2 * index], iov[2 * index + 1] = base + first, size
            head = index * self._each_head
            heads[head] = name
            if count > 1:
                self._cut_halves[index * (CUT_SPACE // 2) + 8] = segment
                heads[head + self._control_at] = CUT_SPACE
            else:
                heads[head + self._control_at] = 0
            self._counts[index] = count
            self._filled = index + 1
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
