"""DTLS-SRTP between two ends in one process, and the contract with aiortc 1.16 and pylibsrtp: meetings.relay.dtls."""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
import re
from collections.abc import AsyncIterator, Callable

import pylibsrtp
import pytest
from aiortc import rtcdtlstransport as aiortc_dtls
from aiortc.rtcdtlstransport import RTCDtlsTransport
from pylibsrtp import _binding

from meetings.relay import dtls
from meetings.relay.dtls import INBOX, PortTransport, Session, fingerprint, new_certificate
from tests.kit.media import until

RTP = b"\x80\x60\x00\x01" + bytes(4) + b"\x00\x00\x00\x07" + b"a payload"
RTCP = b"\x81\xce\x00\x02" + bytes(4) + b"\x00\x00\x00\x07"
HERE = ("127.0.0.1", 9)


class Pair:
    """A server and a client whose datagrams go straight into each other's inbox, unless LOSE says otherwise."""

    def __init__(self, lose: Callable[[int], bool] = lambda _: False, client: type[RTCDtlsTransport] = Session) -> None:
        self.sent = 0
        self.lose = lose
        self.certificates = [new_certificate(), new_certificate()]
        self.transports = [
            PortTransport("controlled", lambda data, _: self._carry(data, 1)),
            PortTransport("controlling", lambda data, _: self._carry(data, 0)),
        ]
        for transport in self.transports:
            transport.address = HERE
        self.server = Session(self.transports[0], self.certificates[0])
        if client is Session:
            self.client: RTCDtlsTransport = Session(self.transports[1], self.certificates[1], server=False)
        else:
            self.client = client(self.transports[1], [self.certificates[1]])  # type: ignore[arg-type]
            self.client._set_role("client")

    def _carry(self, data: bytes, to: int) -> None:
        self.sent += 1
        if not self.lose(self.sent):
            self.transports[to].feed(data)

    def prints(self, of: int) -> list[tuple[str, str]]:
        return [("sha-256", fingerprint(self.certificates[of]))]

    async def shake(self, expected: list[tuple[str, str]] | None = None) -> bool:
        """The server's verdict on a client whose certificate should have one of EXPECTED."""
        theirs = aiortc_dtls.RTCDtlsParameters(
            fingerprints=[aiortc_dtls.RTCDtlsFingerprint(algorithm=a, value=v) for a, v in self.prints(0)]
        )
        other = asyncio.create_task(self.client.start(theirs))
        verdict = await asyncio.wait_for(self.server.handshake(expected or self.prints(1)), 20)
        if verdict:
            await asyncio.wait_for(other, 20)
        other.cancel()
        return verdict

    async def close(self) -> None:
        await self.server.close()
        await self.client.stop()
        await asyncio.sleep(0)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    yield made
    await made.close()


# ── the contract ──


def test_the_installed_versions_are_those_we_know() -> None:
    assert importlib.metadata.version("aiortc").split(".")[:2] == ["1", "16"]


def test_the_names_we_use_are_there() -> None:
    transport = PortTransport("controlled", lambda *_: None)
    made = RTCDtlsTransport(transport, [new_certificate()])  # type: ignore[arg-type]
    for name in ("_srtp_profiles", "_rx_srtp", "_tx_srtp", "_role", "_set_role", "_ssl", "start", "stop", "state"):
        assert hasattr(made, name), name
    assert made.state == "new"
    assert [p.openssl_profile for p in dtls.PROFILES] == [b"SRTP_AEAD_AES_128_GCM", b"SRTP_AES128_CM_SHA1_80"]


def test_aiortc_wants_no_more_of_a_transport_than_we_have() -> None:
    wanted = set(re.findall(r"self\._?transport\.(\w+)", inspect.getsource(RTCDtlsTransport)))
    assert wanted == {"_recv", "_send", "role"}
    transport = PortTransport("controlled", lambda *_: None)
    assert all(hasattr(transport, name) for name in (*wanted, "state"))


def test_pylibsrtp_takes_no_more_than_1500_bytes() -> None:
    """Egress and the port must know: a longer packet is a ValueError there, not its own Error."""
    assert len(pylibsrtp.Session()._cdata) == 1500
    assert not issubclass(pylibsrtp.Error, ValueError)


async def test_the_handle_protects_in_place_as_the_session_does(pair: Pair) -> None:
    assert await pair.shake()
    buffer = _binding.ffi.new("char[]", RTP + bytes(160))
    length = _binding.ffi.new("int *", len(RTP))
    assert _binding.lib.srtp_protect(pair.server.srtp, buffer, length) == 0
    client = pair.client
    assert isinstance(client, Session)
    assert client.unprotect(bytes(_binding.ffi.buffer(buffer, length[0]))) == RTP


# ── handshakes ──


async def test_two_ends_shake_hands_and_talk(pair: Pair) -> None:
    assert await pair.shake()
    client = pair.client
    assert isinstance(client, Session)
    for one, other in ((pair.server, client), (client, pair.server)):
        assert one.state == "connected"
        assert one.protect(RTP)[12:] != RTP[12:]
        assert other.unprotect(one.protect(RTP)) == RTP
        assert other.unprotect_rtcp(one.protect_rtcp(RTCP)) == RTCP


async def test_another_certificate_gets_no_media(pair: Pair) -> None:
    assert not await pair.shake(pair.prints(0))
    assert pair.server.state == "failed"
    assert pair.server._rx_srtp is None and pair.server._tx_srtp is None


async def test_every_known_fingerprint_must_fit_and_one_must_be_known() -> None:
    for wrong, verdict in (
        ([("sha-512", "AB:CD")], False),
        ([("md5", "AB:CD")], True),  # not supported, so not looked at
        ([("sha-256", "AB:CD")], False),
    ):
        made = Pair()
        assert await made.shake(made.prints(1) + wrong) is verdict, wrong
        await made.close()
    made = Pair()
    assert not await made.shake([("md5", "AB:CD")])
    await made.close()


async def test_letter_case_of_a_fingerprint_does_not_matter(pair: Pair) -> None:
    [(algorithm, value)] = pair.prints(1)
    assert await pair.shake([(algorithm.upper(), value.lower())])


async def test_the_server_decides_and_takes_the_cheap_profile() -> None:
    """A stock client lists GCM-256 first; GCM-128 is what our order makes of it."""
    made = Pair(client=RTCDtlsTransport)
    assert made.client._srtp_profiles[0] is aiortc_dtls.SRTP_AEAD_AES_256_GCM
    assert await made.shake()
    for end in (made.server, made.client):
        assert end._ssl is not None and end._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"
    await made.close()


async def test_a_client_that_knows_only_cm_is_served_too(pair: Pair) -> None:
    pair.client._srtp_profiles = [aiortc_dtls.SRTP_AES128_CM_SHA1_80]
    assert await pair.shake()
    client = pair.client
    assert isinstance(client, Session) and client.unprotect(pair.server.protect(RTP)) == RTP


async def test_a_client_without_a_profile_of_ours_gets_no_media() -> None:
    made = Pair(client=RTCDtlsTransport)
    made.client._srtp_profiles = [aiortc_dtls.SRTP_AEAD_AES_256_GCM]
    assert not await made.shake()
    await made.close()


async def test_lost_datagrams_are_sent_again() -> None:
    made = Pair(lose=lambda number: number in (1, 3))
    assert await made.shake()
    await made.close()


async def test_garbage_among_the_datagrams_does_not_disturb(pair: Pair) -> None:
    for data in (b"\x16", b"\x16\xfe\xfd" + bytes(30), bytes(range(22, 62)), b"\x17" + b"\xff" * 1400):
        pair.transports[0].feed(data)
    assert await pair.shake()
    pair.transports[0].feed(b"\x15\xfe\xfd" + b"\xff" * 40)
    await asyncio.sleep(0)
    assert pair.server.unprotect(pair.client._tx_srtp.protect(RTP)) == RTP


# ── packets ──


async def test_what_is_forged_replayed_or_damaged_is_none(pair: Pair) -> None:
    assert await pair.shake()
    good = pair.client._tx_srtp.protect(RTP)
    assert pair.server.unprotect(good[:-1] + bytes([good[-1] ^ 1])) is None
    assert pair.server.unprotect(RTP) is None
    assert pair.server.unprotect(pair.server.protect(RTP)) is None  # our own, sent back
    assert pair.server.unprotect(good) == RTP
    assert pair.server.unprotect(good) is None
    report = pair.client._tx_srtp.protect_rtcp(RTCP)
    assert pair.server.unprotect_rtcp(report[:-1]) is None
    assert pair.server.unprotect_rtcp(report) == RTCP
    assert pair.server.unprotect_rtcp(report) is None


@pytest.mark.parametrize("size", [0, 1, 2, 11, 12, 1500, 1501, 2048])
async def test_noise_of_any_length_is_none(pair: Pair, size: int) -> None:
    assert await pair.shake()
    data = (b"\x80\xc8" + b"\x55" * size)[:size]
    assert pair.server.unprotect(data) is None
    assert pair.server.unprotect_rtcp(data) is None


# ── transport and end ──


async def test_an_inbox_that_is_full_drops() -> None:
    transport = PortTransport("controlled", lambda *_: None)
    for number in range(INBOX + 10):
        transport.feed(bytes([number]))
    assert [await transport._recv() for _ in range(INBOX)] == [bytes([number]) for number in range(INBOX)]
    transport.feed(None)
    with pytest.raises(ConnectionError):
        await transport._recv()


async def test_nothing_is_sent_before_there_is_an_address() -> None:
    sent: list[tuple[bytes, dtls.Address]] = []
    transport = PortTransport("controlled", lambda data, address: sent.append((data, address)))
    await transport._send(b"one")
    transport.address = HERE
    await transport._send(b"two")
    assert sent == [(b"two", HERE)]


async def test_close_says_goodbye(pair: Pair) -> None:
    assert await pair.shake()
    await pair.server.close()
    await until(lambda: pair.client.state == "closed")
    await pair.server.close()


async def test_close_before_the_handshake_and_during_it() -> None:
    made = Pair()
    await made.server.close()
    shaking = asyncio.create_task(made.server.handshake(made.prints(1)))
    await asyncio.sleep(0)
    made.transports[0].feed(None)
    assert await asyncio.wait_for(shaking, 10) is False
    await made.server.close()


def test_a_certificate_is_its_own() -> None:
    one, other = fingerprint(new_certificate()), fingerprint(new_certificate())
    assert one != other and re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", one)
