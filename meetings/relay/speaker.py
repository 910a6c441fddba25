"""Whose voice is heard: the loudest few of those allowed, and no flicker between them. Pure; clock passed in.

Levels come from the senders themselves (RFC 6464, 0 is loudest, 127 silence), so they rank only those whom the chair
allows to be heard; they never decide who is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

SILENCE = 127
SMOOTHING = 0.1  # of each 20 ms step
HOLD_MS = 2000  # a voice keeps its place so long after it was last loud
LOUD = 60  # below this (dBov, negative) someone is speaking
MARGIN = 6  # dB by which a newcomer must be louder than a voice that has a place


class Level:
    """A smoothed level and when it was last loud."""

    __slots__ = ("heard_at", "loud_at", "value")

    def __init__(self) -> None:
        self.value = float(SILENCE)
        self.loud_at = self.heard_at = -HOLD_MS

    def hear(self, now: int, level: int) -> None:
        self.value += SMOOTHING * (level - self.value)
        self.heard_at = now
        if level < LOUD:
            self.loud_at = now

    def at(self, now: int) -> float:
        """The level as it counts now: who has sent nothing for a while is silent."""
        return self.value if now - self.heard_at <= HOLD_MS else float(SILENCE)


class Voice(Protocol):
    @property
    def level(self) -> Level: ...


V = TypeVar("V", bound=Voice)


def loudest(voices: Sequence[V], held: Sequence[V | None], now: int) -> list[V | None]:
    """VOICES over the places that HELD has: who has a place keeps it until someone clearly louder wants it."""
    places: list[V | None] = [voice if voice is not None and voice in voices else None for voice in held]
    waiting = sorted((voice for voice in voices if voice not in places), key=lambda voice: voice.level.at(now))
    for voice in waiting:
        if None in places:
            places[places.index(None)] = voice
            continue
        quiet = [one for one in places if one is not None and now - one.level.loud_at > HOLD_MS]
        if not quiet:
            break
        softest = max(quiet, key=lambda one: one.level.at(now))
        if voice.level.at(now) + MARGIN < softest.level.at(now):
            places[places.index(softest)] = voice
    return places
