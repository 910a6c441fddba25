"""Sound that carries the packets before it once more, as RFC 2198 has it: meetings.relay.red."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import red
from meetings.relay.rtp import FIXED, Packet
from store.errors import Malformed

from .stream import AUDIO, bared, packet

OPUS = 111


def made(seq: int, ts: int, opus: bytes, marker: bool = False) -> Packet:
    return bared(packet(AUDIO, seq, ts, 9, opus, marker))


def blocks(folded: Packet) -> list[tuple[int, bytes]]:
    return red.unfold(folded.bare[FIXED:])


# ── written by hand after RFC 2198, section 3 ──

BY_HAND = bytes.fromhex(
    "ef" "1e00" "05"  # more follows; type 111; 1920 ticks back; 5 bytes
    "ef" "0f00" "03"  # more follows; type 111; 960 ticks back; 3 bytes
    "6f"  # the last; type 111
    "6f6c646572" "6f6c64" "6e6577"
)  # fmt: skip


def test_a_packet_written_by_hand_is_read() -> None:
    assert red.unfold(BY_HAND) == [(1920, b"older"), (960, b"old"), (0, b"new")]


def test_what_we_write_is_as_by_hand() -> None:
    before = [made(7, 1000, b"older"), made(8, 1960, b"old")]
    folded = red.fold(made(9, 2920, b"new", marker=True), before, OPUS)
    assert folded.bare[FIXED:] == BY_HAND
    assert (folded.seq, folded.ts, folded.marker, folded.key, folded.urgent) == (9, 2920, 0x80, True, True)
    assert folded.size == len(folded.bare) == FIXED + len(BY_HAND)


def test_without_packets_before_it_there_is_one_block() -> None:
    folded = red.fold(made(9, 2920, b"new"), [], OPUS)
    assert folded.bare[FIXED:] == b"\x6fnew" and blocks(folded) == [(0, b"new")]


# ── what fits ──


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=1100)), max_size=4),
    st.binary(max_size=300),
    st.integers(0, 2**32 - 1),
)
def test_all_that_the_format_can_say_comes_back(earlier: list[tuple[int, bytes]], opus: bytes, ts: int) -> None:
    """Fourteen bits of time, ten of size; what does not fit is left out, and the rest is as it was."""
    before = [made(index, ts - back, data) for index, (back, data) in enumerate(earlier)]
    fitting = [(back, data) for back, data in earlier if 0 < back < 1 << 14 and 0 < len(data) < 1 << 10]
    assert blocks(red.fold(made(9, ts, opus), before, OPUS)) == [*fitting, (0, opus)]


@pytest.mark.parametrize(("back", "size"), [((1 << 14) - 1, 5), (5, (1 << 10) - 1)])
def test_the_longest_that_fits(back: int, size: int) -> None:
    folded = red.fold(made(9, 50_000, b"new"), [made(8, 50_000 - back, bytes(size))], OPUS)
    assert blocks(folded) == [(back, bytes(size)), (0, b"new")]


def test_padding_of_the_sender_is_not_promised() -> None:
    data = packet(AUDIO, 9, 0, 9, b"new")
    padded = Packet(bytes([data[0] | 0x20]) + data[1:FIXED] + b"new", "opus")
    assert red.fold(padded, [], OPUS).first & 0x20 == 0


# ── bad input ──


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x80",
        b"\xef\x00\x00",
        BY_HAND[:4],
        BY_HAND[:8],
        BY_HAND[:15],
        b"\xef\x1e\x00\x05" * 9 + b"\x6f" + bytes(99),
    ],
    ids=["empty", "one byte", "half a head", "no last head", "two heads", "cut blocks", "too many"],
)
def test_what_promises_more_than_there_is_is_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        red.unfold(payload)


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda data: b"\xef\x00\x40\x02" + data)))
def test_any_bytes_are_read_or_malformed(payload: bytes) -> None:
    with contextlib.suppress(Malformed):
        found = red.unfold(payload)
        assert found[-1][0] == 0 and len(found) <= red.MOST_BLOCKS + 1
        heads = 4 * (len(found) - 1) + 1
        assert b"".join(data for _, data in found) == payload[heads:]
        assert all(
            back == struct.unpack_from("!H", payload, 4 * i + 1)[0] >> 2 for i, (back, _) in enumerate(found[:-1])
        )
