"""What is done to the tree, to people and to sites: each a right, a transaction, and an event in the journal."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from store import journal
from store.chain import Actor, Draft, Event
from store.db import Connection
from store.errors import Denied, Missing, Refused
from store.world import short_code

from ..house import INSTALLATION, House, actor_of
from . import passwords, records, rights
from .accounts import SESSIONS
from .model import ROLES, Membership, Person, PersonId, Role, Site, SiteId, Unit, UnitId, address, clean
from .orgtree import Act, Tree, apply
from .rights import Principal, Thing

CODE_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A room's browser is now this site. `credential` is given once and kept by that browser."""

    site: Site
    credential: str


class People:
    def __init__(self, house: House) -> None:
        self._house = house
        self._throttle = passwords.Throttle()  # of guesses at join codes

    # ── the tree ──

    async def tree(self, day: str = "") -> Tree:
        units = await self._house.read(records.all_units)
        return Tree(units, day or self._house.today())

    async def plant(self, actor: Actor, units: list[Unit]) -> None:
        """Put units in as they stand: an import or the demonstration. Parents come before children."""

        def use(conn: Connection) -> None:
            for unit in units:
                records.put_unit(conn, unit)
            body = {"units": [{"id": u.id, "name": u.name, "parent": u.parent or ""} for u in units]}
            self._house.record(conn, actor, [Draft("tree-planted", body)])

        await self._house.write(use)

    async def add_unit(self, who: Principal, parent: str, name: str, kind: str, place: str) -> Unit:
        rights.demand(who, "tree.change", Thing(parent))
        tidy, house = clean(name, "name"), self._house

        def use(conn: Connection) -> Unit:
            above = Tree(records.all_units(conn), house.today()).get(UnitId(parent))
            unit_id = UnitId(house.id())
            place_ = clean(place, "place") if place else tidy.split(" ", 1)[-1]
            unit = Unit(unit_id, unit_id, tidy, kind, above.tier + 1, above.id, place_, valid_from=house.today())
            records.put_unit(conn, unit)
            body = {"unit": unit.id, "name": unit.name, "parent": parent}
            house.record(conn, actor_of(who), [Draft("unit-put", body)])
            return unit

        return await house.write(use)

    async def apply_act(self, who: Principal, act: Act) -> None:
        """Change the tree by law. The units it ends stay readable."""
        for unit in act.ended:
            rights.demand(who, "tree.change", Thing(unit))

        def use(conn: Connection) -> None:
            before = {unit.id: unit for unit in records.all_units(conn)}
            for unit in apply(before, act).values():
                if before.get(unit.id) != unit:
                    records.put_unit(conn, unit)
            body = {"number": act.number, "kind": act.kind, "effect": act.effect, "ended": list(act.ended)}
            drafts = [Draft("act-applied", body | {"into": [unit.id for unit in act.into]})]
            self._house.record(conn, actor_of(who), drafts)

        await self._house.write(use)

    # ── people and offices ──

    async def members(self, who: Principal, unit: str) -> list[tuple[Membership, Person]]:
        if not any(rights.may(who, verb, Thing(unit)) for verb in ("people.see", "sitting.plan")):
            raise Denied("no-right")
        return await self._house.read(records.memberships_on, self._house.today(), unit=unit)

    async def offices_of(self, person: str) -> list[tuple[Membership, Person]]:
        """What PERSON holds today."""
        return await self._house.read(records.memberships_on, self._house.today(), person=person)

    async def names(self, people: list[str]) -> dict[str, str]:
        return await self._house.read(records.names, people)

    async def offices(self, units: list[str], day: str = "") -> list[tuple[Membership, Person]]:
        """Everyone in office at any of UNITS: for planning, where units are invited whole."""
        on = day or self._house.today()

        def use(conn: Connection) -> list[tuple[Membership, Person]]:
            return [pair for unit in units for pair in records.memberships_on(conn, on, unit=unit)]

        return await self._house.read(use)

    async def add_person(
        self, who: Principal, unit: str, name: str, honorific: str, role: Role, office: str, counted: bool
    ) -> Person:
        rights.demand(who, "people.change", Thing(unit))
        if role not in ROLES or honorific not in ("ong", "ba", ""):
            raise Refused("field-wrong", field="role")
        house = self._house
        person = Person(PersonId(house.id()), clean(name, "name"), honorific)
        membership = Membership(
            house.id(), person.id, UnitId(unit), role, clean(office, "office"), counted, house.today()
        )
        await self.put_people(actor_of(who), [(person, membership)])
        return person

    async def put_people(self, actor: Actor, pairs: list[tuple[Person, Membership]]) -> None:
        """People with their offices as they stand: one transaction, one event each."""

        def use(conn: Connection) -> None:
            for person, membership in pairs:
                records.put_person(conn, person)
                records.put_membership(conn, membership)
            drafts = [
                Draft("office-given", {"person": p.id, "unit": m.unit, "role": m.role, "office": m.office})
                for p, m in pairs
            ]
            self._house.record(conn, actor, drafts)

        await self._house.write(use)

    async def change_email(self, who: Principal, person: str, email: str) -> None:
        """Where letters go; "" for none. One's own, or that of people whose offices one looks after."""
        tidy = address(email)

        def use(conn: Connection) -> None:
            held = records.memberships_on(conn, self._house.today(), person=person)
            if who.id != person and not any(rights.may(who, "people.change", Thing(one.unit)) for one, _ in held):
                raise Denied("no-right")
            records.put_person(conn, msgspec.structs.replace(records.person(conn, person), email=tidy))
            self._house.record(conn, actor_of(who), [Draft("email-changed", {"person": person})])

        await self._house.write(use)

    async def end_office(self, who: Principal, membership_id: str) -> None:
        """The office ends today; what was done in it stays."""

        def use(conn: Connection) -> None:
            held = records.membership(conn, membership_id)
            rights.demand(who, "people.change", Thing(held.unit))
            if held.person == who.id and held.role == "administrator":
                raise Refused("own-administrator")
            records.put_membership(conn, msgspec.structs.replace(held, valid_to=self._house.today()))
            body = {"person": held.person, "unit": held.unit, "role": held.role}
            self._house.record(conn, actor_of(who), [Draft("office-ended", body)])

        await self._house.write(use)

    # ── sites ──

    async def sites(self) -> list[Site]:
        return await self._house.read(records.all_sites)

    async def site(self, site_id: str) -> Site:
        return await self._house.read(records.site, site_id)

    async def add_site(self, who: Principal, unit: str, name: str, room: str) -> Site:
        rights.demand(who, "site.change", Thing(unit))
        site = Site(SiteId(self._house.id()), UnitId(unit), clean(name, "name"), clean(room, "room"))
        await self.put_sites(actor_of(who), [site])
        return site

    async def put_sites(self, actor: Actor, sites: list[Site]) -> None:
        def use(conn: Connection) -> None:
            for site in sites:
                records.put_site(conn, site)
            drafts = [Draft("site-put", {"site": s.id, "unit": s.unit, "name": s.name}) for s in sites]
            self._house.record(conn, actor, drafts)

        await self._house.write(use)

    async def issue_code(self, who: Principal, site_id: str) -> str:
        """A one-time join code for a room, good for a day; an older code stops working."""
        site = await self.site(site_id)
        rights.demand(who, "site.change", Thing(site.unit))
        code = short_code(self._house.world)

        def use(conn: Connection) -> None:
            ends = self._house.now_ms() + CODE_MS
            records.change_site(conn, site_id, code=passwords.token_hash(code), code_ends=ends, revoked=False)
            self._house.record(conn, actor_of(who), [Draft("site-code-issued", {"site": site_id})])

        await self._house.write(use)
        return code

    async def enrol_site(self, code: str, source: str = "") -> Enrolment:
        """Turn a code into the room's own credential. Raises Refused `code-wrong`, `too-many-tries`."""
        credential, key = passwords.new_token(), passwords.enrolment_key(source)
        self._throttle.count(self._house.world.now(), key)

        def use(conn: Connection) -> Site:
            row = records.site_by(conn, code=passwords.token_hash(code.strip().upper()))
            if row is None or row.code_ends <= self._house.now_ms():
                raise Refused("code-wrong")
            hashed = passwords.token_hash(credential)
            records.change_site(conn, row.id, credential=hashed, code=None, code_ends=0)
            self._house.record(conn, Actor("site", row.id), [Draft("site-enrolled", {"site": row.id})])
            return records.site(conn, row.id)

        site = await self._house.write(use)
        self._throttle.give_back(key)
        await self._house.bus.publish(SESSIONS, site.id.encode())  # a browser with an older credential is out
        return Enrolment(site, credential)

    async def site_principal(self, credential: str) -> Principal | None:
        row = await self._house.read(records.site_by, credential=passwords.token_hash(credential))
        return None if row is None else Principal("site", row.id, {}, row.name)

    async def revoke_site(self, who: Principal, site_id: str) -> None:
        """The room's browser stops being this site at once; a new code makes it one again."""
        site = await self.site(site_id)
        rights.demand(who, "site.change", Thing(site.unit))

        def use(conn: Connection) -> None:
            records.change_site(conn, site_id, credential=None, code=None, code_ends=0, revoked=True)
            self._house.record(conn, actor_of(who), [Draft("site-revoked", {"site": site_id})])

        await self._house.write(use)
        await self._house.bus.publish(SESSIONS, site_id.encode())

    # ── the journal of administrative acts ──

    async def acts(self, who: Principal, before: int = 0, limit: int = 100) -> list[Event]:
        """The newest administrative acts, newest first."""
        if not rights.anywhere(who, "journal.see"):
            raise Denied("no-right")

        def use(conn: Connection) -> list[Event]:
            try:
                end = before or journal.head(conn, INSTALLATION).seq + 1
            except Missing:
                return []
            return journal.read(conn, INSTALLATION, max(0, end - 1 - limit), min(limit, end - 1))[::-1]

        return await self._house.read(use)
