"""Passwords, second factors and sign-in throttling.

Argon2id (RFC 9106, second recommended option) costs about 0.2 s and 64 MB, so it runs in a thread, two at a time.
The second factor is TOTP (RFC 6238); a code is good once. The throttle counts failures per account and per source,
so that neither one account nor one machine can be hammered.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import Refused
from store.world import Instant

SHORTEST, LONGEST = 10, 200
STEP_S = 30
FREE_TRIES, LONGEST_WAIT_S = 5, 900
FORGET_MS = 3_600_000

_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_gate = asyncio.Semaphore(2)
_NOBODYS = _hasher.hash(secrets.token_hex(16))  # compared when there is no such account: the same time is spent


def check_strength(password: str, login: str) -> None:
    """Long and not the name: no other rule makes people choose better ones (NIST SP 800-63B)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused("password-length", least=SHORTEST)
    if login.casefold() in password.casefold() or len(set(password)) < 5:
        raise Refused("password-guessable")


async def hash_password(password: str) -> str:
    async with _gate:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Compare with STORED; with None, spend the same time and say no."""

    def run() -> bool:
        try:
            return _hasher.verify(stored or _NOBODYS, password[:LONGEST]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    async with _gate:
        return await asyncio.to_thread(run)


def new_secret() -> str:
    return pyotp.random_base32()


def totp_uri(secret: str, login: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="bacap")


def totp_step(secret: str, code: str, now: Instant, last_step: int) -> int | None:
    """The time step that CODE proves, or None. One step of clock error is allowed; no step serves twice."""
    current = now.utc_ms // 1000 // STEP_S
    digits = "".join(code.split())
    for step in (current, current - 1, current + 1):
        if step > last_step and hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_S), digits):
            return step
    return None


def new_token() -> str:
    """256 random bits, for sessions, links and site credentials."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: stealing the table steals no session."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(slots=True)
class Throttle:
    """Failures per key. After FREE_TRIES each failure doubles the wait: 1 s, 2 s ... 15 min."""

    failures: dict[str, tuple[int, int]] = field(default_factory=dict)  # key -> (count, last monotonic ms)

    def check(self, now: Instant, *keys: str) -> None:
        """Raise Refused `too-many-tries` while any of KEYS has to wait."""
        for key in keys:
            count, last = self.failures.get(key, (0, 0))
            if count < FREE_TRIES:
                continue
            wait = min(1 << (count - FREE_TRIES), LONGEST_WAIT_S) * 1000 - (now.mono_ms - last)
            if wait > 0:
                raise Refused("too-many-tries", seconds=-(-wait // 1000))

    def failed(self, now: Instant, *keys: str) -> None:
        if len(self.failures) > 10_000:
            self.failures = {k: v for k, v in self.failures.items() if now.mono_ms - v[1] < FORGET_MS}
        for key in keys:
            self.failures[key] = (self.failures.get(key, (0, 0))[0] + 1, now.mono_ms)

    def passed(self, *keys: str) -> None:
        for key in keys:
            self.failures.pop(key, None)
