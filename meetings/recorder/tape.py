"""What is written while a recording runs: one file of sound and one of pictures, each good up to its last byte.

Two files, because a muxer that has both waits for the slower of them, and what waits is lost in a crash. Matroska can
be read whole up to where it was cut (RFC 9559), so a killed recorder loses what had not yet come, and no more.
`mend.py` makes them one.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from .mix import PITCH, STEP
from .picture import Picture, size_of

MS = Fraction(1, 1000)
SOUND, PICTURE = "sound.mka", "picture.mkv"
BITS = 48_000  # a second: several voices of speech
AT_ONCE = {"cluster_time_limit": "1", "flush_packets": "1"}  # every packet is in the file when `mux` returns
CODECS = {"VP8": "vp8", "H264": "h264"}
QUIET_MS = 10_000  # without a picture, a black one so often: players need something to show
BLACK = (640, 360)


class Tape:
    """`sound` and `picture` as they come; `close`. Raises OSError where the disk is full."""

    def __init__(self, folder: Path, codec: str) -> None:
        self._folder, self._codec = folder, codec
        self._sound: Any = av.open(str(folder / SOUND), "w", format="matroska", options=AT_ONCE)
        self._voice: Any = self._sound.add_stream("libopus", rate=PITCH, layout="mono")
        self._voice.bit_rate = BITS
        self._voice.codec_context.format = "s16"
        self._voice.codec_context.options = {"application": "voip"}
        self._steps = 0
        self._pictures: Any = None
        self._stream: Any = None
        self._last = -1  # ms

    def sound(self, step: bytes) -> None:
        """The next 20 ms."""
        frame = av.AudioFrame(format="s16", layout="mono", samples=STEP)
        frame.planes[0].update(step)
        frame.sample_rate, frame.pts, frame.time_base = PITCH, self._steps * STEP, Fraction(1, PITCH)
        self._steps += 1
        for packet in self._voice.encode(frame):
            self._sound.mux(packet)

    def picture(self, picture: Picture, at: int) -> None:
        """A picture that was to be seen at AT ms. The first is a key frame."""
        if self._pictures is None:
            self._begin(picture)
        self._last = max(self._last + 1, at)
        packet = av.Packet(picture.data)
        packet.stream, packet.time_base, packet.is_keyframe = self._stream, MS, picture.key
        packet.pts = packet.dts = self._last
        self._pictures.mux(packet)

    def keep_alive(self, now: int) -> bool:
        """A black picture where there has been none for long; True: only a key frame can come after it."""
        if now - max(0, self._last) < QUIET_MS:
            return False
        black = _black(self._codec)
        if black:
            self.picture(Picture(black, 0, True), now)
        return bool(black)

    def _begin(self, first: Picture) -> None:
        self._pictures = av.open(str(self._folder / PICTURE), "w", format="matroska", options=AT_ONCE)
        if self._codec == "H264":  # its header holds what the key frame says of itself
            with av.open(io.BytesIO(first.data), format="h264") as raw:
                self._stream = self._pictures.add_stream_from_template(raw.streams.video[0])
            return
        width, height = size_of(first.data)
        self._stream = self._pictures.add_mux_stream(CODECS[self._codec], width=width, height=height, time_base=MS)

    def close(self) -> None:
        if self._pictures is None:
            self.keep_alive(QUIET_MS)
        for packet in self._voice.encode(None):
            self._sound.mux(packet)
        self._sound.close()
        if self._pictures is not None:
            self._pictures.close()


def _black(codec: str) -> bytes:
    """A black key frame; b"" where this machine has no encoder for CODEC."""
    try:
        made: Any = av.CodecContext.create({"VP8": "libvpx", "H264": "libx264"}[codec], "w")
    except ValueError:
        return b""
    made.width, made.height = BLACK
    made.pix_fmt, made.time_base = "yuv420p", Fraction(1, 30)
    if codec == "H264":
        made.options = {"preset": "ultrafast", "profile": "baseline"}
    frame = av.VideoFrame(*BLACK, "yuv420p")
    for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in (*made.encode(frame), *made.encode(None)))
