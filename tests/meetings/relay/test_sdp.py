"""Offers of aiortc and of Chromium, the answers to them, and what is no offer: meetings.relay.sdp."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import sdp
from store.errors import Malformed

from . import offers

LOCAL = sdp.Local("relayname", "relaypassword-of-24-chars", "AB:CD", [("192.0.2.7", 8443), ("127.0.0.1", 8443)])


def answer(text: str, ssrcs: dict[str, int] | None = None) -> SessionDescription:
    """Our answer to TEXT, as aiortc reads it."""
    return SessionDescription.parse(sdp.answer(sdp.parse(text), LOCAL, 1, ssrcs or {}))


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
    assert [m.payload_type for m in offer.media] == [111, 96] + [111] * 3 + [96] * 3 + [0]
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
        assert ours.payload_type == media.rtp.codecs[0].payloadType
    await pc.close()


def test_firefox_says_its_fingerprint_once_for_all(corpora: Path) -> None:
    offer = sdp.parse((corpora / "rtc" / "sdp" / "firefox-1.sdp").read_text())
    assert offer.fingerprints[0][1].startswith("24:67:5E")
    assert [m.payload_type for m in offer.media[:2]] == [109, 120]


def test_a_codec_is_known_however_it_is_written() -> None:
    offer = sdp.parse(offers.small("m=video 9 UDP/TLS/RTP/SAVPF 100", "a=rtpmap:100 vp8/90000", "a=recvonly"))
    assert offer.media[0].payload_type == 100


# ── answering ──


def test_the_answer_to_chromium_is_read_by_aiortc() -> None:
    made = answer(offers.chromium(), {str(mid): 1000 + mid for mid in range(2, 8)})
    assert [m.kind for m in made.media] == ["audio", "video"] + ["audio"] * 3 + ["video"] * 3 + ["application"]
    assert [m.direction for m in made.media[:8]] == ["recvonly"] * 2 + ["sendonly"] * 6
    assert [(g.semantic, g.items) for g in made.group] == [("BUNDLE", [str(mid) for mid in range(8)])]
    for media in made.media[:8]:
        codec = {"audio": ("audio/opus", 111), "video": ("video/VP8", 96)}[media.kind]
        assert [(c.mimeType, c.payloadType) for c in media.rtp.codecs] == [codec]
        assert (media.ice.usernameFragment, media.ice.password, media.ice.iceLite) == (
            "relayname", "relaypassword-of-24-chars", True,
        )  # fmt: skip
        assert media.dtls.role == "server"
        assert [(p.algorithm, p.value) for p in media.dtls.fingerprints] == [("sha-256", "AB:CD")]
        assert [(c.ip, c.port, c.protocol) for c in media.ice_candidates] == [
            ("192.0.2.7", 8443, "udp"), ("127.0.0.1", 8443, "udp"),
        ]  # fmt: skip
        assert media.rtcp_mux and media.port != 0


def test_every_place_has_the_ssrc_it_was_given() -> None:
    made = answer(offers.chromium(), {str(mid): 1000 + mid for mid in range(2, 8)})
    assert [[s.ssrc for s in m.ssrc] for m in made.media] == [[], []] + [[1002 + n] for n in range(6)] + [[]]


def test_senders_are_asked_for_levels_and_numbers_by_their_own_ids() -> None:
    made = answer(offers.chromium())
    extensions = [{e.uri: e.id for e in m.rtp.headerExtensions} for m in made.media]
    assert extensions[0] == {sdp.LEVEL: 14, sdp.TRANSPORT: 3}
    assert extensions[1] == {sdp.TRANSPORT: 3}
    assert extensions[2:] == [{}] * 7  # what a place gets carries none
    feedback = {(f.type, f.parameter) for c in made.media[1].rtp.codecs for f in c.rtcpFeedback}
    assert {("nack", "pli"), ("ccm", "fir"), ("transport-cc", None)} <= feedback


REFUSED = {
    "no codec of ours": ("m=video 9 UDP/TLS/RTP/SAVPF 102", "a=rtpmap:102 H264/90000", "a=recvonly"),
    "sends and receives": ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=sendrecv"),
    "says no direction": ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"),
    "inactive": ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=inactive"),
    "a channel": ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"),
    "an old channel": ("m=application 9 DTLS/SCTP 5000", "a=sctpmap:5000 webrtc-datachannel 256", "a=recvonly"),
    "no medium of ours": ("m=message 9 TCP/MSRP 7", "a=sendonly"),
}


@pytest.mark.parametrize("lines", REFUSED.values(), ids=list(REFUSED))
def test_refused_sections_have_port_zero_and_leave_the_bundle(lines: tuple[str, ...]) -> None:
    good = ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:g", "a=rtpmap:111 opus/48000/2", "a=recvonly")
    text = sdp.answer(sdp.parse(offers.small(*lines, "a=mid:x", *good)), LOCAL, 1, {})
    [refused] = [line for line in text.splitlines() if line.startswith("m=")][:1]
    assert refused.split()[:2] == [lines[0].split()[0], "0"]
    assert "a=group:BUNDLE g\r\n" in text
    made = SessionDescription.parse(text)
    assert [m.port != 0 for m in made.media] == [False, True]


@pytest.mark.parametrize("lines", REFUSED.values(), ids=list(REFUSED))
def test_a_refused_section_keeps_its_protocol(lines: tuple[str, ...]) -> None:
    """RFC 9429, 5.3.1: <proto> exactly matches the offer's. Otherwise Chromium refuses the whole answer (tried)."""
    text = sdp.answer(sdp.parse(offers.small(*lines, "a=mid:x")), LOCAL, 1, {})
    [line] = [line for line in text.splitlines() if line.startswith("m=")]
    assert line.split()[2] == lines[0].split()[2]


async def test_aiortc_takes_the_answer() -> None:
    pc, text = await aiortc_offer()
    made = sdp.answer(sdp.parse(text), LOCAL, 1, {"2": 1002, "3": 1003})
    await pc.setRemoteDescription(RTCSessionDescription(sdp=made, type="answer"))
    assert [t.currentDirection for t in pc.getTransceivers()] == ["sendonly", "sendonly", "recvonly", "recvonly"]
    await pc.close()


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
    assert media.payload_type < 128 and all(0 <= ssrc < 1 << 32 for ssrc in media.ssrcs)


def handle(text: str) -> str | None:
    """Offer in, answer out; None for Malformed, which is all that may escape."""
    try:
        offer = sdp.parse(text)
        made = sdp.answer(offer, LOCAL, 1, {media.mid: 7 for media in offer.media})
    except Malformed:
        return None
    assert made.count("\r\nm=") == len(offer.media)
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


@given(
    st.sampled_from(["audio", "video", "application", "", "x y"]),
    st.sampled_from(["9", "0", "70000", ""]),
    st.lists(st.one_of(st.integers(-5, 1 << 40).map(str), st.text(max_size=4)), max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from(["mid", "rtpmap", "fmtp", "extmap", "ssrc", "sendonly", "recvonly", "rtcp-fb"]),
            st.one_of(st.text(max_size=20), st.integers(-5, 1 << 40).map(lambda n: f"{n} opus/48000/2")),
        ),
        max_size=8,
    ),
)
def test_any_section_is_answered_or_malformed(
    kind: str, port: str, formats: list[str], attributes: list[tuple[str, str]]
) -> None:
    lines = [f"a={name}:{value}" if name[-4:] != "only" else f"a={name}" for name, value in attributes]
    handle(offers.small(f"m={kind} {port} x {' '.join(formats)}", *lines))
