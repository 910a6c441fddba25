"""Carries what people are told out of the house: takes due jobs of one kind, some at a time, and delivers them.

What cannot be delivered now is tried again, later and later. A crash between delivering and noting it delivers twice:
letters and pushes carry a name of their own, by which their receiver knows a copy.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from meetings.house import House
from meetings.opinion import records as opinion_records
from meetings.opinion.model import Opinion
from meetings.people import records as people
from meetings.people.model import Person
from meetings.sitting import records
from meetings.sitting.rooms import Rooms
from meetings.sitting.state import State
from store import background, jobs
from store.jobs import Job

log = logging.getLogger("bacap.courier")

LOOK_S = 1.0


class Told(msgspec.Struct, frozen=True):
    """Whom a job tells what. `id`: its own, for ever; `params`: what the text is filled with, people by name."""

    id: str
    kind: str
    person: Person
    at: int  # UTC milliseconds
    params: dict[str, str]
    of: State | Opinion

    @property
    def is_of_sitting(self) -> bool:
        return isinstance(self.of, State)


class Carrier:
    """Does what JOBS of one kind ask for; what fails is tried again, later and later."""

    def __init__(self, house: House, kind: str, do: Callable[[Job], Awaitable[None]], at_once: int = 1) -> None:
        self._house = house
        self._kind = kind
        self._do = do
        self._at_once = at_once
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        repeat = background.repeat
        self._tasks = [asyncio.create_task(repeat(self._do_due, LOOK_S, self._kind)) for _ in range(self._at_once)]

    async def close(self) -> None:
        for task in self._tasks:
            await background.end(task)

    async def _do_due(self) -> None:
        while await self.do_one():
            pass

    async def do_one(self) -> bool:
        """What is due; False if nothing is."""
        job = await self._house.write(jobs.lease, [self._kind], self._house.now_ms())
        if job is None:
            return False
        try:
            await self._do(job)
        except Exception as error:  # whatever is wrong with one, the others go out
            log.warning("%s %s, try %s: %s", self._kind, job.id, job.tries, error)
            await self._house.write(jobs.fail, job, str(error), self._house.now_ms())
        else:
            await self._house.write(jobs.finish, job)
        return True


class Courier(Carrier):
    """Of what people are told."""

    def __init__(
        self, house: House, rooms: Rooms, kind: str, deliver: Callable[[Told], Awaitable[None]], at_once: int = 1
    ) -> None:  # fmt: skip
        super().__init__(house, kind, self._carry, at_once)
        self._rooms = rooms
        self._deliver = deliver

    async def _carry(self, job: Job) -> None:
        told = await self._read(job)
        if told is not None:
            await self._deliver(told)

    async def _read(self, job: Job) -> Told | None:
        """What a job is about; None where it is about nothing any more."""
        if "opinion" in job.payload:
            return await self._of_opinion(job)
        notice = await self._house.read(records.notice, str(job.payload["notice"]))
        if notice is None:
            return None
        params = msgspec.json.decode(notice.params, type=dict[str, str])
        if "person" in params:
            params["person"] = (await self._house.read(people.names, [params["person"]])).get(params["person"], "")
        person = await self._house.read(people.person, notice.person)
        state = (await self._rooms.get(notice.sitting)).state
        over = state.phase in ("closed", "cancelled") and notice.kind in (
            "invited",
            "changed",
            "reminded",
            "item-added",
        )
        if over or notice.person not in (*state.seats, *state.minutes.recipients):
            return None
        return Told(notice.id, notice.kind, person, notice.at, params, state)

    async def _of_opinion(self, job: Job) -> Told | None:
        given = {name: str(value) for name, value in job.payload.items()}
        opinion = await self._house.read(opinion_records.fold, given["opinion"])
        if opinion.closed_at and given["kind"] in ("opinion-opened", "opinion-reminded"):
            return None
        person = await self._house.read(people.person, given["person"])
        params = {"reason": opinion.called_off}
        return Told(job.id, given["kind"], person, int(given["at"]), params, opinion)
