"""The code on a room's wall: who types it in is in that room, or was within the last two minutes. Pure.

Derived from a secret of the live room's own, anew each minute, so that nothing is stored and nothing can be kept.
"""

from __future__ import annotations

import hashlib
import hmac

WINDOW_MS = 60_000
DIGITS = 6


def code(secret: bytes, site: str, now_ms: int) -> tuple[str, int]:
    """The code of SITE, and when the next one follows (UTC milliseconds)."""
    window = now_ms // WINDOW_MS
    digest = hmac.digest(secret, f"{site}\n{window}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}", (window + 1) * WINDOW_MS


def is_good(secret: bytes, site: str, now_ms: int, given: str) -> bool:
    """Is GIVEN the code of this minute, or of the one before?"""
    typed = "".join(given.split())
    known = [code(secret, site, now_ms - back)[0] for back in (0, WINDOW_MS)]
    return any(hmac.compare_digest(typed.encode(), one.encode()) for one in known)
