"""Session descriptions, as far as the relay reads them (RFC 8866, RFC 9429). Pure; answers are written in answer.py.

A browser offers: a sound and a picture of its own, perhaps in several layers (RFC 8853), and a screen it may share
(`sendonly`); and as many places as its own screen has (`recvonly`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from store.errors import Malformed

LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
CODECS = {"opus": "opus/48000/2", "VP8": "vp8/90000", "H264": "h264/90000"}
MOST_LAYERS = 3
LONGEST = 64 * 1024
MOST_MEDIA = 64


@dataclass(slots=True)
class Media:
    """One m= section of an offer."""

    kind: str
    proto: str = ""
    mid: str = ""
    direction: str = "sendrecv"
    formats: list[int] = field(default_factory=list)
    codecs: dict[int, str] = field(default_factory=dict)  # payload type -> name/clock[/channels]
    settings: dict[int, str] = field(default_factory=dict)  # payload type -> fmtp
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    repairs: dict[int, int] = field(default_factory=dict)  # SSRC -> the one that repairs it (RFC 5576, FID)
    rids: list[str] = field(default_factory=list)  # layers it sends, in its order
    content: str = ""  # "slides": a shared screen (RFC 4796)

    @property
    def name(self) -> str:
        """Of the source it is: audio, video, screen."""
        return "screen" if self.kind == "video" and self.content == "slides" else self.kind

    def payload_type(self, codec: str) -> int:
        """Of CODEC, one of CODECS; 0 if it is not offered. H.264 in packets of any size, Constrained Baseline first."""
        found = [pt for pt in self.formats if self.codecs.get(pt, "").lower() == CODECS[codec]]
        if codec == "H264":
            found = [pt for pt in found if "packetization-mode=1" in self.settings.get(pt, "")]
            found.sort(key=lambda pt: not re.search("profile-level-id=42[c-f]0", self.settings[pt].lower()))
        return found[0] if found else 0

    def repair_type(self, payload_type: int) -> int:
        """Of the RTX (RFC 4588) for PAYLOAD_TYPE; -1 if it is not offered."""
        wanted = f"apt={payload_type}"
        return next((pt for pt in self._named("rtx/90000") if self.settings.get(pt, "").strip() == wanted), -1)

    def red_type(self, payload_type: int) -> int:
        """Of the RED (RFC 2198) around PAYLOAD_TYPE; -1 if it is not offered."""
        wanted = str(payload_type)
        found = (pt for pt in self._named("red/48000/2") if self.settings.get(pt, "").split("/")[0] == wanted)
        return next(found, -1)

    def _named(self, codec: str) -> list[int]:
        return [pt for pt in self.formats if self.codecs.get(pt, "").lower() == codec]


@dataclass(slots=True)
class Description:
    """An offer or an answer, as its other side needs it."""

    ufrag: str = ""
    password: str = ""
    setup: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)  # (algorithm, value)
    candidates: list[tuple[str, int]] = field(default_factory=list)  # host candidates for UDP
    streams: list[tuple[str, int]] = field(default_factory=list)  # and for TCP, passive
    media: list[Media] = field(default_factory=list)


def parse(text: str) -> Description:
    """Raises Malformed for what describes no session of ours."""
    if len(text) > LONGEST:
        raise Malformed("sdp")
    made = Description()
    media = made.media
    try:
        for line in text.splitlines():
            kind, _, value = line.partition("=")
            if kind == "m":
                words = value.split()
                media.append(
                    Media(words[0], proto=words[2], formats=[int(w) for w in words[3:] if w.isdigit() and int(w) < 128])
                )
            elif kind == "a":
                name, _, rest = value.partition(":")
                if not _take_transport(made, name, rest) and media:
                    _take(media[-1], name, rest)
    except (ValueError, IndexError) as error:
        raise Malformed("sdp") from error
    if not made.ufrag or not made.fingerprints or not media or len(media) > MOST_MEDIA:
        raise Malformed("sdp")
    return made


def _take_transport(made: Description, name: str, rest: str) -> bool:
    """One attribute of the bundle's transport, wherever it stands; the same in every section. False: it is none."""
    if name == "ice-ufrag":
        made.ufrag = rest
    elif name == "ice-pwd":
        made.password = rest
    elif name == "setup":
        made.setup = rest
    elif name == "fingerprint":
        algorithm, _, digest = rest.partition(" ")
        if (found := (algorithm.lower(), digest.upper())) not in made.fingerprints:
            made.fingerprints.append(found)
    elif name == "candidate":
        words = rest.split()
        known = {"udp": made.candidates, "tcp": made.streams}.get(words[2].lower())
        if known is not None and words[7] == "host" and (at := (words[4], int(words[5]))) not in known:
            known.append(at)
    else:
        return False
    return True


def _take(media: Media, name: str, rest: str) -> None:
    """One attribute of a media section."""
    if name == "mid":
        media.mid = rest
    elif name in ("sendonly", "recvonly", "sendrecv", "inactive"):
        media.direction = name
    elif name == "rtpmap":
        number, _, codec = rest.partition(" ")
        media.codecs[int(number)] = codec
    elif name == "fmtp":
        number, _, setting = rest.partition(" ")
        media.settings[int(number)] = setting
    elif name == "extmap":
        number, _, uri = rest.partition(" ")
        media.extensions[uri.split()[0]] = int(number.partition("/")[0])
    elif name == "ssrc":
        ssrc = int(rest.split()[0])
        if not 0 < ssrc < 1 << 32:
            raise ValueError(ssrc)
        if ssrc not in media.ssrcs:
            media.ssrcs.append(ssrc)
    elif name == "ssrc-group" and rest.startswith("FID "):
        first, second = (int(word) for word in rest.split()[1:3])
        media.repairs[first] = second
    elif name == "simulcast" and rest.startswith("send "):
        # alternatives (,) and paused streams (~) are told apart by RFC 8853; we take the first of each, paused or not
        media.rids = [one.split(",")[0].lstrip("~") for one in rest.split()[1].split(";")][:MOST_LAYERS]
    elif name == "content":
        media.content = rest.strip()
