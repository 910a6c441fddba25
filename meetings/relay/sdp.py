"""Offers and answers, as far as the relay speaks SDP (RFC 8866, RFC 9429). Pure.

A browser offers: one sound and one picture of its own (`sendonly`), and as many places as its screen has (`recvonly`).
The answer takes VP8 and Opus, one bundle, ICE-lite, and gives every place an SSRC that never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from store.errors import Malformed

LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
CODECS = {"audio": "opus/48000/2", "video": "VP8/90000"}
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

    @property
    def payload_type(self) -> int:
        """Of the codec we take; 0 if it is not offered."""
        if self.kind not in CODECS:
            return 0
        wanted = CODECS[self.kind].lower()
        return next((pt for pt in self.formats if self.codecs.get(pt, "").lower() == wanted), 0)


@dataclass(slots=True)
class Description:
    """An offer or an answer, as its other side needs it."""

    ufrag: str = ""
    password: str = ""
    setup: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)  # (algorithm, value)
    candidates: list[tuple[str, int]] = field(default_factory=list)  # host candidates for UDP
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
        if (
            words[2].lower() == "udp"
            and words[7] == "host"
            and (at := (words[4], int(words[5]))) not in made.candidates
        ):
            made.candidates.append(at)
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
        media.ssrcs.append(ssrc)


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of a connection."""

    ufrag: str
    password: str
    fingerprint: str  # sha-256
    candidates: Sequence[tuple[str, int]]


def answer(offer: Description, local: Local, session: int, ssrcs: dict[str, int]) -> str:
    """The answer. SSRCS: mid of a place -> the SSRC we send there."""
    taken = [media.mid for media in offer.media if _is_taken(media)]
    lines = [
        "v=0", f"o=- {session} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(taken)}",
        "a=ice-lite", "a=msid-semantic: WMS *",
    ]  # fmt: skip
    for media in offer.media:
        lines += _section(media, local, ssrcs.get(media.mid, 0)) if _is_taken(media) else _refused(media)
    return "\r\n".join(lines) + "\r\n"


def _is_taken(media: Media) -> bool:
    return bool(media.payload_type) and media.direction in ("sendonly", "recvonly")


def _refused(media: Media) -> Iterable[str]:
    yield f"m={media.kind} 0 {media.proto} {media.formats[0] if media.formats else 0}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=inactive"
    yield f"a=mid:{media.mid}"


def _section(media: Media, local: Local, ssrc: int) -> Iterable[str]:
    pt = media.payload_type
    yield f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {pt}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{media.mid}"
    yield "a=recvonly" if media.direction == "sendonly" else "a=sendonly"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    yield f"a=rtpmap:{pt} {media.codecs[pt]}"
    if media.kind == "audio":
        yield f"a=fmtp:{pt} minptime=10;useinbandfec=1;usedtx=1"
    else:
        yield f"a=rtcp-fb:{pt} nack"
        yield f"a=rtcp-fb:{pt} nack pli"
        yield f"a=rtcp-fb:{pt} ccm fir"
    if media.direction == "sendonly":
        yield f"a=rtcp-fb:{pt} transport-cc"
        for uri in (LEVEL, TRANSPORT):
            if uri in media.extensions:
                yield f"a=extmap:{media.extensions[uri]} {uri}"
    else:
        yield f"a=msid:place-{media.mid} place-{media.mid}"
        yield f"a=ssrc:{ssrc} cname:bacap"
    yield f"a=ice-ufrag:{local.ufrag}"
    yield f"a=ice-pwd:{local.password}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield "a=setup:passive"
    for number, (host, port) in enumerate(local.candidates, 1):
        yield f"a=candidate:{number} 1 udp {2130706431 - number} {host} {port} typ host"
    yield "a=end-of-candidates"
