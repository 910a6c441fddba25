"""Time, randomness and ids: what pure code takes as arguments, and where they come from.

`Instant` carries both clocks, because deadlines run on the monotonic one and records on the wall one.
Ids are UUIDv7 (RFC 9562 section 5.7): ordered by time and unique across nodes.
"""

from __future__ import annotations

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

from .errors import Refused

LATEST_MS = 4_102_444_800_000  # 1 January 2100: no sitting and no deadline is later
READABLE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
VIETNAM = timezone(timedelta(hours=7))  # no summer time since 1975


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment: `utc_ms` since 1970 (wall clock), `mono_ms` on a clock that never steps back."""

    utc_ms: int
    mono_ms: int


class World(Protocol):
    """The outside, as far as deciding code may know it."""

    def now(self) -> Instant: ...

    def random(self, size: int) -> bytes: ...


class System:
    """The real world."""

    def now(self) -> Instant:
        return Instant(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)

    def random(self, size: int) -> bytes:
        return secrets.token_bytes(size)


def uuid7(utc_ms: int, random: bytes) -> str:
    """UUIDv7 text from a wall-clock time and ten random bytes."""
    if len(random) != 10:
        raise ValueError("ten random bytes make a UUIDv7")
    value = utc_ms << 80 | int.from_bytes(random, "big")
    value = value & ~(0xF << 76) | 0x7 << 76  # version 7
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant of RFC 9562
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_id(world: World) -> str:
    return uuid7(world.now().utc_ms, world.random(10))


def short_code(world: World) -> str:
    """A code people can read out: two groups of four, no letter that looks like another; some 10^12 of them."""
    value, code = int.from_bytes(world.random(16)), ""
    for _ in range(8):
        value, index = divmod(value, len(READABLE))
        code += READABLE[index]
    return f"{code[:4]}-{code[4:]}"


def vietnam_time(utc_ms: int) -> datetime:
    """The wall clock in Vietnam at a moment."""
    return datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(VIETNAM)


def vietnam_day(utc_ms: int) -> str:
    """The ISO day in Vietnam at a moment: what every dated fact is asked about."""
    return vietnam_time(utc_ms).date().isoformat()


def uuid_of(value: str) -> str:
    """A UUID that a browser made, in its usual form. Raises Refused `field-wrong`."""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise Refused("field-wrong", field="id") from None
