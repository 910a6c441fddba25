"""A browser's channel over a real WebSocket: said, told, resumed, refused, cut. web.channel, web.channels, web.wire"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from meetings.sitting import commands as c
from tests.kit.node import Line, Node
from web import channel, wire


async def watch(line: Line, sitting: str, after: int = 0) -> dict[str, Any]:
    return await line.ask("watch", "told", sitting=sitting, after=after)


async def gone(node: Node, who: str) -> None:
    """The server has noticed that WHO's last channel is closed."""
    for _ in range(500):
        if not node.office.channels.connected(who):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(who)


async def test_hello_watch_do_done(node: Node) -> None:
    room = await node.opened()
    browser = await node.signed_in("member8")
    async with browser.channel(hello=False) as line:
        welcome = await line.ask("hello", "welcome", v=wire.VERSION)
        assert (welcome["who"], welcome["kind"], welcome["name"]) == ("member8", "person", "Nguyễn Văn Thứ 8")
        assert abs(welcome["now"] - node.office.house.now_ms()) < 60_000
        told = await watch(line, room.sitting)
        assert told["seq"] == room.state.seq == len(told["events"])
        assert set(told["parts"]) >= {"sitting", "agenda", "attendance", "stage", "people"}
        await line.say("do", id="k1", sitting=room.sitting, seen=told["seq"], command={"kind": "check-in"})
        heard = [await line.next(), await line.next()]
        by_kind = {one["type"]: one for one in heard}
        assert by_kind["done"] == {"type": "done", "id": "k1", "seq": told["seq"] + 1}
        assert by_kind["told"]["events"][0]["kind"] == "checked-in" and set(by_kind["told"]["parts"]) == {"attendance"}
        heard = await line.ask("ping", "pong", t=7)
        assert heard["t"] == 7 and abs(heard["now"] - node.office.house.now_ms()) < 10_000  # clocks follow it
        assert node.office.channels.connected("member8")


async def test_where_the_presenter_points_is_seen_by_who_follows_and_by_nobody_else(node: Node) -> None:
    room, who = await node.planned(), node.committee.who
    chair, member = await node.signed_in("chair"), await node.signed_in("member8")
    await room.ask(who["secretary"], c.AttachPaper("p", "i1", "Tờ trình", "a" * 64, 3, 9), trusted=True)
    await node.opened(room)
    async with chair.channel() as line, member.channel() as other:
        await watch(line, room.sitting, after=2**53 - 1)
        await watch(other, room.sitting, after=2**53 - 1)
        await other.say("point", sitting=room.sitting, x=1, y=1)  # who does not present points at nothing
        await line.say("point", sitting=room.sitting, x=250, y=1000)
        for seen in (line, other):
            told = await seen.next()
            assert told == {"type": "pointed", "sitting": room.sitting, "paper": "p", "page": 1, "x": 250, "y": 1000}
        assert (await line.ask("point", "refused", sitting=room.sitting, x=1001, y=0))["code"] == "body"


async def test_a_place_that_shows_no_past_is_told_the_sitting_as_it_stands_and_what_comes(node: Node) -> None:
    room = await node.opened()
    member, chair = await node.signed_in("member8"), await node.signed_in("chair")
    async with member.channel() as line, chair.channel() as other:
        told = await watch(line, room.sitting, after=2**53 - 1)
        assert (told["seq"], told["events"]) == (room.state.seq, []) and "agenda" in told["parts"]
        await other.do(room.sitting, {"kind": "give-floor", "person": "member1"}, "k1")
        told = await line.next()
        assert told["seq"] == room.state.seq and [event["kind"] for event in told["events"]] == ["floor-given"]


async def test_a_command_sent_twice_is_done_once(node: Node) -> None:
    room = await node.opened()
    browser = await node.signed_in("chair")
    async with browser.channel() as line, browser.channel() as other:
        command = {"kind": "give-floor", "person": "member1"}
        first = await line.do(room.sitting, command, "k1")
        for again in (line, other):  # a retry may come over another socket
            assert await again.do(room.sitting, command, "k1") == first
        assert room.state.seq == first["seq"]
        reused = await line.do(room.sitting, {"kind": "end-floor"}, "k1")
        assert (reused["type"], reused["code"], reused["id"]) == ("refused", "command-reused", "k1")


async def test_a_refusal_names_its_command_and_changes_nothing(node: Node) -> None:
    room = await node.opened()
    seq = room.state.seq
    browser = await node.signed_in("member1", "en")
    async with browser.channel() as line:
        refused = await line.do(room.sitting, {"kind": "close"}, "k1")
        assert (refused["code"], refused["id"]) == ("no-right", "k1") and refused["text"].startswith(
            "You have no right"
        )
        assert (await line.do("nowhere", {"kind": "close"}, "k2"))["code"] == "no-such-sitting"
        assert (await line.ask("fetch", "refused", id="k3", sitting=room.sitting, paper="none"))["id"] == "k3"
    assert room.state.seq == seq


async def test_a_browser_that_resumes_misses_nothing(node: Node) -> None:
    room = await node.opened()
    browser = await node.signed_in("member1")
    async with browser.channel() as line:
        seen = (await watch(line, room.sitting))["seq"]
    await node.voted(room)
    async with browser.channel() as line:
        told = await watch(line, room.sitting, seen)
        assert [one["seq"] for one in told["events"]] == list(range(seen + 1, room.state.seq + 1))
        assert told["events"][-1]["kind"] == "vote-closed" and told["parts"]["ballots"][0]["result"]["carried"] == [
            "for"
        ]
    async with browser.channel() as line:
        nothing = await watch(line, room.sitting, told["seq"])
        assert nothing["events"] == [] and nothing["parts"]["sitting"]["phase"] == "open"


async def test_two_browsers_with_the_same_view_get_equal_bytes(node: Node) -> None:
    room = await node.opened()
    one, two = await node.signed_in("member1"), await node.signed_in("member2")
    async with one.channel() as first, two.channel() as second:
        for line in (first, second):
            await watch(line, room.sitting)
        await room.ask(node.committee.who["chair"], c.GiveFloor("member3"))
        for line in (first, second):
            await line.hear("told", seq=room.state.seq)
        assert first.raw[-1] == second.raw[-1] and "floor-given" in first.raw[-1]


# ── what a viewer may not see ──


async def test_a_withheld_event_still_has_its_number(node: Node) -> None:
    room = await node.opened()
    who = node.committee.who
    await room.ask(who["chair"], c.OpenItem("i2"))  # closed to guests
    await room.ask(who["chair"], c.Conclude("i2", "Điều động một cán bộ"))
    browser = await node.signed_in("east-chair")
    async with browser.channel() as line:
        told = await watch(line, room.sitting)
        assert [event["seq"] for event in told["events"]] == list(range(1, room.state.seq + 1))
        withheld = [event for event in told["events"] if event["kind"] == "withheld"]  # two of the time before release
        assert len(withheld) == 4 and all(event["body"] is None and event["hash"] for event in withheld)
        assert "Nhân sự" not in line.raw[-1] and "Điều động" not in line.raw[-1]


async def test_a_guest_hears_no_vote_on_a_closed_item(node: Node) -> None:
    room = await node.opened()
    who = node.committee.who
    browser = await node.signed_in("east-chair")
    async with browser.channel() as line:
        await watch(line, room.sitting)
        await room.ask(who["chair"], c.OpenItem("i2"))
        await room.ask(who["chair"], c.OpenVote("b9", "i2", "Điều động?"))
        await room.ask(who["member1"], c.Cast("b9", ("against",)))
        await room.ask(who["chair"], c.CloseVote("b9"))
        await line.hear("told", seq=room.state.seq)
        told = "".join(line.raw[-4:])
        for secret in ("Điều động", '"b9"', "against", '"result"'):
            assert secret not in told, secret


async def test_a_closed_item_that_was_removed_stays_closed(node: Node) -> None:
    room = await node.planned()
    await room.ask(node.committee.who["secretary"], c.RemoveItem("i2"))
    await node.opened(room)
    browser = await node.signed_in("east-chair")
    async with browser.channel() as line:
        await watch(line, room.sitting)
        assert "Nhân sự" not in line.raw[-1]


# ── who may not come in ──


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1", "", "null"])
async def test_a_foreign_page_opens_no_channel(node: Node, origin: str) -> None:
    browser = await node.signed_in("chair")
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        async with browser.http.ws_connect(f"{node.base}/channel", origin=origin or None):
            pass
    assert caught.value.status == 403


async def test_nobody_may_only_say_hello_and_ping(node: Node) -> None:
    room = await node.opened()
    async with (await node.browser()).channel(hello=False) as line:
        assert (await line.ask("hello", "welcome", v=wire.VERSION))["kind"] == "nobody"
        assert (await line.ask("ping", "pong", t=1))["t"] == 1
        assert (await line.ask("watch", "refused", sitting=room.sitting))["code"] == "sign-in-first"
        assert (await line.do(room.sitting, {"kind": "close"}, "k"))["code"] == "sign-in-first"
        assert (await line.ask("media-offer", "refused", id="m", sitting=room.sitting, sdp=""))["id"] == "m"
        assert (await line.ask("site-sittings", "refused"))["code"] == "sign-in-first"


async def test_an_older_page_is_told_to_reload(node: Node) -> None:
    async with (await node.signed_in("chair")).channel(hello=False) as line:
        assert (await line.ask("hello", "welcome", v=wire.VERSION + 1))["kind"] == "reload"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"type": "unheard"}', '{"type": "ping"}', '{"type": "ping", "t": "x"}',
     '{"type": "ping", "t": 1, "x": 2}',
     '{"type": "do", "id": "k", "sitting": "s", "seen": 0, "command": {"kind": "attach-paper"}}',
     '{"type": "do", "id": "k", "sitting": "s", "seen": 0, "command": {"kind": "sign-minutes"}}',
     '{"a": ' + "[" * 20_000 + "]" * 20_000 + "}"],
)  # fmt: skip
async def test_a_malformed_message_is_answered_and_closes_the_socket(node: Node, text: str) -> None:
    async with (await node.signed_in("chair")).channel() as line:
        await line.socket.send_str(text)
        await line.closed()
        refused = json.loads(line.raw[-1])
        assert (refused["type"], refused.get("code")) == ("refused", "body")


async def test_bytes_and_a_message_too_large_close_the_socket(node: Node) -> None:
    browser = await node.signed_in("chair")
    async with browser.channel() as line:
        await line.socket.send_bytes(b'{"type": "ping", "t": 1}')
        await line.closed()
    async with browser.channel() as line:
        await line.socket.send_str(
            json.dumps({"type": "fetch", "id": "x" * channel.LARGEST, "sitting": "", "paper": ""})
        )
        assert await line.closed() in (aiohttp.WSCloseCode.MESSAGE_TOO_BIG, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
    await gone(node, "chair")


async def test_no_message_is_compressed(node: Node) -> None:
    browser = await node.signed_in("chair")
    async with browser.http.ws_connect(f"{node.base}/channel", origin=node.base, compress=15) as socket:
        assert not socket.compress


async def test_another_stream_is_not_a_sitting(node: Node) -> None:
    room = await node.planned()
    async with (await node.signed_in("chair")).channel() as line:
        refused = await line.ask("watch", "refused", sitting="installation")
        assert refused["code"] == "no-such-sitting"
        await watch(line, room.sitting)  # the channel goes on


# ── who is cut off ──


async def test_a_session_that_ends_closes_its_channel(node: Node) -> None:
    browser, other = await node.signed_in("member1"), await node.signed_in("member1")
    async with browser.channel() as line, other.channel() as stays:
        assert (await browser.ask("DELETE", "/api/session")).status == 204
        assert await line.closed() == 4401
        assert (await stays.ask("ping", "pong", t=1))["t"] == 1  # another session of the same person
        await node.office.accounts.close_account(node.committee.who["technician"], "member1")
        assert await stays.closed() == 4401
    await gone(node, "member1")


async def test_a_stopping_node_closes_every_channel(node: Node) -> None:
    async with (await node.signed_in("chair")).channel() as line:
        waiting = asyncio.create_task(line.closed())
        await node.office.channels.close()
        assert await waiting == 1001
        await node.office.channels.start()


async def test_a_sign_is_passed_on_one_a_second_and_never_kept(node: Node) -> None:
    room = await node.opened()
    browser, other = await node.signed_in("member1"), await node.signed_in("chair")
    async with browser.channel() as line, other.channel() as seen:
        await watch(line, room.sitting)
        await watch(seen, room.sitting)
        seq = room.state.seq
        for sign in ("agree", "applause", "agree"):
            await line.say("react", sitting=room.sitting, sign=sign)
        assert await seen.hear("reacted") == {
            "type": "reacted", "sitting": room.sitting, "person": "member1", "sign": "agree",
        }  # fmt: skip
        await line.ask("ping", "pong", t=1)
        await seen.ask("ping", "pong", t=1)
        assert sum('"reacted"' in raw for raw in seen.raw) == 1 and room.state.seq == seq
        await line.say("react", sitting=room.sitting, sign="<script>")
        assert await line.closed() == 1000
