"""Builds the demonstration in an empty data folder through the same actions that people use; renews what must be new.

Nothing is written past the actions but passwords: those of the eight accounts are set anew at every start, so that no
known password ever stays behind.
"""

from __future__ import annotations

import asyncio
import io
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pyotp
from PIL import Image

from documents import pictures
from meetings.house import INSTALLATION, SYSTEM, House
from meetings.people import passwords
from meetings.people import records as people_records
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.sitting import commands as c
from meetings.sitting.actions import Plan
from meetings.sitting.papers import Offered
from meetings.sitting.room import Room
from store import journal
from store.db import Connection
from store.files import write_durably
from store.world import vietnam_day, vietnam_time

from ..settings import Settings
from ..wiring import Office
from . import papers as texts
from . import people as cast_
from . import tree

LIVE_SITES = ("dc-tinh", "dc-vinh-linh", "dc-vinh-o")
AT_DISTRICT = ("chu-tich", "pho-chu-tich", "tai-chinh", "nong-nghiep", "van-hoa", "giao-duc", "tu-phap", "thanh-tra")
UNDER_WAY_MS = 25 * 60_000  # how long the sitting has been going on when it is first seen


@dataclass(frozen=True, slots=True)
class Account:
    login: str
    password: str
    totp: str  # secret; "" where no second factor is needed
    name: str
    office: str


async def build(office: Office, tell: Callable[[str], None]) -> list[Account]:
    """Bring the demonstration up to date; returns the accounts with their new passwords. TELL: what is being made."""
    house = office.house
    if not await house.read(journal.exists, INSTALLATION):
        tell("tree")
        await _plant(house)
        await _enrol(house, office.settings)
    accounts = await _accounts(house)
    if not await _has_open_sitting(office):
        tell("papers")
        await _convene(office, tell)
    return accounts


async def _plant(house: House) -> None:
    people, units = People(house), tree.units()
    await people.plant(SYSTEM, units)
    await people.put_people(SYSTEM, cast_.people(units))
    await people.put_sites(SYSTEM, cast_.sites(units))


async def _enrol(house: House, settings: Settings) -> None:
    """The three live sites get their credentials as any room does: by a one-time code."""
    people, accounts = People(house), Accounts(house)
    technician = await accounts.principal("ky-thuat")
    held = {}
    for site in LIVE_SITES:
        made = await people.enrol_site(await people.issue_code(technician, site))
        held[site] = {"name": made.site.name, "credential": made.credential}
    path = settings.folder / "sites.json"
    await asyncio.to_thread(write_durably, path, json.dumps(held).encode(), private=True)


async def _accounts(house: House) -> list[Account]:
    """New passwords for the eight; second factors are kept."""
    accounts = Accounts(house)
    words = {login: f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for login in cast_.ACCOUNTS}
    hashed = dict(zip(words, await asyncio.gather(*map(passwords.hash_password, words.values())), strict=True))
    found = []
    for login, person in cast_.ACCOUNTS.items():
        known = await house.read(people_records.account, person=person)
        held = await People(house).offices_of(person)
        needs = any(membership.role in cast_.TWO_FACTOR for membership, _ in held)
        secret = (known.totp_secret if known else "") or (passwords.new_secret() if needs else "")

        def use(conn: Connection, login: str = login, person: str = person, secret: str = secret) -> None:
            people_records.put_account(conn, person=person, login=login, password=hashed[login], totp_secret=secret)

        await house.write(use)
        who = await accounts.principal(person)
        found.append(Account(login, words[login], secret, who.name, held[0][0].office))
    return found


def code_of(account: Account, seconds: float) -> str:
    """The second factor as an authenticator would show it now."""
    return pyotp.TOTP(account.totp).at(int(seconds)) if account.totp else ""


async def _has_open_sitting(office: Office) -> bool:
    rows = await office.sittings.listed(await office.accounts.principal("thu-ky"))
    return any(row.phase == "open" and is_of_today(row.begins, office.house.now_ms()) for row in rows)


def is_of_today(begins: int, now: int) -> bool:
    """Was a sitting that begins at BEGINS convened on the day of NOW? Just after midnight it begins the day before."""
    return vietnam_day(begins + UNDER_WAY_MS) == vietnam_day(now)


async def _convene(office: Office, tell: Callable[[str], None]) -> None:
    """One sitting under way, through every command that led there."""
    secretary, chair = await office.accounts.principal("thu-ky"), await office.accounts.principal("chu-tich")
    now = office.house.now_ms()
    plan = Plan(
        title=f"Phiên họp Ủy ban nhân dân huyện Vĩnh Linh tháng {vietnam_time(now).month}", unit=tree.DISTRICT,
        place="Phòng họp số 1, UBND huyện Vĩnh Linh", begins=now - UNDER_WAY_MS, chair="chu-tich",
        secretary="thu-ky", clerk="van-thu", guests=("pct-tinh",),
        units=tuple(unit.id for unit in tree.units() if unit.parent == tree.DISTRICT), sites=("dc-tinh",),
    )  # fmt: skip
    room = await office.rooms.get(await office.sittings.plan(secretary, plan))
    for item in texts.agenda(vietnam_day(now)):
        await room.ask(secretary, c.AddItem(item.key, item.title, item.minutes, item.rapporteur, item.question))
        for name, form in item.papers:
            pdf, _ = await office.typesetter.typeset(form)
            offered = Offered(name)
            await office.papers.add(secretary, room.sitting, item.key, offered, office.papers.stream(_stream(pdf)))
            if name.startswith("Phụ lục"):
                scan = await asyncio.to_thread(_scan, pdf)
                offered = Offered("Bản quét ý kiến của các xã")
                await office.papers.add(secretary, room.sitting, item.key, offered, office.papers.stream(_stream(scan)))
    await office.invitations.release(secretary, room.sitting, SHORT_NOTICE)
    tell("sitting")
    await room.ask(chair, c.Open())
    await _attend(office.accounts, room)
    await room.ask(secretary, c.OpenItem("kinh-te"))
    await room.ask(chair, c.Conclude("kinh-te", CONCLUSION))
    await room.ask(secretary, c.OpenItem("ngan-sach"))


SHORT_NOTICE = "Phiên họp trình diễn, bắt đầu ngay khi cài đặt."
CONCLUSION = (
    "Thống nhất với báo cáo. Giao Phòng Tài chính - Kế hoạch đôn đốc giải ngân, phấn đấu đạt 95% trước ngày 31 tháng "
    "12; các xã miền núi rà soát đường truyền, báo cáo Phòng Văn hóa, Khoa học và Thông tin trước ngày 05 tháng 12."
)


async def _attend(accounts: Accounts, room: Room) -> None:
    for person in AT_DISTRICT:
        await room.ask(await accounts.principal(person), c.CheckIn(site="dc-vinh-linh"))
    await room.ask(await accounts.principal("pct-tinh"), c.CheckIn(site="dc-tinh"))
    guest = await accounts.principal("vinh-o-chu-tich")
    await room.ask(guest, c.CheckIn(site="dc-vinh-o"))
    await room.ask(guest, c.AskFloor())


async def _stream(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _scan(pdf: bytes) -> bytes:
    """What a scanner would make of a page: a picture, slightly turned and yellowed, in a PDF of another producer."""
    sheet = Image.open(io.BytesIO(pictures.page(pdf, 1, 1240))).convert("RGB")
    turned = sheet.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=(252, 250, 242))
    out = io.BytesIO()
    turned.save(out, "PDF", resolution=150, quality=70)
    return out.getvalue()
