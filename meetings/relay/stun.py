"""STUN binding requests for an ICE-lite agent (RFC 8489, RFC 8445 section 2.5). Pure.

Nothing is answered that does not prove, by MESSAGE-INTEGRITY, that the sender knows our password: so a stranger gets
not one byte out of us.
"""

from __future__ import annotations

import binascii
import hmac
import ipaddress
import struct
from collections.abc import Iterator

from store.errors import Malformed

MAGIC = 0x2112A442
BINDING, SUCCESS = 0x0001, 0x0101
USERNAME, INTEGRITY, XOR_MAPPED, PRIORITY, USE_CANDIDATE = 0x0006, 0x0008, 0x0020, 0x0024, 0x0025
FINGERPRINT, CONTROLLING = 0x8028, 0x802A
HEAD = 20


def attributes(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """(type, value, offset) of each attribute. Raises Malformed."""
    if len(data) < HEAD or len(data) != HEAD + int.from_bytes(data[2:4]) or data[4:8] != MAGIC.to_bytes(4):
        raise Malformed("stun")
    at = HEAD
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("!HH", data, at)
        if at + 4 + size > len(data):
            raise Malformed("stun")
        yield kind, data[at + 4 : at + 4 + size], at
        if kind == INTEGRITY:
            return  # what stands behind it is not covered by it (RFC 8489, section 14.5)
        at += 4 + (size + 3 & ~3)


def local_name(data: bytes) -> str:
    """The part of USERNAME that names us. Raises Malformed where DATA is no binding request that has one."""
    if data[:2] != BINDING.to_bytes(2):
        raise Malformed("stun")
    for kind, value, _ in attributes(data):
        if kind == USERNAME:
            return value.split(b":", 1)[0].decode("ascii", "replace")
    raise Malformed("stun")


def is_genuine(data: bytes, password: bytes) -> bool:
    """Does MESSAGE-INTEGRITY fit?"""
    for kind, value, at in attributes(data):
        if kind == INTEGRITY:
            covered = data[:2] + struct.pack("!H", at - HEAD + 24) + data[4:at]
            return hmac.compare_digest(hmac.digest(password, covered, "sha1"), value)
    return False


def nominates(data: bytes) -> bool:
    return any(kind == USE_CANDIDATE for kind, _, _ in attributes(data))


def request(local: str, remote: str, transaction: bytes, password: bytes) -> bytes:
    """A connectivity check of a controlling agent that nominates: names of both sides, PASSWORD of the other."""
    name = f"{remote}:{local}".encode()
    body = struct.pack("!HH", USERNAME, len(name)) + name + bytes(-len(name) % 4)
    body += struct.pack("!HHI", PRIORITY, 4, 1 << 30) + struct.pack("!HH", USE_CANDIDATE, 0)
    body += struct.pack("!HHQ", CONTROLLING, 8, int.from_bytes(transaction[:8]))
    return sealed(BINDING, transaction, body, password)


def response(request: bytes, host: str, port: int, password: bytes) -> bytes:
    """The success response: the address we see the sender at."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped  # an IPv4 client on our one socket for both
    mask = MAGIC.to_bytes(4) + request[8:20]
    mapped = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    body = struct.pack("!HHBBH", XOR_MAPPED, 4 + len(mapped), 0, family, port ^ MAGIC >> 16) + mapped
    return sealed(SUCCESS, request[8:20], body, password)


def sealed(kind: int, transaction: bytes, body: bytes, password: bytes) -> bytes:
    """A message with MESSAGE-INTEGRITY and FINGERPRINT behind BODY."""
    head = struct.pack("!HHI", kind, len(body) + 24, MAGIC) + transaction
    body += struct.pack("!HH", INTEGRITY, 20) + hmac.digest(password, head + body, "sha1")
    head = struct.pack("!HHI", kind, len(body) + 8, MAGIC) + transaction
    check = binascii.crc32(head + body) ^ 0x5354554E
    return head + body + struct.pack("!HHI", FINGERPRINT, 4, check)
