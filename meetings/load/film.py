"""Pictures and sound encoded beforehand: real VP8 and Opus, made once and sent by any number of peers.

A film is a loop of two seconds that begins with a key frame, so a key frame can be had at any time by beginning anew.
"""

from __future__ import annotations

import fractions
import math
import struct
from dataclasses import dataclass

import av

RATE, SECONDS = 30, 2
PITCH, STEP = 48_000, 960
LARGEST = 1100  # bytes of VP8 a packet
SIZES = {"high": (1280, 720, 1_200_000), "middle": (640, 360, 500_000), "low": (320, 180, 150_000)}


@dataclass(frozen=True, slots=True)
class Film:
    """`frames`: the VP8 bytes of each picture, the first a key frame. `steps`: Opus packets of 20 ms each."""

    frames: tuple[bytes, ...]
    steps: tuple[bytes, ...]


def make(size: str = "high") -> Film:
    """Encode a loop of one of SIZES; a second or so of work."""
    width, height, bits = SIZES[size]
    return Film(tuple(_pictures(width, height, bits)), tuple(_sound()))


def make_layers() -> tuple[Film, ...]:
    """The same in every size, the smallest first: what a browser sends by simulcast."""
    return tuple(make(size) for size in reversed(SIZES))


def _pictures(width: int, height: int, bits: int) -> list[bytes]:
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.bit_rate = width, height, bits
    codec.pix_fmt, codec.time_base, codec.framerate = "yuv420p", fractions.Fraction(1, RATE), fractions.Fraction(RATE)
    codec.options = {  # cpu-used below zero: a speed of its own, not one that follows how busy the machine is
        "deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0", "keyint_max": "9999", "minrate": str(bits),
        "maxrate": str(bits), "bufsize": str(bits), "error-resilient": "1",
    }  # fmt: skip
    made = []
    for number in range(RATE * SECONDS):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane, (base, swing) in zip(frame.planes, ((120, 90), (120, 30), (130, 30)), strict=True):
            plane.update(_pattern(plane.line_size, plane.height, base, swing, number))
        frame.pts = number
        made += [bytes(packet) for packet in codec.encode(frame)]
    return made + [bytes(packet) for packet in codec.encode(None)]


def _pattern(width: int, height: int, base: int, swing: int, number: int) -> bytes:
    """Waves that drift, and a block of noise, so that every picture differs from the one before."""
    turn = math.tau * number / (RATE * SECONDS)
    row = bytes(int(base + swing * math.sin(column / 17 + turn * 4)) & 255 for column in range(width + height))
    noise = (number * 2654435761).to_bytes(8, "big")
    rows = [row[(line * 3) % height : (line * 3) % height + width] for line in range(height)]
    for line in range(height // 3, height // 3 + height // 16):
        grain = bytes((value * (line + 1) * 31) & 127 for value in noise) * (width // 32)
        rows[line] = rows[line][: width // 4] + grain + rows[line][width // 4 + len(grain) :]
    return b"".join(rows)


def _sound() -> list[bytes]:
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = PITCH, "mono", "s16", 32_000
    codec.options = {"application": "voip", "frame_duration": "20"}
    made = []
    for number in range(SECONDS * PITCH // STEP):
        frame = av.AudioFrame(format="s16", layout="mono", samples=STEP)
        times = ((number * STEP + at) / PITCH for at in range(STEP))
        wave = (int(9000 * math.sin(math.tau * (200 + 60 * at) * at)) for at in times)  # it glides: no two are alike
        frame.planes[0].update(struct.pack(f"<{STEP}h", *wave))
        frame.sample_rate, frame.pts, frame.time_base = PITCH, number * STEP, fractions.Fraction(1, PITCH)
        made += [bytes(packet) for packet in codec.encode(frame)]
    return made


class Stream:
    """RTP of one kind from one peer: numbers of its own, so that many peers may send the same film."""

    __slots__ = ("at", "frames", "named", "payload_type", "picture", "seq", "ssrc", "ts")

    def __init__(
        self, frames: tuple[bytes, ...], payload_type: int, ssrc: int, seq: int, ts: int, named: bytes = b""
    ) -> None:
        """NAMED: a whole header extension that says which layer this is."""
        self.frames, self.payload_type, self.ssrc, self.seq, self.ts = frames, payload_type, ssrc, seq, ts
        self.named = named
        self.at = self.picture = 0

    def _packet(self, payload: bytes, marker: int) -> bytes:
        self.seq = self.seq + 1 & 0xFFFF
        first = 0x90 if self.named else 0x80
        head = struct.pack("!BBHII", first, marker << 7 | self.payload_type, self.seq, self.ts, self.ssrc)
        return head + self.named + payload

    def sound(self) -> bytes:
        """The next 20 ms."""
        self.ts = self.ts + STEP & 0xFFFFFFFF
        payload, self.at = self.frames[self.at], (self.at + 1) % len(self.frames)
        return self._packet(payload, 0)

    def picture_packets(self) -> list[bytes]:
        """The next picture, in packets (RFC 7741: 15-bit picture id)."""
        self.ts = self.ts + 90_000 // RATE & 0xFFFFFFFF
        frame, self.at = self.frames[self.at], (self.at + 1) % len(self.frames)
        self.picture = self.picture + 1 & 0x7FFF
        made = []
        for start in range(0, len(frame), LARGEST):
            head = struct.pack("!BBH", 0x90 if not start else 0x80, 0x80, 0x8000 | self.picture)
            made.append(self._packet(head + frame[start : start + LARGEST], start + LARGEST >= len(frame)))
        return made

    def begin_anew(self) -> None:
        """The next picture is a key frame."""
        self.at = 0
