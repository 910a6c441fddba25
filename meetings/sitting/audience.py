"""The browsers that follow one sitting: each kind of viewer is shown its own view, encoded once for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from signing.checkpoint import Checkpoint
from store.chain import Event

from ..people.rights import Principal
from . import presiding
from .screen import Card, Screen, changed, screen
from .state import State
from .views import SeenEvent, View, view, view_of

FEW = 100  # browsers that are told each step by itself
KEPT = 64  # first tellings that are kept, for others who join at the same place
PAUSE_S = 0.0001  # a browser beyond: what telling one costs, so that half the time is left for what they ask

Step = tuple[Event, State]


@dataclass(slots=True)
class Telling:
    """What one kind of viewer is told: new events and the parts of the screen they changed. Browsers with the same
    view get the same Telling, and whoever encodes it first leaves the bytes here for the others."""

    sitting: str
    seq: int
    events: list[SeenEvent]
    parts: dict[str, Any]
    encoded: bytes = b""


class Watcher(Protocol):
    """A browser, as the room knows it. `tell` must not block."""

    @property
    def who(self) -> Principal: ...

    def tell(self, telling: Telling) -> None: ...

    def lose(self, sitting: str) -> None:
        """They may not see it any more."""


@dataclass(slots=True)
class Seen:
    """What one kind of viewer was last told."""

    watchers: set[Watcher] = field(default_factory=set)
    last: Screen | None = None


class Audience:
    """Told of steps as they come; many browsers are told together what came within a moment."""

    def __init__(self, state: Callable[[], State], may_see: Callable[[Principal], bool]) -> None:
        self.cards: Mapping[str, Card] = {}
        self.names: Mapping[str, str] = {}
        self.units: Mapping[str, str] = {}
        self.witness: Checkpoint | None = None
        self._state = state
        self._may_see = may_see
        self._seen: dict[View, Seen] = {}
        self._first: dict[tuple[View, int], Telling] = {}  # what those who joined last were told, by where they began
        self._untold: list[Step] = []
        self._due = 0.0  # when it may be told again
        self._timer: asyncio.TimerHandle | None = None

    def view_for(self, who: Principal) -> View:
        of = presiding.view_of_room if who.kind == "site" else view_of
        return of(self._state(), who.id)

    def add(self, watcher: Watcher, after: int, found: list[Event]) -> None:
        """Begin telling a browser, with FOUND, the events behind AFTER, first."""
        if self._timer is not None:
            self._tell_now()  # so that nobody of this view is told twice what the new one hears now
        viewer, state = self.view_for(watcher.who), self._state()
        after = min(after, state.seq)
        if len(self._first) >= KEPT:
            self._first.clear()
        first = self._first.get((viewer, after))
        if first is None or first.seq != state.seq:
            missed = [view(event, viewer, state) for event in found if event.seq > after]
            first = self._first[viewer, after] = self._telling(missed, changed(None, self._screen(viewer)))
        watcher.tell(first)
        if viewer not in self._seen:
            self._seen[viewer] = Seen(last=self._screen(viewer))
        self._seen[viewer].watchers.add(watcher)

    def remove(self, watcher: Watcher) -> None:
        for viewer, seen in list(self._seen.items()):
            seen.watchers.discard(watcher)
            if not seen.watchers:
                del self._seen[viewer]

    def tell(self, steps: list[Step]) -> None:
        """Show what STEPS changed: at once, or to a crowd as soon as it has heard what came before."""
        self._untold += steps
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            return
        if loop.time() >= self._due:
            self._tell_now()
        else:
            self._timer = loop.call_at(self._due, self._tell_now)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell_now(self) -> None:
        self.stop()
        steps, self._untold = self._untold, []
        self._first.clear()
        crowd = sum(len(seen.watchers) for seen in self._seen.values())
        if crowd > FEW:
            self._due = asyncio.get_running_loop().time() + crowd * PAUSE_S
        moved = self._take_moved()
        for viewer, seen in self._seen.items():
            self._tell_view(viewer, seen, steps)
        for viewer, fresh in moved.items():
            self._tell_view(viewer, fresh, steps)
            self._seen.setdefault(viewer, Seen(last=fresh.last)).watchers |= fresh.watchers

    def _take_moved(self) -> dict[View, Seen]:
        """Browsers whose role changed, by what they are from now on: nothing is shown them with the eyes of before. Who
        is nothing here any more is told so, and nothing else."""
        moved: dict[View, Seen] = {}
        for viewer, seen in list(self._seen.items()):
            for watcher in list(seen.watchers):
                now = self.view_for(watcher.who)
                if now == viewer:
                    continue
                seen.watchers.discard(watcher)
                if now.kind != "outside" or self._may_see(watcher.who):
                    moved.setdefault(now, Seen()).watchers.add(watcher)
                else:
                    watcher.lose(self._state().id)
            if not seen.watchers:
                del self._seen[viewer]
        return moved

    def _tell_view(self, viewer: View, seen: Seen, steps: list[Step]) -> None:
        now = self._screen(viewer)
        events, parts = [view(event, viewer, state) for event, state in steps], changed(seen.last, now)
        seen.last = now
        if not events and not parts:
            return
        telling = self._telling(events, parts)
        for watcher in seen.watchers:
            watcher.tell(telling)

    def _telling(self, events: list[SeenEvent], parts: dict[str, Any]) -> Telling:
        state = self._state()
        return Telling(state.id, state.seq, events, parts)

    def _screen(self, viewer: View) -> Screen:
        return screen(self._state(), viewer, self.cards, self.names, self.units, self.witness)
