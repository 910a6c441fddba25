"""Pictures go out at the pace of the line, in order, and not too late: meetings.relay.pacer."""

from __future__ import annotations

from meetings.relay.pacer import BURST_MS, FASTER, LONGEST_MS, OVERHEAD, Pacer
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room
from meetings.relay.rtp import FIXED, Packet

from .stream import VIDEO, bared, packet, sends

RATE = 400_000


def place(room: Room | None = None) -> Place:
    """One that is fed."""
    room = room or Room("r")
    sender, made = Endpoint(room, "s", None), Place(Endpoint(room, "v", None), "video", 120, 5)
    source = sends(sender, "video", 1)
    made.show(source)
    made.layer = source.layers[0]
    return made


def picture(seq: int, size: int = 1000) -> Packet:
    return bared(packet(VIDEO, seq, 0, 9, bytes(size - FIXED)), "opus")


def bits(packets: list[tuple[Packet, Place]]) -> int:
    return sum((one.size + OVERHEAD) * 8 for one, _ in packets)


def test_what_fits_the_line_goes_at_once() -> None:
    pacer, here = Pacer(), place()
    for now in range(1000, 2000, 100):
        pacer.put(now, picture(now), here)
        assert [one.seq for one, _ in pacer.due(now, RATE)] == [now]
        assert not len(pacer)


def test_a_large_picture_is_spread_over_the_time_that_it_takes() -> None:
    pacer, here, came = Pacer(), place(), list[tuple[int, int]]()
    for seq in range(30):
        pacer.put(1000, picture(seq), here)
    for now in range(1000, 3000, 5):
        came += [(now, one.seq) for one, _ in pacer.due(now, RATE)]
    assert [seq for _, seq in came] == list(range(30))
    took = 30 * (1000 + OVERHEAD) * 8 / (RATE * FASTER / 1000)
    assert abs(came[-1][0] - 1000 - took) < 2 * (1000 + OVERHEAD) * 8 / (RATE / 1000)
    assert [now for now, seq in came if seq == 0] == [1000]


def test_even_the_weakest_line_is_sent_something() -> None:
    pacer, here = Pacer(), place()
    for seq in range(3):
        pacer.put(0, picture(seq), here)
    came = [one.seq for now in range(0, 400, 5) for one, _ in pacer.due(now, 0)]
    assert came == [0, 1, 2]


def test_what_its_place_no_longer_shows_is_not_sent() -> None:
    pacer, here, other = Pacer(), place(), place()
    for seq in range(4):
        pacer.put(0, picture(seq), here if seq % 2 else other)
    other.turn_to(None)
    assert [one.seq for one, _ in pacer.due(1000, RATE * 10)] == [1, 3]


def test_what_waits_too_long_is_thrown_away_and_its_places_are_told_once() -> None:
    pacer, here, other = Pacer(), place(), place()
    pacer.put(0, picture(0), here)
    pacer.put(LONGEST_MS, picture(1), other)
    pacer.put(LONGEST_MS, picture(2), here)
    assert pacer.spill(LONGEST_MS) == [] and len(pacer) == 3
    assert pacer.spill(LONGEST_MS + 1) == [here, other]
    assert not len(pacer) and pacer.spill(LONGEST_MS + 2) == []


def test_after_a_pause_there_is_one_burst_and_not_the_sum_of_all_pauses() -> None:
    pacer, here = Pacer(), place()
    pacer.put(0, picture(0), here)
    pacer.due(0, RATE)
    for seq in range(1, 40):
        pacer.put(60_000, picture(seq), here)
    assert bits(pacer.due(60_000, RATE)) <= BURST_MS * RATE * FASTER / 1000 + (1000 + OVERHEAD) * 8
