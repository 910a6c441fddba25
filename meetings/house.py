"""What the actions of a node share: its database, blobs, bus, world and name; built once by web/wiring.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from store import journal
from store.blobs import Blobs
from store.bus import Bus
from store.chain import Actor, Draft, Event
from store.db import Connection, Database
from store.journal import Command
from store.world import World, new_id, vietnam_day

from .people.rights import Principal

INSTALLATION = "installation"  # the stream of the tree, accounts, rights and settings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class House:
    node: str
    database: Database
    blobs: Blobs
    bus: Bus
    world: World
    demonstration: bool = False
    deliveries: frozenset[str] = frozenset()  # how this node tells people outside: mail, push
    tells_programs: bool = False  # of others, what happens in sittings

    def id(self) -> str:
        return new_id(self.world)

    def now_ms(self) -> int:
        return self.world.now().utc_ms

    def today(self) -> str:
        return vietnam_day(self.now_ms())

    async def read(self, use: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.database.read(use, *args, **kwargs)

    async def write(self, use: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.database.write(use, *args, **kwargs)

    def record(
        self, conn: Connection, actor: Actor, drafts: Sequence[Draft], command: str = "", *, unit: str = ""
    ) -> list[Event]:
        """Append administrative acts to the installation's stream, in the caller's transaction; to the stream of UNIT
        what is a unit's own: its rules, its registers."""
        stream, kind = (f"unit:{unit}", "unit") if unit else (INSTALLATION, INSTALLATION)
        given = (self.node, drafts, Command(actor, command), self.now_ms(), self.world.random)
        return journal.note(conn, stream, kind, *given, unit=unit)


def actor_of(who: Principal, mandate: str = "") -> Actor:
    """How a principal stands in the journal."""
    return Actor(who.kind, who.id, mandate or who.mandate)


SYSTEM = Actor("system", "bacap")
