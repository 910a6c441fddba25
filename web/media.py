"""The web process's side of media: who may join with sound and picture, what each room shows, how each endpoint does.

A person in a room with other people gets no microphone and no loudspeaker on the tablet: it would howl. So their offer
may hold places for pictures only. The floor decides what is on the stage and who is heard; the relay is told so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from meetings.people import rights
from meetings.people.rights import Principal
from meetings.relay import sdp
from meetings.relay.control import Gone, Healths, Policy, Shown, ToWeb, Wanted
from meetings.relay.fleet import Fleet
from meetings.sitting import commands as c
from meetings.sitting.attendance import LEADERS
from meetings.sitting.model import LIVE
from meetings.sitting.room import Room
from meetings.sitting.rooms import Rooms
from store.chain import Event
from store.errors import Denied, Fault, Refused

from . import wire
from .channels import Channels
from .health import WATCHING, HealthBoard
from .stage import is_divided, is_over, nothing, policies_of, relay_room, sitting_of

if TYPE_CHECKING:
    from meetings.sitting.state import State

MOST_MOSAIC = 16  # pictures of a mosaic
PERSON_GRACE_S = 15.0  # a person whose channel is gone so long is not heard any more
GRACE_S = 6.0  # a site that is gone so long has left


class MediaDesk:
    def __init__(self, relay: Fleet, rooms: Rooms, channels: Channels, health: HealthBoard, codec: str = "VP8") -> None:
        self._relay = relay
        self._codec = codec
        self._rooms = rooms
        self._channels = channels
        self._health = health
        self._conductors: dict[str, tuple[str, ...]] = {}  # sitting -> who is told how its lines do
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

    async def join(self, who: Principal, sitting: str, offer: str, mosaic: int = 0) -> str:
        """The relay's answer. Raises Refused, Denied, Malformed, Unavailable."""
        room = await self._open(sitting)
        if who.kind == "site":
            _demand_invited(room, who)
        else:
            rights.demand(who, "sitting.attend", room.thing())
            self._check_person(room, who, offer)
        answer = await self._relay.join(relay_room(room.state, who.id), who.id, offer, mosaic)
        if who.kind == "site":
            if (leaving := self._leaving.pop(who.id, None)) is not None:
                leaving.cancel()
            await room.ask(who, c.JoinSite(who.id))
        return answer

    async def _open(self, sitting: str) -> Room:
        """A sitting that media may be joined of. Raises Missing, Refused."""
        room = await self._rooms.get(sitting)
        if room.state.phase not in LIVE:
            raise Refused("not-now", phase=room.state.phase)
        return room

    def _check_person(self, room: Room, who: Principal, offer: str) -> None:
        here = room.state.present.get(who.id)
        if here is not None and not here.site:
            return
        for media in sdp.parse(offer).media:
            if (media.direction == "sendonly" and media.name != "screen") or media.kind == "audio":
                raise Denied("no-sound-in-room")

    async def watch(self, who: Principal, sitting: str, offer: str) -> str:
        """For a site that only shows what comes, over WHEP, beside whatever it sends. Raises as `join` does."""
        room = await self._open(sitting)
        _demand_invited(room, who)
        if any(media.direction != "recvonly" for media in sdp.parse(offer).media):
            raise Denied("no-right")
        return await self._relay.join(relay_room(room.state, who.id), who.id + WATCHING, offer)

    async def hang_up(self, who: Principal, sitting: str) -> None:
        """A site without a page says goodbye."""
        room = await self._rooms.get(sitting)
        await self._relay.leave(relay_room(room.state, who.id), who.id)
        await room.ask(who, c.LeaveSite(who.id, "left"))

    async def unwatch(self, who: Principal, sitting: str) -> None:
        room = await self._rooms.get(sitting)
        await self._relay.leave(relay_room(room.state, who.id), who.id + WATCHING)

    async def mosaic(self, who: Principal, sitting: str, endpoints: list[str]) -> None:
        """Who conducts the sitting sees any of its sites. Raises Denied, Refused."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.conduct", room.thing())
        known = [one for one in endpoints[:MOST_MOSAIC] if one in room.state.rooms or one in room.state.present]
        await self._relay.watch(relay_room(room.state, who.id), who.id, tuple(known))

    async def share(self, who: Principal, sitting: str, on: bool) -> None:
        """Who conducts, or has the floor, may. Raises Denied."""
        room = await self._rooms.get(sitting)
        if on and room.state.floor.speaker != who.id:
            rights.demand(who, "sitting.conduct", room.thing())
        await self._relay.share(relay_room(room.state, who.id), who.id, on)

    def note(self, who: Principal, stats: wire.MediaStats) -> None:
        """What WHO's browser says of what it shows."""
        self._health.note(who.id, stats, asyncio.get_running_loop().time())

    async def leave(self, who: Principal, sitting: str) -> None:
        room = await self._rooms.get(sitting)
        await self._relay.leave(relay_room(room.state, who.id), who.id)

    def channel_closed(self, who: Principal, sittings: list[str]) -> None:
        """Whose browser is gone and does not come back has left its sittings."""
        if who.kind == "nobody" or self._channels.connected(who.id) or who.id in self._leaving:
            return
        self._leaving[who.id] = asyncio.create_task(self._leave_later(who, sittings))

    async def _leave_later(self, who: Principal, sittings: list[str]) -> None:
        await asyncio.sleep(GRACE_S if who.kind == "site" else PERSON_GRACE_S)
        self._leaving.pop(who.id, None)
        if self._channels.connected(who.id):
            return
        for sitting in sittings:
            with contextlib.suppress(Fault):
                room = await self._rooms.get(sitting)
                await self._relay.leave(relay_room(room.state, who.id), who.id)
                if who.kind == "site":
                    await room.ask(who, c.LeaveSite(who.id, "line"))

    # ── the relay speaks ──

    def _hear(self, message: ToWeb) -> None:
        if isinstance(message, Shown):
            for channel in self._channels.of(message.endpoint):
                channel.send(wire.Slots(list(message.audio), list(message.video)))
        elif isinstance(message, Wanted):
            for channel in self._channels.of(message.endpoint):
                channel.send(wire.MediaWanted(message.name, message.top))
        elif isinstance(message, Gone):
            self._health.forget(sitting_of(message.room), message.endpoint)
            self._spawn(self._gone(message))
            for channel in self._channels.of(message.endpoint):
                channel.send(wire.MediaLost("silent"))
        elif isinstance(message, Healths):
            self._take_health(message)

    async def _gone(self, message: Gone) -> None:
        """A site without a page, an encoder, has left when its media has ended."""
        with contextlib.suppress(Fault):
            room = await self._rooms.get(sitting_of(message.room))
            if message.endpoint in room.state.rooms and not self._channels.connected(message.endpoint):
                await room.ask(Principal("site", message.endpoint), c.LeaveSite(message.endpoint, "line"))

    def _take_health(self, message: Healths) -> None:
        """Into the board; and to those who conduct, how the sites of their sitting do."""
        self._health.replace(message.peers, asyncio.get_running_loop().time())
        known: dict[str, dict[str, wire.Health]] = {}
        for report in self._health.reports():
            known.setdefault(report.sitting, {})[report.endpoint] = report.health
        for sitting, endpoints in known.items():
            for person in self._conductors.get(sitting, ()):
                for channel in self._channels.of(person):
                    channel.send(wire.MediaHealth(sitting, endpoints))

    def _connected(self, there: bool, concerns: Callable[[str], bool]) -> None:
        """A worker is there: whoever is in a sitting of its joins anew."""
        if there:
            self._channels.tell_watching(concerns, wire.MediaLost("relay"))

    # ── rooms ──

    def _attend(self, room: Room) -> None:
        known, before = policies_of(room.state, self._codec), room.state
        for policy in known.values():
            self._steer(policy)
        self._note_conductors(room.state)

        def changed(state: State, _: list[Event]) -> None:
            nonlocal known, before
            self._note_conductors(state)
            now = policies_of(state, self._codec)
            for key, policy in now.items():
                if known.get(key) != policy:
                    self._steer(policy)
            self._put_out(state, before)
            for key in known.keys() - now.keys():
                self._steer(nothing(key))
            known, before = now, state

        room.on_change.append(changed)

    def _put_out(self, state: State, before: State) -> None:
        """Whose seat or place has changed joins anew, with what the new one allows; in the end everybody is out."""
        gone = [person for person, here in before.present.items() if state.present.get(person) != here]
        gone += [person for person in before.seats if person not in state.seats]
        if is_over(state) or is_divided(before) or is_divided(state):
            everyone = (*state.rooms, *before.seats, *state.seats)
            gone += [one for one in everyone if is_over(state) or relay_room(before, one) != relay_room(state, one)]
        for endpoint in dict.fromkeys(gone):
            for joined in (endpoint, endpoint + WATCHING) if endpoint in state.rooms else (endpoint,):
                self._spawn(self._relay.leave(relay_room(before, endpoint), joined))
            for channel in self._channels.of(endpoint):
                channel.send(wire.MediaLost("seat"))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._steering.add(task)
        task.add_done_callback(self._steering.discard)

    def _note_conductors(self, state: State) -> None:
        self._conductors.pop(state.id, None)
        if state.phase in LIVE:
            people = (person for person, seat in state.seats.items() if seat.role in LEADERS)
            self._conductors[state.id] = tuple(people)

    def _steer(self, policy: Policy) -> None:
        self._spawn(self._relay.steer(policy))


def _demand_invited(room: Room, site: Principal) -> None:
    if site.id not in room.state.rooms:
        raise Refused("site-not-invited")
