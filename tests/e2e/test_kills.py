"""SIGKILL of the web process, at least fifty times from a seed, all along the flow: nothing acknowledged is lost.

The ledger oracle reads the clients' own fsynced lists of what was acknowledged and compares them with the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import uuid
from collections.abc import Awaitable
from pathlib import Path

import pytest

from store import journal
from store.chain import Head
from tests.kit.client import Client, Refused
from tests.kit.ledger import judge
from web import settings as settings_
from web.wiring import open_house, open_office

from .node import LOGINS, PASSWORD, ROOT, Node, prepare
from .test_flow import paper

KILLS, SEED = 50, 20261124
MEMBERS = (
    "pho-chu-tich", "tai-chinh", "noi-vu", "nong-nghiep", "van-hoa", "giao-duc", "tu-phap", "thanh-tra", "cong-an",
)  # fmt: skip


class Victim:
    """The web process, killed from a seed and started again at once."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._random = random.Random(SEED)
        self.kills = 0
        self._process: asyncio.subprocess.Process | None = None

    async def _start(self) -> None:
        given = settings_.to_environment(self._node.settings)
        words = [sys.executable, "-m", "web.cli", "web"]
        with (self._node.settings.folder / "web.log").open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(*words, stdout=out, stderr=out, cwd=ROOT, env=given)

    async def run(self) -> None:
        """KILLS times, at moments that fall anywhere in the work: while starting, between and within transactions.

        Some pauses are long enough for a signature on a slow machine, or nothing would ever come to its end."""
        await self._start()
        await self._node.ready()
        while self.kills < KILLS:
            await asyncio.sleep(self._random.choice((0.05, 0.2, 0.5, 1, 3, 7)) * self._random.random())
            assert self._process is not None
            os.kill(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            self.kills += 1
            await self._start()
            if self._random.random() < 0.85 or self.kills == KILLS:
                await self._node.ready()

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def eventually(act: Awaitable[object], done_by: set[str]) -> None:
    """An act over HTTP may have succeeded although its answer was lost: then asking again is refused as done."""
    try:
        await act
    except Refused as refusal:
        if refusal.code not in done_by:
            raise


async def hold(people: dict[str, Client], sitting: str) -> None:
    """One whole sitting, every step by the one whose step it is."""
    secretary, chair, clerk = people["thu-ky"], people["chu-tich"], people["van-thu"]
    await secretary.call("POST", "/api/sittings", {
        "id": sitting, "title": "Phiên họp thử", "unit": "vinh-linh", "place": "Phòng 1", "begins": 1_795_490_000_000,
        "chair": "chu-tich", "secretary": "thu-ky", "clerk": "van-thu", "units": ["vinh-o"],
    })  # fmt: skip
    await secretary.do(sitting, "add-item", item="a", title="Ngân sách", question="Thông qua?")
    await secretary.do(sitting, "add-item", item="b", title="Khác")
    upload = secretary.call(
        "POST", f"/api/sittings/{sitting}/items/a/papers?secrecy=none&name=T", data=paper(2, sitting)
    )
    await eventually(upload, {"paper-twice"})
    await eventually(secretary.call("POST", f"/api/sittings/{sitting}/release", {"reason": "Thử"}), {"not-now"})
    await chair.do(sitting, "open")
    for person in ("chu-tich", *MEMBERS):
        await chair.do(sitting, "check-in", person=person, site="dc-vinh-linh")
    await secretary.do(sitting, "open-item", item="a")
    await people["tai-chinh"].do(sitting, "ask-floor")
    await chair.do(sitting, "give-floor", person="tai-chinh")
    await chair.do(sitting, "end-floor")
    await chair.do(sitting, "open-vote", ballot="v", item="a")
    voters = [people[person] for person in ("chu-tich", "tai-chinh", "pho-chu-tich")]
    await asyncio.gather(*(voter.do(sitting, "cast", ballot="v", choices=["for"]) for voter in voters))
    await chair.do(sitting, "close-vote", ballot="v")
    await chair.do(sitting, "conclude", item="a", text="Đồng ý.")
    await chair.do(sitting, "close")
    await secretary.call("GET", f"/api/sittings/{sitting}/minutes")
    await chair.do(sitting, "approve-minutes", version=1)
    base = f"/api/sittings/{sitting}/minutes"
    await eventually(clerk.call("POST", f"{base}/number"), {"minutes-not-now"})
    for client, field in ((secretary, "secretary"), (chair, "chair"), (clerk, "seal")):
        await sign(client, base, field)
    await clerk.do(sitting, "circulate", people=["tai-chinh"])
    await people["tai-chinh"].do(sitting, "acknowledge")


async def sign(client: Client, base: str, field: str) -> None:
    made = await client.call("GET", f"{base}/signer")
    if not made["certificate"]:
        asked = {"field": field, "passphrase": "khóa thử nghiệm"}
        await eventually(client.call("POST", f"{base}/certificate", asked), {"certificate-exists"})
    file = await client.call("GET", f"{base}/file")
    asked = {"field": field, "based_on": file["sha256"], "passphrase": "khóa thử nghiệm"}
    await eventually(client.call("POST", f"{base}/signature", asked), {"not-your-turn", "minutes-not-now"})


async def verdicts(node: Node, sittings: list[str], ledgers: Path) -> None:
    """What stands after all that: whole chains, every receipt there once, signatures that hold."""
    async with open_house(node.settings) as house:
        events = []
        for stream in await house.read(journal.listed):
            assert isinstance(await house.read(journal.verify, stream), Head), stream
        for sitting in sittings:
            events += await house.read(lambda conn, sitting=sitting: list(journal.walk(conn, sitting)))
    assert judge(ledgers, events, "k-") == []
    async with open_office(node.settings) as office:
        for sitting in sittings:
            room = await office.rooms.get(sitting)
            assert room.state.minutes.step == "circulated"
            assert len(room.state.ballots[0].votes) == 3
            checked = await office.minutes.check(await office.house.blobs.load(room.state.minutes.pdf))
            assert (checked.report.state, checked.journal) == ("valid", "same")
        numbers = [(await office.rooms.get(sitting)).state.minutes.number for sitting in sittings]
        assert numbers == list(range(1, len(sittings) + 1))


@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    node = await prepare(tmp_path / "data")
    victim = Victim(node)
    ca, ledgers = node.settings.folder / "tls" / "ca.crt", tmp_path / "ledgers"
    people = {person: Client(node.base, ca, ledgers, person) for person in LOGINS}
    killing = asyncio.create_task(victim.run())
    sittings: list[str] = []
    try:
        await asyncio.gather(*(
            client.sign_in(LOGINS[person], PASSWORD, lambda p=person: node.code(p) if node.secrets[p] else "")
            for person, client in people.items()
        ))  # fmt: skip
        while victim.kills < KILLS:
            sittings.append(str(uuid.UUID(int=victim.kills << 64 | len(sittings), version=4)))
            working = asyncio.create_task(hold(people, sittings[-1]))
            await asyncio.wait([working, killing], return_when=asyncio.FIRST_COMPLETED)
            if killing.done():
                killing.result()
            await working
    finally:
        killing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killing
        await victim.end()
        for client in people.values():
            await client.close()
    assert victim.kills >= KILLS
    await verdicts(node, sittings, ledgers)
