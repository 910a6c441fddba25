"""The post office: gives the mail server a letter for everybody who is told something and has an address."""

from __future__ import annotations

import asyncio
import hashlib
from email.message import EmailMessage

import aiosmtplib

from meetings.house import House
from meetings.people.model import agency_of
from meetings.sitting.letterhead import units_of
from meetings.sitting.rooms import Rooms
from meetings.sitting.state import State
from store.world import vietnam_day

from .courier import Courier, Told
from .letters import WITH_PAPER, Letter, compose
from .settings import Settings

KIND = "mail"
TIMEOUT_S = 30


class PostOffice:
    def __init__(self, house: House, rooms: Rooms, settings: Settings, base_url: str) -> None:
        self._house = house
        self._settings = settings
        self._base_url = base_url
        self.courier = Courier(house, rooms, KIND, self._send)

    def start(self) -> None:
        if self._settings.smtp_host:
            self.courier.start()

    async def close(self) -> None:
        await self.courier.close()

    async def _send(self, told: Told) -> None:
        person, of = told.person, told.of
        if not person.email:
            return
        sender = self._settings.mail_from
        key = hashlib.sha256(told.id.encode()).hexdigest()[:32]
        letter = Letter(key, told.kind, told.params, person.name, person.email, sender, self._base_url, told.at)
        paper = None
        if isinstance(of, State) and of.invitation.sha256 and told.kind in WITH_PAPER:
            name = f"{of.invitation.symbol.replace('/', '-')}.pdf"
            paper = name, await self._house.blobs.load(of.invitation.sha256)
        unit, _ = await self._house.read(units_of, of.unit, vietnam_day(told.at))
        await self._deliver(await asyncio.to_thread(compose, letter, of, agency_of(unit), paper))

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
