"""Pictures and sound encoded beforehand are real, and may begin anew at any time: meetings.load.film."""

from __future__ import annotations

import av
import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor

from meetings.load import film
from meetings.relay import rtp


@pytest.fixture(scope="module", params=["high", "low"])
def shown(request: pytest.FixtureRequest) -> tuple[str, film.Film]:
    return request.param, film.make(request.param)


def decoded(frames: list[bytes]) -> list[tuple[int, int, bool]]:
    codec = av.CodecContext.create("vp8", "r")
    return [(f.width, f.height, bool(f.key_frame)) for data in frames for f in codec.decode(av.Packet(data))]


def test_two_seconds_of_pictures_and_sound_that_decode(shown: tuple[str, film.Film]) -> None:
    size, made = shown
    width, height, bits = film.SIZES[size]
    pictures = decoded(list(made.frames))
    assert (
        len(pictures) == 60
        and pictures[0] == (width, height, True)
        and {one[:2] for one in pictures} == {pictures[0][:2]}
    )
    assert abs(sum(map(len, made.frames)) * 8 / film.SECONDS / bits - 1) < 0.25
    codec = av.CodecContext.create("opus", "r")
    samples = sum(frame.samples for data in made.steps for frame in codec.decode(av.Packet(data)))
    assert abs(samples - film.SECONDS * film.PITCH) <= 960 and len(set(made.steps)) == len(made.steps)


def test_a_stream_numbers_its_packets_and_begins_anew_with_a_key_frame(shown: tuple[str, film.Film]) -> None:
    stream = film.Stream(shown[1].frames, 96, 5, 0xFFFE, 0xFFFFFFF0)
    frames = []
    for index in range(90):
        if index == 75:
            stream.begin_anew()
        packets = stream.picture_packets()
        heads = [rtp.HEAD.unpack_from(packet) for packet in packets]
        assert [head[1] >> 7 for head in heads] == [0] * (len(packets) - 1) + [1] and len(
            {head[3] for head in heads}
        ) == 1
        parts = [VpxPayloadDescriptor.parse(packet[12:]) for packet in packets]
        assert [part.partition_start for part, _ in parts] == [1] + [0] * (len(packets) - 1)
        assert {part.picture_id for part, _ in parts} == {index + 1}
        assert rtp.Vp8(packets[0]).key == (index in (0, 60, 75)) and max(map(len, packets)) <= 12 + 4 + film.LARGEST
        frames.append(b"".join(body for _, body in parts))
    assert stream.seq == (0xFFFE + sum(-(-len(frame) // film.LARGEST) for frame in frames)) & 0xFFFF
    assert len(decoded(frames)) == 90
