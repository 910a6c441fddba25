"""STUN with aioice as the peer, and everything that is not STUN: meetings.relay.stun."""

from __future__ import annotations

import contextlib
import ipaddress

import pytest
from aioice import stun as peer
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import stun
from store.errors import Malformed

PASSWORD = "0123456789abcdef01234567"
NAME = "relay:browser"


def request(
    *,
    name: str | None = NAME,
    password: str | None = PASSWORD,
    nominate: bool = True,
    method: peer.Method = peer.Method.BINDING,
) -> peer.Message:
    """A binding request as a browser's ICE agent makes it."""
    made = peer.Message(method, peer.Class.REQUEST)
    if name is not None:
        made.attributes["USERNAME"] = name
    made.attributes["PRIORITY"] = 1853824767
    made.attributes["ICE-CONTROLLING"] = 1 << 40
    if nominate:
        made.attributes["USE-CANDIDATE"] = None
    if password is not None:
        made.add_message_integrity(password.encode())
    return made


def lengthened(data: bytes, attribute: bytes) -> bytes:
    """DATA with one more attribute at its end, and a header that says so."""
    return data[:2] + (len(data) - 20 + len(attribute)).to_bytes(2) + data[4:] + attribute


def without_fingerprint(data: bytes) -> bytes:
    return data[:2] + (len(data) - 20 - 8).to_bytes(2) + data[4:-8]


# ── a request of aioice's is understood ──


def test_a_request_names_us_proves_itself_and_nominates() -> None:
    data = bytes(request())
    assert stun.local_name(data) == "relay"
    assert stun.is_genuine(data, PASSWORD.encode())
    assert stun.nominates(data)


def test_a_plain_check_does_not_nominate() -> None:
    data = bytes(request(nominate=False))
    assert stun.is_genuine(data, PASSWORD.encode())
    assert not stun.nominates(data)


def test_a_name_without_a_colon_is_the_whole_name() -> None:
    assert stun.local_name(bytes(request(name="relay"))) == "relay"


@pytest.mark.parametrize("password", ["", "0123456789abcdef01234568", PASSWORD + "0"])
def test_another_password_is_not_genuine(password: str) -> None:
    assert not stun.is_genuine(bytes(request()), password.encode())


def test_no_integrity_is_not_genuine() -> None:
    assert not stun.is_genuine(bytes(request(password=None)), PASSWORD.encode())


def test_a_short_integrity_is_not_genuine() -> None:
    made = request(password=None)
    made.attributes["MESSAGE-INTEGRITY"] = b""
    assert not stun.is_genuine(bytes(made), PASSWORD.encode())


def test_the_fingerprint_may_be_missing() -> None:
    assert stun.is_genuine(without_fingerprint(bytes(request())), PASSWORD.encode())


@pytest.mark.parametrize("at", [8, 24, 40, 60])
def test_a_changed_byte_is_not_genuine(at: int) -> None:
    data = bytearray(bytes(request()))
    data[at] ^= 1
    genuine = False
    with contextlib.suppress(Malformed):
        genuine = stun.is_genuine(bytes(data), PASSWORD.encode())
    assert not genuine


def test_what_stands_behind_the_integrity_is_not_believed() -> None:
    """RFC 8489, 14.5: whoever saw one check on the wire could otherwise add USE-CANDIDATE to it and move a peer."""
    forged = lengthened(without_fingerprint(bytes(request(nominate=False))), b"\x00\x25\x00\x00")
    assert not (stun.is_genuine(forged, PASSWORD.encode()) and stun.nominates(forged))


# ── our answer is understood by aioice ──


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.77", "2001:db8::1", "::1"])
@pytest.mark.parametrize("port", [1, 3478, 65535])
def test_the_response_tells_the_address(host: str, port: int) -> None:
    asked = request()
    answer = peer.parse_message(stun.response(bytes(asked), host, port, PASSWORD.encode()))
    assert (answer.message_method, answer.message_class) == (peer.Method.BINDING, peer.Class.RESPONSE)
    assert answer.transaction_id == asked.transaction_id
    seen, number = answer.attributes["XOR-MAPPED-ADDRESS"]
    assert (ipaddress.ip_address(seen), number) == (ipaddress.ip_address(host), port)
    assert answer.check_message_integrity(PASSWORD.encode())
    assert not answer.check_message_integrity(b"other")


@given(st.ip_addresses(), st.integers(0, 65535), st.binary(min_size=12, max_size=12))
def test_every_address_survives(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int, transaction: bytes
) -> None:
    asked = peer.Message(peer.Method.BINDING, peer.Class.REQUEST, transaction_id=transaction)
    answer = peer.parse_message(stun.response(bytes(asked), str(address), port, b"pw"))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == (str(mapped or address), port)


def test_who_comes_by_ipv4_to_a_socket_for_both_is_told_his_ipv4_address() -> None:
    answer = peer.parse_message(stun.response(bytes(request()), "::ffff:192.0.2.5", 4711, b"pw"))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.5", 4711)


# ── bad input ──


def read(data: bytes) -> bool:
    """All that the port asks of a datagram, in its order."""
    stun.local_name(data)
    if not stun.is_genuine(data, PASSWORD.encode()):
        return False
    stun.nominates(data)
    stun.response(data, "127.0.0.1", 9, PASSWORD.encode())
    return True


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01",
        bytes(20),
        bytes(request(name=None)),
        bytes(request(method=peer.Method.ALLOCATE)),
        bytes(peer.Message(peer.Method.BINDING, peer.Class.RESPONSE, attributes={"USERNAME": NAME})),
        bytes(request()) + b"\x00",
        bytes(request())[:-1],
    ],
    ids=["empty", "two bytes", "no cookie", "no name", "allocate", "a response", "too long", "too short"],
)
def test_what_is_no_request_of_ours_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        stun.local_name(data)


def test_an_attribute_longer_than_the_message_is_malformed() -> None:
    data = bytearray(bytes(request()))
    data[22:24] = b"\xff\xff"
    with pytest.raises(Malformed):
        list(stun.attributes(bytes(data)))


@given(st.binary(max_size=200))
def test_noise_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(b"\x00\x01" + data)


@given(st.integers(0, 200))
def test_a_cut_message_is_malformed(size: int) -> None:
    whole = bytes(request())
    if size >= len(whole):
        assert read(whole)
        return
    with pytest.raises(Malformed):
        read(whole[:size])


@given(st.lists(st.tuples(st.integers(0, 199), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_mutated_message_is_malformed_or_not_genuine(changes: list[tuple[int, int]]) -> None:
    whole = bytes(request())
    data = bytearray(whole)
    for at, value in changes:
        data[at % len(data)] = value
    covered = len(whole) - 8  # all but FINGERPRINT, which an agent need not look at
    genuine = False
    with contextlib.suppress(Malformed):
        genuine = read(bytes(data))
    assert not genuine or bytes(data[:2] + data[4:covered]) == whole[:2] + whole[4:covered]


@given(st.integers(1, 300), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_lengths_that_lie_are_malformed_or_not_genuine(pad: int, said: int, attribute: int) -> None:
    data = bytes(request())
    lying = data[:2] + said.to_bytes(2) + data[4:22] + attribute.to_bytes(2) + data[24:] + bytes(pad)
    with contextlib.suppress(Malformed):
        assert not read(lying)
