"""Integrations: made by who administers the unit, for some verbs there; each acts under its own name, on record.

The token is shown once. It opens what the verbs open at its unit and nothing else: no sitting's room, no vote, no paper
that is for some people only.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from store.chain import Draft
from store.db import Connection
from store.errors import Denied, Missing, Refused

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.model import UnitId
from ..people.orgtree import Tree
from ..people.passwords import new_token, token_hash
from ..people.rights import INTEGRATES, Principal, Thing
from ..sitting.agenda import text
from . import records
from .records import Integration, Webhook

PREFIX = "bacap_"  # so that whoever finds one in a log knows what it is
SEEN_MS = 60_000  # uses closer together are not put down


class MadeIntegration(msgspec.Struct, frozen=True):
    """`token`: shown now and never again."""

    id: str
    token: str


class MadeWebhook(msgspec.Struct, frozen=True):
    """`secret`: what is told is signed with it; shown now and never again."""

    secret: str


class Integrations:
    def __init__(self, house: House) -> None:
        self._house = house

    async def make(self, who: Principal, unit: str, name: str, verbs: Sequence[str]) -> MadeIntegration:
        rights.demand(who, "integration.keep", Thing(unit))
        chosen = tuple(dict.fromkeys(verbs))
        if not chosen or not INTEGRATES.issuperset(chosen):
            raise Refused("field-wrong", field="verbs")
        administers = unit in who.grants.get("administrator", ())
        if not administers and not all(rights.may(who, verb, Thing(unit)) for verb in chosen):
            raise Denied("no-right")  # nobody gives what they do not have, but who answers for the whole unit
        tidy, token, now = text(name, "name"), PREFIX + new_token(), self._house.now_ms()
        made = Integration(self._house.id(), unit, tidy, chosen, now, 0, 0)

        def use(conn: Connection) -> None:
            if UnitId(unit) not in Tree(people.all_units(conn), self._house.today()):
                raise Missing("no-such-unit")
            records.put(conn, made, token_hash(token))
            body = {"integration": made.id, "name": tidy, "unit": unit, "verbs": " ".join(chosen)}
            self._house.record(conn, actor_of(who), [Draft("integration-made", body)])

        await self._house.write(use)
        return MadeIntegration(made.id, token)

    async def end(self, who: Principal, id_: str) -> None:
        """Its token opens nothing any more, from now on."""

        def use(conn: Connection) -> None:
            found = records.find(conn, id_)
            if found is None:
                raise Missing("no-such-integration")
            rights.demand(who, "integration.keep", Thing(found.unit))
            if not found.ended:
                records.change(conn, id_, ended=self._house.now_ms())
                records.drop_webhook(conn, id_)
                body = {"integration": id_, "name": found.name}
                self._house.record(conn, actor_of(who), [Draft("integration-ended", body)])

        await self._house.write(use)

    async def tell(self, who: Principal, id_: str, url: str) -> MadeWebhook:
        """An integration is told at URL, which the caller has checked, what happens in its unit's sittings; with a new
        secret each time it is said."""
        secret = "whsec_" + base64.b64encode(self._house.world.random(32)).decode()

        def use(conn: Connection) -> None:
            found = self._kept_by(conn, who, id_)
            records.put_webhook(conn, Webhook(id_, found.unit, url, secret))
            body = {"integration": id_, "name": found.name, "url": url}
            self._house.record(conn, actor_of(who), [Draft("webhook-set", body)])

        await self._house.write(use)
        return MadeWebhook(secret)

    async def hush(self, who: Principal, id_: str) -> None:
        """It is told nothing any more."""

        def use(conn: Connection) -> None:
            found = self._kept_by(conn, who, id_)
            records.drop_webhook(conn, id_)
            body = {"integration": id_, "name": found.name}
            self._house.record(conn, actor_of(who), [Draft("webhook-removed", body)])

        await self._house.write(use)

    async def demand_kept(self, who: Principal, id_: str) -> None:
        """Raises Denied, Missing."""
        await self._house.read(self._kept_by, who, id_)

    def _kept_by(self, conn: Connection, who: Principal, id_: str) -> Integration:
        found = records.find(conn, id_)
        if found is None or found.ended:
            raise Missing("no-such-integration")
        rights.demand(who, "integration.keep", Thing(found.unit))
        return found

    async def listed(self, who: Principal) -> list[Integration]:
        """Those of the units that WHO administers. Raises Denied."""
        if not rights.anywhere(who, "integration.keep"):
            raise Denied("no-right")
        rows = await self._house.read(records.everything)
        return [row for row in rows if rights.may(who, "integration.keep", Thing(row.unit))]

    async def names(self) -> dict[str, str]:
        """What each is called, those that are ended too."""
        return {row.id: row.name for row in await self._house.read(records.everything)}

    async def principal(self, token: str) -> Principal | None:
        """Who a token stands for; None for one that is none, or not any more."""
        if not token.startswith(PREFIX):
            return None
        found = await self._house.read(records.by_token, token_hash(token))
        if found is None:
            return None
        now = self._house.now_ms()
        if now - found.seen > SEEN_MS:
            await self._house.write(lambda conn: records.change(conn, found.id, seen=now))
        grants = {verb: frozenset({found.unit}) for verb in found.verbs}
        return Principal("token", found.id, grants, found.name)
