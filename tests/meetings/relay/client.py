"""A client of the relay made of a socket, aioice's STUN and one DTLS session; no ICE agent, jitter buffer or codec.

It sends what no browser would, and keeps all that comes back.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from typing import Any

from aioice import stun

from meetings.relay import sdp
from meetings.relay.dtls import Address, PortTransport, Session, fingerprint, new_certificate
from meetings.relay.port import Port
from tests.kit.media import until

from . import offers
from .stream import AUDIO, VIDEO, Film, Voice

LEVEL_ID, TRANSPORT_ID = 1, 3


class Client:
    """Sends one sound and one picture, has places for others'."""

    FAMILY, HERE = socket.AF_INET, "127.0.0.1"

    def __init__(self, name: str, *, voices: int = 1, pictures: int = 1, announces: bool = True) -> None:
        self.name = name
        self.film, self.voice = Film(name), Voice(name)
        self._places = {"audio": voices, "video": pictures}
        self._announces = announces
        self.certificate = new_certificate()
        self.transport = PortTransport("controlling", self._send_to)
        self.session = Session(self.transport, self.certificate, server=False)
        self.ufrag = secrets.token_hex(2)
        self.socks: list[socket.socket] = []
        self.sock = self.new_socket()
        self.stun: list[stun.Message] = []
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.strange: list[bytes] = []
        self.places: dict[str, list[int]] = {}

    # ── joining ──

    def offer(self) -> str:
        lines = []
        for kind, pt, codec, ssrc in (
            ("audio", AUDIO, "opus/48000/2", self.voice.ssrc), ("video", VIDEO, "VP8/90000", self.film.ssrc),
        ):  # fmt: skip
            for index in range(1 + self._places[kind]):
                lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {pt}", f"a=mid:{kind}{index}", f"a=rtpmap:{pt} {codec}"]
                if index:
                    lines.append("a=recvonly")
                    continue
                lines += ["a=sendonly", f"a=extmap:{LEVEL_ID} {sdp.LEVEL}", f"a=extmap:{TRANSPORT_ID} {sdp.TRANSPORT}"]
                if self._announces:
                    lines.append(f"a=ssrc:{ssrc} cname:{self.name}")
        return offers.small(*lines, fingerprint=fingerprint(self.certificate))

    def accept(self, answer: str) -> None:
        self.name_there, self.password = one(r"a=ice-ufrag:(\S+)", answer), one(r"a=ice-pwd:(\S+)", answer)
        self.print_there = one(r"a=fingerprint:sha-256 (\S+)", answer)
        self.relay = (one(r"a=candidate:1 1 udp \d+ (\S+)", answer), int(one(r"a=candidate:1 .* (\d+) typ", answer)))
        self.transport.address = self.relay
        for kind in self._places:
            found = re.findall(rf"^m={kind} 9 (?:(?!^m=).)*?^a=ssrc:(\d+)", answer, re.DOTALL | re.MULTILINE)
            self.places[kind] = [int(ssrc) for ssrc in found]

    async def join(self, port: Port, room: str = "r", offer: str = "") -> Client:
        self.accept(await port.join(room, self.name, offer or self.offer()))
        await self.connect()
        await until(lambda: self.name in port.rooms[room].endpoints, what=f"{self.name} to be in the room")
        return self

    async def connect(self) -> None:
        self.send(self.check())
        await until(lambda: self.stun, what="an answer to our check")
        assert await asyncio.wait_for(self.session.handshake([("sha-256", self.print_there)]), 20)

    def check(self, *, nominate: bool = True, password: str = "", name: str = "") -> bytes:
        """A connectivity check, genuine unless told otherwise."""
        made = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        made.attributes["USERNAME"] = f"{name or self.name_there}:{self.ufrag}"
        made.attributes["PRIORITY"] = 1 << 30
        if nominate:
            made.attributes["USE-CANDIDATE"] = None
        made.add_message_integrity((password or self.password).encode())
        return bytes(made)

    # ── sockets ──

    def new_socket(self) -> socket.socket:
        """One more of ours, on another port; what comes to it is read like the rest."""
        made = socket.socket(self.FAMILY, socket.SOCK_DGRAM)
        made.bind((self.HERE, 0))
        made.setblocking(False)
        self.socks.append(made)
        asyncio.get_running_loop().add_reader(made, self._readable, made)
        return made

    def send(self, data: bytes, sock: socket.socket | None = None) -> None:
        (sock or self.sock).sendto(data, self.relay)

    def _send_to(self, data: bytes, address: Address) -> None:
        self.sock.sendto(data, address)

    def _readable(self, sock: socket.socket) -> None:
        while True:
            try:
                data = sock.recv(4096)
            except OSError:
                return
            if data[0] < 4:
                self.stun.append(stun.parse_message(data))
            elif 19 < data[0] < 64:
                self.transport.feed(data)
            elif self.session.state != "connected":
                continue  # too early; a browser would have dropped it too
            elif 191 < data[1] < 224:
                self.keep(self.rtcp, self.session.unprotect_rtcp(data), data)
            else:
                self.keep(self.rtp, self.session.unprotect(data), data)

    def keep(self, box: list[bytes], plain: bytes | None, data: bytes) -> None:
        if plain is None:
            self.strange.append(data)
        else:
            box.append(plain)

    # ── media ──

    def say(self, packet: bytes, sock: socket.socket | None = None) -> None:
        self.send(self.session.protect(packet), sock)

    def ask(self, feedback: bytes) -> None:
        self.send(self.session.protect_rtcp(feedback))

    def show(self, frames: int = 1, *, key: bool = True) -> None:
        """Send some pictures, the first of them a key frame."""
        for index in range(frames):
            for part in self.film.frame(key=key and not index):
                self.say(part)

    def of(self, kind: str) -> list[bytes]:
        """What came to the places of KIND."""
        return [data for data in self.rtp if int.from_bytes(data[8:12]) in self.places.get(kind, [])]

    async def close(self) -> None:
        await self.session.close()
        for sock in self.socks:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()


def one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


def extended(packet: bytes, number: int, value: bytes) -> bytes:
    """PACKET with one header extension (the one-byte form of RFC 8285)."""
    words = bytes([number << 4 | len(value) - 1]) + value
    words += bytes(-len(words) % 4)
    head = b"\xbe\xde" + (len(words) // 4).to_bytes(2)
    return bytes([packet[0] | 16]) + packet[1:12] + head + words + packet[12:]


def faults_of(loop: asyncio.AbstractEventLoop) -> list[dict[str, Any]]:
    """From now on, what breaks in a callback of LOOP is kept here."""
    kept: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: kept.append(context))
    return kept
