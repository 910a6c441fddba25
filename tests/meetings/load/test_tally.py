"""What came is counted by its header, and by a few with care: meetings.load.tally."""

from __future__ import annotations

import struct

from meetings.load.tally import Careful, Count, share


def packet(seq: int, ssrc: int = 7, payload: bytes = b"x" * 20, kind: int = 96) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, seq & 0xFFFF, 0, ssrc) + payload


def test_losses_are_gaps_that_nothing_fills_later() -> None:
    count = Count({7: "video", 8: "audio"})
    for seq in (0xFFFE, 0xFFFF, 2, 1, 5):  # 0, 3 and 4 never come
        count.take(memoryview(packet(seq)), 1)
    assert (count.packets, count.lost) == ({"audio": 0, "video": 5}, 3)
    count.take(memoryview(packet(9, ssrc=8)), 77)
    count.take(memoryview(packet(10, ssrc=8)), 99)
    assert count.first_sound == 77 and count.lost == 3
    for strange in (b"", b"\x16" * 40, packet(1, ssrc=9), b"\x80\xc8" + bytes(30)):  # nothing, DTLS, no place, RTCP
        count.take(memoryview(strange), 1)
    assert sum(count.packets.values()) == 7
    count.clear()
    count.take(memoryview(packet(50)), 1)
    assert (count.packets["video"], count.lost) == (1, 0)


def test_a_careful_peer_knows_what_was_sent_and_when() -> None:
    careful = Careful(lambda data: None if data[-1:] == b"!" else data, {7: "video", 8: "audio"})
    picture = b"\x90\x80\x80\x01picture"
    careful.sent("video", packet(1, payload=picture), 1_000_000)
    careful.sent("audio", packet(1, payload=b"sound"), 2_000_000)
    careful.take(7, packet(900, payload=b"\x90\x80\x93\x55picture"), 1_500_000)  # another picture id
    careful.take(8, packet(900, payload=b"sound"), 4_000_000)
    assert (careful.same, careful.other, careful.delays) == (2, 0, [500, 2000])
    for other in (b"\x90\x80\x80\x01Picture", b"\x90\x80\x80\x01picture!"):
        careful.take(7, packet(1, payload=other), 5_000_000)
    careful.take(8, packet(1, payload=picture), 5_000_000)
    assert (careful.same, careful.other) == (2, 3)


def test_a_share_is_the_value_that_so_many_do_not_exceed() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert (share(values, 0.5), share(values, 0.99), share(values, 1.0), share([], 0.5)) == (51, 100, 100, 0)
