"""signing.paper_code: what a sheet says of itself, in 300 bytes, signed; and what a forger would change."""

from __future__ import annotations

import contextlib
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import authority, paper_code
from signing.paper_code import PaperCode
from store.errors import Refused

from ..kit.authority import Office

ADDRESS = "HTTPS://HOP.VINHLINH.EXAMPLE.VN:8443/K"
MADE = PaperCode(
    "K7QM-3XPD", "02/BB-UBND", "2026-11-28", "Ủy ban nhân dân huyện Vĩnh Linh",
    ("Lê Thị Thử Thu", "Phạm Thị Thử Lan"), ((1, 7, 1, 2), (2, 10, 0, 0), (4, 5, 5, 1)), 0,
    hashlib.sha256(b"canonical").digest(),
)  # fmt: skip


def data_of(text: str) -> bytes:
    return paper_code.decode(text.rsplit("/", 1)[1])


def test_it_says_what_was_signed_and_fits(office: Office) -> None:
    key = office.authority.node.key
    text = paper_code.sign(MADE, ADDRESS, key)
    assert text.startswith(f"{ADDRESS}/") and paper_code.bits(text) <= 8 * 300
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "alphanumeric, as QR has it"
    data = data_of(text)
    assert paper_code.read(data) == MADE and paper_code.is_genuine(data, key.public_key())


def test_any_byte_changed_is_noticed(office: Office) -> None:
    public = office.authority.node.key.public_key()
    data = data_of(paper_code.sign(MADE, ADDRESS, office.authority.node.key))
    for at in range(len(data)):
        forged = bytearray(data)
        forged[at] ^= 1
        assert not paper_code.is_genuine(bytes(forged), public), at
    for cut in (b"", data[:64], data[:-1], data + b"\n"):
        assert not paper_code.is_genuine(cut, public)
    assert not paper_code.is_genuine(data, authority.new_key().public_key())
    assert not paper_code.is_genuine(bytes(64) + data[64:], public)


def test_votes_without_room_are_counted_and_names_are_cut_from_the_front(office: Office) -> None:
    many = msgspec.structs.replace(MADE, votes=tuple((n, 20, 3, 4) for n in range(1, 40)))
    found = paper_code.read(data_of(paper_code.sign(many, ADDRESS, office.authority.node.key)))
    assert 0 < len(found.votes) < 39 and found.left == 39 - len(found.votes)
    long = "Nguyễn Hoàng Phương Thảo Nguyên Thị Thử"
    wide = msgspec.structs.replace(MADE, unit="Ủy ban nhân dân đặc khu " * 4 + "Cồn Cỏ", signers=(long, long))
    text = paper_code.sign(wide, ADDRESS, office.authority.node.key)
    found = paper_code.read(data_of(text))
    assert paper_code.bits(text) <= 2400 and found.unit.endswith("Cồn Cỏ") and found.signers[0].endswith("Thử")
    with pytest.raises(Refused, match="paper-code-long"):
        paper_code.sign(MADE, "HTTPS://" + "A" * 400 + ".VN/K", office.authority.node.key)


@given(st.binary(max_size=300))
def test_every_bytes_come_back(data: bytes) -> None:
    text = paper_code.encode(data)
    assert paper_code.decode(text) == data and set(text) <= set(paper_code.SYMBOLS)


@given(st.text(max_size=60), st.binary(max_size=200))
def test_junk_is_no_code_and_raises_nothing_else(text: str, data: bytes) -> None:
    for act in (lambda: paper_code.decode(text), lambda: paper_code.read(data)):
        with contextlib.suppress(ValueError):
            act()


def test_a_pair_beyond_two_bytes_is_none() -> None:
    for text in ("...", "..", "0", "a00", "€€€"):
        with pytest.raises(ValueError):
            paper_code.decode(text)
