"""The web process's side of media: who may join with sound and picture, what each room shows, how each endpoint does.

A person in a room with other people gets no microphone and no loudspeaker on the tablet: it would howl. So their offer
may hold places for pictures only. The floor decides what is on the stage and who is heard; the relay is told so.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from meetings.people import rights
from meetings.people.rights import Principal
from meetings.relay import sdp
from meetings.relay.control import Gone, Healths, Policy, RelayLink, Shown, ToWeb
from meetings.sitting import commands as c
from meetings.sitting import floor
from meetings.sitting.room import Room
from meetings.sitting.rooms import Rooms
from store.chain import Event
from store.errors import Denied, Fault, Refused

from . import bodies, wire
from .channels import Channels
from .health import HealthBoard

if TYPE_CHECKING:
    from meetings.sitting.state import State

GRACE_S = 6.0  # a site that is gone so long has left


class MediaDesk:
    def __init__(self, relay: RelayLink, rooms: Rooms, channels: Channels, health: HealthBoard) -> None:
        self._relay = relay
        self._rooms = rooms
        self._channels = channels
        self._health = health
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._steering: set[asyncio.Task[None]] = set()
        relay.on_message = self._hear
        relay.on_connected = self._connected
        rooms.on_start.append(self._attend)

    async def close(self) -> None:
        for task in (*self._leaving.values(), *self._steering):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    # ── joining ──

    async def join(self, who: Principal, sitting: str, offer: str) -> str:
        """The relay's answer. Raises Refused, Denied, Malformed, Unavailable."""
        room = await self._rooms.get(sitting)
        if room.state.phase not in ("released", "open"):
            raise Refused("not-now", phase=room.state.phase)
        if who.kind == "site":
            if who.id not in room.state.rooms:
                raise Refused("site-not-invited")
        else:
            rights.demand(who, "sitting.attend", room.thing())
            self._check_person(room, who, offer)
        answer = await self._relay.join(sitting, who.id, offer)
        if who.kind == "site":
            if (leaving := self._leaving.pop(who.id, None)) is not None:
                leaving.cancel()
            await room.ask(who, c.JoinSite(who.id))
        return answer

    def _check_person(self, room: Room, who: Principal, offer: str) -> None:
        here = room.state.present.get(who.id)
        if here is not None and not here.site:
            return
        for media in sdp.parse(offer).media:
            if media.direction == "sendonly" or media.kind == "audio":
                raise Denied("no-sound-in-room")

    async def leave(self, who: Principal, sitting: str) -> None:
        await self._relay.leave(sitting, who.id)

    def channel_closed(self, who: Principal, sittings: list[str]) -> None:
        """A site whose browser is gone and does not come back has left its sittings."""
        if who.kind != "site" or self._channels.connected(who.id) or who.id in self._leaving:
            return
        self._leaving[who.id] = asyncio.create_task(self._leave_later(who, sittings))

    async def _leave_later(self, who: Principal, sittings: list[str]) -> None:
        await asyncio.sleep(GRACE_S)
        self._leaving.pop(who.id, None)
        if self._channels.connected(who.id):
            return
        for sitting in sittings:
            await self._relay.leave(sitting, who.id)
            with contextlib.suppress(Fault):
                room = await self._rooms.get(sitting)
                await room.ask(who, c.LeaveSite(who.id, "line"))

    # ── the relay speaks ──

    def _hear(self, message: ToWeb) -> None:
        if isinstance(message, Shown):
            for channel in self._channels.of(message.endpoint):
                channel.send(wire.Slots(list(message.audio), list(message.video)))
        elif isinstance(message, Gone):
            self._health.forget(message.endpoint)
            for channel in self._channels.of(message.endpoint):
                channel.send(wire.MediaLost("silent"))
        elif isinstance(message, Healths):
            self._health.replace(
                {
                    peer.endpoint: bodies.Health(
                        True, peer.camera, peer.sound, "weak" if peer.weak else "good", peer.video_kbit, peer.loss
                    )
                    for peer in message.peers
                }
            )

    def _connected(self, there: bool) -> None:
        if not there:
            self._health.replace({})
        else:
            self._channels.tell_all(wire.MediaLost("relay"))

    # ── rooms ──

    def _attend(self, room: Room) -> None:
        known = policy_of(room.state)
        self._steer(known)

        def changed(state: State, _: list[Event]) -> None:
            nonlocal known
            now = policy_of(state)
            if now != known:
                known = now
                self._steer(now)

        room.on_change.append(changed)

    def _steer(self, policy: Policy) -> None:
        task = asyncio.create_task(self._relay.steer(policy))
        self._steering.add(task)
        task.add_done_callback(self._steering.discard)


def policy_of(state: State) -> Policy:
    """What the relay is told of a sitting; nothing any more once it is closed, so that the relay may forget it."""
    if state.phase == "closed":
        return Policy(state.id, "", None)
    return Policy(state.id, floor.on_stage(state), floor.may_be_heard(state))
