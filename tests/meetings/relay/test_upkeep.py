"""What time brings, among real clients: what senders are asked for, and lines that are weak: meetings.relay.upkeep."""

from __future__ import annotations

import pytest
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpSrPacket

from meetings.relay import rate, rtcp, upkeep
from meetings.relay.room import Policy
from meetings.relay.source import PACED

from .client import Client
from .conftest import Desk


def picture_comes(desk: Desk, sender: Client, viewer: Client) -> object:
    """Shows a key frame whenever one is asked for."""
    if rtcp.pli(sender.film.ssrc) in sender.rtcp:
        sender.rtcp.clear()
        sender.show()
    return viewer.of("video")


async def test_a_sender_whom_nobody_watches_is_told_so_and_told_when_it_changes(desk: Desk) -> None:
    wanted: list[tuple[str, str, int]] = []
    desk.port.on_wanted = lambda _, endpoint, name, top: wanted.append((endpoint.id, name, top))
    await desk.joined("a")
    await desk.until(lambda: wanted == [("a", "video", -1)])
    await desk.joined("b", pictures=2)
    await desk.until(lambda: ("a", "video", 2) in wanted and ("b", "video", 2) in wanted)
    desk.port.steer("r", Policy(), {"b": "256k"})
    await desk.until(lambda: wanted[-1] == ("a", "video", 0))
    await desk.port.leave("r", "b")
    await desk.until(lambda: wanted[-1] == ("a", "video", -1))
    told = {who: [top for one, _, top in wanted if one == who] for who in ("a", "b")}
    assert told["a"] == [-1, 2, 0, -1] and told["b"] in ([2], [-1, 2]), "each change once, and nothing else"


async def test_over_a_weak_line_there_are_voices_only(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    desk.port.steer("r", Policy(), {"b": "64k"})
    assert desk.shown[-1] == ("b", ["a"], [""])
    a.show()
    a.say(a.voice.next())
    await desk.until(lambda: b.of("audio"))
    assert not b.of("video")
    desk.port.steer("r", Policy(), {"b": "send-only"})
    assert desk.shown[-1] == ("b", [""], [""])
    desk.port.steer("r", Policy(), {})
    assert desk.shown[-1] == ("b", ["a"], ["a"])
    desk.quiet()


async def test_a_picture_over_a_line_that_is_limited_goes_at_a_measured_pace_and_comes(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    desk.port.steer("r", Policy(), {"b": "1.5M"})
    [place] = desk.port.rooms["r"].endpoints["b"].places["video"]
    await desk.until(lambda: place.way == PACED and picture_comes(desk, a, b))
    a.show(3, key=False)
    await desk.until(lambda: len(b.of("video")) == 4)
    numbers = [int.from_bytes(data[2:4]) for data in b.of("video")]
    assert numbers == [number & 0xFFFF for number in range(numbers[0], numbers[0] + 4)]


async def test_who_says_nothing_of_his_line_gets_a_picture_after_a_while(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known, so little is given out; then it is tried."""
    monkeypatch.setattr(rate, "START", rate.LEAST)
    a, b = await desk.joined("a"), await desk.joined("b")
    assert desk.port.rooms["r"].endpoints["b"].places["video"][0].layer is None
    await desk.until(lambda: picture_comes(desk, a, b))


async def test_mosaics_and_shared_screens_are_shown_when_asked_for(desk: Desk) -> None:
    viewer = desk.client("v", pictures=3)
    viewer.accept(await desk.port.join("r", "v", viewer.offer(), mosaic=2))
    await viewer.connect()
    await desk.joined("a")
    await desk.joined("b")
    await desk.until(lambda: ("v", ["a"], ["a", "", ""]) in desk.shown)
    desk.port.watch("r", "v", ("b", "a"))
    assert desk.shown[-1] == ("v", ["a"], ["a", "b", "a"])
    before = len(desk.shown)
    desk.port.watch("r", "v", ("b", "a"))  # nothing new
    desk.port.share("r", "a", True)  # it has no screen to share
    desk.port.watch("r", "nobody", ("a",))
    desk.port.share("elsewhere", "a", True)
    assert len(desk.shown) == before and set(desk.port.rooms) == {"r"}


async def test_what_is_asked_for_during_the_handshake_holds_afterwards(desk: Desk) -> None:
    await desk.joined("a")
    viewer = desk.client("v", pictures=2)
    viewer.accept(await desk.port.join("r", "v", viewer.offer(), mosaic=1))
    desk.port.watch("r", "v", ("a",))
    assert desk.port.rooms["r"].endpoints.keys() == {"a"}
    await viewer.connect()
    await desk.until(lambda: ("v", ["a"], ["a", "a"]) in desk.shown)


async def test_both_sides_get_reports(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await desk.until(lambda: picture_comes(desk, a, b))
    before = len(a.rtcp), len(b.rtcp)

    def reported() -> bool:
        ours = [one for data in a.rtcp[before[0] :] for one in RtcpPacket.parse(data)]
        theirs = [one for data in b.rtcp[before[1] :] for one in RtcpPacket.parse(data)]
        came = [block for one in ours if isinstance(one, RtcpRrPacket) for block in one.reports]
        sent = [one.ssrc for one in theirs if isinstance(one, RtcpSrPacket)]
        return a.film.ssrc in [block.ssrc for block in came] and b.places["video"][0] in sent

    await desk.until(reported, "both reports")


async def test_what_is_over_the_limit_of_silence_is_measured_by_the_clock_that_is_passed_in(desk: Desk) -> None:
    await desk.joined("a")
    [peer] = desk.port.peers()
    await desk.upkeep.tick(peer.heard_at + upkeep.CONSENT_MS, 0)
    assert desk.lost == []
    await desk.upkeep.tick(peer.heard_at + upkeep.CONSENT_MS + 1, 0)
    assert desk.lost == ["a"] and desk.port.peers() == []
