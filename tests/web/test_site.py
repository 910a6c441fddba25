"""A room's own channel: its credential, its sittings, its media, and how it ends. web.channel, web.channels, web.media,
web.health, web.wire, web.bodies
"""

from __future__ import annotations

import asyncio

import pytest

from meetings.relay.control import Gone, Healths, PeerHealth, Policy, Shown
from meetings.relay.sdp import parse
from meetings.sitting import commands as c
from tests.kit.media import until
from tests.kit.node import Line, Node
from web import wire
from web.health import HealthBoard


def offer(*media: tuple[str, str]) -> str:
    """An SDP offer of (kind, direction) sections."""
    codecs = {"audio": "111 opus/48000/2", "video": "96 VP8/90000"}
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-ufrag:abcd", "a=ice-pwd:" + "p" * 24]
    lines += ["a=fingerprint:sha-256 " + ":".join(["AB"] * 32)]
    for mid, (kind, direction) in enumerate(media):
        number = codecs[kind].split()[0]
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}",
            f"a=mid:{mid}",
            f"a={direction}",
            f"a=rtpmap:{codecs[kind]}",
        ]
    return "\r\n".join(lines) + "\r\n"


async def test_a_room_finds_its_sittings_and_watches_them(node: Node) -> None:
    planned = await node.planned()
    room = await node.opened()
    async with (await node.browser()).channel(await node.enrol("site-east")) as line:
        listed = (await line.ask("site-sittings", "site-sittings"))["sittings"]
        assert [(row["id"], row["phase"]) for row in listed] == [(room.sitting, "open")]  # not the planned one
        told = await line.ask("watch", "told", sitting=room.sitting)
        assert told["parts"]["rooms"]["site-east"] == "Điểm cầu east"
        assert (await line.do(room.sitting, {"kind": "close"}, "k"))["code"] == "no-right"
        assert node.office.health.of("site-east").connected
    assert planned.sitting != room.sitting


async def test_a_room_that_is_not_invited_sees_nothing(node: Node) -> None:
    room = await node.opened()
    async with (await node.browser()).channel(await node.enrol("site-province")) as line:
        assert (await line.ask("site-sittings", "site-sittings"))["sittings"] == []
        assert (await line.ask("watch", "refused", sitting=room.sitting))["code"] == "site-not-invited"


async def test_a_persons_list_of_sites_sittings_is_refused(node: Node) -> None:
    async with (await node.signed_in("chair")).channel() as line:
        assert (await line.ask("site-sittings", "refused"))["code"] == "no-right"


async def test_an_unknown_credential_is_refused(node: Node) -> None:
    async with (await node.browser()).channel(hello=False) as line:
        assert (await line.ask("hello", "refused", v=wire.VERSION, site="x" * 43))["code"] == "site-unknown"


async def test_a_revoked_rooms_channel_closes(node: Node) -> None:
    credential = await node.enrol("site-east")
    technician = await node.signed_in("technician")
    async with (await node.browser()).channel(credential) as line:
        assert (await technician.ask("DELETE", "/api/sites/site-east/credential")).status == 204
        assert await line.closed() == 4401
    async with (await node.browser()).channel(hello=False) as line:
        assert (await line.ask("hello", "refused", v=wire.VERSION, site=credential))["code"] == "site-unknown"


async def test_a_room_that_is_enrolled_anew_ends_the_older_browser(node: Node) -> None:
    async with (await node.browser()).channel(await node.enrol("site-east")) as line:
        await node.enrol("site-east")
        assert await asyncio.wait_for(line.closed(), 5) == 4401


# ── media ──


async def offered(line: Line, sitting: str, *media: tuple[str, str]) -> str:
    answer = await line.ask("media-offer", "refused", id="m1", sitting=sitting, sdp=offer(*media))
    assert answer["id"] == "m1"
    return str(answer["code"])


async def test_a_person_checked_in_at_a_room_has_no_sound_there(node: Node) -> None:
    """No relay runs here: an offer that passes every rule ends with `media-away`."""
    assert len(parse(offer(("audio", "sendonly"), ("video", "recvonly"))).media) == 2
    room = await node.opened()
    in_room, alone = (
        await node.signed_in("member1"),
        await node.signed_in("east-chair"),
    )  # who checked in without a site
    async with in_room.channel() as line:
        for direction in ("sendonly", "recvonly", "sendrecv"):
            assert await offered(line, room.sitting, ("audio", direction)) == "no-sound-in-room"
        assert await offered(line, room.sitting, ("video", "sendonly")) == "no-sound-in-room"
        assert await offered(line, room.sitting, ("video", "recvonly")) == "media-away"
    async with alone.channel() as line:
        assert await offered(line, room.sitting, ("audio", "sendonly"), ("video", "sendonly")) == "media-away"


async def test_media_needs_a_released_sitting_and_a_part_in_it(node: Node) -> None:
    planned, room = await node.planned(), await node.opened()
    async with (await node.signed_in("technician")).channel() as line:
        assert await offered(line, room.sitting, ("video", "recvonly")) == "no-right"
    async with (await node.signed_in("chair")).channel() as line:
        assert await offered(line, planned.sitting, ("video", "recvonly")) == "not-now"
    async with (await node.browser()).channel(await node.enrol("site-province")) as line:
        assert await offered(line, room.sitting, ("video", "sendonly")) == "site-not-invited"
    assert room.state.joined == ()


@pytest.mark.parametrize("sdp", ["", "m=", "v=0\r\n", "m=audio x", offer(("audio", "sendonly"))[:200], "x" * 60_000])
async def test_a_broken_offer_is_refused_and_the_channel_goes_on(node: Node, sdp: str) -> None:
    room = await node.opened()
    async with (await node.signed_in("member1")).channel() as line:
        refused = await line.ask("media-offer", "refused", id="m1", sitting=room.sitting, sdp=sdp)
        assert refused["code"] in ("sdp", "no-sound-in-room"), refused
        assert (await line.ask("ping", "pong", t=2))["t"] == 2


async def test_what_the_relay_says_reaches_the_browser_and_the_board(node: Node) -> None:
    room = await node.opened()
    board = node.office.health
    async with (await node.browser()).channel(await node.enrol("site-east")) as line:
        await line.ask("watch", "told", sitting=room.sitting)
        node.office.media._hear(Shown(room.sitting, "site-east", ("site-district",), ("site-district", "")))
        slots = await line.hear("slots")
        assert (slots["audio"], slots["video"]) == (["site-district"], ["site-district", ""])
        node.office.media._hear(Healths((PeerHealth(room.sitting, "site-east", True, False, 900, 12, True),)))
        assert board.of("site-east") == wire.Health(True, True, False, "weak", 900, 12)
        node.office.media._hear(Gone(room.sitting, "site-east"))
        assert (await line.hear("media-lost"))["why"] == "silent"
        assert board.of("site-east") == wire.Health(connected=True)
        node.office.media._hear(Healths((PeerHealth(room.sitting, "site-east", True, True, 900, 0, False),)))
        assert board.of("site-east").line == "good"
        node.office.media._hear(Healths(()))  # a worker is gone
        assert board.of("site-east") == wire.Health(connected=True)
        node.office.media._connected(True, lambda sitting: sitting == "another")
        node.office.media._connected(True, lambda sitting: sitting == room.sitting)
        assert (await line.hear("media-lost"))["why"] == "relay"
        assert sum('"relay"' in one for one in line.raw) == 1
        await room.ask(node.committee.who["chair"], c.Close())
        await line.hear("told", seq=room.state.seq)


async def test_the_relay_need_not_remember_a_closed_sitting(node: Node) -> None:
    room, remembered = await node.opened(), node.office.relay.at("")._policies
    await until(lambda: room.sitting in remembered)
    assert remembered[room.sitting] == Policy(room.sitting, ("site-district",), None)
    await room.ask(node.committee.who["chair"], c.Close())
    await until(lambda: room.sitting not in remembered)


async def test_when_all_is_over_everybody_is_out(node: Node) -> None:
    room = await node.opened()
    async with (await node.browser()).channel(await node.enrol("site-east")) as line:
        await line.ask("watch", "told", sitting=room.sitting)
        await room.ask(node.committee.who["chair"], c.Close())
        assert (await line.hear("media-lost"))["why"] == "seat"


async def test_only_who_conducts_or_speaks_shares_a_screen_and_sees_the_mosaic(node: Node) -> None:
    room = await node.opened()
    async with (await node.signed_in("member1")).channel() as line:
        for asked in ({"type": "media-share", "on": True}, {"type": "media-mosaic", "endpoints": ["site-east"]}):
            kind = str(asked.pop("type"))
            refused = await line.ask(kind, "refused", sitting=room.sitting, **asked)
            assert refused["code"] == "no-right", refused


def test_the_board_knows_only_who_is_connected(node: Node) -> None:
    board = HealthBoard(node.office.channels)
    board.replace([PeerHealth("r", "site-east", True, True, 1, 0, False)], 0)
    assert board.of("site-east") == wire.Health()
    board.forget("r", "site-east")
    board.forget("r", "site-east")
    assert board.of("site-east").line == "none"
