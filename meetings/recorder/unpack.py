"""What an RTP payload holds of a picture, by aiortc's own readers: the second file that knows aiortc."""

from __future__ import annotations

from aiortc.codecs.h264 import H264PayloadDescriptor
from aiortc.codecs.vpx import VpxPayloadDescriptor


def vp8(payload: bytes) -> bytes:
    """Behind its descriptor (RFC 7741). Raises ValueError."""
    return bytes(VpxPayloadDescriptor.parse(payload)[1])


def h264(payload: bytes) -> bytes:
    """Units with start codes (RFC 6184). Raises ValueError."""
    return bytes(H264PayloadDescriptor.parse(payload)[1])


UNPACK = {"VP8": vp8, "H264": h264}
