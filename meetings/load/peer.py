"""One room without people: real ICE, DTLS and SRTP on a socket of its own, no codec.

It offers as a browser does (one sound and one picture of its own, places for others'), or answers a server that
offers. Its socket is read by whoever made it: a crowd that counts (crowd.py), or a recorder that only watches.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Iterator, Sequence

from store.errors import Unavailable

from ..relay import rtcp, sdp, stun
from ..relay.dtls import Address, Certificate, PortTransport, Session, fingerprint
from .film import Film, Stream

AUDIO, VIDEO = 111, 96
TYPES = {"audio": AUDIO, "video": VIDEO}
H264 = "profile-level-id=42e01f;packetization-mode=1"  # constrained baseline, which all senders have
RID = 10  # our id of the extension that names a layer
NUMBER = 3  # our id of the transport-wide number
CHECK_S, CHECKS, HANDSHAKE_S = 0.25, 40, 20
BUFFER = 4 * 1024**2


class Peer:
    """`sends`: a film in one size or several, the smallest first; none, and it only watches. Raises Unavailable where
    the relay does not answer."""

    def __init__(
        self, certificate: Certificate, sends: Sequence[Film], voices: int, pictures: int, mosaic: int = 0,
        codec: str = "VP8",
    ) -> None:  # fmt: skip
        self.places = {"audio": voices, "video": pictures}
        self.codec = codec  # of pictures
        self.mosaic = mosaic  # so many of its places for pictures
        self.voice = _stream(sends[0].steps, AUDIO) if sends else None
        self.pictures = [
            _stream(film.frames, VIDEO, _named(str(index)) if len(sends) > 1 else b"")
            for index, film in enumerate(sends)
        ]
        self.top = len(sends) - 1  # the highest layer that is sent
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self.sock.bind(("0.0.0.0", 0))  # noqa: S104  (a client's own port)
        self.sock.setblocking(False)
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self._certificate = certificate
        self._transport = PortTransport("controlling", self._send_to)
        self._answered = asyncio.Event()
        self.kinds: dict[int, str] = {}  # SSRC of a place -> its kind
        self.address: Address = ("", 0)
        self.there = sdp.Description()
        self.session: Session | None = None  # once connected

    # ── describing ──

    def offer(self) -> str:
        sections = []
        for kind in TYPES:
            if self.voice is not None:
                sections.append((kind, f"{kind}-own", "sendonly"))
            sections += [(kind, f"{kind}-{index}", "recvonly") for index in range(self.places[kind])]
        return self._describe(sections, "actpass")

    def answer(self, offer: str) -> str:
        """To a server that offers what we are to watch: its sections, in its order."""
        there = sdp.parse(offer)
        setup = "passive" if there.setup == "active" else "active"
        return self._describe([(media.kind, media.mid, "recvonly") for media in there.media], setup)

    def _describe(self, sections: list[tuple[str, str, str]], setup: str) -> str:
        mids = " ".join(mid for _, mid, _ in sections)
        head = f"v=0\r\no=- {secrets.randbits(40)} 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {mids}\r\n"
        lines = list(self._sections(sections, setup))
        return head + "\r\n".join(lines) + "\r\n"

    def _sections(self, sections: list[tuple[str, str, str]], setup: str) -> Iterator[str]:
        for kind, mid, direction in sections:
            pt, codec = TYPES[kind], "opus/48000/2" if kind == "audio" else f"{self.codec}/90000"
            yield f"m={kind} 9 UDP/TLS/RTP/SAVPF {pt}"
            yield "c=IN IP4 0.0.0.0"
            yield from (f"a=mid:{mid}", f"a={direction}", "a=rtcp-mux", f"a=rtpmap:{pt} {codec}")
            yield from (f"a=ice-ufrag:{self.ufrag}", f"a=ice-pwd:{self.password}", f"a=setup:{setup}")
            yield f"a=fingerprint:sha-256 {fingerprint(self._certificate)}"
            if kind == "video" and self.codec == "H264":
                yield f"a=fmtp:{pt} {H264}"
            if kind == "video":
                yield from (f"a=rtcp-fb:{pt} nack", f"a=rtcp-fb:{pt} nack pli")
            if direction == "sendonly":
                yield from self._sending(kind)
            else:
                yield f"a=extmap:{NUMBER} {sdp.TRANSPORT}"

    def _sending(self, kind: str) -> Iterator[str]:
        yield f"a=msid:own own-{kind}"
        if kind == "audio" and self.voice is not None:
            yield f"a=ssrc:{self.voice.ssrc} cname:{self.ufrag}"
        elif len(self.pictures) == 1:
            yield f"a=ssrc:{self.pictures[0].ssrc} cname:{self.ufrag}"
        else:
            rids = [str(index) for index in range(len(self.pictures))]
            yield f"a=extmap:{RID} {sdp.RID}"
            yield from (f"a=rid:{rid} send" for rid in rids)
            yield f"a=simulcast:send {';'.join(rids)}"

    # ── connecting ──

    async def connect(self, text: str) -> None:
        """Go by the other side's description: check, shake hands. The socket is nobody's to read afterwards."""
        self.there = sdp.parse(text)
        self.kinds = {media.ssrcs[0]: media.kind for media in self.there.media if media.ssrcs}
        reached = [one for one in self.there.candidates if ":" not in one[0]]
        if not reached:
            raise Unavailable("media-away")
        loop = asyncio.get_running_loop()
        loop.add_reader(self.sock, self._readable)
        try:
            for _ in range(CHECKS):
                for one in reached:
                    self._send_to(self._request(), one)
                try:
                    await asyncio.wait_for(self._answered.wait(), CHECK_S)
                    break
                except TimeoutError:
                    continue
            server = self.there.setup == "active"
            session = Session(self._transport, self._certificate, server=server)
            if await asyncio.wait_for(session.handshake(self.there.fingerprints), HANDSHAKE_S):
                self.session = session
        except (TimeoutError, ConnectionError) as error:
            raise Unavailable("media-away") from error
        finally:
            loop.remove_reader(self.sock)
        if self.session is None:
            raise Unavailable("media-away")

    def check(self) -> None:
        """Show that we are still here (RFC 7675)."""
        self._send_to(self._request(), self.address)

    def _request(self) -> bytes:
        return stun.request(self.ufrag, self.there.ufrag, secrets.token_bytes(12), self.there.password.encode())

    def _send_to(self, data: bytes, address: Address) -> None:
        assert isinstance(address, tuple)  # ours is never a stream
        try:
            self.sock.sendto(data, address)
        except OSError:  # full, or no way there
            return

    def _readable(self) -> None:
        """While connecting only: STUN and DTLS."""
        while True:
            try:
                data, (host, port) = self.sock.recvfrom(2048)
            except OSError:
                return
            if data[:2] == b"\x01\x01" and not self._answered.is_set():
                self.address = self._transport.address = (host, port)  # of all its addresses, the first that answers
                self._answered.set()
            elif data[:2] == b"\x00\x01":
                self._send_to(stun.response(data, host, port, self.password.encode()), (host, port))
            elif 19 < data[0] < 64:
                self._transport.feed(data)

    # ── media ──

    def say(self, packet: bytes) -> None:
        if self.session is not None:
            self._send_to(self.session.protect(packet), self.address)

    def hear(self, data: bytes) -> None:
        """What the relay tells a sender: of a key frame that is wanted, the film begins anew."""
        if self.session is None or len(data) < 8 or not 127 < data[0] < 192:
            return
        plain = self.session.unprotect_rtcp(data)
        wanted = rtcp.read(plain).key_frames if plain is not None else []
        for picture in self.pictures:
            if picture.ssrc in wanted:
                picture.begin_anew()

    def report(self) -> None:
        """Tell the relay that all came, as browsers do every second."""
        if self.kinds:
            blocks = [rtcp.Report(ssrc, 0, 0, 0, 0, 0) for ssrc in list(self.kinds)[: rtcp.MOST_BLOCKS]]
            self.tell(rtcp.receiver_report(blocks))

    def tell(self, feedback: bytes) -> None:
        """RTCP to the relay."""
        if self.session is not None:
            self._send_to(self.session.protect_rtcp(feedback), self.address)

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()
            self._transport.feed(None)
        self.sock.close()


def _stream(frames: tuple[bytes, ...], payload_type: int, named: bytes = b"") -> Stream:
    return Stream(frames, payload_type, secrets.randbits(31) | 1, secrets.randbits(15), secrets.randbits(32), named)


def _named(rid: str) -> bytes:
    """A header extension that names the layer (RFC 8852); RID is one character."""
    return b"\xbe\xde\x00\x01" + bytes([RID << 4]) + rid.encode() + bytes(2)
