"""The code on a printed sheet: what the document says of itself, signed by the node, so that a telephone proves it with
no network. Pure.

In a QR symbol of 300 bytes at most, as an address in capitals and digits: whoever scans it with any camera gets to the
check page, which reads the rest. Layout of what is signed: fields as lines of UTF-8; before them the SHA-256 of the
canonical text with the journal's head, the first four bytes of the SHA-256 of the node's public key, and the signature
(r and s, 32 bytes each).
"""

from __future__ import annotations

import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from store.errors import Refused

from . import algorithms
from .algorithms import Private, Public

PREFIX = b"bacap.paper.v1\n"
LARGEST = 300  # bytes of the symbol's data
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-."  # 41, of the 45 that a QR symbol packs tightly and addresses bear
SIGNATURE, DIGEST, NAMED = 64, 32, 4


class PaperCode(msgspec.Struct, frozen=True):
    """`day`: ISO. `signers`: who is to sign, in order. `votes`: item, for, against and neither, of each vote as far as
    there is room; `left`: of how many there was none. `digest`: of the canonical text with the journal's head."""

    code: str
    symbol: str
    day: str
    unit: str
    signers: tuple[str, ...]
    votes: tuple[tuple[int, int, int, int], ...]
    left: int
    digest: bytes


def bits(text: str) -> int:
    """Of a QR symbol's data in alphanumeric mode (ISO/IEC 18004, 7.4.4), without mode and length."""
    return 11 * (len(text) // 2) + 6 * (len(text) % 2)


def sign(made: PaperCode, address: str, key: Private) -> str:
    """What the symbol holds: ADDRESS (of the check page, in capitals), and behind it the rest. Votes for which there is
    no room are left out, from the last; then names are cut. Raises Refused `paper-code-long` where even so it is too
    long."""
    votes, longest = made.votes, 64
    while True:
        one = msgspec.structs.replace(
            made, votes=votes, left=made.left + len(made.votes) - len(votes), unit=_cut(made.unit, longest),
            signers=tuple(_cut(name, longest) for name in made.signers),
        )  # fmt: skip
        text = f"{address}/{encode(_signed(one, key))}"
        if bits(text) <= 8 * LARGEST:
            return text
        if votes:
            votes = votes[:-1]
        elif longest > 12:
            longest -= 4
        else:
            raise Refused("paper-code-long")


def _cut(name: str, longest: int) -> str:
    """Of a person the last words tell most, of a unit too."""
    while len(name.encode()) > longest and " " in name:
        name = name.partition(" ")[2]
    return name


def _signed(made: PaperCode, key: Private) -> bytes:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    body = made.digest + name_of(key.public_key()) + _lines(made).encode()
    r, s = decode_dss_signature(algorithms.SCHEMES["ecdsa-sha256"].sign(key, PREFIX + body))
    return r.to_bytes(32) + s.to_bytes(32) + body


def _lines(made: PaperCode) -> str:
    votes = " ".join(":".join(map(str, vote)) for vote in made.votes)
    tail = [f"+{made.left}"] if made.left else []
    return "\n".join(
        [made.code, made.symbol, made.day.replace("-", ""), made.unit, "\t".join(made.signers), votes, *tail]
    )


def name_of(public: Public) -> bytes:
    """By which a code says whose it is."""
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).digest()[:NAMED]


def read(data: bytes) -> PaperCode:
    """What a code says, believed or not. Raises ValueError."""
    digest = data[SIGNATURE : SIGNATURE + DIGEST]
    lines = data[SIGNATURE + DIGEST + NAMED :].decode().split("\n")
    if len(digest) != DIGEST or not 6 <= len(lines) <= 7:
        raise ValueError("no code of ours")
    code, symbol, day, unit, signers, votes, *tail = lines
    counted = []
    for vote in votes.split():
        item, yes, no, neither = (int(part) for part in vote.split(":"))
        counted.append((item, yes, no, neither))
    left = int(tail[0].removeprefix("+")) if tail else 0
    day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    return PaperCode(code, symbol, day, unit, tuple(signers.split("\t")), tuple(counted), left, digest)


def is_genuine(data: bytes, public: Public) -> bool:
    """Did the node of PUBLIC sign it?"""
    if len(data) <= SIGNATURE + DIGEST + NAMED or data[SIGNATURE + DIGEST :][:NAMED] != name_of(public):
        return False
    r, s = int.from_bytes(data[:32]), int.from_bytes(data[32:64])
    try:
        signature = encode_dss_signature(r, s)
    except ValueError:
        return False
    return algorithms.SCHEMES["ecdsa-sha256"].fits(public, signature, PREFIX + data[SIGNATURE:])


def encode(data: bytes) -> str:
    """Two bytes as three of 41 symbols, a last single one as two."""
    found = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value, count = int.from_bytes(pair), len(pair) + 1
        digits = []
        for _ in range(count):
            value, digit = divmod(value, 41)
            digits.append(SYMBOLS[digit])
        found.append("".join(digits))
    return "".join(found)


def decode(text: str) -> bytes:
    """Raises ValueError."""
    if len(text) % 3 == 1:
        raise ValueError("cut off")
    out = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        value = sum(SYMBOLS.index(char) * 41**place for place, char in enumerate(part))
        size = len(part) - 1
        if value >= 256**size:
            raise ValueError("no such pair")
        out += value.to_bytes(size)
    return bytes(out)
