"""Passwords, second factors and sign-in throttling.

Argon2id (RFC 9106, second recommended option) costs about 0.2 s and 64 MB, so it runs in two threads of its own.
The second factor is TOTP (RFC 6238); a code is good once. The throttle counts tries per account and per source, so
that neither one account nor one machine can be hammered.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
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
_threads = ThreadPoolExecutor(2, "hash")  # two at a time: each takes its 64 MB
_NOBODYS = _hasher.hash(secrets.token_hex(16))  # compared when there is no such account: the same time is spent


def check_strength(password: str, login: str) -> None:
    """Long and not the name: no other rule makes people choose better ones (NIST SP 800-63B)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused("password-length", least=SHORTEST)
    if login.casefold() in password.casefold() or len(set(password)) < 5:
        raise Refused("password-guessable")


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Compare with STORED; with None, spend the same time and say no."""

    def run() -> bool:
        try:
            return _hasher.verify(stored or _NOBODYS, password[:LONGEST]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


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


@dataclass(frozen=True, slots=True)
class Key:
    """What tries are counted under: so many are free, then each doubles the wait, up to `longest` seconds."""

    name: str
    free: int
    longest: int


def sign_in_keys(login: str, source: str) -> tuple[Key, ...]:
    """One account from one place may have to wait long. An account by itself only a little, so that no stranger shuts
    its owner out; a place by itself is often a whole office behind one address."""
    name = login.casefold()[:LONGEST]
    return Key(f"{name} {source}", FREE_TRIES, LONGEST_WAIT_S), Key(name, 10, 5), Key(f" {source}", 30, LONGEST_WAIT_S)


def enrolment_key(source: str) -> Key:
    return Key(f"enrolment {source}", FREE_TRIES, LONGEST_WAIT_S)


@dataclass(slots=True)
class Throttle:
    """Tries per key, counted before they are judged: many at once gain nothing."""

    tries: dict[str, tuple[int, int]] = field(default_factory=dict)  # name of a key -> (count, last monotonic ms)

    def count(self, now: Instant, *keys: Key) -> None:
        """One more try. Raises Refused `too-many-tries` while any of KEYS has to wait, and counts nothing."""
        for key in keys:
            count, last = self.tries.get(key.name, (0, 0))
            if count >= key.free:
                wait = min(1 << min(count - key.free, 20), key.longest) * 1000 - (now.mono_ms - last)
                if wait > 0:
                    raise Refused("too-many-tries", seconds=-(-wait // 1000))
        if len(self.tries) > 10_000:
            self.tries = {name: v for name, v in self.tries.items() if now.mono_ms - v[1] < FORGET_MS}
        for key in keys:
            self.tries[key.name] = (self.tries.get(key.name, (0, 0))[0] + 1, now.mono_ms)

    def give_back(self, *keys: Key) -> None:
        """The try was no guess."""
        for key in keys:
            count, last = self.tries.get(key.name, (0, 0))
            if count > 1:
                self.tries[key.name] = (count - 1, last)
            else:
                self.tries.pop(key.name, None)

    def forget(self, *keys: Key) -> None:
        """It succeeded."""
        for key in keys:
            self.tries.pop(key.name, None)
