"""The push office: tells people on the devices that they chose, through the push services of their browsers.

Off unless the settings name whom a push service may write to (`push_contact`). A device that its service does not know
any more is forgotten.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from meetings.devices import records as devices
from meetings.devices.records import Subscription
from meetings.house import House
from meetings.people.rights import Principal
from meetings.sitting.rooms import Rooms
from store.errors import Refused, Unavailable

from . import outside, push
from .courier import Courier, Told
from .letters import summary
from .settings import Settings

log = logging.getLogger("bacap.push")

KIND = "push"
AT_ONCE = 8  # people who are told: one service that does not answer is not to hold up all
SHOWN = 200  # characters of each line: no screen shows more, and all of it fits one record
KEPT_S = 24 * 3600  # how long a push service keeps it for a device that is off
GONE = (404, 410)  # RFC 8030, section 7.3
NOT_OURS = 403  # subscribed with another key (RFC 8292, section 4.2); or our clock or contact is wrong
LATER = (NOT_OURS, 408, 429)


class Push(msgspec.Struct, frozen=True):
    """What the device shows. `tag`: a later one of the same tag takes its place."""

    title: str
    text: str
    path: str
    tag: str


class PushOffice:
    def __init__(self, house: House, rooms: Rooms, settings: Settings, key: ec.EllipticCurvePrivateKey) -> None:
        self._house = house
        self._settings = settings
        self._key = key
        self._client = outside.Client()
        self._reached: dict[str, set[str]] = {}  # what is to be told again -> endpoints it was told on
        self.courier = Courier(house, rooms, KIND, self._send, AT_ONCE)

    def start(self) -> None:
        if self._settings.push_contact:
            self.courier.start()

    async def close(self) -> None:
        await self.courier.close()
        await self._client.close()

    # ── by people ──

    @property
    def public_key(self) -> str:
        """What a browser subscribes with; empty: nothing is pushed."""
        return push.encode(push.point(self._key.public_key())) if self._settings.push_contact else ""

    async def add(self, who: Principal, given: Subscription) -> None:
        """Tell WHO on this device too. Raises Refused."""
        if not self._settings.push_contact:
            raise Refused("push-off")
        push.check(given, self._settings.push_services)
        held = msgspec.structs.replace(given, key=self.public_key)
        await self._house.write(devices.put, who.id, held, self._house.now_ms())

    async def is_of(self, who: Principal, endpoint: str) -> bool:
        """Is it WHO whom this browser tells?"""
        return await self._house.read(devices.is_of, endpoint, who.id)

    async def remove(self, who: Principal, endpoint: str) -> None:
        await self._house.write(devices.drop, endpoint, who.id)

    # ── sending ──

    async def _send(self, told: Told) -> None:
        """To each device; those that cannot be reached now are tried again. After a restart it may be all of them: by
        its tag a device shows it once."""
        held, reached = await self._house.read(devices.of, told.person.id), self._reached.pop(told.id, set())
        again = [device for device in held if device.endpoint not in reached]
        faults = await asyncio.gather(*(self._ring(told, device) for device in again))
        late = [fault for fault in faults if fault]
        if late:
            reached |= {device.endpoint for device, fault in zip(again, faults, strict=True) if not fault}
            self._reached[told.id] = reached
            raise Unavailable("push", reason=", ".join(late))

    async def _ring(self, told: Told, device: Subscription) -> str:
        """Why it could not be done now; "" where nothing more is to do."""
        try:
            status = await self._post(told, device)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__
        if status in GONE or (status == NOT_OURS and device.key != self.public_key):
            log.info("%s: a device of %s is gone: %s", told.id, told.person.id, status)
            await self._house.write(devices.drop, device.endpoint)
        elif status in LATER or status >= 500:
            return str(status)
        elif status >= 300:
            log.warning("%s: a push service answers %s", told.id, status)
        return ""

    async def _post(self, told: Told, device: Subscription) -> int:
        title, text = summary(told, device.locale)
        path = f"/sittings/{told.of.id}" if told.is_of_sitting else "/opinions"
        topic = hashlib.sha256(told.id.encode()).hexdigest()[:32]  # RFC 8030, section 5.4
        body = msgspec.json.encode(Push(title[:SHOWN], text[:SHOWN], path, topic))
        salt, key = self._house.world.random(16), ec.generate_private_key(ec.SECP256R1())
        headers = {
            "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "TTL": str(KEPT_S),
            "Urgency": "normal", "Topic": topic,
            "Authorization": push.authorization(
                device.endpoint, self._settings.push_contact, self._house.now_ms() // 1000, self._key
            ),
        }  # fmt: skip
        return await self._client.post(device.endpoint, push.seal(body, device, salt, key), headers)
