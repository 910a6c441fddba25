"""Our answers to Chromium's and aiortc's offers, as aiortc and Chromium's rules read them: meetings.relay.answer."""

from __future__ import annotations

import pytest
from aiortc import RTCSessionDescription
from aiortc.sdp import SessionDescription

from meetings.relay import answer, sdp

from . import offers
from .test_sdp import H264, aiortc_offer

LOCAL = answer.Local("relayname", "relaypassword-of-24-chars", "AB:CD", [("192.0.2.7", 8443), ("127.0.0.1", 8443)])


def write(text: str, places: dict[str, answer.Numbers] | None = None, codec: str = "VP8") -> str:
    return answer.write(sdp.parse(text), LOCAL, 1, codec, places or {})


def read(text: str, places: dict[str, answer.Numbers] | None = None) -> SessionDescription:
    """Our answer to TEXT, as aiortc reads it."""
    return SessionDescription.parse(write(text, places))


def sections(made: str) -> list[list[str]]:
    """The lines of each section."""
    return [("m=" + part).split("\r\n")[:-1] for part in made.split("\r\nm=")[1:]]


PLACES = {str(mid): answer.Numbers(1000 + mid, 2000 + mid) for mid in range(2, 8)}


def test_the_answer_to_chromium_is_read_by_aiortc() -> None:
    made = read(offers.chromium(), PLACES)
    assert [m.kind for m in made.media] == ["audio", "video"] + ["audio"] * 3 + ["video"] * 3 + ["application"]
    assert [m.direction for m in made.media[:8]] == ["recvonly"] * 2 + ["sendonly"] * 6
    assert [(g.semantic, g.items) for g in made.group] == [("BUNDLE", [str(mid) for mid in range(8)])]
    for media in made.media[:8]:
        codecs = {
            "audio": {("audio/opus", 111), ("audio/red", 63)}, "video": {("video/VP8", 96), ("video/rtx", 97)}
        }[media.kind]  # fmt: skip
        assert {(c.mimeType, c.payloadType) for c in media.rtp.codecs} == codecs
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
    made = read(offers.chromium(), PLACES)
    ssrcs = [[s.ssrc for s in m.ssrc] for m in made.media]
    assert ssrcs == [[], [], [1002], [1003], [1004], [1005, 2005], [1006, 2006], [1007, 2007], []]


def test_senders_are_asked_for_levels_and_numbers_by_their_own_ids() -> None:
    made = read(offers.chromium())
    extensions = [{e.uri: e.id for e in m.rtp.headerExtensions} for m in made.media]
    assert extensions[0] == {sdp.LEVEL: 14, sdp.TRANSPORT: 3, sdp.MID: 4}
    assert extensions[1] == {sdp.TRANSPORT: 3, sdp.MID: 4}
    assert extensions[2:5] == [{}] * 3  # a voice's place gets none
    assert extensions[5:] == [{sdp.TRANSPORT: 3}] * 3 + [{}]  # a picture's is numbered where its line is weak
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
    text = write(offers.small(*lines, "a=mid:x", *good))
    [refused] = [line for line in text.splitlines() if line.startswith("m=")][:1]
    assert refused.split()[:2] == [lines[0].split()[0], "0"]
    assert "a=group:BUNDLE g\r\n" in text
    made = SessionDescription.parse(text)
    assert [m.port != 0 for m in made.media] == [False, True]


@pytest.mark.parametrize("lines", REFUSED.values(), ids=list(REFUSED))
def test_a_refused_section_keeps_its_protocol(lines: tuple[str, ...]) -> None:
    """RFC 9429, 5.3.1: <proto> exactly matches the offer's. Otherwise Chromium refuses the whole answer (tried)."""
    text = write(offers.small(*lines, "a=mid:x"))
    [line] = [line for line in text.splitlines() if line.startswith("m=")]
    assert line.split()[2] == lines[0].split()[2]


async def test_aiortc_takes_the_answer() -> None:
    pc, text = await aiortc_offer()
    made = write(text, {"2": answer.Numbers(1002, 2002), "3": answer.Numbers(1003, 2003)})
    await pc.setRemoteDescription(RTCSessionDescription(sdp=made, type="answer"))
    assert [t.currentDirection for t in pc.getTransceivers()] == ["sendonly", "sendonly", "recvonly", "recvonly"]
    await pc.close()


# ── against loss: redundancy, repairs, layers ──


def test_a_sender_is_asked_for_redundant_sound_first_and_a_viewer_gets_it_where_the_relay_says_so() -> None:
    """The first type in an answer is what a sender uses."""
    made = sections(write(offers.chromium(), PLACES))
    assert [part[0].split()[3:] for part in made[:3]] == [["63", "111"], ["96", "97"], ["111", "63"]]
    for part in (made[0], made[2]):
        assert "a=fmtp:63 111/111" in part and "a=rtpmap:63 red/48000/2" in part
    assert "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1" in made[0]


def test_a_place_for_pictures_has_resends_of_its_own() -> None:
    made = sections(write(offers.chromium(), PLACES))
    for mid in (5, 6, 7):
        assert f"a=ssrc-group:FID {1000 + mid} {2000 + mid}" in made[mid]
        assert [line for line in made[mid] if line.startswith("a=ssrc:")] == [
            f"a=ssrc:{1000 + mid} cname:bacap", f"a=ssrc:{2000 + mid} cname:bacap",
        ]  # fmt: skip
        assert "a=fmtp:97 apt=96" in made[mid] and "a=rtcp-fb:96 nack" in made[mid]
    assert not any(line.startswith("a=ssrc") for part in made[:2] for line in part)


def test_who_offers_no_resends_and_no_redundancy_is_told_of_none() -> None:
    offer = offers.small(
        "m=audio 9 x 111", "a=mid:a", "a=rtpmap:111 opus/48000/2", "a=recvonly",
        "m=video 9 x 96", "a=mid:v", "a=rtpmap:96 VP8/90000", "a=recvonly",
    )  # fmt: skip
    sound, picture = sections(write(offer, {"a": answer.Numbers(5, 6), "v": answer.Numbers(7, 8)}))
    assert (sound[0].split()[3:], picture[0].split()[3:]) == (["111"], ["96"])
    assert "a=ssrc:5 cname:bacap" in sound and "a=ssrc:7 cname:bacap" in picture
    assert not any("FID" in line or "a=ssrc:6" in line or "a=ssrc:8" in line for line in sound + picture)


def test_layers_are_taken_in_the_senders_order() -> None:
    offer = offers.small(
        "m=video 9 x 96 97", "a=mid:v", "a=sendonly", "a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96", f"a=extmap:4 {sdp.MID}", f"a=extmap:10 {sdp.RID}", f"a=extmap:11 {sdp.REPAIRED}",
        "a=rid:q send", "a=rid:h send", "a=rid:f send", "a=simulcast:send q;~h;f",
    )  # fmt: skip
    [made] = sections(write(offer))
    assert [line for line in made if "rid:" in line] == ["a=rid:q recv", "a=rid:h recv", "a=rid:f recv"]
    assert "a=simulcast:recv q;h;f" in made
    assert {f"a=extmap:4 {sdp.MID}", f"a=extmap:10 {sdp.RID}", f"a=extmap:11 {sdp.REPAIRED}"} <= set(made)


def test_one_layer_is_no_simulcast() -> None:
    assert not any(
        "rid:" in line or "simulcast" in line for part in sections(write(offers.chromium())) for line in part
    )


# ── one codec for all ──


def test_a_sitting_in_h264_takes_h264_only() -> None:
    made = sections(write(offers.chromium(), PLACES, "H264"))
    for part in (made[1], *made[5:8]):
        assert part[0].split()[1:] == ["9", "UDP/TLS/RTP/SAVPF", "102", "103"]
        assert "a=rtpmap:102 H264/90000" in part and "a=fmtp:103 apt=102" in part
        assert "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f" in part
    assert made[0][0].split()[3:] == ["63", "111"]


def test_of_many_h264s_that_in_packets_of_any_size_is_taken() -> None:
    offer = offers.small(*H264, "a=mid:v", "a=recvonly")
    [made] = sections(write(offer, codec="H264"))
    assert made[0].split()[3:] == ["102"]
    assert write(offer, codec="VP8").count("m=video 0 ") == 1


# ── TCP ──


def test_a_relay_on_tcp_says_so_behind_udp_and_below_it() -> None:
    local = answer.Local("u", "p", "AB", [("192.0.2.7", 8443)], [("192.0.2.7", 443), ("2001:db8::7", 443)])
    offer = sdp.parse(offers.chromium())
    made = answer.write(offer, local, 1, "VP8", {})
    found = [line.split() for line in sections(made)[0] if line.startswith("a=candidate:")]
    assert [(words[2], words[4], words[5], words[6:]) for words in found] == [
        ("udp", "192.0.2.7", "8443", ["typ", "host"]),
        ("tcp", "192.0.2.7", "443", ["typ", "host", "tcptype", "passive"]),
        ("tcp", "2001:db8::7", "443", ["typ", "host", "tcptype", "passive"]),
    ]
    priorities = [int(words[3]) for words in found]
    assert priorities == sorted(priorities, reverse=True) and len({words[0] for words in found}) == 3
    read_again = sdp.parse(made)
    assert read_again.streams == list(local.streams) and read_again.candidates == list(local.candidates)


def test_a_relay_without_tcp_says_nothing_of_it() -> None:
    assert " tcp " not in write(offers.chromium())
