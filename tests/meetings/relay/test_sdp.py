"""Offers of aiortc and of Chromium, and what is no offer: meetings.relay.sdp."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import answer, sdp
from store.errors import Malformed

from . import offers

LOCAL = answer.Local("relayname", "relaypassword-of-24-chars", "AB:CD", [("192.0.2.7", 8443)])


async def aiortc_offer() -> tuple[RTCPeerConnection, str]:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    for kind, direction in (("audio", "sendonly"), ("video", "sendonly"), ("audio", "recvonly"), ("video", "recvonly")):
        pc.addTransceiver(kind, direction)
    await pc.setLocalDescription(await pc.createOffer())
    return pc, pc.localDescription.sdp


# ── reading ──


def test_an_offer_of_chromium() -> None:
    offer = sdp.parse(offers.chromium())
    assert offer.ufrag == "Xy9z"
    assert offer.fingerprints == [("sha-256", offers.PRINT)]
    assert [m.kind for m in offer.media] == ["audio", "video"] + ["audio"] * 3 + ["video"] * 3 + ["application"]
    assert [m.direction for m in offer.media[:-1]] == ["sendonly"] * 2 + ["recvonly"] * 6
    assert [m.mid for m in offer.media] == [str(n) for n in range(9)]
    codecs = [answer.codec_of(m, "VP8") for m in offer.media]
    assert [m.payload_type(codec) for m, codec in zip(offer.media, codecs, strict=True)] == [
        111, 96, *[111] * 3, *[96] * 3, 0,
    ]  # fmt: skip
    assert [m.payload_type("H264") for m in offer.media[:2]] == [0, 102]
    assert [m.repair_type(96) for m in offer.media[:3]] == [-1, 97, -1] and offer.media[1].repair_type(102) == 103
    assert [m.red_type(111) for m in offer.media[:3]] == [63, -1, 63]
    assert offer.media[1].repairs == {2882400018: 305419896}
    assert [m.ssrcs[:1] for m in offer.media[:3]] == [[3735928559], [2882400018], []]
    assert [m.extensions.get(sdp.TRANSPORT) for m in offer.media[:2]] == [3, 3]
    assert offer.media[0].extensions[sdp.LEVEL] == 14
    assert sdp.LEVEL not in offer.media[1].extensions


async def test_an_offer_of_aiortc() -> None:
    pc, text = await aiortc_offer()
    offer, theirs = sdp.parse(text), SessionDescription.parse(text)
    assert offer.ufrag == theirs.media[0].ice.usernameFragment
    assert offer.fingerprints == [(p.algorithm, p.value) for p in theirs.media[0].dtls.fingerprints]
    for ours, media in zip(offer.media, theirs.media, strict=True):
        assert (ours.kind, ours.mid, ours.direction) == (media.kind, media.rtp.muxId, media.direction)
        assert ours.ssrcs == [one.ssrc for one in media.ssrc]
        assert ours.extensions == {one.uri: one.id for one in media.rtp.headerExtensions}
        assert ours.payload_type(answer.codec_of(ours, "VP8")) == media.rtp.codecs[0].payloadType
    await pc.close()


def test_firefox_says_its_fingerprint_once_for_all(corpora: Path) -> None:
    offer = sdp.parse((corpora / "rtc" / "sdp" / "firefox-1.sdp").read_text())
    assert offer.fingerprints[0][1].startswith("24:67:5E")
    assert [m.payload_type(answer.codec_of(m, "VP8")) for m in offer.media[:2]] == [109, 120]


def test_a_codec_is_known_however_it_is_written() -> None:
    offer = sdp.parse(offers.small("m=video 9 UDP/TLS/RTP/SAVPF 100", "a=rtpmap:100 vp8/90000", "a=recvonly"))
    assert offer.media[0].payload_type("VP8") == 100


LAYERED = ("m=video 9 UDP/TLS/RTP/SAVPF 96", "a=sendonly", "a=rtpmap:96 VP8/90000")


@pytest.mark.parametrize(
    ("line", "rids"),
    [
        ("send q;h;f", ["q", "h", "f"]),
        ("send q;h;f;g", ["q", "h", "f"]),
        ("send ~q;h,i;~f", ["q", "h", "f"]),
        ("send q", ["q"]),
        ("send q;h recv f", ["q", "h"]),
        ("recv q;h", []),
    ],
)
def test_the_layers_a_sender_announces_in_its_order(line: str, rids: list[str]) -> None:
    [media] = sdp.parse(offers.small(*LAYERED, f"a=simulcast:{line}")).media
    assert media.rids == rids


def test_a_shared_screen_is_told_from_a_camera() -> None:
    camera, screen = sdp.parse(offers.small(*LAYERED, *LAYERED, "a=content:slides")).media
    assert (camera.name, screen.name) == ("video", "screen")


H264 = (
    "m=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103",
    *(f"a=rtpmap:{pt} H264/90000" for pt in (100, 101, 102, 103)),
    "a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
    "a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42E01F",
)


def test_h264_is_taken_in_packets_of_any_size_and_the_plainest_profile_first() -> None:
    [media] = sdp.parse(offers.small(*H264)).media
    assert media.payload_type("H264") == 102
    [media] = sdp.parse(offers.small(*H264[:-1])).media
    assert media.payload_type("H264") == 101  # 103 says no mode, so it has the single-packet one (RFC 6184, 8.1)
    [media] = sdp.parse(offers.small(*H264[:-2])).media
    assert media.payload_type("H264") == 0


def test_repairs_and_redundancy_belong_to_the_type_they_name() -> None:
    [media] = sdp.parse(
        offers.small(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 64 97", "a=rtpmap:111 opus/48000/2", "a=rtpmap:63 red/48000/2",
            "a=fmtp:63 109/109", "a=rtpmap:64 red/48000/2", "a=fmtp:64 111/111", "a=rtpmap:97 rtx/90000",
            "a=fmtp:97 apt=111",
        )
    ).media  # fmt: skip
    assert (media.red_type(111), media.red_type(109), media.red_type(1)) == (64, 63, -1)
    assert (media.repair_type(111), media.repair_type(11), media.repair_type(1)) == (97, -1, -1)


def test_where_a_relay_is_by_udp_and_by_tcp() -> None:
    made = sdp.parse(
        offers.small(
            "m=audio 9 x 111", "a=candidate:1 1 udp 2130706430 192.0.2.7 8443 typ host",
            "a=candidate:1 1 udp 2130706430 192.0.2.7 8443 typ host",
            "a=candidate:2 1 tcp 1518280445 192.0.2.7 443 typ host tcptype passive",
            "a=candidate:3 1 udp 1 192.0.2.9 5 typ srflx raddr 0.0.0.0 rport 9",
        )
    )  # fmt: skip
    assert (made.candidates, made.streams) == ([("192.0.2.7", 8443)], [("192.0.2.7", 443)])


# ── what is no offer ──


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        offers.chromium().replace("a=ice-ufrag", "a=ice-other"),
        offers.chromium().replace("a=fingerprint", "a=thumb"),
        offers.chromium().split("m=")[0],
        offers.small(*["m=audio 9 UDP/TLS/RTP/SAVPF 111"] * 65),
        offers.small("m=audio 9 UDP/TLS/RTP/SAVPF 111") + "a=x:" + "x" * 70_000,
        offers.small("m="),
        offers.small("m=audio 9 x 111", "a=rtpmap:x opus/48000/2"),
        offers.small("m=audio 9 x 111", "a=ssrc:x cname:y"),
        offers.small("m=audio 9 x 111", "a=ssrc:"),
        offers.small("m=audio 9 x 111", "a=extmap:x urn:y"),
        offers.small("m=audio 9 x 111", "a=extmap:1"),
        offers.small("m=audio 9 x ²"),
        offers.small("m=video 9 x 96", "a=ssrc-group:FID 1"),
        offers.small("m=video 9 x 96", "a=ssrc-group:FID 1 x"),
        offers.small("m=video 9 x 96", "a=simulcast:send "),
        offers.small("m=video 9 x 96", "a=candidate:1 1"),
        offers.small("m=video 9 x 96", "a=candidate:1 1 udp 5 192.0.2.7 port typ host"),
    ],
)
def test_what_is_no_offer_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        sdp.parse(text)


@pytest.mark.parametrize(
    "lines",
    [
        ("m=audio 9 x 300", "a=rtpmap:300 opus/48000/2", "a=recvonly"),
        ("m=audio 9 x 200", "a=rtpmap:200 opus/48000/2", "a=recvonly"),
        ("m=audio 9 x 111", "a=rtpmap:111 opus/48000/2", "a=sendonly", "a=ssrc:4294967296 cname:x"),
        ("m=audio 9 x 111", "a=rtpmap:111 opus/48000/2", "a=sendonly", "a=ssrc:-1 cname:x"),
    ],
    ids=["payload type 300", "payload type 200", "ssrc too big", "ssrc negative"],
)
def test_numbers_that_no_packet_can_carry_never_reach_the_port(lines: tuple[str, ...]) -> None:
    """Seven bits of payload type, 32 of SSRC: anything else would break the hot path for all the others."""
    try:
        [media] = sdp.parse(offers.small(*lines)).media
    except Malformed:
        return
    assert media.payload_type("opus") < 128 and all(0 <= ssrc < 1 << 32 for ssrc in media.ssrcs)


def handle(text: str, codec: str = "VP8") -> str | None:
    """Offer in, answer out; None for Malformed, which is all that may escape."""
    try:
        offer = sdp.parse(text)
        made = answer.write(offer, LOCAL, 1, codec, {media.mid: answer.Numbers(7, 8) for media in offer.media})
    except Malformed:
        return None
    assert made.count("\r\nm=") == len(offer.media)
    for media in offer.media:
        pt = media.payload_type(answer.codec_of(media, codec))
        assert max(pt, media.repair_type(pt), media.red_type(pt)) < 128
    return made


def test_the_corpus_escapes_only_as_malformed(corpora: Path) -> None:
    files = [path for path in sorted((corpora / "rtc" / "sdp").iterdir()) if path.is_file()]
    assert len(files) > 30
    dice, read = random.Random(7), 0
    for path in files:
        whole = path.read_bytes().decode("utf-8", "replace")
        read += handle(whole) is not None
        lines = whole.splitlines()[:300]
        for _ in range(30):
            some = [dice.choice(lines) for _ in range(dice.randrange(len(lines) + 1))] + lines
            some[dice.randrange(len(some))] = "".join(chr(dice.randrange(32, 0x250)) for _ in range(20))
            handle("\n".join(some[dice.randrange(len(some)) :]))
    assert read >= 3


@given(st.text(max_size=300))
def test_any_text_is_read_or_malformed(text: str) -> None:
    handle(offers.small(*text.split("|")))


NEW = ["ssrc-group", "simulcast", "rid", "content", "candidate", "setup"]


@given(
    st.sampled_from(["audio", "video", "application", "", "x y"]),
    st.sampled_from(["9", "0", "70000", ""]),
    st.lists(st.one_of(st.integers(-5, 1 << 40).map(str), st.text(max_size=4)), max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from(["mid", "rtpmap", "fmtp", "extmap", "ssrc", "sendonly", "recvonly", "rtcp-fb", *NEW]),
            st.one_of(
                st.text(max_size=20),
                st.integers(-5, 1 << 40).map(lambda n: f"{n} opus/48000/2"),
                st.integers(-5, 200).map(lambda n: f"{n} H264/90000"),
                st.lists(st.sampled_from(["send", "FID", "1", "9", ";", "~0;1,2", "apt=96", "slides"])).map(" ".join),
            ),
        ),
        max_size=8,
    ),
)
def test_any_section_is_answered_or_malformed(
    kind: str, port: str, formats: list[str], attributes: list[tuple[str, str]]
) -> None:
    lines = [f"a={name}:{value}" if name[-4:] != "only" else f"a={name}" for name, value in attributes]
    text = offers.small(f"m={kind} {port} x {' '.join(formats)}", *lines)
    handle(text)
    handle(text, "H264")
