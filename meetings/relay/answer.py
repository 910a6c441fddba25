"""The relay's answer to an offer (RFC 9429): one codec, one bundle, ICE-lite, and an SSRC for every place that never
changes. Pure.

A sender is asked for all it can do against loss; a viewer is told of our resends, our redundancy and our numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .sdp import LEVEL, MID, REPAIRED, RID, TRANSPORT, Description, Media

Candidate = tuple[str, int]  # address, port


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of a connection. `streams`: where we take it over TCP (RFC 6544)."""

    ufrag: str
    password: str
    fingerprint: str  # sha-256
    candidates: Sequence[Candidate]
    streams: Sequence[Candidate] = field(default=())


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a place: its SSRC, and that of its resends."""

    ssrc: int
    repair_ssrc: int


def codec_of(media: Media, codec: str) -> str:
    """The codec a section is to have in a sitting whose pictures are in CODEC."""
    return "opus" if media.kind == "audio" else codec


def is_taken(media: Media, codec: str) -> bool:
    return (
        media.kind in ("audio", "video")
        and media.direction in ("sendonly", "recvonly")
        and bool(media.payload_type(codec_of(media, codec)))
    )


def write(offer: Description, local: Local, session: int, codec: str, places: Mapping[str, Numbers]) -> str:
    """The answer to OFFER in a sitting whose pictures are in CODEC; PLACES by their mid."""
    taken = [media.mid for media in offer.media if is_taken(media, codec)]
    lines = [
        "v=0", f"o=- {session} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(taken)}",
        "a=ice-lite", "a=msid-semantic: WMS *",
    ]  # fmt: skip
    for media in offer.media:
        if is_taken(media, codec):
            lines += _section(media, codec_of(media, codec), local, places.get(media.mid))
        else:
            lines += _refused(media)
    return "\r\n".join(lines) + "\r\n"


def _refused(media: Media) -> Iterator[str]:
    yield f"m={media.kind} 0 {media.proto} {media.formats[0] if media.formats else 0}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=inactive"
    yield f"a=mid:{media.mid}"


def _section(media: Media, codec: str, local: Local, numbers: Numbers | None) -> Iterator[str]:
    sends = media.direction == "sendonly"
    pt = media.payload_type(codec)
    red, repair = media.red_type(pt), media.repair_type(pt)
    types = [one for one in ((red, pt) if sends else (pt, red)) if one >= 0] if media.kind == "audio" else [pt]
    if media.kind == "video" and repair >= 0:
        types.append(repair)
    yield f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, types))}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{media.mid}"
    yield "a=recvonly" if sends else "a=sendonly"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    yield from (f"a=rtpmap:{one} {media.codecs[one]}" for one in types)
    yield from _picture(media, pt, repair) if media.kind == "video" else _sound(media, pt, red)
    wanted = (LEVEL, TRANSPORT, MID, RID, REPAIRED) if sends else (TRANSPORT,) if media.kind == "video" else ()
    yield from (f"a=extmap:{media.extensions[uri]} {uri}" for uri in wanted if uri in media.extensions)
    if media.rids:
        yield from (f"a=rid:{rid} recv" for rid in media.rids)
        yield f"a=simulcast:recv {';'.join(media.rids)}"
    if numbers is not None:
        yield from _place(media, repair, numbers)
    yield from _transport(local)


def _place(media: Media, repair: int, numbers: Numbers) -> Iterator[str]:
    yield f"a=msid:place-{media.mid} place-{media.mid}"
    if repair >= 0:
        yield f"a=ssrc-group:FID {numbers.ssrc} {numbers.repair_ssrc}"
    yield f"a=ssrc:{numbers.ssrc} cname:bacap"
    if repair >= 0:
        yield f"a=ssrc:{numbers.repair_ssrc} cname:bacap"


def _sound(media: Media, pt: int, red: int) -> Iterator[str]:
    yield f"a=fmtp:{pt} minptime=10;useinbandfec=1;usedtx=1"
    if red >= 0:
        yield f"a=fmtp:{red} {pt}/{pt}"
    if media.direction == "sendonly":
        yield f"a=rtcp-fb:{pt} transport-cc"


def _picture(media: Media, pt: int, repair: int) -> Iterator[str]:
    if pt in media.settings:
        yield f"a=fmtp:{pt} {media.settings[pt]}"
    if repair >= 0:
        yield f"a=fmtp:{repair} apt={pt}"
    for feedback in ("nack", "nack pli", "ccm fir", "transport-cc"):
        yield f"a=rtcp-fb:{pt} {feedback}"


def _transport(local: Local) -> Iterator[str]:
    yield f"a=ice-ufrag:{local.ufrag}"
    yield f"a=ice-pwd:{local.password}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield "a=setup:passive"
    for number, (host, port) in enumerate(local.candidates, 1):
        yield f"a=candidate:{number} 1 udp {2130706431 - number} {host} {port} typ host"
    for number, (host, port) in enumerate(local.streams, len(local.candidates) + 1):
        # a lower preference than any UDP (RFC 6544, section 4.2): only who gets no UDP through comes this way
        yield f"a=candidate:{number} 1 tcp {1518280447 - number} {host} {port} typ host tcptype passive"
    yield "a=end-of-candidates"
