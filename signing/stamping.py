"""Timestamps for whoever asks in this node: from its own authority, or from one outside where the settings name it.

What comes from outside is only a token over the digest and the nonce that were sent; whether its authority is trusted
is asked where the signature is judged. While an outside authority does not answer, nothing takes its place: a signature
waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from store.errors import Unavailable
from store.world import World

from .authority import Authority
from .keys import ServerToken
from .model import Kind

LONGEST_OUTSIDE = 16 * 1024  # bytes kept free for a token of which nothing is known but that it brings its chain
Ask = Callable[[bytes], Awaitable[bytes]]  # a request of RFC 3161 to its response; raises OSError, TimeoutError


@dataclass(slots=True)
class Safe:
    """What this node signs with itself."""

    authority: Authority
    kind: Kind = "internal"
    folder: Path | None = None  # of the authority's files
    trusted: Path | None = None  # authorities of others (anchors.py)
    token: ServerToken | None = None  # beside this node, for seals


class Stamps:
    def __init__(self, safe: Safe, world: World, ask: Ask | None = None) -> None:
        self._safe = safe
        self._world = world
        self._ask = ask
        self._outside_until = 0

    async def token(self, digest: bytes, now: datetime) -> bytes:
        """A token over a SHA-256 digest, DER. Raises Unavailable `timestamp-away`."""
        from . import timestamp  # brings pyHanko in: half a second that a start need not wait for

        if self._ask is None:
            held = self._safe.authority
            made = await timestamp.token(held.timestamp, held.chain, digest, now, self._serial())
            return bytes(made.dump())
        nonce = int.from_bytes(self._world.random(8))
        try:
            response = await self._ask(timestamp.request(digest, nonce))
        except (OSError, TimeoutError) as error:
            raise Unavailable("timestamp-away", reason=type(error).__name__) from error
        token = timestamp.granted(response, digest, nonce)
        self._outside_until = timestamp.until(token)
        return token

    async def answer(self, request: bytes, now: datetime) -> bytes:
        """Our own authority's response to a request of anybody (RFC 3161, 3.4)."""
        from . import timestamp

        held = self._safe.authority
        return await timestamp.respond(request, held.timestamp, held.chain, now, self._serial())

    def _serial(self) -> int:
        return int.from_bytes(self._world.random(15))

    def longest(self) -> int:
        """Bytes that a token may take."""
        from . import timestamp

        if self._ask is not None:
            return LONGEST_OUTSIDE
        return timestamp.longest(self._safe.authority.timestamp, self._safe.authority.chain)

    def until(self) -> int | None:
        """Until when what is stamped now is proved (UTC ms); None while nothing is known of an outside authority."""
        if self._ask is not None:
            return self._outside_until or None
        held = self._safe.authority
        chain = [held.timestamp.certificate, *map(x509.load_der_x509_certificate, held.chain)]
        return min(int(one.not_valid_after_utc.timestamp() * 1000) for one in chain)
