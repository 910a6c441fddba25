"""Line profiles: how much of a sitting goes to a site over the line it has. Pure data.

A weak line carries voices first, then one small picture, then more. Slides are never video: they are papers, and come
as files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`rate`: bits a second towards the site that media may take (0: no limit); `pictures`: so many at most, of layer
    `top` at most; `receives`: whether it gets anything at all."""

    rate: int
    pictures: int
    top: int
    receives: bool = True

    def carries(self, bits: int) -> int:
        """So much of BITS a second."""
        return min(bits, self.rate) if self.rate else bits


FULL = Line(0, 64, 2)
LINES = {
    "64k": Line(64_000, 0, -1),
    "256k": Line(256_000, 1, 0),
    "512k": Line(512_000, 2, 0),
    "1.5M": Line(1_500_000, 3, 1),
    "full": FULL,
    "send-only": Line(0, 0, -1, receives=False),
}
