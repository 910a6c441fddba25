"""How fast papers go to a site with a weak line while it takes part in a sitting: in what media leaves free, so that no
voice waits behind a paper. All transfers of a site share one pace; one that ends soon goes before a long one, so that a
page turned does not wait for a pack. Whether there is a pace is asked before every piece: sittings open, people check
in and lines are changed while a paper is on its way.

Which tablets are at a site is known by where people checked in, and its own screens by themselves.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from weakref import WeakValueDictionary

from meetings.relay.lines import FULL, LINES, Line
from meetings.sitting.rooms import Rooms
from meetings.sitting.state import State

from .health import HealthBoard, Towards
from .sendfile import STEP, TURNS, Turns, settle

VOICE = 48_000  # bits a second of one voice, with headers and repeats: left free where nobody speaks, too
OTHERS = 10_000  # bits a second of what else a room's screens are told
TAKEN = 0.95  # of what is left free by these
LEAST = 16  # and a part of the line, one in so many, even where pictures fill it
HEADERS = 90  # bytes that TLS, TCP, IP and Ethernet add to a piece
FALL, RISE, LEAST_PART = 0.75, 0.1, 0.2
PIECE_S = 0.05  # so long a piece takes the line, and a voice waits behind it
SMALLEST, LARGEST = 1200, 64 * 1024
SHORT = 64 * 1024  # bytes: transfers with more left than this are all alike
AGES = 16 * 1024  # bytes a second: waiting makes up for so many more that are left


def rate_beside(line: Line, media: int, part: float = 1.0) -> int:
    """Bits a second that papers may take of LINE beside MEDIA bits a second, PART of what that leaves; 0: as fast as
    they go."""
    if not line.rate:
        return 0
    spare = line.rate - max(media, min(VOICE, line.rate * 3 // 4)) - OTHERS
    return max(int(spare * TAKEN * part), line.rate // LEAST)


def restrained(part: float, queued: bool, reports: int) -> float:
    """The part of what is left that papers take, PART before: less while the relay finds a queue in the line, and
    slowly more with each of REPORTS that finds none."""
    return max(LEAST_PART, part * FALL) if queued else min(1.0, part + RISE * reports)


class Pace:
    """The turns of all transfers over one line. RATE: bits a second, asked before each piece; 0: there is no limit."""

    def __init__(self, rate: Callable[[], int]) -> None:
        self._rate = rate
        # a heap: whose turn it is, who came first, bytes left
        self._waiting: list[tuple[float, int, int, asyncio.Future[int]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, left: int) -> int:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[int] = loop.create_future()
        turn = min(left, SHORT) + AGES * loop.time()
        heapq.heappush(self._waiting, (turn, next(self._numbers), left, mine))
        if self._timer is None:
            self._timer = loop.call_later(0, self._next, loop)
        return await mine

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._waiting:
            _, _, left, one = heapq.heappop(self._waiting)
            if one.done():  # its sender gave up
                continue
            rate = self._rate()
            piece = min(left, max(SMALLEST, min(LARGEST, int(rate * PIECE_S / 8))) if rate else STEP)
            settle(one, piece)
            self._timer = loop.call_later((piece + HEADERS) * 8 / rate if rate else 0, self._next, loop)
            return


Key = tuple[str, str]  # a sitting and a site
NOTHING = Towards(0, False, 0)


class Paces:
    """The pace of every weak line that a sitting is on at now."""

    def __init__(self, rooms: Rooms, health: HealthBoard) -> None:
        self._rooms = rooms
        self._health = health
        self._paces: WeakValueDictionary[Key, Pace] = WeakValueDictionary()
        self._parts: dict[Key, tuple[float, int]] = {}  # that is taken, and the last report heard

    def turns(self, sitting: str, reader: str) -> Turns:
        """For what READER, a person or a site, fetches of SITTING."""
        return Turning(self, sitting, reader)

    def of(self, sitting: str, reader: str) -> Pace | None:
        """Of READER's line now; None: as fast as it goes."""
        room = self._rooms.find(sitting)
        site = site_of(room.state, reader) if room is not None else ""
        key = (sitting, site)
        if not site or not self._rate(key):
            return None
        pace = self._paces.get(key)
        if pace is None:
            pace = self._paces[key] = Pace(lambda: self._rate(key))
        return pace

    def _rate(self, key: Key) -> int:
        sitting, site = key
        room = self._rooms.find(sitting)
        if room is None or room.state.phase != "open" or site not in room.state.joined:
            self._parts.pop(key, None)
            return 0
        media = self._health.towards(sitting, site) or NOTHING  # a moment's trouble of the line is no room on it
        part, last = self._parts.get(key, (1.0, 0))
        if last != media.told:
            part = restrained(part, media.queued, media.told - last)
            self._parts[key] = (part, media.told)
        line = LINES.get(room.state.lines.get(site, "full"), FULL)
        return rate_beside(line, media.rate, part)


class Turning:
    """The turns of one transfer: at the pace of its reader's line while there is one, else like everybody's."""

    def __init__(self, paces: Paces, sitting: str, reader: str) -> None:
        self._given = (paces, sitting, reader)

    async def take(self, left: int) -> int:
        paces, sitting, reader = self._given
        return await (paces.of(sitting, reader) or TURNS).take(left)


def site_of(state: State, reader: str) -> str:
    """Where READER is; "" for nowhere that the sitting knows of."""
    if reader in state.rooms:
        return reader
    here = state.present.get(reader)
    return here.site if here is not None else ""
