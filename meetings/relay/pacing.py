"""The clock of the pacers: lets out, every few milliseconds, what each weak line can take by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .peer import clock
from .rtp import Packet
from .source import Layer

if TYPE_CHECKING:
    from .egress import Egress
    from .peer import Peer
    from .place import Place

TURN_S = 0.005


class Pacing:
    """`ask(layer, now)`: a key frame of it is needed, for what was waiting was thrown away."""

    def __init__(self, egress: Egress, ask: Callable[[Layer, int], None]) -> None:
        self._egress, self._ask = egress, ask
        self._waiting: set[Peer] = set()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, now: int, packet: Packet, places: list[Place]) -> None:
        for place in places:
            viewer: Any = place.endpoint.peer
            viewer.pacer.put(now, packet, place)
            self._waiting.add(viewer)
        self._wind()

    def forget(self, peer: Peer) -> None:
        self._waiting.discard(peer)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _wind(self) -> None:
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TURN_S, self._turn)

    def _turn(self) -> None:
        self._timer, now = None, clock()
        try:
            for peer in list(self._waiting):
                self._let_out(peer, now)
                if not len(peer.pacer):
                    self._waiting.discard(peer)
        finally:
            self._wind()  # whatever one viewer's packets did, the others go on

    def _let_out(self, peer: Peer, now: int) -> None:
        viewer = peer.endpoint
        bits = viewer.line.carries(max(viewer.estimate.value, viewer.spent))
        for packet, place in peer.pacer.due(now, bits):
            self._egress.send(now, peer.numbered(now, packet, place), [place])
        self._egress.flush()
        for place in peer.pacer.spill(now):
            layer = place.layer
            place.starve()
            if layer is not None:
                self._ask(layer, now)
