"""Papers taken along on a tablet: for how long, what of them may still be there, and a lost tablet cut off.

The tablet itself keeps the copies, sealed (web/static/js/offline/). Here stands who took what, so that the record is
whole and a tablet can be told, at its next contact, what to throw away.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from store.chain import Draft
from store.db import Connection, Row
from store.errors import Denied, Fault, Missing, Refused

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.accounts import SESSIONS, Accounts
from ..people.rights import Principal, Thing
from ..sitting.papers import SittingPapers
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..watermarks.actions import Watermarks
from . import records

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DEVICE = 200  # letters kept of what a browser calls itself
MOST_TABLETS, MOST_COPIES = 5, 50  # of a person, on a tablet
CUT_MS = 30 * DAY_MS  # that a tablet stays on the list after it was cut off
SEEN_MS = 60_000  # contacts closer together are not put down


class Taken(msgspec.Struct, frozen=True):
    """A copy may be read until then, UTC ms; `now` is the server's time. `keeps`: the papers, each by its SHA-256, with
    `+` behind it where this reader's copy bears a watermark."""

    until: int
    now: int
    keeps: list[str]


class Contact(msgspec.Struct, frozen=True):
    """What a tablet is told: everything goes (`cut`), or which papers, as above, it may keep of each sitting."""

    cut: bool
    now: int
    keeps: dict[str, list[str]]


class CopyRow(msgspec.Struct, frozen=True):
    sitting: str
    title: str
    taken: int
    until: int


class TabletRow(msgspec.Struct, frozen=True):
    """A tablet, as who administers its owner's unit sees it."""

    id: str
    person: str
    name: str
    device: str
    seen: int
    cut: int
    copies: list[CopyRow]


class Tablets:
    def __init__(
        self, house: House, rooms: Rooms, papers: SittingPapers, marks: Watermarks, accounts: Accounts, hours: int
    ) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._marks = marks
        self._accounts = accounts
        self._hours = hours

    async def take(self, who: Principal, secret: str, device: str, sitting: str) -> Taken:
        """WHO takes the papers of a sitting along, or takes them again. On record before the first byte goes out.
        Raises Denied `tablet-cut` for one that was cut off, and for one of somebody else; Refused for too many."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.read", room.thing())
        tablet, now = _id(secret), self._house.now_ms()
        until = now + self._hours * HOUR_MS

        def use(conn: Connection) -> None:
            records.drop_over(conn, now, now - CUT_MS)
            known, held = records.find(conn, tablet), records.sittings_of(conn, tablet)
            if known is not None and (known.cut or known.person != who.id):
                raise Denied("tablet-cut")
            first = sitting not in held
            if (known is None and records.count(conn, who.id) >= MOST_TABLETS) or (first and len(held) >= MOST_COPIES):
                raise Refused("tablets-many", limit=MOST_TABLETS)
            records.put(conn, tablet, who.id, device[:DEVICE], now)
            records.put_copy(conn, tablet, sitting, now, until)
            if first:
                body = {"person": who.id, "sitting": sitting, "tablet": tablet}
                self._house.record(conn, actor_of(who), [Draft("copy-taken", body)])

        await self._house.write(use)
        return Taken(until, now, self._readable(who, room))

    async def forget(self, who: Principal, secret: str) -> None:
        """The tablet of WHO has thrown everything away."""
        tablet = _id(secret)

        def use(conn: Connection) -> None:
            known = records.find(conn, tablet)
            if known is not None and known.person == who.id and not known.cut:
                records.forget(conn, tablet)

        await self._house.write(use)

    async def drop(self, who: Principal, secret: str, sitting: str) -> None:
        """The tablet of WHO has thrown its copy away."""
        tablet = _id(secret)

        def use(conn: Connection) -> None:
            known = records.find(conn, tablet)
            if known is not None and known.person == who.id:
                records.drop_copy(conn, tablet, sitting)

        await self._house.write(use)

    async def contact(self, secret: str) -> Contact:
        """A tablet asks what it may keep: also where nobody is signed in. One that is not known may keep nothing."""
        tablet, now = _id(secret), self._house.now_ms()

        def use(conn: Connection) -> tuple[Row | None, list[str]]:
            return records.find(conn, tablet), records.sittings_of(conn, tablet)

        known, sittings = await self._house.read(use)
        if known is None or known.cut or not await self._accounts.logins([known.person]):
            return Contact(True, now, {})
        if now - known.seen > SEEN_MS:
            await self._house.write(lambda conn: records.change(conn, tablet, seen=now))
        who, keeps = await self._accounts.principal(known.person), dict[str, list[str]]()
        for sitting in sittings:
            with contextlib.suppress(Denied, Missing):
                room = await self._rooms.get(sitting)
                rights.demand(who, "paper.read", room.thing())
                keeps[sitting] = self._readable(who, room)
        return Contact(False, now, keeps)

    def _readable(self, who: Principal, room: Room) -> list[str]:
        papers = [one for one in room.state.papers if one.is_readable and self._papers.may_find(room, who, one)]
        return [f"{one.sha256}+" if self._marks.words(room, who, (one,)) else one.sha256 for one in papers]

    async def listed(self, who: Principal) -> list[TabletRow]:
        """Tablets of the people whom WHO administers, those heard from last first. Raises Denied."""
        if not rights.anywhere(who, "tablet.cut"):
            raise Denied("no-right")
        day = self._house.today()

        def use(conn: Connection) -> tuple[list[Row], dict[str, str], dict[str, list[str]]]:
            rows = records.everything(conn)
            units: dict[str, list[str]] = defaultdict(list)
            for membership, person in people.memberships_on(conn, day):
                units[person.id].append(membership.unit)
            return rows, people.names(conn, list({row.person for row in rows})), units

        rows, names, units = await self._house.read(use)
        found: dict[str, TabletRow] = {}
        for row in rows:
            if not _administers(who, units.get(row.person, [])):
                continue
            facts = (row.person, names.get(row.person, ""), row.device, row.seen, row.cut)
            made = found.setdefault(row.id, TabletRow(row.id, *facts, []))
            if row.sitting is not None:
                made.copies.append(CopyRow(row.sitting, await self._title(who, row.sitting), row.taken, row.until))
        return list(found.values())

    async def _title(self, who: Principal, sitting: str) -> str:
        """What a sitting is called, for who administers its unit."""
        with contextlib.suppress(Fault):
            state = (await self._rooms.get(sitting)).state
            return state.title if _administers(who, [state.unit]) else ""
        return ""

    async def cut(self, who: Principal, tablet: str) -> None:
        """A tablet was lost: what it holds goes at its next contact, and its owner's sessions end now. Raises Denied,
        Missing."""
        day = self._house.today()

        def use(conn: Connection) -> str:
            known = records.find(conn, tablet)
            if known is None:
                raise Missing("no-such-tablet")
            held = [membership.unit for membership, _ in people.memberships_on(conn, day, person=known.person)]
            if not _administers(who, held):
                raise Denied("no-right")
            if not known.cut:
                records.change(conn, tablet, cut=self._house.now_ms())
                people.end_sessions(conn, person=known.person)  # whichever of them the tablet has
                body = {"person": known.person, "tablet": tablet}
                self._house.record(conn, actor_of(who), [Draft("tablet-cut", body)])
            return str(known.person)

        person = await self._house.write(use)
        await self._house.bus.publish(SESSIONS, person.encode())


def _id(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _administers(who: Principal, units: Sequence[str]) -> bool:
    """Of whoever has no office any more, anybody who administers at all."""
    if not units:
        return rights.anywhere(who, "tablet.cut")
    return any(rights.may(who, "tablet.cut", Thing(unit)) for unit in units)
