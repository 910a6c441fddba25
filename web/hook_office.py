"""The hook office: programs of others are told what happens in the sittings of their unit, at an address of theirs.

Off unless the settings name the hosts it may connect to (`webhook_hosts`). Each message is signed (HMAC-SHA256 over id,
time and body, as Standard Webhooks has it), told again later and later where it was not taken, and bears an id by which
its receiver knows a copy. It says that something happened, and where: what was said has to be asked for, with a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

from meetings.house import House
from meetings.integrations import records
from meetings.integrations.records import Webhook
from meetings.sitting.records import WEBHOOK
from store.errors import Unavailable
from store.jobs import Job

from . import outside
from .courier import Carrier
from .settings import Settings

AT_ONCE = 4  # one program that does not answer is not to hold up all


class Happened(msgspec.Struct, frozen=True):
    """The body. `type`: sitting.released, sitting.closed and their like; `seq`: of the event in its journal."""

    type: str
    sitting: str
    unit: str
    title: str
    seq: int
    at: int  # UTC milliseconds


class HookOffice:
    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._hosts = settings.webhook_hosts
        self._client = outside.Client()
        self._carrier = Carrier(house, WEBHOOK, self._send, AT_ONCE)

    def start(self) -> None:
        if self._hosts:
            self._carrier.start()

    async def close(self) -> None:
        await self._carrier.close()
        await self._client.close()

    def knows(self, url: str) -> bool:
        """May this server connect there? Raises Refused for what is no address."""
        return outside.is_known(url, self._hosts, "url")

    async def _send(self, job: Job) -> None:
        """Nothing for a program that is not told any more. Raises Unavailable where it was not taken."""
        hook = await self._house.read(records.webhook, str(job.payload["integration"]))
        if hook is None or not self.knows(hook.url):
            return
        given = job.payload
        facts = (given["kind"], given["sitting"], given["unit"], given["title"], given["seq"], given["at"])
        body, now = msgspec.json.encode(Happened(*facts)), self._house.now_ms() // 1000
        headers = {"Content-Type": "application/json"} | signed(hook, job.id, now, body)
        status = await self._client.post(hook.url, body, headers)
        if status >= 300:
            raise Unavailable("webhook", status=status)


def signed(hook: Webhook, id_: str, now: int, body: bytes) -> dict[str, str]:
    """The headers that say who sends BODY, and when (seconds since 1970)."""
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    mark = hmac.digest(key, f"{id_}.{now}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id_, "webhook-timestamp": str(now), "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }  # fmt: skip
