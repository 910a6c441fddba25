"""One node as its own processes: prepared through the house's actions, then `bacap serve` like anyone runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pyotp

from meetings.house import SYSTEM
from meetings.people import passwords, records
from meetings.people.accounts import Accounts
from meetings.people.actions import People
from meetings.people.model import Membership, Person, PersonId, Unit, UnitId
from meetings.people.passwords import STEP_S
from tests.kit.servers import free_port
from web import settings
from web.demo import people as cast
from web.demo import tree
from web.settings import Settings
from web.wiring import certificate_files, open_house

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mưa rơi trên mái"
LOGINS = {
    "chu-tich": "chutich", "thu-ky": "thuky", "van-thu": "vanthu", "tai-chinh": "taichinh", "ky-thuat": "kythuat",
    "pho-chu-tich": "phochutich", "noi-vu": "noivu", "nong-nghiep": "nongnghiep",
    "van-phong": "vanphong",
}  # fmt: skip
APPROVER = (
    Person(PersonId("van-phong"), "Đỗ Thị Thử Duyệt", "ba"),
    Membership("m-van-phong", PersonId("van-phong"), UnitId("vinh-linh"), "office-head", "Phó Chánh Văn phòng", False),
)
SITES = ("dc-tinh", "dc-vinh-linh", "dc-vinh-o")


@dataclass
class Node:
    settings: Settings
    logins: dict[str, str] = field(default_factory=lambda: LOGINS)  # person -> login
    secrets: dict[str, str] = field(default_factory=dict)  # person -> TOTP secret
    used: dict[str, int] = field(default_factory=dict)  # person -> the step whose code was used last
    credentials: dict[str, tuple[str, str]] = field(default_factory=dict)  # site -> (name, credential)
    host: str = "127.0.0.1"  # where it is to be had: an address of this machine's
    process: asyncio.subprocess.Process | None = None
    log: Path = Path()

    @property
    def base(self) -> str:
        name = "localhost" if self.host == "127.0.0.1" else self.host
        return f"https://{name}:{self.settings.port}"

    async def start(self) -> None:
        self.log = self.settings.folder / "node.log"
        words = [sys.executable, "-m", "web.cli", "--data", str(self.settings.folder), "serve"]
        words += ["--port", str(self.settings.port), "--host", self.host]
        given = {"LANG": "vi_VN.UTF-8", "BACAP_NAMES": self.host, "BACAP_RELAY_HOST": self.host}
        with self.log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *words, stdout=out, stderr=out, cwd=ROOT, env=os.environ | given
            )
        await self.ready()

    async def ready(self) -> None:
        """Wait until it answers."""
        trust = ssl.create_default_context(cafile=str(self.settings.folder / "tls" / "ca.crt"))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as http:
            for _ in range(300):
                try:
                    async with http.get(f"{self.base}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)
        raise TimeoutError(self.log.read_text()[-3000:])

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 20)

    def child(self, name: str) -> int:
        """The process id of one of the node's processes."""
        assert self.process is not None
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    words = (entry / "cmdline").read_text().split("\0")
                except (OSError, IndexError, ValueError):
                    continue
                if parent == self.process.pid and any(word in (name, f"meetings.{name}.worker") for word in words):
                    return int(entry.name)
        raise LookupError(name)

    def code(self, person: str) -> str:
        """A code of this person's that was not used yet, if it is already good: now's, or the next one, which a clock
        that is a little fast shows now. "" where they have none."""
        if not self.secrets[person]:
            return ""
        now = int(time.time()) // STEP_S
        step = self.used[person] = min(max(now, self.used.get(person, 0) + 1), now + 1)
        return pyotp.TOTP(self.secrets[person]).at(step * STEP_S)


async def prepare(
    folder: Path, units: list[Unit] | None = None, pairs: list[tuple[Person, Membership]] | None = None,
    logins: dict[str, str] = LOGINS,
) -> Node:  # fmt: skip
    """Quảng Trị's tree with fictional people (or another), accounts whose passwords we know, three enrolled sites."""
    chosen = settings.read(None, {}, data=str(folder), port=free_port())
    node = Node(chosen, logins)
    certificate_files(chosen)
    async with open_house(chosen) as house:
        people, units = People(house), units or tree.units()
        await people.plant(SYSTEM, units)
        await people.put_people(SYSTEM, pairs or [*cast.people(units), APPROVER])
        there = {unit.id for unit in units}
        sites = [site for site in cast.sites(tree.units()) if site.unit in there]
        await people.put_sites(SYSTEM, sites)
        hashed = await passwords.hash_password(PASSWORD)
        for person, login in logins.items():
            held = await people.offices_of(person)
            needs = any(membership.role in cast.TWO_FACTOR for membership, _ in held)
            secret = node.secrets[person] = passwords.new_secret() if needs else ""
            row = {"person": person, "login": login, "password": hashed, "totp_secret": secret}
            await house.write(lambda conn, row=row: records.put_account(conn, **row))
        technician = await Accounts(house).principal("ky-thuat")
        for site in {*SITES} & {one.id for one in sites}:
            made = await people.enrol_site(await people.issue_code(technician, site))
            node.credentials[site] = (made.site.name, made.credential)
    return node
