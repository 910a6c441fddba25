"""The port among clients that know no manners: who is answered, who is believed, what goes on: meetings.relay.port."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import time

import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtpPacket

from meetings.relay import port as port_module
from meetings.relay import rtcp, sdp
from meetings.relay.dtls import fingerprint
from meetings.relay.peer import Peer
from meetings.relay.room import Policy, Room
from store.errors import Malformed

from . import offers, twcc
from .client import TRANSPORT_ID, extended
from .conftest import Desk
from .stream import VIDEO, packet

# ── strangers ──


async def test_only_a_genuine_check_is_answered(desk: Desk) -> None:
    """Datagrams of one socket stay in order on loopback: had one of the first been answered, it would come first."""
    client = desk.client("a")
    client.accept(await desk.port.join("r", "a", client.offer()))
    genuine = client.check()
    for bad in (
        client.check(password="another password of ours"),
        client.check(name="nobody"),
        genuine[:-1],
        genuine[:4] + b"\x00\x00\x00\x00" + genuine[8:],
        b"\x01\x01" + genuine[2:],
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),
    ):
        client.send(bad)
    client.send(genuine)
    await desk.until(lambda: client.stun)
    await desk.settle()
    assert [answer.transaction_id for answer in client.stun] == [genuine[8:20]]
    assert client.stun[0].check_message_integrity(client.password.encode())
    assert client.stun[0].attributes["XOR-MAPPED-ADDRESS"] == client.sock.getsockname()


async def test_dtls_from_an_address_that_never_proved_itself_is_ignored(desk: Desk) -> None:
    client = desk.client("a")
    client.accept(await desk.port.join("r", "a", client.offer()))
    for _ in range(3):
        client.send(b"\x16\xfe\xff" + bytes(10) + b"\x00\x10" + bytes(16))
    await desk.settle()
    peer = desk.port._by_name[client.name_there]
    assert peer.transport._inbox.empty() and not peer.ready
    await client.connect()
    await desk.until(lambda: peer.ready)


async def test_media_from_an_address_that_never_proved_itself_is_ignored(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await desk.until(lambda: a.name in [name for _, _, video in desk.shown for name in video])
    other = a.new_socket()
    for part in a.film.frame(key=True):
        a.say(part, other)
    await desk.settle()
    assert a.film.count == 1 and b.of("video") == []
    a.show()
    await desk.until(lambda: b.of("video"))
    assert len(b.of("video")) == 1


async def test_garbage_does_not_disturb(desk: Desk) -> None:
    """From strangers, and under the address of one who is known."""
    a, b = await desk.joined("a"), await desk.joined("b")
    a.show()
    await desk.until(lambda: b.of("video"))
    dice = random.Random(11)
    stranger = a.new_socket()
    for number in range(2000):
        size = dice.choice([0, 1, 2, 11, 12, 20, 60, 400, 1400])
        data = bytes([dice.choice([0, 1, 20, 22, 63, 64, 100, 128, 144, 191, 255])]) + dice.randbytes(size)
        a.send(data, stranger if number % 2 else a.sock)
        if number % 50 == 0:
            await desk.settle()
    a.show(3)
    await desk.until(lambda: len(b.of("video")) >= 4)
    desk.quiet()
    assert b.strange == []


@pytest.mark.parametrize("kind", [96, 200], ids=["RTP", "RTCP"])
async def test_a_datagram_longer_than_any_packet_does_not_disturb(desk: Desk, kind: int) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    a.send(bytes([0x80, kind]) + bytes(1700))
    a.show()
    await desk.until(lambda: b.of("video"))
    desk.quiet()


async def test_a_wrong_fingerprint_lets_nobody_in(desk: Desk) -> None:
    client = desk.client("a")
    offer = client.offer().replace(fingerprint(client.certificate), offers.PRINT)
    client.accept(await desk.port.join("r", "a", offer))
    client.send(client.check())
    await desk.until(lambda: client.stun)
    await client.session.handshake([("sha-256", client.print_there)])
    peer = desk.port._by_name[client.name_there]
    await desk.until(lambda: peer.task is not None and peer.task.done())
    assert (peer.ready, desk.port.rooms["r"].endpoints) == (False, {})
    client.say(client.film.frame(key=True)[0])
    await desk.settle()
    desk.quiet()


# ── media ──


async def test_pictures_and_voices_come_to_their_places(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    await desk.until(lambda: ("b", ["a"], ["a"]) in desk.shown)
    a.show(5)
    for _ in range(5):
        a.say(extended(a.voice.next(), TRANSPORT_ID, b"\x00\x01"))
    await desk.until(lambda: len(b.of("video")) == 5 and len(b.of("audio")) == 5)
    for kind in ("audio", "video"):
        packets = [RtpPacket.parse(data) for data in b.of(kind)]
        numbers = [one.sequence_number for one in packets]
        assert numbers == [number & 0xFFFF for number in range(numbers[0], numbers[0] + 5)]
        assert {one.ssrc for one in packets} == set(b.places[kind])
        assert not any(data[0] & 0x1F for data in b.of(kind))  # no extension: their ids are the publisher's
    assert a.rtp == []  # nobody gets his own


async def test_an_unannounced_ssrc_is_found_and_a_second_is_nobodys(desk: Desk) -> None:
    a, b = await desk.joined("a", announces=False), await desk.joined("b")
    a.show()
    await desk.until(lambda: b.of("video"))
    a.say(packet(VIDEO, 1, 1, a.film.ssrc + 1, b"\x10\x00\x00"))
    a.show(1, key=False)
    await desk.until(lambda: len(b.of("video")) == 2)


async def test_broken_payloads_are_dropped_and_disturb_nobody(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    a.show()
    await desk.until(lambda: b.of("video"))
    for payload in (b"\x90", b"\x80\x80", b"\x80\x80\x80", b"\x90\x80\x80\x01", b"\x10"):
        a.say(packet(VIDEO, a.film.seq, a.film.ts, a.film.ssrc, payload))
        a.film.seq += 1
    a.show(1, key=False)
    await desk.until(lambda: RtpPacket.parse(b.of("video")[-1]).payload[-2:] == b"\x00a" and len(b.of("video")) > 1)
    assert len(b.of("video")) == 2
    desk.quiet()


@pytest.mark.parametrize("kind", ["PLI", "FIR"])
async def test_key_frames_are_asked_of_the_source_but_seldom(desk: Desk, kind: str) -> None:
    a, b, c = [await desk.joined(name) for name in "abc"]
    start = time.monotonic()
    a.rtcp.clear()
    for viewer in (b, c) * 20:
        entry = struct.pack("!IBxxx", viewer.places["video"][0], 1)
        body = rtcp.pli(viewer.places["video"][0])
        if kind == "FIR":
            body = bytes(RtcpPsfbPacket(fmt=4, ssrc=1, media_ssrc=0, fci=entry))
        viewer.ask(body)
    await desk.until(lambda: len(asked(a.rtcp)) >= 2)  # the second is the tick's, for what was held back
    assert set(asked(a.rtcp)) == {a.film.ssrc}
    assert len(asked(a.rtcp)) <= (time.monotonic() - start) / 0.5 + 1
    a.show()
    await desk.until(lambda: b.of("video") and c.of("video"))


def asked(feedback: list[bytes]) -> list[int]:
    found = [one for data in feedback for one in RtcpPacket.parse(data)]
    return [one.media_ssrc for one in found if isinstance(one, RtcpPsfbPacket) and one.fmt == 1]


async def test_feedback_tells_a_sender_what_arrived(desk: Desk) -> None:
    a = await desk.joined("a")
    sent = [65534, 65535, 65536, 65538, 65537, 65541]
    for number in sent:
        a.say(extended(a.voice.next(), TRANSPORT_ID, (number & 0xFFFF).to_bytes(2)))
    seen: dict[int, int] = {}

    def learned() -> bool:
        for data in a.rtcp:
            if data[1] == 205:
                seen.update(twcc.decode(data).arrivals)
        return len(seen) == len(sent)

    await desk.until(learned)
    assert set(seen) == {number & 0xFFFF for number in sent}


async def test_a_burst_with_losses_does_not_stop_the_clock(desk: Desk) -> None:
    """600 packets in one tick with five lost between any two: their feedback is longer than one datagram."""
    a, b = await desk.joined("a"), await desk.joined("b")
    for number in range(600):
        a.say(extended(a.voice.next(), TRANSPORT_ID, (number * 6 & 0xFFFF).to_bytes(2)))
        if number % 50 == 49:
            await asyncio.sleep(0)
    await desk.until(lambda: any(data[1] == 205 for data in a.rtcp))
    a.rtcp.clear()
    b.ask(rtcp.pli(b.places["video"][0]))
    await desk.until(lambda: len(asked(a.rtcp)) >= 2, what="the tick to ask again")
    desk.quiet()


# ── numbers that no packet can carry ──


@pytest.mark.parametrize(
    "bad",
    [
        ("m=video 9 x 300", "a=mid:x", "a=rtpmap:300 VP8/90000", "a=recvonly"),
        ("m=video 9 x 96", "a=mid:x", "a=rtpmap:96 VP8/90000", "a=sendonly", "a=ssrc:9999999999 cname:x"),
        ("m=application 9 DTLS/SCTP 5000", "a=mid:x", "a=recvonly"),
    ],
    ids=["payload type", "ssrc", "kind"],
)
async def test_an_offer_of_nonsense_harms_nobody_else(desk: Desk, bad: tuple[str, ...]) -> None:
    a, b = await desk.joined("a"), await desk.joined("b", pictures=3)
    odd = desk.client("odd")
    offer = odd.offer().split("m=")[0] + "\r\n".join((*bad, ""))
    offer += "m=video" + odd.offer().split("m=video", 1)[1]
    with contextlib.suppress(Malformed):
        await odd.join(desk.port, offer=offer)
    a.show(3)
    await desk.until(lambda: len(b.of("video")) >= 3)
    a.rtcp.clear()
    b.ask(rtcp.pli(b.places["video"][0]))
    await desk.until(lambda: len(asked(a.rtcp)) >= 2, what="the tick to ask again")
    desk.quiet()


async def test_what_is_no_offer_joins_nobody(desk: Desk) -> None:
    with pytest.raises(Malformed):
        await desk.port.join("r", "a", "hello")
    assert desk.port._by_name == {}
    assert sdp.parse(offers.chromium())
    await desk.port.join("r", "a", offers.chromium())
    assert len(desk.port._by_name) == 1


async def test_a_port_number_is_the_sockets_own(desk: Desk) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, pytest.raises(OSError):
        probe.bind(("127.0.0.1", desk.port.number))
    assert port_module.clock() <= port_module.clock()


async def test_a_strange_number_of_an_extension_is_no_number(desk: Desk) -> None:
    a = await desk.joined("a")
    for number in (0, 15, 16, 255):
        offer = a.offer().replace(f"a=extmap:{TRANSPORT_ID} ", f"a=extmap:{number} ")
        peer = Peer(Room("x"), "v", sdp.parse(offer), desk.port.certificate, lambda *_: None)
        assert peer.transit.extension_id == 0
    desk.quiet()


async def test_a_picture_too_large_to_be_repaired_goes_nowhere(desk: Desk) -> None:
    a, b = await desk.joined("a"), await desk.joined("b")
    a.show()
    await desk.until(lambda: b.of("video"))
    count = len(b.of("video"))
    [large] = a.film.frame()
    a.say(large + bytes(1330))
    await desk.settle()
    assert len(b.of("video")) == count
    desk.quiet()


async def test_the_codec_of_a_sitting_holds_before_anybody_is_in_it(desk: Desk) -> None:
    desk.port.steer("r", Policy(codec="H264"), {})
    answer = await desk.port.join("r", "a", offers.chromium())
    assert "H264/90000" in answer and "VP8/90000" not in answer
    desk.port.steer("r", Policy(), {})
    await desk.port.leave("r", "a")
    assert desk.port.rooms == {}
