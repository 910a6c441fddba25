"""Signing in and out, first administrator, second factor: what proves that a person is that person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from store.chain import Draft
from store.db import Connection, Row
from store.errors import Denied, Missing, Refused

from ..devices import records as devices
from ..house import SYSTEM, House, actor_of
from ..signatories import records as signatories
from . import passwords, records, rights
from .model import TWO_FACTOR, Membership, Person, PersonId, Unit, UnitId, clean
from .orgtree import Tree
from .rights import Principal

SESSION_MS = 12 * 3_600_000
LINK_MS = 24 * 3_600_000
SESSIONS = "sessions"  # bus topic: sessions of this person have ended, look again


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie stands for, until `ends` (UTC milliseconds). `token` is given once, to be set as the cookie; it
    is never stored."""

    id: str
    principal: Principal
    ends: int
    token: str = ""


class Accounts:
    def __init__(self, house: House) -> None:
        self._house = house
        self._throttle = passwords.Throttle()
        self._pending: dict[str, tuple[str, str, int]] = {}  # person -> (new totp secret, login, monotonic ms)

    # ── signing in ──

    async def sign_in(self, login: str, password: str, code: str, source: str, device: str) -> Session:
        """A new session. Raises Refused: `sign-in-wrong`, `code-needed`, `code-wrong`, `code-set-up` (with the
        secret to enter into an authenticator), `too-many-tries`."""
        house, now = self._house, self._house.world.now()
        keys = passwords.sign_in_keys(login, source)
        self._throttle.count(now, *keys)
        account = await house.read(records.account, login=login.casefold())
        right = await passwords.verify_password(None if account is None else account.password, password)
        if account is None or not right or account.disabled:
            raise Refused("sign-in-wrong")
        try:
            step = await self._second_factor(account, code)
        except Refused as refusal:
            if refusal.code != "code-wrong":
                self._throttle.give_back(*keys)
            raise
        session = await self._begin(account.person, device, step)
        self._throttle.forget(*keys[:2])
        self._throttle.give_back(keys[2])  # not forgotten: one's own account is no way to guess on at others'
        return session

    async def confirm(self, who: Principal, password: str, source: str) -> None:
        """That it is still WHO at the keyboard: asked before what would sign in their name. Raises Refused
        `confirm-wrong`, `too-many-tries`."""
        keys = passwords.sign_in_keys(f"confirm:{who.id}", source)
        self._throttle.count(self._house.world.now(), *keys)
        account = await self._house.read(records.account, person=who.id)
        right = await passwords.verify_password(None if account is None else account.password, password)
        if not right and not self._house.demonstration:  # there people have no passwords
            raise Refused("confirm-wrong")
        self._throttle.forget(*keys[:2])
        self._throttle.give_back(keys[2])

    async def _second_factor(self, account: Row, code: str) -> dict[str, Any]:
        """What to store about the second factor; raises Refused where one is missing or wrong."""
        now = self._house.world.now()
        if account.totp_secret:
            if not code:
                raise Refused("code-needed")
            step = passwords.totp_step(account.totp_secret, code, now, account.totp_step)
            if step is None:
                raise Refused("code-wrong")
            return {"totp_step": step}
        held = await self._house.read(records.memberships_on, self._house.today(), person=account.person)
        if not any(membership.role in TWO_FACTOR for membership, _ in held):
            return {}
        secret = self._pending.get(account.person, (passwords.new_secret(),))[0]
        if code:
            step = passwords.totp_step(secret, code, now, 0)
            if step is None:
                raise Refused("code-wrong")
            self._pending.pop(account.person, None)
            return {"totp_secret": secret, "totp_step": step}
        self._pending[account.person] = (secret, account.login, now.mono_ms)
        raise Refused("code-set-up", secret=secret, uri=passwords.totp_uri(secret, account.login))

    async def _begin(self, person: str, device: str, changes: dict[str, Any]) -> Session:
        house = self._house
        token, session_id, now = passwords.new_token(), house.id(), house.now_ms()

        def use(conn: Connection) -> None:
            if "totp_step" in changes and not records.take_step(conn, person, **changes):
                raise Refused("code-wrong")  # the same code, at the same moment, in another browser
            row = {"token": passwords.token_hash(token), "id": session_id, "person": person}
            records.put_session(conn, **row, began=now, ends=now + SESSION_MS, device=device[:120])
            house.record(conn, SYSTEM, [Draft("session-began", {"person": person, "session": session_id})])

        await house.write(use)
        return Session(session_id, await self.principal(person), now + SESSION_MS, token)

    async def begin_demonstration(self, person: str, device: str) -> Session:
        """One-click sign-in. Exists only in a demonstration; anywhere else it is refused here too."""
        if not self._house.demonstration:
            raise Denied("no-right")
        await self._house.read(records.person, person)  # raises Missing
        return await self._begin(person, device, {})

    async def session(self, token: str) -> Session | None:
        """The live session a cookie stands for, with the rights of today."""
        row = await self._house.read(records.session, passwords.token_hash(token), self._house.now_ms())
        return None if row is None else Session(row.id, await self.principal(row.person), row.ends)

    async def alive(self, session_id: str) -> bool:
        """Is a session, named by its id, still good?"""
        return await self._house.read(records.session_alive, session_id, self._house.now_ms())

    async def sign_out(self, token: str) -> None:
        session = await self.session(token)
        await self._house.write(records.end_sessions, token=passwords.token_hash(token))
        if session is not None:
            await self._house.bus.publish(SESSIONS, session.principal.id.encode())

    async def principal(self, person: str) -> Principal:
        day = self._house.today()

        def use(conn: Connection) -> Principal:
            tree = Tree(records.all_units(conn), day)
            held = records.memberships_on(conn, day, person=person)
            below: dict[str, list[UnitId]] = {
                m.unit: tree.below(m.unit) for m, _ in held if m.role in rights.DEEP and m.unit in tree
            }
            grants = rights.grants_of([(m.role, m.unit) for m, _ in held], below)
            mandate = held[0][0].id if held else ""
            return Principal("person", person, grants, records.person(conn, person).name, mandate)

        return await self._house.read(use)

    # ── accounts ──

    async def logins(self, people: list[str]) -> dict[str, str]:
        """Person -> login, for those who have an account that is not closed."""
        return await self._house.read(records.logins, people)

    async def with_accounts(self) -> list[tuple[Membership, Person, str]]:
        """Everyone who can sign in, with their first office: what a demonstration offers on its first page."""
        if not self._house.demonstration:
            raise Denied("no-right")
        day = self._house.today()

        def use(conn: Connection) -> list[tuple[Membership, Person, str]]:
            found: dict[str, tuple[Membership, Person, str]] = {}
            logins = records.logins(conn, None)
            for membership, person in records.memberships_on(conn, day):
                if person.id in logins:
                    found.setdefault(person.id, (membership, person, logins[person.id]))
            return list(found.values())

        return await self._house.read(use)

    async def open_account(self, who: Principal, person: str, login: str) -> str:
        """Give a person an account, or a new way in; returns the token of a one-time link to set the password."""
        day, login = self._house.today(), clean(login, "login")
        held = await self._house.read(records.memberships_on, day, person=person)
        if not held:
            raise Refused("person-without-office")
        for membership, _ in held:
            rights.demand(who, "people.change", rights.Thing(membership.unit))
        return await self._link("password", person, login, who)

    async def _link(self, purpose: str, person: str | None, login: str, who: Principal | None) -> str:
        house = self._house
        token, blocked = passwords.new_token(), await passwords.hash_password(passwords.new_token())

        def use(conn: Connection) -> None:
            ends = house.now_ms() + LINK_MS
            records.end_links(conn, purpose, person)  # the newest alone is good
            records.put_link(conn, token=passwords.token_hash(token), purpose=purpose, person=person, ends=ends)
            if person is not None and records.account(conn, person=person) is None:
                if records.account(conn, login=login.casefold()) is not None:
                    raise Refused("login-taken")
                records.put_account(conn, person=person, login=login.casefold(), password=blocked)
            body = {"purpose": purpose, "person": person or ""}
            house.record(conn, actor_of(who) if who else SYSTEM, [Draft("link-issued", body)])

        await house.write(use)
        return token

    async def _demand_link(self, token: str, purpose: str) -> None:
        """Raise Refused `link-used` before a stranger's guess costs us a hash."""
        if not await self._house.read(records.link_good, passwords.token_hash(token), purpose, self._house.now_ms()):
            raise Refused("link-used")

    async def set_password(self, token: str, password: str) -> None:
        """Use a one-time link. All sessions of that person end, no device tells them anything any more, and the second
        factor is set up anew."""
        house = self._house
        await self._demand_link(token, "password")
        hashed = await passwords.hash_password(password)

        def use(conn: Connection) -> str:
            link = records.use_link(conn, passwords.token_hash(token), "password", house.now_ms())
            if link is None:
                raise Refused("link-used")
            account = records.account(conn, person=link.person)
            assert account is not None
            passwords.check_strength(password, account.login)
            records.change_account(conn, link.person, password=hashed, totp_secret="", totp_step=0, disabled=False)
            records.end_sessions(conn, person=link.person)
            devices.drop_all(conn, link.person)
            signatories.drop_agents(conn, link.person)
            records.end_links(conn, "password", link.person)
            house.record(conn, SYSTEM, [Draft("password-set", {"person": link.person})])
            return str(link.person)

        person = await house.write(use)
        await house.bus.publish(SESSIONS, person.encode())

    async def close_account(self, who: Principal, person: str) -> None:
        """A lost tablet, a person who left: every session ends at once."""
        held = await self._house.read(records.memberships_on, self._house.today(), person=person)
        if not held and not rights.anywhere(who, "people.change"):
            raise Denied("no-right")
        for membership, _ in held:
            rights.demand(who, "people.change", rights.Thing(membership.unit))

        def use(conn: Connection) -> None:
            if records.account(conn, person=person) is None:
                raise Missing("account")
            records.change_account(conn, person, disabled=True)
            records.end_links(conn, "password", person)
            records.end_sessions(conn, person=person)
            devices.drop_all(conn, person)
            signatories.drop_agents(conn, person)
            self._house.record(conn, actor_of(who), [Draft("account-closed", {"person": person})])

        await self._house.write(use)
        await self._house.bus.publish(SESSIONS, person.encode())

    # ── the first administrator, and a lost one ──

    async def needs_first(self) -> bool:
        return await self._house.read(records.count_accounts) == 0

    async def everyone(self) -> list[tuple[str, str]]:
        """(login, name) of every open account, for the console."""

        def use(conn: Connection) -> list[tuple[str, str]]:
            logins = records.logins(conn, None)
            names = records.names(conn, list(logins))
            return sorted((login, names[person]) for person, login in logins.items())

        return await self._house.read(use)

    async def reset(self, login: str) -> str:
        """A one-time link for whoever lost the way in; from the machine's own console only. Raises Missing."""
        account = await self._house.read(records.account, login=login.casefold())
        if account is None:
            raise Missing("account")
        return await self._link("password", account.person, login, None)

    async def first_link(self) -> str:
        """A one-time link for the machine's own console: whoever has the machine may make an administrator."""
        return await self._link("first-administrator", None, "", None)

    async def create_administrator(self, token: str, name: str, login: str, password: str, unit: str) -> None:
        """Use the console's link: a person, their account, and the administrator's role at the top unit."""
        login, name = clean(login, "login"), clean(name, "name")
        unit = clean(unit, "unit") if unit.strip() else ""
        passwords.check_strength(password, login)
        house = self._house
        await self._demand_link(token, "first-administrator")
        hashed = await passwords.hash_password(password)

        def use(conn: Connection) -> None:
            if records.use_link(conn, passwords.token_hash(token), "first-administrator", house.now_ms()) is None:
                raise Refused("link-used")
            if records.account(conn, login=login.casefold()) is not None:
                raise Refused("login-taken")
            person, drafts = Person(PersonId(house.id()), name, ""), []
            tops = Tree(records.all_units(conn), house.today()).children(None)
            if not tops:
                tops = [Unit(UnitId(house.id()), "goc", unit or "Đơn vị", "tinh", 1, None, unit or "…")]
                records.put_unit(conn, tops[0])
                drafts.append(Draft("unit-put", {"unit": tops[0].id, "name": tops[0].name, "parent": ""}))
            records.put_person(conn, person)
            for top in tops:
                office = Membership(house.id(), person.id, top.id, "administrator", "Quản trị hệ thống", False)
                records.put_membership(conn, office)
                drafts.append(Draft("office-given", {"person": person.id, "unit": top.id, "role": "administrator"}))
            records.put_account(conn, person=person.id, login=login.casefold(), password=hashed)
            house.record(conn, SYSTEM, drafts)

        await house.write(use)
