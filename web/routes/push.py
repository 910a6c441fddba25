"""Being told on a device of one's own: the key a browser subscribes with, its address taken in and given up."""

from __future__ import annotations

from meetings.devices.records import Subscription

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/push", "desk.see")
async def key(call: Call) -> answers.PushKey:
    return answers.PushKey(call.office.push.public_key)


@routes.add("POST", "/api/push", "desk.see")
async def add(call: Call) -> None:
    asked = await call.body(bodies.Device)
    await call.office.push.add(call.who, Subscription(asked.endpoint, asked.p256dh, asked.auth, call.locale))


@routes.add("POST", "/api/push/mine", "desk.see")
async def mine(call: Call) -> answers.DeviceMine:
    asked = await call.body(bodies.DeviceAddress)
    return answers.DeviceMine(await call.office.push.is_of(call.who, asked.endpoint))


@routes.add("POST", "/api/push/end", "desk.see")
async def remove(call: Call) -> None:
    await call.office.push.remove(call.who, (await call.body(bodies.DeviceAddress)).endpoint)
