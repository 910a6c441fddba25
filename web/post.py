"""Sends letters: takes those that are due from the job table, one after the other, and gives them to the mail server.

A letter that the server does not take now is tried again, later and later; one that has nobody to go to is dropped. A
crash between sending and noting it sends it twice, under the same Message-ID.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from email.message import EmailMessage

import aiosmtplib

from meetings.house import House
from meetings.people import records as people
from meetings.people.model import agency_of
from meetings.sitting import records
from meetings.sitting.letterhead import units_of
from meetings.sitting.rooms import Rooms
from store import background, jobs
from store.jobs import Job
from store.world import vietnam_day

from .letters import WITH_PAPER, Letter, compose
from .settings import Settings

log = logging.getLogger("bacap.post")

KIND = "mail"
LOOK_S = 1.0
TIMEOUT_S = 30


class PostOffice:
    def __init__(self, house: House, rooms: Rooms, settings: Settings, base_url: str) -> None:
        self._house = house
        self._rooms = rooms
        self._settings = settings
        self._base_url = base_url
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._settings.smtp_host:
            self._task = asyncio.create_task(background.repeat(self._send_due, LOOK_S, "letters"))

    async def close(self) -> None:
        await background.end(self._task)

    async def _send_due(self) -> None:
        while await self.send_one():
            pass

    async def send_one(self) -> bool:
        """Send the letter that is due; False if there is none."""
        job = await self._house.write(jobs.lease, [KIND], self._house.now_ms())
        if job is None:
            return False
        try:
            await self._send(job)
        except Exception as error:  # whatever is wrong with one letter, the others go out
            log.warning("letter %s, try %s: %s", job.id, job.tries, error)
            await self._house.write(jobs.fail, job, str(error), self._house.now_ms())
        else:
            await self._house.write(jobs.finish, job)
        return True

    async def _send(self, job: Job) -> None:
        notice = await self._house.read(records.notice, str(job.payload["notice"]))
        if notice is None:
            return
        person = await self._house.read(people.person, notice.person)
        if not person.email:
            return
        state = (await self._rooms.get(notice.sitting)).state
        params = json.loads(notice.params)
        if "person" in params:
            params["person"] = (await self._house.read(people.names, [params["person"]])).get(params["person"], "")
        sender = self._settings.mail_from
        key = hashlib.sha256(notice.id.encode()).hexdigest()[:32]
        letter = Letter(key, notice.kind, params, person.name, person.email, sender, self._base_url, notice.at)
        paper = None
        if state.invitation.sha256 and notice.kind in WITH_PAPER:
            name = f"{state.invitation.symbol.replace('/', '-')}.pdf"
            paper = name, await self._house.blobs.load(state.invitation.sha256)
        unit, _ = await self._house.read(units_of, state.unit, vietnam_day(notice.at))
        await self._deliver(await asyncio.to_thread(compose, letter, state, agency_of(unit), paper))

    async def _deliver(self, message: EmailMessage) -> None:
        given = self._settings
        security = given.smtp_security
        await aiosmtplib.send(
            message,
            hostname=given.smtp_host,
            port=given.smtp_port,
            use_tls=security == "tls",
            start_tls=security == "starttls",
            username=given.smtp_user or None,
            password=given.smtp_password or None,
            timeout=TIMEOUT_S,
        )
