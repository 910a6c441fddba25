"""How every site is doing now: connected, camera, sound, line. Kept in memory, never in the journal."""

from __future__ import annotations

from collections.abc import Mapping

from .channels import Channels
from .wire import Health


class HealthBoard:
    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._media: dict[str, Health] = {}  # endpoint -> what the relay last said

    def forget(self, endpoint: str) -> None:
        """The relay has lost ENDPOINT."""
        self._media.pop(endpoint, None)

    def replace(self, healths: Mapping[str, Health]) -> None:
        """The relay's whole report."""
        self._media = dict(healths)

    def of(self, site: str) -> Health:
        if not self._channels.connected(site):
            return Health()
        return self._media.get(site) or Health(connected=True)
