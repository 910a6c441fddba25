"""All relay workers of a node as one: a sitting's media is at one of them, always the same, so that nothing about it
has to be remembered when the web process or a worker starts anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from .control import Healths, Policy, RelayLink, ToWeb


class Fleet:
    """What `RelayLink` is for one worker. `on_connected(there, concerns)`: a worker is there, or gone; CONCERNS says of
    a room whether it is that worker's."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._links = [RelayLink(path) for path in paths]
        self._healths: dict[RelayLink, Healths] = {}
        self.on_message: Callable[[ToWeb], None] = lambda _: None
        self.on_connected: Callable[[bool, Callable[[str], bool]], None] = lambda *_: None
        for link in self._links:
            self._attend(link)

    def _attend(self, link: RelayLink) -> None:
        def heard(message: ToWeb) -> None:
            if isinstance(message, Healths):
                self._healths[link] = message
                message = self._all_healths()
            self.on_message(message)

        def connected(there: bool) -> None:
            if not there and link in self._healths:
                del self._healths[link]
                self.on_message(self._all_healths())
            self.on_connected(there, lambda room: self.at(room) is link)

        link.on_message, link.on_connected = heard, connected

    def _all_healths(self) -> Healths:
        return Healths(tuple(peer for one in self._healths.values() for peer in one.peers))

    @property
    def there(self) -> int:
        """Workers that answer."""
        return sum(link.connected for link in self._links)

    def at(self, room: str) -> RelayLink:
        """The worker of ROOM."""
        return self._links[zlib.crc32(room.partition("#")[0].encode()) % len(self._links)]

    def start(self) -> None:
        for link in self._links:
            link.start()

    async def close(self) -> None:
        for link in self._links:
            await link.close()

    async def join(self, room: str, endpoint: str, offer: str, mosaic: int = 0) -> str:
        """Raises Malformed, Unavailable `media-away`."""
        return await self.at(room).join(room, endpoint, offer, mosaic)

    async def leave(self, room: str, endpoint: str) -> None:
        await self.at(room).leave(room, endpoint)

    async def watch(self, room: str, endpoint: str, names: tuple[str, ...]) -> None:
        await self.at(room).watch(room, endpoint, names)

    async def share(self, room: str, endpoint: str, on: bool) -> None:
        await self.at(room).share(room, endpoint, on)

    async def steer(self, policy: Policy) -> None:
        await self.at(policy.room).steer(policy)
