"""meetings.circulation.actions, meetings.circulation.records: receipts are signed beside the file, each once, and all
of them stand in one signed register."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from datetime import UTC, datetime

import msgspec
import pytest

from meetings.circulation import records
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from signing.attest import judge
from store.errors import Unavailable
from tests.kit.node import Node

PEOPLE = ("chair", "member1", "member2")


async def circulated(node: Node) -> Room:
    room = await node.opened()
    await node.signed_minutes(room)
    await room.ask(node.committee.who["clerk"], c.Circulate(PEOPLE))
    await settled(node, room, len(PEOPLE))
    return room


async def settled(node: Node, room: Room, count: int) -> None:
    for _ in range(300):
        if len(await node.office.house.read(records.signed, room.sitting)) == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the receipts did not come")


async def unpacked(node: Node, room: Room, person: str = "clerk") -> dict[str, bytes]:
    answer = await (await node.signed_in(person)).get(f"/api/sittings/{room.sitting}/minutes/receipts.zip")
    assert answer.status == 200, answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_each_recipient_has_a_signed_receipt_and_the_file_does_not_grow(node: Node) -> None:
    room = await circulated(node)
    before = room.state.minutes.pdf
    member = await node.signed_in("member1")
    assert (await member.get(f"/api/sittings/{room.sitting}/minutes/file")).status == 200
    await settled(node, room, 4)
    assert (await member.get(f"/api/sittings/{room.sitting}/minutes/file")).status == 200, "the second time is no news"
    await room.ask(node.committee.who["member1"], c.Acknowledge())
    await settled(node, room, 5)
    files = await unpacked(node, room)
    assert len([name for name in files if name.endswith(".p7s")]) == 6  # five and the register's
    trust, now = await node.office.signing.trust(), datetime.now(UTC)
    for name, data in files.items():
        if not name.endswith(".p7s"):
            found = await judge(files[f"{name}.p7s"], data, trust, now)
            assert (found.state, found.signer) == ("valid", "bacap: máy chủ"), (name, found)
    told = [msgspec.json.decode(data) for name, data in files.items() if name[0].isdigit() and name.endswith(".json")]
    assert sorted((one["what"], one["person"]) for one in told) == sorted(
        [("sent", person) for person in PEOPLE] + [("opened", "member1"), ("confirmed", "member1")]
    )
    assert {one["symbol"] for one in told} == {room.state.minutes.symbol}
    assert all(one["at"].endswith("+07:00") and one["name"] for one in told)
    assert room.state.minutes.pdf == before or room.state.minutes.proved_until, "only preservation adds to it"


async def test_a_link_on_somebody_else_s_page_opens_nothing_in_one_s_name(node: Node) -> None:
    room = await circulated(node)
    member = await node.signed_in("member2")
    path = f"/api/sittings/{room.sitting}/minutes/file"
    assert (await member.get(path, headers={"Sec-Fetch-Site": "cross-site"})).status == 200
    await asyncio.sleep(0.1)
    assert len(await node.office.house.read(records.signed, room.sitting)) == len(PEOPLE)


async def test_the_register_names_every_receipt_by_its_digest(node: Node) -> None:
    room = await circulated(node)
    files = await unpacked(node, room)
    register = msgspec.json.decode(files["register.json"])

    for one in register["receipts"]:
        assert hashlib.sha256(files[one["file"]]).hexdigest() == one["sha256"]
        assert hashlib.sha256(files[one["file"] + ".p7s"]).hexdigest() == one["signature"]
    altered = files["register.json"].replace(b"member1", b"member9") + b" "
    trust, now = await node.office.signing.trust(), datetime.now(UTC)
    assert (await judge(files["register.json.p7s"], altered, trust, now)).state == "not-valid"


async def test_only_who_keeps_the_minutes_gets_them(node: Node) -> None:
    room = await circulated(node)
    for person, status in (("secretary", 200), ("chair", 200), ("member1", 403), ("technician", 403)):
        browser = await node.signed_in(person)
        assert (await browser.get(f"/api/sittings/{room.sitting}/minutes/receipts.zip")).status == status, person


async def test_what_could_not_be_signed_is_signed_when_it_is_next_looked_at(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: bytes) -> bytes:
        raise Unavailable("timestamp-away", reason="x")

    room = await node.opened()
    await node.signed_minutes(room)
    monkeypatch.setattr(node.office.signing, "attest", away)
    await room.ask(node.committee.who["clerk"], c.Circulate(PEOPLE))
    await asyncio.sleep(0.2)
    assert await node.office.house.read(records.signed, room.sitting) == []
    monkeypatch.undo()
    assert len([name for name in await unpacked(node, room) if name[0].isdigit()]) == 2 * len(PEOPLE)
