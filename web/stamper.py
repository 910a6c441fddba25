"""The timestamp authority of another, where the settings name one: asked by RFC 3161 over HTTP (section 3.4)."""

from __future__ import annotations

from signing.stamping import Ask

from .outside import Client

LARGEST = 64 * 1024  # of a response: a token with its chain
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Stamper:
    """`url`: "" for none; then nothing asks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = Client()

    @property
    def asker(self) -> Ask | None:
        return self.ask if self.url else None

    async def ask(self, request: bytes) -> bytes:
        """Raises OSError, TimeoutError."""
        return await self._client.ask(self.url, request, HEADERS, LARGEST)

    async def close(self) -> None:
        await self._client.close()
