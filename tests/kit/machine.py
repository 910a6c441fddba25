"""A member's own machine: a token in it, an agent paired with them; what they see and type."""

from __future__ import annotations

import asyncio
from typing import Any

from meetings.sitting.room import Room
from meetings.sitting.signatures import Job
from signing import algorithms
from signing.tokens import Token
from web.agent import Agent, Server

from .node import Browser, Node
from .softhsm import PIN

FIELD = {"field": "secretary"}


class Machine:
    """A member's own: a token in it, an agent paired with them. `typed`: what they type when asked for the PIN."""

    def __init__(self, node: Node, person: str, browser: Browser, server: Server, token: Token) -> None:
        self.node, self.person, self.browser, self.server, self.token = node, person, browser, server, token
        self.typed: list[str] = []
        self.asked: list[Job] = []
        self.said: list[str] = []
        self.agent = Agent(server, token, self._ask, self._say)

    def _ask(self, job: Job) -> str:
        self.asked.append(job)
        return self.typed.pop(0)

    def _say(self, code: str, **_: object) -> None:
        self.said.append(code)

    async def begin(self, room: Room) -> None:
        asked = FIELD | {"based_on": room.state.minutes.pdf}
        answer = await self.browser.post(f"/api/sittings/{room.sitting}/minutes/token", asked)
        assert answer.status == 200 and answer.body["waits"] == "token", answer.body

    async def turn(self, room: Room) -> dict[str, Any]:
        found: dict[str, Any] = (await self.browser.get(f"/api/sittings/{room.sitting}/minutes/signer")).body
        return found

    async def job(self) -> Job:
        found = await self.server.job()
        assert found is not None
        return found

    async def signature(self, job: Job) -> bytes:
        scheme = algorithms.scheme_of_certificate(job.certificate)
        return await asyncio.to_thread(self.token.sign, job.certificate, PIN, job.attributes, scheme)


async def paired(node: Node, person: str, token: Token) -> Machine:
    browser = await node.signed_in(person)
    code = (await browser.post("/api/agents/code", await node.confirmed(person))).body["code"]
    ca = (node.settings.folder / "tls" / "ca.crt").read_text()
    stranger = Server(node.base, ca)
    made = await stranger.pair(code, "máy bàn")
    await stranger.close()
    assert made.person == person
    server = Server(node.base, ca, made.token)
    node._stack.push_async_callback(server.close)
    return Machine(node, person, browser, server, token)
