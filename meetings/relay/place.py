"""A place on a viewer's screen, or one of its loudspeaker's voices: what it shows, and how far it got. Pure.

A place keeps its SSRC for good. When another source comes to it, or another layer of the same, numbers and times go on
without a gap, and a picture begins with a key frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .history import Allowance
from .rtp import Packet
from .source import CLOCK, NEVER, PLAIN, Layer, Source

if TYPE_CHECKING:
    from .batch import Leg
    from .room import Endpoint


class Place:
    """`source`: what it is to show; `layer`: what it is fed from now; `coming`: what it turns to at a key frame."""

    __slots__ = (
        "again", "at", "began", "chosen_at", "coming", "cut", "endpoint", "floor", "kind", "layer", "leg", "lost",
        "octets", "payload_type", "picture", "picture_off", "plain_type", "red_type", "repair_seq", "repair_ssrc",
        "repair_type", "run", "sent", "seq", "seq_off", "source", "ssrc", "starts", "tl0", "tl0_off", "top", "ts",
        "ts_off", "way",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, kind: str, payload_type: int, ssrc: int) -> None:
        self.endpoint, self.kind, self.ssrc = endpoint, kind, ssrc
        self.payload_type = self.plain_type = payload_type
        self.red_type = self.repair_type = -1
        self.repair_ssrc = self.repair_seq = 0
        self.source: Source | None = None
        self.layer: Layer | None = None
        self.coming: Layer | None = None
        self.way = PLAIN
        self.chosen_at = 0  # ms
        self.cut = False  # its picture was taken away because the line is too weak
        self.top = -1  # the highest layer that would be of use here
        self.seq = self.seq_off = self.ts = self.ts_off = self.at = 0
        self.sent = self.octets = 0  # packets, and bytes behind their fixed headers
        self.picture = self.picture_off = self.tl0 = self.tl0_off = 0
        self.run = 0  # numbers told since the layer came here: what is older was another's
        self.again = Allowance()
        self.floor = 0  # packets of the layer from before it came to this place are not for it
        self.began = False
        self.starts = 0  # how often its numbers were set anew
        self.leg: Leg | None = None  # how its viewer is reached, once it was (batch.py)
        self.lost = 0  # per mille, as the viewer reports

    def show(self, source: Source | None) -> None:
        """From now on this place is for SOURCE; it stays empty until a layer is chosen."""
        if self.source is not None:
            self.source.places.remove(self)
        self.turn_to(None)
        self.source, self.cut = source, False
        if source is not None:
            source.places.append(self)

    @property
    def fresh(self) -> bool:
        """Has its source only just come?"""
        return self.layer is None and not self.cut

    def holds(self, layer: Layer) -> bool:
        """Is it fed from LAYER or one above, or about to be?"""
        return any(one is not None and one.index >= layer.index for one in (self.layer, self.coming))

    def turn_to(self, layer: Layer | None) -> bool:
        """Be fed from LAYER as soon as a key frame of it comes, until then as before; None: from nothing, at once.

        True where a key frame is needed."""
        if self.coming is not None and self.coming is not layer:
            self.coming.drop(self)
            self.coming = None
        if layer is None:
            if self.layer is not None:
                self.layer.drop(self)
                self.layer = None
            return False
        if layer is self.layer or layer is self.coming:
            return False
        if not layer.watched:
            layer.forget()
        layer.coming.append(self)
        self.coming = layer
        return True

    def start(self, now: int, number: int, packet: Packet) -> None:
        """PACKET is the first of the layer that was coming; its numbers go on right behind what was told last."""
        layer = self.coming
        assert layer is not None
        if self.layer is not None:
            self.layer.drop(self)
        layer.coming.remove(self)
        self.layer, self.coming = layer, None
        layer.add(self)
        layer.settled_at = NEVER
        elapsed, vp8 = (now - self.at) * CLOCK[self.kind] if self.began else 0, packet.vp8
        self.seq_off = self.seq + 1 - packet.seq & 0xFFFF
        self.ts_off = self.ts + max(1, elapsed) - packet.ts & 0xFFFFFFFF
        if vp8 is not None:
            self.picture_off = self.picture + 1 - vp8.picture & 0x7FFF
            self.tl0_off = self.tl0 + 1 - vp8.tl0 & 0xFF
        self.floor, self.began, self.run = number, True, 0
        self.starts += 1

    def go(self, way: int) -> None:
        """Be reached another way from now on: paced, or with so much redundancy."""
        if way == self.way:
            return
        if self.layer is not None:
            self.layer.drop(self)
        self.way = way
        self.payload_type = self.red_type if way > 0 else self.plain_type
        if self.layer is not None:
            self.layer.add(self)
            self.layer.settled_at = NEVER

    def starve(self) -> None:
        """Its packets were thrown away: it waits for the next key frame of what it was fed from."""
        layer = self.layer
        if layer is not None and self.coming is None:
            layer.drop(self)
            self.layer, self.coming = None, layer
            layer.coming.append(self)
