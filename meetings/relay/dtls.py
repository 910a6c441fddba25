"""DTLS-SRTP by aiortc, driven by our own port: the only file that knows aiortc's private names (aiortc 1.16).

aiortc's transport wants four members of its ICE transport; `PortTransport` has just those. It is fed DTLS datagrams
only; media is protected and unprotected directly with the SRTP sessions it has set up. A contract test holds this to
the installed version.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

from aiortc import RTCCertificate
from aiortc import rtcdtlstransport as aiortc_dtls
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from pylibsrtp import Error as SrtpError


class Stream(Protocol):
    """A TCP connection in place of a UDP address (tcp.py)."""

    peer: tuple[str, int]

    def send(self, data: bytes, picture: bool = False) -> bool: ...


Udp = tuple[Any, ...]  # as the socket tells it: (host, port), and flow and scope with IPv6
Address = Udp | Stream

PROFILES = [aiortc_dtls.SRTP_AEAD_AES_128_GCM, aiortc_dtls.SRTP_AES128_CM_SHA1_80]
TAGS = {b"SRTP_AEAD_AES_128_GCM": 16, b"SRTP_AES128_CM_SHA1_80": 10}  # RFC 7714, RFC 5764
ProtectError = SrtpError  # what `Session.protect` raises
INBOX = 64  # DTLS datagrams; more are dropped, and DTLS sends again


class Certificate(RTCCertificate):
    """Makes its OpenSSL context once, not for every peer: a join costs half, and a session 20 KiB less."""

    _context: Any = None

    def _create_ssl_context(self, srtp_profiles: list[Any]) -> Any:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
        return self._context


def new_certificate() -> Certificate:
    """One for the life of a worker."""
    made: Certificate = Certificate.generateCertificate()
    return made


def fingerprint(certificate: Certificate) -> str:
    return next(p.value for p in certificate.getFingerprints() if p.algorithm == "sha-256")


class PortTransport:
    """What RTCDtlsTransport uses of an ICE transport: role, state, _recv, _send."""

    def __init__(self, role: str, send: Callable[[bytes, Address], None]) -> None:
        self.role = role
        self.state = "completed"
        self.address: Address | None = None
        self._send_to = send
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue(INBOX)

    async def _recv(self) -> bytes:
        data = await self._inbox.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        if self.address is not None:
            self._send_to(data, self.address)

    def feed(self, data: bytes | None) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._inbox.put_nowait(data)


class Session(aiortc_dtls.RTCDtlsTransport):
    """One peer's DTLS and SRTP. We are the DTLS server, because the server's order of SRTP profiles decides."""

    def __init__(self, transport: PortTransport, certificate: Certificate, *, server: bool = True) -> None:
        super().__init__(transport, [certificate])  # type: ignore[arg-type]
        self._srtp_profiles = PROFILES
        self._set_role("server" if server else "client")

    async def handshake(self, prints: list[tuple[str, str]]) -> bool:
        """True once connected to a peer whose certificate has one of PRINTS."""
        wanted = [RTCDtlsFingerprint(algorithm=algorithm, value=value) for algorithm, value in prints]
        await self.start(RTCDtlsParameters(fingerprints=wanted))
        return bool(self.state == "connected")

    def unprotect(self, data: bytes) -> bytes | None:
        """Plain RTP, or None for what was forged, replayed or damaged."""
        try:
            plain: bytes = self._rx_srtp.unprotect(data)
        except (SrtpError, ValueError):
            return None
        return plain

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        try:
            plain: bytes = self._rx_srtp.unprotect_rtcp(data)
        except (SrtpError, ValueError):
            return None
        return plain

    def protect(self, data: bytes) -> bytes:
        made: bytes = self._tx_srtp.protect(data)
        return made

    def protect_rtcp(self, data: bytes) -> bytes:
        made: bytes = self._tx_srtp.protect_rtcp(data)
        return made

    @property
    def srtp(self) -> Any:
        """The libsrtp handle of the sending side, for protecting in place."""
        return self._tx_srtp._srtp[0]

    @property
    def tag(self) -> int:
        """Bytes that protection adds to a packet."""
        assert self._ssl is not None
        return TAGS[self._ssl.get_selected_srtp_profile()]

    async def close(self) -> None:
        """Say goodbye, without waiting for an answer."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.stop(), 1)
