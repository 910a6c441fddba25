"""Telling people on their devices: what a push service gets, and what only the browser can read of it. web.push,
web.push_office, web.courier, web.routes.push, meetings.devices.records"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from meetings.devices import records as devices
from meetings.devices.records import MOST, Subscription
from meetings.opinion.actions import NewOpinion
from meetings.sitting import commands as c
from store import jobs
from store.errors import Refused
from tests.kit.committee import DISTRICT
from tests.kit.node import Node, running
from tests.kit.receiver import Device, Receiver, data, opened, point_of, text
from web import outside, push

BEGINS = 1_895_490_000_000
SERVICES = ("push.example", "localhost:8000")
GOOD = Device("https://a.push.example/one").body
CONTACT = "mailto:hop@vinh-linh.example"


@pytest.fixture
async def node(
    tmp_path: Path, template: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Node]:
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.authority))
    async with running(tmp_path, template, push_contact=CONTACT, push_services=(receiver.host,)) as made:
        yield made


async def arrived(receiver: Receiver, count: int) -> list[tuple[str, dict[str, str], bytes]]:
    for _ in range(400):
        if len(receiver.got) >= count:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    assert len(receiver.got) == count, [path for path, _, _ in receiver.got]
    got, receiver.got = receiver.got, []
    return got


async def settled(node: Node) -> None:
    """Nothing waits to be sent now."""
    for _ in range(400):
        due = await node.office.house.read(lambda conn: conn.execute(jobs.jobs.select()).all())
        if all(job.run_at > node.office.house.now_ms() for job in due):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(due)


async def released(node: Node) -> str:
    room = await node.planned(begins=BEGINS)
    await node.office.invitations.release(node.committee.who["secretary"], room.sitting)
    return room.sitting


def test_the_example_of_the_rfc() -> None:
    """RFC 8291, appendix A, to the byte."""
    curve = ec.SECP256R1()
    number = {name: int.from_bytes(data(given), "big") for name, given in (
        ("browser", "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
        ("server", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    )}  # fmt: skip
    browser, server = (ec.derive_private_key(number[name], curve) for name in ("browser", "server"))
    auth, salt = "BTBZMqHH6r4Tts7J_aSIgg", data("DGv6ra1nlYgDCS1FRnbzlw")
    to = Subscription("https://push.example.net/x", text(point_of(browser)), auth)
    said = b"When I grow up, I want to be a watermelon"
    sealed = push.seal(said, to, salt, server)
    assert text(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK"
        "6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert opened(sealed, browser, data(auth)) == said


def test_the_longest_text_fits_one_record() -> None:
    device = Device("https://a.push.example/one")
    sealed = push.seal(b"x" * 5000, Subscription(**device.body), b"s" * 16, ec.generate_private_key(ec.SECP256R1()))
    assert len(sealed) == 4096 and opened(sealed, device.private, device.auth) == b"x" * push.LONGEST


@pytest.mark.parametrize("endpoint", [
    "http://a.push.example/one", "https://push.example.evil.example/one", "https://evilpush.example/one", "one",
    "https://127.0.0.1/one", "https://localhost/one", "https://a.push.example:8443/one", "https://[::1/one",
    "https://user@a.push.example/one", "https://a.push.exam\tple/one", "https://push.example\\.evil.example/",
    "https://evil.example\\@push.example/", "https://a.push.ex\u00e4mple/", "file:///etc/passwd",
    "https://a.push.example/" + "x" * 2000, "https://a.push.example:x/", "https://.push.example/", "https://*.push.example/",
    "https://a%2f.push.example/", "https://a%00.push.example/", "https://a;b.push.example/", "https://a&.push.example/",
    "https://" + "a" * 64 + ".push.example/", "https://-a.push.example/",
])  # fmt: skip
def test_nobody_makes_the_server_connect_elsewhere(endpoint: str) -> None:
    with pytest.raises(Refused, match=r"push-unknown-service|field-wrong"):
        push.check(Subscription(**{**GOOD, "endpoint": endpoint}), SERVICES)


@pytest.mark.parametrize("wrong", [
    {"p256dh": "x"}, {"p256dh": text(b"\x04" + b"\x01" * 64)}, {"p256dh": "ä"}, {"auth": text(b"short")}, {"auth": "*"},
])  # fmt: skip
def test_keys_that_are_none(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused, match="field-wrong"):
        push.check(Subscription(**(GOOD | wrong)), SERVICES)


def test_services_we_know_are_taken() -> None:
    for endpoint in ("https://push.example/one", "https://a.b.push.example:443/one", "https://localhost:8000/one"):
        push.check(Subscription(**(GOOD | {"endpoint": endpoint})), SERVICES)


async def test_an_invitation_is_told_on_a_device_and_nobody_else_can_read_it(node: Node, receiver: Receiver) -> None:
    member, device = await node.signed_in("member1"), receiver.device("one")
    key = (await member.get("/api/push")).body["key"]
    assert (await member.post("/api/push", device.body)).status == 204
    sitting = await released(node)
    [(path, headers, body)] = await arrived(receiver, 1)
    assert path == "/one" and headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 3600
    claims, point = receiver.sender(headers)
    assert text(point) == key and claims["aud"] == f"https://{receiver.host}" and claims["sub"] == CONTACT
    assert 0 < claims["exp"] - time.time() <= 24 * 3600
    told = device.read(body)
    assert told["title"] == "Giấy mời: Phiên họp thường kỳ" and told["path"] == f"/sittings/{sitting}"
    assert told["text"].endswith("Hội trường") and len(headers["Topic"]) <= 32
    assert b"Phi\xc3\xaan" not in body and sitting.encode() not in body


async def test_in_the_language_of_the_browser(node: Node, receiver: Receiver) -> None:
    device = receiver.device("one")
    await node.office.push.add(node.committee.who["member1"], Subscription(**device.body, locale="en"))
    await released(node)
    [(_, _, body)] = await arrived(receiver, 1)
    assert device.read(body)["title"] == "Invitation: Phiên họp thường kỳ"


async def test_a_device_that_is_gone_is_forgotten_and_one_out_of_reach_is_tried_again(
    node: Node, receiver: Receiver
) -> None:
    who, house = node.committee.who["member1"], node.office.house
    for name in ("gone", "busy", "fine"):
        await node.office.push.add(who, Subscription(**receiver.device(name).body))
    receiver.answers = {"/gone": 410, "/busy": 503}
    await released(node)
    assert {path for path, _, _ in await arrived(receiver, 3)} == {"/gone", "/busy", "/fine"}
    receiver.answers = {}
    again = await arrived(receiver, 1)  # two seconds later, under the same topic
    assert {path for path, _, _ in again} == {"/busy"}
    left = {one.endpoint.rpartition("/")[2] for one in await house.read(devices.of, "member1")}
    assert left == {"busy", "fine"}


async def test_a_device_that_was_reached_is_not_told_again_while_another_is_out_of_reach(
    node: Node, receiver: Receiver
) -> None:
    who = node.committee.who["member1"]
    for name in ("busy", "fine"):
        await node.office.push.add(who, Subscription(**receiver.device(name).body))
    receiver.answers = {"/busy": 503}
    await released(node)
    await arrived(receiver, 2)
    assert [path for path, _, _ in await arrived(receiver, 1)] == ["/busy"]


async def test_refused_as_not_ours_only_what_was_subscribed_with_another_key_is_forgotten(
    node: Node, receiver: Receiver
) -> None:
    who, house = node.committee.who["member1"], node.office.house
    await node.office.push.add(who, Subscription(**receiver.device("ours").body))
    old = Subscription(**receiver.device("old").body, key="another")
    await house.write(devices.put, "member1", old, house.now_ms())
    receiver.answers = {"/ours": 403, "/old": 403}
    await released(node)
    await arrived(receiver, 2)
    [left] = await house.read(devices.of, "member1")
    assert left.endpoint.endswith("/ours"), "our clock may be wrong: nobody has to turn it on again for that"


async def test_a_late_invitation_reaches_nobody_who_is_not_invited_and_none_comes_after_the_cancelling(
    node: Node, receiver: Receiver
) -> None:
    who, held = node.committee.who, {person: receiver.device(person) for person in ("member1", "west-chair")}
    for person, device in held.items():
        await node.office.push.add(who[person], Subscription(**device.body))
    receiver.answers = {"/member1": 503, "/west-chair": 503}
    room = await node.planned(begins=BEGINS)
    await node.office.invitations.release(who["secretary"], room.sitting)
    await arrived(receiver, 2)
    await room.ask(who["secretary"], c.Uninvite(("west-chair",)))
    await room.ask(who["secretary"], c.Cancel("Bão lụt"))
    receiver.answers = {}
    [(path, _, body)] = await arrived(receiver, 1)
    assert path == "/member1" and held["member1"].read(body)["title"].startswith("Hủy họp")
    await asyncio.sleep(3)  # the invitation's second try was due
    assert not receiver.got


async def test_who_knows_only_the_address_of_a_device_does_not_get_it(node: Node, receiver: Receiver) -> None:
    device = receiver.device("one")
    first, second = await node.signed_in("member1"), await node.signed_in("member2")
    await first.post("/api/push", device.body)
    stolen = await second.post("/api/push", receiver.device("one").body | {"endpoint": device.endpoint})
    assert (stolen.status, stolen.code) == (422, "field-wrong")
    mine = [(await one.post("/api/push/mine", {"endpoint": device.endpoint})).body for one in (first, second)]
    assert mine == [{"mine": True}, {"mine": False}]


async def test_an_account_that_is_closed_is_told_nothing_any_more(node: Node, receiver: Receiver) -> None:
    await node.office.push.add(node.committee.who["member1"], Subscription(**receiver.device("one").body))
    await node.office.accounts.close_account(node.committee.who["technician"], "member1")
    assert not await node.office.house.read(devices.of, "member1")


async def test_a_device_tells_whoever_chose_it_last_until_they_say_no_more(node: Node, receiver: Receiver) -> None:
    device = receiver.device("shared")
    first, second = await node.signed_in("member1"), await node.signed_in("member2")
    for person in (first, second):
        assert (await person.post("/api/push", device.body)).status == 204
    await released(node)
    await arrived(receiver, 1)
    assert (await first.post("/api/push/end", {"endpoint": device.endpoint})).status == 204
    assert len(await node.office.house.read(devices.of, "member2")) == 1, "nobody ends another's"
    assert (await second.post("/api/push/end", {"endpoint": device.endpoint})).status == 204
    await released(node)
    await settled(node)
    assert not receiver.got


async def test_a_person_has_so_many_devices_and_the_oldest_makes_room(node: Node, receiver: Receiver) -> None:
    who = node.committee.who["member1"]
    for number in range(MOST + 3):
        await node.office.push.add(who, Subscription(**receiver.device(f"d{number}").body))
        await asyncio.sleep(0.002)
    held = await node.office.house.read(devices.of, "member1")
    assert [one.endpoint.rpartition("/")[2] for one in held] == [f"d{number}" for number in range(3, MOST + 3)]


async def test_an_opinion_ballot_is_told_too(node: Node, receiver: Receiver) -> None:
    who, device = node.committee.who, receiver.device("one")
    await node.office.push.add(who["member1"], Subscription(**device.body))
    deadline = node.office.house.now_ms() + 100 * 3_600_000
    given = NewOpinion(str(uuid.uuid4()), DISTRICT, "Sửa cầu", "Nội dung", "urgent", deadline)
    opinion = await node.office.opinions.put(who["secretary"], given)
    [(_, _, body)] = await arrived(receiver, 1)
    told = device.read(body)
    assert told["title"] == "Phiếu lấy ý kiến: Sửa cầu" and told["path"] == "/opinions"
    await node.office.opinions.call_off(who["secretary"], opinion, "Nhầm")
    [(_, _, body)] = await arrived(receiver, 1)
    assert device.read(body)["title"] == "Dừng lấy ý kiến: Sửa cầu"


def test_the_proxy_of_the_environment_is_used_but_where_it_says_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert outside.proxy_to("a.push.example") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,.inside.example")
    told = {host: outside.proxy_to(host) for host in ("a.push.example", "localhost", "a.inside.example")}
    assert told == {"a.push.example": "http://proxy.example:3128", "localhost": None, "a.inside.example": None}


async def test_off_until_the_settings_say_who_sends(tmp_path: Path, template: Path) -> None:
    async with running(tmp_path, template) as node:
        member = await node.signed_in("member1")
        assert (await member.get("/api/push")).body == {"key": ""}
        refused = await member.post("/api/push", GOOD)
        assert (refused.status, refused.code) == (422, "push-off")
        room = await node.planned()
        await room.ask(node.committee.who["secretary"], c.AddItem("x", "X"))
        await room.ask(node.committee.who["secretary"], c.Release(3))
        assert not await node.office.house.read(lambda conn: conn.execute(jobs.jobs.select()).all())


async def test_an_unknown_service_is_refused_with_its_name(node: Node) -> None:
    refused = await (await node.signed_in("member1")).post("/api/push", GOOD)
    assert (refused.status, refused.code) == (422, "push-unknown-service")
    assert refused.body["params"] == {"service": "a.push.example"} and "a.push.example" in refused.body["text"]
