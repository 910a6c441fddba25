"""An offer as Chromium writes it for the meeting screen: one sound and one picture of its own, three places of each,
and a data channel that nobody asked for. Written by hand after RFC 9429 and what chrome://webrtc-internals shows.
"""

from __future__ import annotations

PRINT = ":".join(f"{byte:02X}" for byte in range(32))
HEAD = """\
v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE {mids}
a=extmap-allow-mixed
a=msid-semantic: WMS 5b6f0c9c
"""
COMMON = """\
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 8a9c.local 51234 typ host generation 0 network-cost 999
a=ice-ufrag:Xy9z
a=ice-pwd:Kqk7p3yW2fYQ1w9mYQz6Y0aR
a=ice-options:trickle
a=fingerprint:sha-256 {print}
a=setup:actpass
a=mid:{mid}
"""
AUDIO = """\
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a={direction}
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
"""
VIDEO = """\
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:13 urn:3gpp:video-orientation
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid
a={direction}
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""
SOUND = "a=msid:5b6f0c9c 7d2c\na=ssrc:3735928559 cname:k3zQ\na=ssrc:3735928559 msid:5b6f0c9c 7d2c\n"
PICTURE = """\
a=msid:5b6f0c9c 91aa
a=ssrc-group:FID 2882400018 305419896
a=ssrc:2882400018 cname:k3zQ
a=ssrc:2882400018 msid:5b6f0c9c 91aa
a=ssrc:305419896 cname:k3zQ
a=ssrc:305419896 msid:5b6f0c9c 91aa
"""
CHANNEL = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n"
CHANNEL_END = "a=sctp-port:5000\na=max-message-size:262144\n"


def audio(mid: str, direction: str) -> str:
    lines = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110\n" + COMMON + AUDIO
    return lines.format(mid=mid, direction=direction, print=PRINT) + (SOUND if direction == "sendonly" else "")


def video(mid: str, direction: str) -> str:
    lines = "m=video 9 UDP/TLS/RTP/SAVPF 102 103 96 97\n" + COMMON + VIDEO
    return lines.format(mid=mid, direction=direction, print=PRINT) + (PICTURE if direction == "sendonly" else "")


def channel(mid: str) -> str:
    return CHANNEL + COMMON.format(mid=mid, print=PRINT) + CHANNEL_END


def chromium(places: int = 3) -> str:
    """The whole offer, with the line ends of RFC 8866."""
    sections = [audio("0", "sendonly"), video("1", "sendonly")]
    sections += [audio(str(2 + index), "recvonly") for index in range(places)]
    sections += [video(str(2 + places + index), "recvonly") for index in range(places)]
    sections.append(channel(str(2 + 2 * places)))
    mids = " ".join(str(index) for index in range(len(sections)))
    return (HEAD.format(mids=mids) + "".join(sections)).replace("\n", "\r\n")


def small(*lines: str, fingerprint: str = PRINT) -> str:
    """The least that is an offer, and LINES of its sections."""
    return "\r\n".join(("v=0", "a=ice-ufrag:abcd", f"a=fingerprint:sha-256 {fingerprint}", *lines, ""))
