"""One browser: its WebSocket, what it asked for, what it is told.

Compression is off (a bomb otherwise), messages are at most 64 KiB, silence of 15 s ends it. A browser that reads
too slowly is cut and resumes from the last event it saw, so that one bad line never fills this process's memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

import msgspec
from aiohttp import WSMsgType, web

from meetings.people.accounts import Accounts, Session
from meetings.people.rights import NOBODY, Principal
from meetings.sitting.course import presents
from meetings.sitting.room import Room, Telling
from store.errors import Denied, Fault, Malformed, Refused

from . import faults, links, turn, wire
from .guard import COOKIE, demand_origin, locale_of

if TYPE_CHECKING:
    from .wiring import Office

log = logging.getLogger("bacap.channel")

LARGEST = 64 * 1024
SILENCE_S = 15
STRANGER_S = 10  # till a browser without a session has to say which room it is
MOST_STRANGERS = 200
SIGN_S = 1.0  # between the signs of one browser
POINT_S = 0.05  # between the places that it points at
WAITING = 500  # messages a slow browser may have outstanding
decoder = msgspec.json.Decoder(wire.FromBrowser)


class Channel:
    def __init__(self, office: Office, socket: web.WebSocketResponse, locale: str, session: Session | None) -> None:
        self.office = office
        self.locale = locale
        self.session = session
        self.who: Principal = session.principal if session else NOBODY
        self._socket = socket
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._watched: dict[str, Room] = {}
        self._site_credential = ""
        self._next_sign = self._next_point = 0.0  # when it may react, and point, again

    # ── told ──

    def tell(self, telling: Telling) -> None:
        """A room speaks. All browsers with the same view share one encoding."""
        if not telling.encoded:
            told = wire.Told(telling.sitting, telling.seq, telling.events, telling.parts)
            telling.encoded = msgspec.json.encode(told)
        self.put(telling.encoded)

    def lose(self, sitting: str) -> None:
        self._watched.pop(sitting, None)
        self.send(faults.refusal(Denied("not-invited-now"), self.locale, sitting))

    def send(self, message: wire.ToBrowser) -> None:
        self.put(msgspec.json.encode(message))

    def put(self, data: bytes) -> None:
        """A message that is encoded already."""
        if self._outbox.full():
            asyncio.ensure_future(self.cut(1013))  # noqa: RUF006  (ends with the socket)
            return
        self._outbox.put_nowait(data)

    async def _pump(self) -> None:
        while True:
            await self._socket.send_frame(await self._outbox.get(), WSMsgType.TEXT)

    async def cut(self, code: int) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.close(code=code)

    async def still_welcome(self, accounts: Accounts) -> bool:
        if self.who.kind == "site":
            return await self.office.people.site_principal(self._site_credential) is not None
        return self.session is not None and await accounts.alive(self.session.id)

    # ── heard ──

    async def run(self) -> None:
        """Serve until the browser leaves."""
        pump, opened = asyncio.create_task(self._pump()), asyncio.get_running_loop().time()
        try:
            while True:
                message = await self._socket.receive(timeout=self._patience(opened))
                if message.type is not WSMsgType.TEXT:
                    break
                try:
                    asked = decoder.decode(message.data)
                except (msgspec.DecodeError, RecursionError) as error:
                    refusal = faults.refusal(Malformed("body", reason=str(error)[:200]), self.locale)
                    with contextlib.suppress(ConnectionError):  # now: the pump ends with the loop
                        await self._socket.send_str(msgspec.json.encode(refusal).decode())
                    break
                await self._answer(asked)
        except TimeoutError:
            await self.cut(1001)
        finally:
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await pump
            await self._leave()

    def _patience(self, opened: float) -> float:
        """How long to wait for the next word: who is nobody has to become someone soon."""
        if self.who is not NOBODY:
            return SILENCE_S
        return max(0.01, opened + STRANGER_S - asyncio.get_running_loop().time())

    async def _answer(self, asked: wire.FromBrowser) -> None:
        try:
            await self._serve(asked)
        except Fault as fault:
            log.log(faults.level_of(fault), "%s: %s", self.who.id, fault)
            about = asked.sitting if isinstance(asked, wire.Watch) else getattr(asked, "id", "")
            self.send(faults.refusal(fault, self.locale, about))

    async def _serve(self, asked: wire.FromBrowser) -> None:
        if self.session is not None and self.office.house.now_ms() >= self.session.ends:
            await self.cut(4401)
            raise Refused("sign-in-first")
        if isinstance(asked, wire.Ping):
            self.send(wire.Pong(asked.t, self.office.house.now_ms()))
        elif isinstance(asked, wire.Hello):
            await self._hello(asked)
        elif self.who is NOBODY:
            raise Refused("sign-in-first")
        elif isinstance(asked, wire.Watch):
            room = await self.office.rooms.get(asked.sitting)
            await room.watch(self, asked.after)
            self._watched[asked.sitting] = room
        elif isinstance(asked, wire.Do):
            room = await self.office.rooms.get(asked.sitting)
            session = self.session.id if self.session else ""
            events = await room.ask(self.who, asked.command, id=asked.id, seen=asked.seen, session=session)
            self.send(wire.Done(asked.id, events[-1].seq if events else 0))
        elif isinstance(asked, wire.React):
            self._react(asked)
        elif isinstance(asked, wire.Point):
            self._point(asked)
        elif isinstance(asked, wire.AskWallCode):
            if self.who.kind != "site":
                raise Denied("no-right")
            room = await self.office.rooms.get(asked.sitting)
            self.send(wire.WallCode(asked.id, *room.wall_code(self.who.id)))
        elif isinstance(asked, wire.SiteSittings):
            await self._list_sittings()
        elif isinstance(asked, wire.Fetch):
            await self._fetch(asked)
        elif isinstance(asked, wire.Reading):
            await self.office.reading.receipts.note(self.who, asked.sitting, asked.paper, asked.sha256, asked.pages)
            self.send(wire.Done(asked.id, 0))
        elif isinstance(asked, wire.MediaOffer):
            answer = await self.office.media.join(self.who, asked.sitting, asked.sdp, asked.mosaic)
            self.send(wire.MediaAnswer(asked.id, answer))
        elif isinstance(asked, wire.TrialOffer):
            self.send(wire.MediaAnswer(asked.id, await self.office.trials.offer(self.who, asked.id, asked.sdp)))
        elif isinstance(asked, wire.TrialEnd):
            await self.office.trials.end(self.who, asked.id)
        elif isinstance(asked, wire.MediaMosaic):
            await self.office.media.mosaic(self.who, asked.sitting, asked.endpoints)
        elif isinstance(asked, wire.MediaStats):
            self.office.media.note(self.who, asked)
        elif isinstance(asked, wire.MediaShare):
            await self.office.media.share(self.who, asked.sitting, asked.on)
        else:
            await self.office.media.leave(self.who, asked.sitting)

    async def _fetch(self, asked: wire.Fetch) -> None:
        office = self.office
        paper = await office.papers.find(self.who, asked.sitting, asked.paper, asked.sha256)
        scope = (asked.sitting, paper.id) if paper.is_readable else ("", "")
        room, marks = await office.rooms.get(asked.sitting), office.reading.watermarks
        given = (paper.sha256, f"{paper.name}.pdf", *scope, marks.words(room, self.who, (paper,)))
        link = links.make(office.link_key, *given, bare=marks.bare(room, self.who), reader=self.who.id)
        self.send(wire.Fetched(asked.id, link))

    def _react(self, asked: wire.React) -> None:
        """Pass a sign on, one a second at most; who is not here, or during a closed item, gives none."""
        room, now = self._watched.get(asked.sitting), asyncio.get_running_loop().time()
        if room is None or self.who.id not in room.state.present or now < self._next_sign:
            return
        if room.state.closed_item_on:
            return
        self._next_sign = now + SIGN_S
        told = wire.Reacted(asked.sitting, self.who.id, asked.sign)
        self.office.channels.tell_watching(lambda sitting: sitting == asked.sitting, told)

    def _point(self, asked: wire.Point) -> None:
        """Pass on where the presenter points, some times a second; not during a closed item, for others hear it too."""
        room, now = self._watched.get(asked.sitting), asyncio.get_running_loop().time()
        if room is None or now < self._next_point:
            return
        state = room.state
        if state.closed_item_on or not state.paper or not presents(state, self.who.id):
            return
        self._next_point = now + POINT_S
        told = wire.Pointed(asked.sitting, state.paper, state.page, asked.x, asked.y)
        self.office.channels.tell_watching(lambda sitting: sitting == asked.sitting, told)

    async def _hello(self, asked: wire.Hello) -> None:
        if asked.v != wire.VERSION:
            self.send(wire.Welcome(wire.VERSION, "", "reload", "", self.office.house.now_ms()))
            return
        if asked.site:
            site = await self.office.people.site_principal(asked.site)
            if site is None:
                raise Denied("site-unknown")
            await self.office.trials.end(self.who)
            self.who, self.session, self._site_credential = site, None, asked.site
        now = self.office.house.now_ms()
        ice = turn.servers(self.office.settings, self.who.id, now // 1000)
        self.send(wire.Welcome(wire.VERSION, self.who.id, self.who.kind, self.who.name, now, ice))

    async def _list_sittings(self) -> None:
        if self.who.kind != "site":
            raise Denied("no-right")
        self.send(wire.SiteListed(*await self.office.sittings.of_site(self.who.id)))

    @property
    def watched(self) -> list[str]:
        return list(self._watched)

    async def _leave(self) -> None:
        for room in self._watched.values():
            room.unwatch(self)


async def serve(office: Office, request: web.Request) -> web.StreamResponse:
    """The route of the channel. Only our own pages may open it (exact Origin)."""
    locale = locale_of(request)
    try:
        demand_origin(office, request)
    except Fault as fault:
        return web.Response(status=faults.status_of(fault), text=fault.code)
    token = request.cookies.get(COOKIE, "")
    session = await office.accounts.session(token) if token else None
    if session is None and len(office.channels.of(NOBODY.id)) >= MOST_STRANGERS:
        return web.Response(status=503, text="busy")
    socket = web.WebSocketResponse(compress=False, max_msg_size=LARGEST, autoping=True)
    await socket.prepare(request)
    channel = Channel(office, socket, locale, session)
    office.channels.add(channel)
    try:
        await channel.run()
    finally:
        office.channels.remove(channel)
        office.media.channel_closed(channel.who, channel.watched)
        if not office.channels.connected(channel.who.id):
            await office.trials.end(channel.who)
    return socket
