"""Receipts of reading: told by the reader's screen, seen by chair and secretary, and everybody's own by themselves.

A unit's rule may forbid them (rules.py, `read_receipts`): then nothing is kept at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from documents.lifecycle import Step
from store.db import Connection
from store.errors import Denied, Missing, Refused

from ..house import House
from ..people import rights
from ..people.rights import Principal
from ..sitting.model import Paper
from ..sitting.papers import SittingPapers
from ..sitting.rooms import Rooms
from ..sitting.state import State
from ..sitting.views import may_read, view_of
from . import records
from .receipt import Look, PageView, Receipt, believed, receipt

READERS = ("chair", "deputy", "member", "substitute", "presenter", "guest")  # whose reading is of interest
MOST_LOOKS = 200


class VersionReceipts(msgspec.Struct, frozen=True):
    """Of one version of a paper; `receipts` of whoever may read it now, or has had it open."""

    version: int
    step: Step
    receipts: tuple[Receipt, ...]


class Receipts:
    def __init__(self, house: House, rooms: Rooms, papers: SittingPapers) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers

    async def note(self, who: Principal, sitting: str, paper: str, sha256: str, looks: Sequence[Look]) -> None:
        """WHO had pages of the newest version open. Raises Denied, Missing, Refused. Durable on return."""
        if who.kind != "person":
            raise Denied("no-right")
        found, room = await self._papers.find(who, sitting, paper), await self._rooms.get(sitting)
        if not room.state.rule.read_receipts:
            return
        if found.sha256 != sha256:
            raise Refused("paper-replaced")
        if len(looks) > MOST_LOOKS or any(not 1 <= page <= found.pages or ms < 0 for page, ms in looks):
            raise Refused("field-wrong", field="page")
        now, version = self._house.now_ms(), (paper, sha256)

        def write(conn: Connection) -> None:
            told_at = records.told_at(conn, sitting, who.id, version)
            records.add(conn, sitting, who.id, version, believed(looks, told_at or found.since, now), now)

        await self._house.write(write)

    async def of_paper(self, who: Principal, sitting: str, paper: str) -> list[VersionReceipts]:
        """The newest version first: everybody's, as chair and secretary see them; others see their own. Raises Denied,
        Missing, Refused `receipts-off`."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.read", room.thing())
        if not room.state.rule.read_receipts:
            raise Refused("receipts-off")
        found = room.state.find_paper(paper)
        if found is None or found.on_paper or not self._papers.may_find(room, who, found):
            raise Missing("no-such-paper")
        person = "" if rights.may(who, "sitting.conduct", room.thing()) else who.id
        return receipts_of(room.state, found, await self._house.read(records.of_paper, sitting, paper, person), person)


def receipts_of(state: State, paper: Paper, views: Sequence[PageView], person: str = "") -> list[VersionReceipts]:
    """By version, the newest first; PERSON's alone, if one is given."""
    opened: dict[str, dict[str, list[PageView]]] = defaultdict(lambda: defaultdict(list))
    for view in views:
        opened[view.sha256][view.person].append(view)
    versions = [*((one.sha256, one.pages, one.step) for one in paper.earlier), (paper.sha256, paper.pages, paper.step)]
    found = []
    for number, (sha256, pages, step) in reversed(list(enumerate(versions, 1))):
        people = dict.fromkeys([*(_readers(state, paper) if sha256 == paper.sha256 else ()), *opened[sha256]])
        told = tuple(receipt(one, pages, opened[sha256][one]) for one in people if person in ("", one))
        if told:
            found.append(VersionReceipts(number, step, told))
    return found


def _readers(state: State, paper: Paper) -> list[str]:
    if not paper.is_readable:
        return []
    seats = (seat.person for seat in state.seats.values() if seat.role in READERS)
    return [person for person in seats if may_read(state, view_of(state, person), paper)]
