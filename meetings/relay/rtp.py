"""RTP packets as bytes: header, extensions (RFC 3550, RFC 8285), how VP8 and H.264 begin (RFC 7741, RFC 6184). Pure.

One small object is made of a packet, however many places it goes to; copies are bytes that are rewritten in place.
"""

from __future__ import annotations

import struct

from store.errors import Malformed

HEAD = struct.Struct("!BBHII")
FIXED = 12  # bytes of a header without CSRCs and extensions: where the payload of a bare packet begins
NUMBERED = 8  # bytes that a transport-wide number takes


def payload_offset(data: bytes) -> int:
    """Where the payload begins: behind CSRCs and extensions. Raises Malformed."""
    if len(data) < FIXED or data[0] >> 6 != 2:
        raise Malformed("rtp")
    at = FIXED + 4 * (data[0] & 15)
    if data[0] & 16:
        if len(data) < at + 4:
            raise Malformed("rtp")
        at += 4 + 4 * int.from_bytes(data[at + 2 : at + 4])
    if at > len(data):
        raise Malformed("rtp")
    return at


def extension(data: bytes, wanted: int) -> bytes:
    """The value of extension WANTED (its negotiated id); b"" if it is not there. Both header forms of RFC 8285."""
    if not data[0] & 16 or not wanted:
        return b""
    at = FIXED + 4 * (data[0] & 15)
    if len(data) < at + 4:
        return b""
    profile, words = struct.unpack_from("!HH", data, at)
    at, end = at + 4, min(len(data), at + 4 + 4 * words)
    two_bytes = profile & 0xFFF0 == 0x1000
    if not two_bytes and profile != 0xBEDE:
        return b""
    while at < end:
        if data[at] == 0:  # padding
            at += 1
            continue
        if two_bytes:
            if at + 2 > end:
                return b""
            name, size, at = data[at], data[at + 1], at + 2
        else:
            name, size, at = data[at] >> 4, (data[at] & 15) + 1, at + 1
            if name == 15:
                return b""
        if name == wanted:
            return data[at : min(at + size, end)]
        at += size
    return b""


def bare(data: bytes, at: int) -> bytes:
    """The packet without CSRCs and extensions: 12 bytes of header and the payload that begins at AT.

    Extension ids are agreed with each side by itself, so what the publisher wrote means nothing to a viewer.
    """
    return bytes((data[0] & 0xE0,)) + data[1:FIXED] + data[at:]


class Vp8:
    """What the relay must know of a VP8 packet: offsets are into the bare packet, 0 where the field is absent."""

    __slots__ = ("key", "picture", "picture_at", "tl0", "tl0_at", "wide")

    def __init__(self, data: bytes) -> None:
        """DATA is a bare packet. Raises Malformed."""
        self.picture_at = self.tl0_at = self.picture = self.tl0 = 0
        self.wide = self.key = False
        try:
            at = FIXED
            first = data[at]
            at += 1
            if first & 0x80:
                flags = data[at]
                at += 1
                if flags & 0x80:
                    self.picture_at, self.wide = at, bool(data[at] & 0x80)
                    data[at + self.wide]
                    self.picture = int.from_bytes(data[at : at + 2]) & 0x7FFF if self.wide else data[at] & 0x7F
                    at += 2 if self.wide else 1
                if flags & 0x40:
                    self.tl0_at, self.tl0 = at, data[at]
                    at += 1
                if flags & 0x30:
                    at += 1
            starts = bool(first & 0x10) and not first & 0x07
            self.key = starts and not data[at] & 1
        except IndexError:
            raise Malformed("vp8") from None

    def moved(self, by: int) -> Vp8:
        """The same, so many bytes further on in its packet."""
        made = Vp8.__new__(Vp8)
        made.picture, made.tl0, made.wide, made.key = self.picture, self.tl0, self.wide, self.key
        made.picture_at = self.picture_at + by if self.picture_at else 0
        made.tl0_at = self.tl0_at + by if self.tl0_at else 0
        return made


IDR, SPS, STAP_A, FU_A = 5, 7, 24, 28


def h264_begins(data: bytes) -> bool:
    """Does an H.264 key frame begin with this bare packet (RFC 6184)? It does with its SPS, or with an IDR slice of
    a sender that says SPS and PPS in its description only. Raises Malformed."""
    if len(data) < FIXED + 2:
        raise Malformed("h264")
    kind = data[FIXED] & 31
    if kind == STAP_A:
        return len(data) > FIXED + 3 and data[FIXED + 3] & 31 in (SPS, IDR)
    if kind == FU_A:
        return bool(data[FIXED + 1] & 0x80) and data[FIXED + 1] & 31 in (SPS, IDR)
    return kind in (SPS, IDR)


class Packet:
    """A bare packet, with what is rewritten in each copy of it. `key`: a decoder may begin here. `urgent`: it is sound,
    or the end of a picture, and waits for nothing."""

    __slots__ = ("bare", "first", "key", "marker", "seq", "size", "ts", "urgent", "vp8")

    def __init__(self, bare: bytes, codec: str) -> None:
        """Raises Malformed where a picture of CODEC has no whole descriptor."""
        self.bare, self.size = bare, len(bare)
        self.first, second, self.seq, self.ts, _ = HEAD.unpack_from(bare)
        self.marker = second & 0x80
        self.vp8: Vp8 | None = None
        if codec == "VP8" and self.size > FIXED:
            self.vp8 = Vp8(bare)
            self.key = self.vp8.key
        else:
            self.key = codec == "opus" or (codec == "H264" and self.size > FIXED and h264_begins(bare))
        self.urgent = bool(self.marker) or codec == "opus"


def received(data: bytes, at: int, codec: str) -> Packet:
    """The plain packet DATA, whose payload begins at AT, for who uses it up: without its padding (RFC 3550, section
    5.1). Raises Malformed."""
    whole = bare(data, at)
    if whole[0] & 0x20:
        end = len(whole) - whole[-1]
        if end < FIXED or end == len(whole):
            raise Malformed("rtp")
        whole = bytes((whole[0] & 0xDF,)) + whole[1:end]
    return Packet(whole, codec)


def numbered(packet: Packet, extension_id: int, number: int) -> Packet:
    """PACKET with a transport-wide number (draft-holmer-rmcat-transport-wide-cc-extensions-01), for one viewer only.

    Never for who may get it without one too under the same sequence number."""
    made = Packet.__new__(Packet)
    made.seq, made.ts, made.marker, made.key, made.urgent = (
        packet.seq, packet.ts, packet.marker, packet.key, packet.urgent
    )  # fmt: skip
    made.first, made.size = packet.first | 0x10, packet.size + NUMBERED
    words = b"\xbe\xde\x00\x01" + bytes([extension_id << 4 | 1]) + number.to_bytes(2) + b"\x00"
    made.bare = packet.bare[:FIXED] + words + packet.bare[FIXED:]
    made.vp8 = packet.vp8.moved(NUMBERED) if packet.vp8 is not None else None
    return made


def is_newer(seq: int, than: int) -> bool:
    """Sequence numbers wrap at 2^16 (RFC 3550, A.1)."""
    return 0 < (seq - than & 0xFFFF) < 0x8000


class Unwrap:
    """16-bit numbers that wrap, as ever-growing ones."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: int | None = None

    def __call__(self, seq: int) -> int:
        if self.last is None:
            self.last = seq
            return seq
        value = self.last + ((seq - self.last + 0x8000 & 0xFFFF) - 0x8000)
        self.last = max(self.last, value)
        return value
