"""A whole web process inside a test's own loop: real TLS, real store, real workshop, and browsers that talk to it.

The installation is a small committee's (tests/kit/committee.py), made once per test process and copied. Whoever has an
account signs in for real in tests of accounts; elsewhere `Node.signed_in` takes the demonstration's one-click way.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pypdf import PdfWriter

from meetings.people import passwords, records
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from meetings.sitting.signatures import SignedField
from store import journal
from web import app, settings, tls, wiring
from web.guard import COOKIE
from web.wiring import Office

from .committee import Committee, convene
from .servers import free_port

ACCOUNTS = ("chair", "deputy", "secretary", "clerk", "technician", "member1", "member2", "member8", "east-chair")


def pdf(pages: int = 1, text: str = "") -> bytes:
    """An ordinary PDF; TEXT makes its bytes differ."""
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": text or "Tờ trình"})
    writer.write(out)
    return out.getvalue()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    data: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.data) if self.data else None

    @property
    def code(self) -> str:
        """Of a refusal; "" for anything else."""
        body = self.body if self.headers.get("Content-Type", "").startswith("application/json") else None
        return str(body.get("code", "")) if isinstance(body, dict) else ""


class Line:
    """A channel as a browser has it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.raw: list[str] = []  # every message, as it came

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def next(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        self.raw.append(message.data)
        heard: dict[str, Any] = json.loads(message.data)
        return heard

    async def hear(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of this kind (with these fields); others are passed over."""
        while True:
            heard = await self.next()
            if heard["type"] == kind and all(heard.get(name) == value for name, value in fields.items()):
                return heard

    async def ask(self, kind: str, answer: str, **fields: Any) -> dict[str, Any]:
        await self.say(kind, **fields)
        return await self.hear(answer)

    async def do(self, sitting: str, command: dict[str, Any], id: str, seen: int = 0) -> dict[str, Any]:
        """Send a command; its `done` or `refused`."""
        await self.say("do", id=id, sitting=sitting, seen=seen, command=command)
        while True:
            heard = await self.next()
            if heard["type"] in ("done", "refused"):
                return heard

    async def closed(self) -> int:
        """Wait until the server closes; returns its code."""
        while not self.socket.closed:
            message = await self.socket.receive(timeout=10)
            if message.type is aiohttp.WSMsgType.TEXT:
                self.raw.append(message.data)
        return self.socket.close_code or 0


@dataclass
class Browser:
    """Keeps cookies, trusts the LAN authority alone, sends the Origin of our own pages."""

    base: str
    http: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, body: Any = None, *, data: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Origin goes with every request; a header given as "" is left out."""
        sent = {"Origin": self.base} | (headers or {})
        given: dict[str, Any] = {"headers": {name: value for name, value in sent.items() if value}}
        given |= {"data": data} if data is not None else {"json": body} if body is not None else {}
        async with self.http.request(method, self.base + path, allow_redirects=False, **given) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def get(self, path: str, **given: Any) -> Answer:
        return await self.ask("GET", path, **given)

    async def post(self, path: str, body: Any = None, **given: Any) -> Answer:
        return await self.ask("POST", path, {} if body is None and "data" not in given else body, **given)

    @contextlib.asynccontextmanager
    async def channel(self, site: str = "", hello: bool = True) -> AsyncIterator[Line]:
        async with self.http.ws_connect(f"{self.base}/channel", origin=self.base, autoclose=True) as socket:
            line = Line(socket)
            if hello:
                await line.ask("hello", "welcome", v=1, site=site)
            yield line


PASSWORD = "mưa rơi trên mái"
_HASHED = ""  # of it: to hash takes its time, once is enough


@dataclass
class Node:
    settings: settings.Settings
    office: Office
    base: str
    committee: Committee
    _stack: contextlib.AsyncExitStack = field(repr=False)

    async def browser(self, locale: str = "") -> Browser:
        trust = ssl.create_default_context(cafile=str(self.settings.folder / "tls" / "ca.crt"))
        jar = aiohttp.CookieJar(unsafe=True)
        http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust), cookie_jar=jar)
        self._stack.push_async_callback(_close, http)
        browser = Browser(self.base, http)
        if locale:
            self.put_cookie(browser, "locale", locale)
        return browser

    def put_cookie(self, browser: Browser, name: str, value: str) -> None:
        from http.cookies import SimpleCookie

        from yarl import URL

        cookie = SimpleCookie({name: value})
        cookie[name]["path"] = "/"
        cookie[name]["secure"] = True
        browser.http.cookie_jar.update_cookies(cookie, URL(self.base))

    async def signed_in(self, person: str, locale: str = "") -> Browser:
        """A browser with a session of PERSON, without the second of hashing that a password costs."""
        house = self.office.house
        house.demonstration = True
        session = await self.office.accounts.begin_demonstration(person, "test")
        house.demonstration = self.settings.demonstration
        browser = await self.browser(locale)
        self.put_cookie(browser, COOKIE, session.token)
        return browser

    async def confirmed(self, person: str) -> dict[str, str]:
        """What a person says to confirm that it is them: the password that they have from now on."""
        global _HASHED
        _HASHED = _HASHED or await passwords.hash_password(PASSWORD)
        await self.office.house.write(lambda conn: records.change_account(conn, person, password=_HASHED))
        return {"password": PASSWORD}

    async def enrol(self, site: str) -> str:
        """The credential of a room, by a one-time code as any room gets it."""
        technician = self.committee.who["technician"]
        return (await self.office.people.enrol_site(await self.office.people.issue_code(technician, site))).credential

    async def planned(self, **given: Any) -> Room:
        """A sitting with one item to be voted on and one closed item, not released."""
        room = await self.office.rooms.get(await self.committee.plan(**given))
        secretary = self.committee.who["secretary"]
        await room.ask(secretary, c.AddItem("i1", "Ngân sách", rapporteur="member1", question="Thông qua?"))
        await room.ask(secretary, c.AddItem("i2", "Nhân sự", closed=True))
        return room

    async def opened(self, room: Room | None = None) -> Room:
        """The same, under way: nine members present, the first item open."""
        room, who = room or await self.planned(), self.committee.who
        await room.ask(who["secretary"], c.Release(3))
        await room.ask(who["chair"], c.Open())
        for person in ("chair", "deputy", *(f"member{n}" for n in range(1, 8))):
            await room.ask(who[person], c.CheckIn(site="site-district"))
        await room.ask(who["east-chair"], c.CheckIn())
        await room.ask(who["chair"], c.OpenItem("i1"))
        return room

    async def voted(self, room: Room, ballot: str = "b1") -> None:
        """A vote on the open item: seven for, one against, the rest unheard."""
        who = self.committee.who
        await room.ask(who["chair"], c.OpenVote(ballot, "i1"))
        for person in ("chair", *(f"member{n}" for n in range(1, 7))):
            await room.ask(who[person], c.Cast(ballot, ("for",)))
        await room.ask(who["member7"], c.Cast(ballot, ("against",)))
        await room.ask(who["chair"], c.CloseVote(ballot))

    async def checkpointed(self, sitting: str) -> list[Any]:
        """The checkpoints of a sitting's journal, once its head has one."""
        for _ in range(500):
            head = await self.office.house.read(journal.head, sitting)
            kept = list(await self.office.house.read(journal.read_checkpoints, sitting))
            if kept and kept[-1].seq == head.seq:
                return kept
            await asyncio.sleep(0.01)
        raise AssertionError("no checkpoint")

    async def drafted(self, room: Room) -> None:
        """Close the sitting and wait for the first draft of its minutes."""
        await room.ask(self.committee.who["chair"], c.Close())
        for _ in range(500):
            if room.state.minutes.step == "draft":
                return
            await asyncio.sleep(0.01)
        raise AssertionError("no draft")

    async def signed_minutes(self, room: Room) -> bytes:
        """From the close to the last signature, through the actions; the signed file."""
        await self.drafted(room)
        return await self.signed_minutes_of(room)

    async def signed_minutes_of(self, room: Room) -> bytes:
        """From the draft to the last signature."""
        book, desk = self.office.minutes, self.office.signatures
        who, passphrase = self.committee.who, "một câu thật dài"
        await room.ask(who["chair"], c.ApproveMinutes(room.state.minutes.version))
        await book.number(who["clerk"], room.sitting)
        signers: tuple[tuple[SignedField, str], ...] = (
            ("secretary", "secretary"), ("chair", "chair"), ("seal", "clerk"),
        )  # fmt: skip
        for place, person in signers:
            if not (await desk.turn(who[person], room.sitting)).certificate:
                await desk.make_certificate(who[person], room.sitting, place, passphrase)
            await desk.sign(who[person], room.sitting, place, room.state.minutes.pdf, passphrase)
        return await self.office.house.blobs.load(room.state.minutes.pdf)


async def _close(http: aiohttp.ClientSession) -> None:
    await http.close()
    await asyncio.sleep(0.01)  # TLS says goodbye


def settings_for(folder: Path, **given: Any) -> settings.Settings:
    return settings.read(None, {}, **{"data": str(folder), "port": free_port(), "host": "127.0.0.1"} | given)


async def plant(folder: Path, **given: Any) -> None:
    """An installation with the committee in it."""
    async with wiring.open_office(settings_for(folder, **given)) as office:
        made = await convene(office.house)
        for person in ACCOUNTS:
            await made.accounts.open_account(made.who["technician"], person, person)
        wiring.certificate_files(office.settings)


@contextlib.asynccontextmanager
async def running(folder: Path, template: Path | None = None, **given: Any) -> AsyncIterator[Node]:
    """A node over FOLDER; over a copy of TEMPLATE in it, if given."""
    if template is not None:
        shutil.copytree(template, folder, dirs_exist_ok=True)
    made = settings_for(folder, **given)
    async with contextlib.AsyncExitStack() as stack:
        office = await stack.enter_async_context(wiring.open_office(made))
        runner = app.runner(office, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        certificate, key = wiring.certificate_files(made)
        await web.TCPSite(runner, made.host, made.port, ssl_context=tls.context(certificate, key)).start()
        committee = Committee(
            office.house, Accounts(office.house), People(office.house), office.sittings, office.rooms
        )  # fmt: skip
        for person in await office.house.read(_people):
            committee.who[person] = await office.accounts.principal(person)
        yield Node(made, office, f"https://127.0.0.1:{made.port}", committee, stack)


def _people(conn: Any) -> list[str]:
    from meetings.people import records

    return [person.id for _, person in records.memberships_on(conn, "2026-01-01")]
