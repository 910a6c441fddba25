"""Coming, moving, being replaced, falling silent and going, as the port sees it: meetings.relay.port."""

from __future__ import annotations

import asyncio

from meetings.relay import rtcp
from meetings.relay.peer import clock
from meetings.relay.room import Policy
from meetings.relay.upkeep import CONSENT_MS

from .client import Client, extended
from .conftest import Desk
from .stream import AUDIO, packet


async def passes(desk: Desk, sender: Client, viewer: Client) -> None:
    """A new key frame of SENDER comes to VIEWER."""
    before = len(viewer.of("video"))
    sender.show()
    await desk.until(lambda: len(viewer.of("video")) > before, "a picture")


# ── addresses ──


async def test_an_address_moves_only_where_it_is_nominated(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await passes(desk, a, b)
    other = b.new_socket()
    came: list[bytes] = []
    asyncio.get_running_loop().remove_reader(other)
    asyncio.get_running_loop().add_reader(other, lambda: came.append(other.recv(4096)))
    b.send(b.check(nominate=False), other)
    await desk.until(lambda: came)  # a check is answered where it came from, and nothing more follows
    await passes(desk, a, b)
    assert len(came) == 1
    b.send(b.check(nominate=True), other)
    await desk.until(lambda: len(came) == 2)
    before = len(b.of("video"))
    a.show()
    await desk.until(lambda: len(came) == 3, "the picture at the new address")
    assert b.session.unprotect(came[2]) is not None and len(b.of("video")) == before


async def test_after_a_move_the_old_address_is_a_strangers(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await passes(desk, a, b)
    old, a.sock = a.sock, a.new_socket()
    a.stun.clear()
    a.send(a.check())
    await desk.until(lambda: a.stun)
    [part] = a.film.frame(key=True)
    before = len(b.of("video"))
    a.say(part, old)
    await desk.settle()
    assert len(b.of("video")) == before
    await passes(desk, a, b)


async def test_an_address_that_passed_to_another_stays_with_him(desk: Desk) -> None:
    """A NAT starts anew and gives A's old port to B: when A then comes from a third, B must not lose his."""
    a, b, viewer = await desk.joined("a"), await desk.joined("b"), await desk.joined("v", pictures=2)
    await passes(desk, b, viewer)
    common, a.sock = a.sock, a.new_socket()
    b.send(b.check(), common)
    peer = desk.port._by_name[b.name_there]
    await desk.until(lambda: peer.transport.address == common.getsockname())
    a.stun.clear()
    a.send(a.check())
    await desk.until(lambda: a.stun)
    b.sock = common
    await passes(desk, b, viewer)
    await passes(desk, a, viewer)


async def test_a_forged_check_moves_nobody(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    thief = b.new_socket()
    b.send(b.check(password="guessed"), thief)
    genuine = b.check(nominate=False)
    b.send(genuine[:2] + (len(genuine) - 16).to_bytes(2) + genuine[4:] + b"\x00\x25\x00\x00", thief)
    unsigned = genuine[:-8]  # without FINGERPRINT, and with USE-CANDIDATE behind what is signed
    b.send(unsigned[:2] + (len(unsigned) - 20 + 4).to_bytes(2) + unsigned[4:] + b"\x00\x25\x00\x00", thief)
    await desk.settle()
    peer = desk.port._by_name[b.name_there]
    assert peer.transport.address == b.sock.getsockname()
    await passes(desk, a, b)


# ── replaced, gone ──


async def test_who_joins_again_ends_the_first(desk: Desk) -> None:
    a, first = await desk.joined("a"), await desk.joined("b")
    second = desk.client("b")
    await second.join(desk.port)
    await desk.until(lambda: first.session.state == "closed", "the first to be told goodbye")
    await passes(desk, a, second)
    assert first.of("video") == []
    assert len(desk.port._by_name) == 2 and list(desk.port.rooms["r"].endpoints) == ["a", "b"]
    first.send(first.check())
    first.say(first.film.frame(key=True)[0])
    await desk.settle()
    assert a.of("video") == [] and len(first.stun) == 1
    await passes(desk, second, a)


async def test_the_same_name_in_another_room_is_another(desk: Desk) -> None:
    one = await desk.joined("a")
    await desk.client("a").join(desk.port, "other")
    await desk.settle()
    assert one.session.state == "connected"
    assert set(desk.port.rooms) == {"r", "other"}


async def test_who_leaves_is_told_and_leaves_an_empty_place(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await desk.until(lambda: ("b", ["a"], ["a"]) in desk.shown)
    await desk.port.leave("r", "a")
    assert desk.port.rooms["r"].endpoints["b"].showing("video") == [""]
    await desk.until(lambda: desk.shown[-1] == ("b", [""], [""]))
    await desk.until(lambda: a.session.state == "closed", "a to be told goodbye")
    a.say(packet(AUDIO, 1, 1, a.voice.ssrc, b"still here?"))
    await desk.settle()
    assert b.rtp == []
    await desk.port.leave("r", "a")
    await desk.port.leave("nowhere", "b")
    assert b.session.state == "connected"


async def test_who_leaves_before_connecting_was_never_there(desk: Desk) -> None:
    a = desk.client("a")
    a.accept(await desk.port.join("r", "a", a.offer()))
    await desk.port.leave("r", "a")
    a.send(a.check())
    await desk.settle()
    assert (a.stun, desk.port._by_name, desk.port._by_address, desk.shown) == ([], {}, {}, [])


async def test_who_falls_silent_is_ended_and_told_of(desk: Desk) -> None:
    """Checks are signs of life (RFC 7675), and so is what is sealed with our key; what anybody could send is not."""
    a, b, c, d = [await desk.joined(name) for name in "abcd"]
    for client in (a, b, c, d):
        desk.port._by_name[client.name_there].heard_at -= CONSENT_MS - 5_000
    a.stun.clear()
    a.send(a.check())
    b.show()
    c.ask(rtcp.pli(1))
    forged = d.session.protect(d.voice.next())
    d.send(forged[:-1] + bytes([forged[-1] ^ 1]))
    await desk.until(lambda: a.stun and a.of("video"))
    await desk.settle()
    for client in (a, b, c, d):
        desk.port._by_name[client.name_there].heard_at -= 5_000
    await desk.until(lambda: desk.lost, "someone to be given up")
    assert desk.lost == ["d"]
    await desk.until(lambda: d.session.state == "closed", "d to be told goodbye")
    assert list(desk.port.rooms["r"].endpoints) == ["a", "b", "c"]
    await passes(desk, b, a)


async def test_the_last_one_takes_the_room_along(desk: Desk) -> None:
    await desk.joined("a")
    assert set(desk.port.rooms) == {"r"}
    await desk.port.leave("r", "a")
    assert desk.port._by_name == desk.port._by_address == {}


# ── who may be heard ──


def steer(desk: Desk, stage: str = "", heard: tuple[str, ...] | None = None) -> None:
    """As the worker does for a Policy."""
    policy = Policy((stage,) if stage else (), None if heard is None else frozenset(heard))
    desk.port.steer("r", policy, {})


async def test_a_room_that_need_not_show_anything_is_forgotten(desk: Desk) -> None:
    steer(desk)
    assert desk.port.rooms == {}
    steer(desk, "a", ())
    assert set(desk.port.rooms) == {"r"}
    await desk.joined("a")
    steer(desk)  # the sitting is closed; who is still there stays
    assert set(desk.port.rooms) == {"r"} and desk.port.rooms["r"].policy.heard is None
    await desk.port.leave("r", "a")
    assert desk.port.rooms == {}


async def test_a_room_is_steered_before_anyone_comes(desk: Desk) -> None:
    steer(desk, "b", ())
    await desk.joined("a")
    await desk.joined("b")
    await desk.joined("c")
    assert desk.shown[-1] == ("c", [""], ["b"])


async def test_who_may_be_heard_outlives_an_empty_room(desk: Desk) -> None:
    """The only site reloads its page; the chair's decision is still the same, and nobody says it anew."""
    steer(desk, "", ())
    await desk.joined("a")
    await desk.client("a").join(desk.port)
    b = await desk.joined("b")
    assert desk.shown[-1] == ("b", [""], ["a"])
    assert desk.port.rooms["r"].policy.heard == frozenset()
    await desk.port.leave("r", "a")
    await desk.port.leave("r", "b")
    a = await desk.joined("a")
    b = await desk.joined("b")
    for _ in range(5):
        a.say(a.voice.next())
    await desk.settle()
    assert b.of("audio") == []


async def test_who_may_no_longer_be_heard_is_silent_at_once(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    a.say(a.voice.next())
    await desk.until(lambda: b.of("audio"))
    steer(desk, "", ("b",))
    a.say(a.voice.next())
    await desk.settle()
    assert len(b.of("audio")) == 1
    steer(desk, "", ("a",))
    a.say(a.voice.next())
    await desk.until(lambda: len(b.of("audio")) == 2)


async def test_a_new_stage_comes_in_with_a_key_frame_and_without_a_gap(desk: Desk) -> None:
    a, b, c = [await desk.joined(name) for name in "abc"]
    viewer = await desk.joined("v")
    steer(desk, "a")
    await passes(desk, a, viewer)
    b.rtcp.clear()
    steer(desk, "b")
    b.show(1, key=False)
    await desk.until(lambda: rtcp.pli(b.film.ssrc) in b.rtcp, "b to be asked for a key frame")
    assert len(viewer.of("video")) == 1
    await passes(desk, b, viewer)
    first, second = viewer.of("video")
    assert int.from_bytes(second[2:4]) == int.from_bytes(first[2:4]) + 1 & 0xFFFF
    assert first[8:12] == second[8:12]
    assert (chr(first[-1]), chr(second[-1])) == ("a", "b")
    assert c.film.count == 0


# ── health ──


async def test_health_tells_what_came_and_what_did_not(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    for number in range(40):
        data = a.voice.next()
        if number % 4 != 3:
            a.say(extended(data, 1, b"\x10"))
    a.show(2)
    await desk.until(lambda: len(b.of("video")) == 2)
    seen = {one.endpoint: one for one in desk.upkeep.health(clock())}
    assert (seen["a"].room, seen["a"].camera, seen["a"].sound, seen["a"].tcp) == ("r", True, True, False)
    assert (seen["a"].loss, seen["a"].weak) == (9 * 1000 // 39, True)  # the fortieth is not missed before a later one
    streams = {stream.name: stream for stream in seen["a"].streams}
    assert (streams["audio"].packets, streams["audio"].loss, streams["audio"].layers) == (30, 9 * 1000 // 39, 1)
    assert (streams["video"].packets, streams["video"].loss, streams["video"].layers) == (2, 0, 1)
    assert (seen["b"].camera, seen["b"].sound, seen["b"].loss, seen["b"].weak) == (False, False, 0, False)
    assert [(stream.name, stream.packets) for stream in seen["b"].streams] == [("audio", 0), ("video", 0)]
    again = {one.endpoint: one for one in desk.upkeep.health(clock())}
    assert (again["a"].camera, again["a"].sound, again["a"].loss) == (False, False, 0)


async def test_a_closed_port_is_closed(desk: Desk) -> None:
    a = await desk.joined("a")
    await desk.close()
    await desk.until(lambda: a.session.state == "closed", "a to be told goodbye")
    assert desk.port._by_name == {}
