"""Agents: a program on a person's own machine that signs with their token. Paired once by a code, cut off at any time.

An agent is nobody but a way to its person's token: it sees what waits for that person's signature, and nothing else.
"""

from __future__ import annotations

import msgspec

from store.chain import Draft
from store.db import Connection
from store.errors import Denied, Missing, Refused
from store.world import short_code

from ..house import House, actor_of
from ..people import passwords
from ..people import records as people
from ..people.model import clean
from ..people.passwords import token_hash
from ..people.rights import Principal
from . import records
from .records import Agent

PREFIX = "bacapagent_"  # so that whoever finds one knows what it is
CODE_MS = 10 * 60_000
NEW_MS = 30 * 60_000
SEEN_MS = 30_000  # uses closer together are not put down


class Pairing(msgspec.Struct, frozen=True):
    """A code that pairs one agent, until ENDS (UTC ms)."""

    code: str
    ends: int


class Paired(msgspec.Struct, frozen=True):
    """`token`: given now and never again. `name`: whose agent it is now."""

    token: str
    person: str
    name: str


class Agents:
    def __init__(self, house: House) -> None:
        self._house = house
        self._throttle = passwords.Throttle()  # of guesses at codes

    async def invite(self, who: Principal) -> Pairing:
        code, ends = short_code(self._house.world), self._house.now_ms() + CODE_MS
        await self._house.write(records.put_code, token_hash(code), who.id, ends)
        return Pairing(code, ends)

    async def pair(self, code: str, name: str, source: str) -> Paired:
        """Raises Denied `pairing-unknown` for a code that is none, or not any more; Refused for too many guesses."""
        tidy, token, now = clean(name, "name"), PREFIX + passwords.new_token(), self._house.now_ms()
        key = passwords.enrolment_key(source)
        self._throttle.count(self._house.world.now(), key)

        def use(conn: Connection) -> Paired:
            person = records.use_code(conn, token_hash(code.strip().upper()), now)
            if person is None:
                raise Denied("pairing-unknown")
            made = Agent(self._house.id(), person, tidy, now, now)
            records.put_agent(conn, made, token_hash(token))
            told = people.person(conn, person)
            who = Principal("person", person, {}, told.name)
            self._house.record(conn, actor_of(who), [Draft("agent-paired", {"agent": made.id, "name": tidy})])
            return Paired(token, person, told.name)

        made = await self._house.write(use)
        self._throttle.give_back(key)
        return made

    async def mine(self, who: Principal) -> list[Agent]:
        return await self._house.read(records.agents_of, who.id)

    async def end(self, who: Principal, id_: str) -> None:
        """Raises Missing."""

        def use(conn: Connection) -> None:
            if not records.drop_agent(conn, id_, who.id):
                raise Missing("no-such-agent")
            self._house.record(conn, actor_of(who), [Draft("agent-ended", {"agent": id_})])

        await self._house.write(use)

    async def demand_new(self, agent: Principal) -> None:
        """A key is made beside an agent soon after its person paired it, with their password; later not by the agent
        alone. Raises Refused `agent-old`."""
        paired = {one.id: one.made for one in await self._house.read(records.agents_of, agent.id)}
        if self._house.now_ms() - paired.get(agent.mandate, 0) > NEW_MS:
            raise Refused("agent-old")

    async def principal(self, token: str) -> Principal | None:
        """Whose agent a token stands for; None for one that is none, or not any more."""
        if not token.startswith(PREFIX):
            return None
        found = await self._house.read(records.agent_by, token_hash(token))
        if found is None:
            return None
        now = self._house.now_ms()
        if now - found.seen > SEEN_MS:
            await self._house.write(records.saw_agent, found.id, now)
        return Principal("agent", found.person, {}, found.name, found.id)
